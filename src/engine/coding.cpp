#include "engine/coding.h"

#include <brotli/decode.h>
#include <brotli/encode.h>
#include <lz4frame.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>

#include "base/check.h"
#include "base/text.h"
#include "engine/blocks.h"

namespace forgehouse::engine {
namespace {

constexpr std::size_t kStep = 64 * 1024;
// Quick ones: the wire is a loopback or a fast network.
constexpr int kZlibLevel = 3, kZstdLevel = 1, kBrotliQuality = 3;

struct Named {
    std::string_view name;
    Coding coding;
};
// The cheapest first.
constexpr Named kNames[]{{"zstd", Coding::Zstd}, {"lz4", Coding::Lz4},
                         {"gzip", Coding::Gzip}, {"deflate", Coding::Deflate},
                         {"br", Coding::Brotli}, {"x-gzip", Coding::Gzip}};

Error broken(Literal text) {
    return Error(Errc::Invalid, text);
}

template <class T>
T* bytes_of(std::string_view text) {
    return reinterpret_cast<T*>(const_cast<char*>(text.data()));
}

// --- zlib ----------------------------------------------------------------------------------------

class ZlibUnpacker final : public Unpacker {
public:
    // 15 bits of window; 32 more: the stream says itself whether it is gzip or zlib.
    ZlibUnpacker() { CHECK(::inflateInit2(&z_, 15 + 32) == Z_OK); }
    ~ZlibUnpacker() override { ::inflateEnd(&z_); }
    ZlibUnpacker(const ZlibUnpacker&) = delete;
    ZlibUnpacker& operator=(const ZlibUnpacker&) = delete;

    Result<std::size_t> step(std::string_view& packed, std::span<char> out) override {
        if (ended_) {
            if (packed.empty()) return std::size_t{0};
            ::inflateReset(&z_);  // gzip streams may follow each other
            ended_ = false;
        }
        z_.next_in = bytes_of<Bytef>(packed);
        z_.avail_in = static_cast<uInt>(std::min(packed.size(), kStep));
        z_.next_out = reinterpret_cast<Bytef*>(out.data());
        z_.avail_out = static_cast<uInt>(out.size());
        const uInt before = z_.avail_in;
        const int result = ::inflate(&z_, Z_NO_FLUSH);
        if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
            return Failure(broken("the body is not in the coding gzip or deflate that it names"));
        packed.remove_prefix(before - z_.avail_in);
        ended_ = result == Z_STREAM_END;
        return out.size() - z_.avail_out;
    }
    bool at_end() const noexcept override { return ended_; }

private:
    z_stream z_{};
    bool ended_ = false;
};

class ZlibPacker final : public Packer {
public:
    explicit ZlibPacker(bool gzip) {
        CHECK(::deflateInit2(&z_, kZlibLevel, Z_DEFLATED, gzip ? 15 + 16 : 15, 8,
                             Z_DEFAULT_STRATEGY) == Z_OK);
    }
    ~ZlibPacker() override { ::deflateEnd(&z_); }
    ZlibPacker(const ZlibPacker&) = delete;
    ZlibPacker& operator=(const ZlibPacker&) = delete;

    void pack(std::string_view plain, End end, std::string& out) override {
        do {
            const std::string_view now = plain.substr(0, 1U << 30);
            plain.remove_prefix(now.size());
            z_.next_in = bytes_of<Bytef>(now);
            z_.avail_in = static_cast<uInt>(now.size());
            const int how = !plain.empty()       ? Z_NO_FLUSH
                            : end == End::Finish ? Z_FINISH
                                                 : Z_SYNC_FLUSH;
            do {
                const std::size_t begin = out.size();
                out.resize(begin + kStep);
                z_.next_out = reinterpret_cast<Bytef*>(out.data() + begin);
                z_.avail_out = kStep;
                (void)::deflate(&z_, how);
                out.resize(begin + (kStep - z_.avail_out));
            } while (z_.avail_out == 0);
        } while (!plain.empty());
    }

private:
    z_stream z_{};
};

// --- zstd ----------------------------------------------------------------------------------------

class ZstdUnpacker final : public Unpacker {
public:
    Result<std::size_t> step(std::string_view& packed, std::span<char> out) override {
        ZSTD_inBuffer in{.src = packed.data(), .size = packed.size(), .pos = 0};
        ZSTD_outBuffer to{.dst = out.data(), .size = out.size(), .pos = 0};
        const std::size_t hint = ZSTD_decompressStream(z_.get(), &to, &in);
        if (ZSTD_isError(hint) != 0)
            return Failure(broken("the body is not in the coding zstd that it names"));
        // Without bytes either way the hint speaks of a frame that has not begun.
        if (in.pos > 0 || to.pos > 0) ended_ = hint == 0;
        packed.remove_prefix(in.pos);
        return to.pos;
    }
    bool at_end() const noexcept override { return ended_; }

private:
    std::unique_ptr<ZSTD_DStream, decltype(&ZSTD_freeDStream)> z_{ZSTD_createDStream(),
                                                                  &ZSTD_freeDStream};
    bool ended_ = false;
};

class ZstdPacker final : public Packer {
public:
    ZstdPacker() { ZSTD_CCtx_setParameter(z_.get(), ZSTD_c_compressionLevel, kZstdLevel); }

    void pack(std::string_view plain, End end, std::string& out) override {
        ZSTD_inBuffer in{.src = plain.data(), .size = plain.size(), .pos = 0};
        std::size_t left = 0;
        do {
            const std::size_t begin = out.size();
            out.resize(begin + kStep);
            ZSTD_outBuffer to{.dst = out.data() + begin, .size = kStep, .pos = 0};
            left = ZSTD_compressStream2(z_.get(), &to, &in,
                                        end == End::Finish ? ZSTD_e_end : ZSTD_e_flush);
            CHECK(ZSTD_isError(left) == 0);
            out.resize(begin + to.pos);
        } while (left > 0 || in.pos < in.size);
    }

private:
    std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> z_{ZSTD_createCCtx(), &ZSTD_freeCCtx};
};

// --- lz4 -----------------------------------------------------------------------------------------

class Lz4Unpacker final : public Unpacker {
public:
    Lz4Unpacker() { CHECK(LZ4F_isError(LZ4F_createDecompressionContext(&z_, LZ4F_VERSION)) == 0); }
    ~Lz4Unpacker() override { LZ4F_freeDecompressionContext(z_); }
    Lz4Unpacker(const Lz4Unpacker&) = delete;
    Lz4Unpacker& operator=(const Lz4Unpacker&) = delete;

    Result<std::size_t> step(std::string_view& packed, std::span<char> out) override {
        std::size_t taken = packed.size(), given = out.size();
        const std::size_t hint =
            LZ4F_decompress(z_, out.data(), &given, packed.data(), &taken, nullptr);
        if (LZ4F_isError(hint) != 0)
            return Failure(broken("the body is not in the coding lz4 that it names"));
        if (taken > 0 || given > 0) ended_ = hint == 0;
        packed.remove_prefix(taken);
        return given;
    }
    bool at_end() const noexcept override { return ended_; }

private:
    LZ4F_dctx* z_ = nullptr;
    bool ended_ = false;
};

class Lz4Packer final : public Packer {
public:
    Lz4Packer() { CHECK(LZ4F_isError(LZ4F_createCompressionContext(&z_, LZ4F_VERSION)) == 0); }
    ~Lz4Packer() override { LZ4F_freeCompressionContext(z_); }
    Lz4Packer(const Lz4Packer&) = delete;
    Lz4Packer& operator=(const Lz4Packer&) = delete;

    void pack(std::string_view plain, End end, std::string& out) override {
        if (!begun_)
            put(out, LZ4F_HEADER_SIZE_MAX, [&](char* to, std::size_t most) {
                return LZ4F_compressBegin(z_, to, most, nullptr);
            });
        begun_ = true;
        for (; !plain.empty(); plain.remove_prefix(std::min(kStep, plain.size()))) {
            const std::string_view now = plain.substr(0, kStep);
            put(out, LZ4F_compressBound(now.size(), nullptr), [&](char* to, std::size_t most) {
                return LZ4F_compressUpdate(z_, to, most, now.data(), now.size(), nullptr);
            });
        }
        put(out, LZ4F_compressBound(0, nullptr), [&](char* to, std::size_t most) {
            return end == End::Finish ? LZ4F_compressEnd(z_, to, most, nullptr)
                                      : LZ4F_flush(z_, to, most, nullptr);
        });
    }

private:
    template <class F>
    static void put(std::string& out, std::size_t most, F&& write) {
        const std::size_t begin = out.size();
        out.resize(begin + most);
        const std::size_t n = write(out.data() + begin, most);
        CHECK(LZ4F_isError(n) == 0);
        out.resize(begin + n);
    }

    LZ4F_cctx* z_ = nullptr;
    bool begun_ = false;
};

// --- brotli --------------------------------------------------------------------------------------

class BrotliUnpacker final : public Unpacker {
public:
    Result<std::size_t> step(std::string_view& packed, std::span<char> out) override {
        std::size_t in = packed.size(), room = out.size();
        const auto* from = bytes_of<const std::uint8_t>(packed);
        auto* to = reinterpret_cast<std::uint8_t*>(out.data());
        const auto result =
            BrotliDecoderDecompressStream(z_.get(), &in, &from, &room, &to, nullptr);
        if (result == BROTLI_DECODER_RESULT_ERROR || (at_end() && in > 0))
            return Failure(broken("the body is not in the coding br that it names"));
        packed.remove_prefix(packed.size() - in);
        return out.size() - room;
    }
    bool at_end() const noexcept override {
        return BrotliDecoderIsFinished(z_.get()) == BROTLI_TRUE;
    }

private:
    std::unique_ptr<BrotliDecoderState, decltype(&BrotliDecoderDestroyInstance)> z_{
        BrotliDecoderCreateInstance(nullptr, nullptr, nullptr), &BrotliDecoderDestroyInstance};
};

class BrotliPacker final : public Packer {
public:
    BrotliPacker() { BrotliEncoderSetParameter(z_.get(), BROTLI_PARAM_QUALITY, kBrotliQuality); }

    void pack(std::string_view plain, End end, std::string& out) override {
        std::size_t in = plain.size();
        const auto* from = bytes_of<const std::uint8_t>(plain);
        const auto how = end == End::Finish ? BROTLI_OPERATION_FINISH : BROTLI_OPERATION_FLUSH;
        do {
            const std::size_t begin = out.size();
            out.resize(begin + kStep);
            std::size_t room = kStep;
            auto* to = reinterpret_cast<std::uint8_t*>(out.data() + begin);
            CHECK(BrotliEncoderCompressStream(z_.get(), how, &in, &from, &room, &to, nullptr) ==
                  BROTLI_TRUE);
            out.resize(begin + (kStep - room));
        } while (in > 0 || BrotliEncoderHasMoreOutput(z_.get()) == BROTLI_TRUE);
    }

private:
    std::unique_ptr<BrotliEncoderState, decltype(&BrotliEncoderDestroyInstance)> z_{
        BrotliEncoderCreateInstance(nullptr, nullptr, nullptr), &BrotliEncoderDestroyInstance};
};

}  // namespace

std::optional<Coding> coding_named(std::string_view name) {
    const std::string lower = text::lower_ascii(text::trim(name));
    if (lower.empty() || lower == "identity") return Coding::None;
    for (const Named& known : kNames)
        if (known.name == lower) return known.coding;
    return std::nullopt;
}

std::string_view name_of(Coding coding) noexcept {
    for (const Named& known : kNames)
        if (known.coding == coding) return known.name;
    return "identity";
}

Coding accepted_coding(std::string_view accept_encoding) {
    std::size_t best = std::size(kNames);
    for (const std::string_view entry : text::split(accept_encoding, ',')) {
        const auto parts = text::split(entry, ';');
        const std::string name = text::lower_ascii(text::trim(parts.front()));
        const std::string_view weight = parts.size() > 1 ? text::trim(parts[1]) : "";
        if (weight.starts_with("q=0") && weight.find_first_not_of("0.", 2) == weight.npos) continue;
        for (std::size_t i = 0; i < best; ++i)
            if (kNames[i].name == name) best = i;
    }
    return best < std::size(kNames) ? kNames[best].coding : Coding::None;
}

std::unique_ptr<Unpacker> make_unpacker(Coding coding) {
    switch (coding) {
        case Coding::None: break;
        case Coding::Gzip:
        case Coding::Deflate: return std::make_unique<ZlibUnpacker>();
        case Coding::Brotli: return std::make_unique<BrotliUnpacker>();
        case Coding::Zstd: return std::make_unique<ZstdUnpacker>();
        case Coding::Lz4: return std::make_unique<Lz4Unpacker>();
        case Coding::Blocks: return make_block_unpacker();
    }
    return nullptr;
}

std::unique_ptr<Packer> make_packer(Coding coding) {
    switch (coding) {
        case Coding::None: break;
        case Coding::Gzip:
        case Coding::Deflate: return std::make_unique<ZlibPacker>(coding == Coding::Gzip);
        case Coding::Brotli: return std::make_unique<BrotliPacker>();
        case Coding::Zstd: return std::make_unique<ZstdPacker>();
        case Coding::Lz4: return std::make_unique<Lz4Packer>();
        case Coding::Blocks: return make_block_packer();
    }
    return nullptr;
}

}  // namespace forgehouse::engine
