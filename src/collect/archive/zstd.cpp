#include "collect/archive/zstd.h"

#include <zstd.h>

#include "base/check.h"

namespace forgehouse::collect {
namespace {

constexpr int kLevel = 3;

struct FreeUnpacker {
    void operator()(ZSTD_DCtx* context) const noexcept { ZSTD_freeDCtx(context); }
};

Failure corrupt(Literal what, const char* reason) {
    return Failure(Error(Errc::Corrupt, what).with("reason", std::string(reason)));
}

}  // namespace

struct Packer::State {
    State() : context(ZSTD_createCCtx()) {
        CHECK(context != nullptr);
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, kLevel);
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
    }
    ~State() { ZSTD_freeCCtx(context); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    void pack(std::string_view bytes, ZSTD_EndDirective directive) {
        ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
        for (;;) {
            const std::size_t begin = out.size();
            out.resize(begin + ZSTD_CStreamOutSize());
            ZSTD_outBuffer piece{out.data() + begin, out.size() - begin, 0};
            const std::size_t left = ZSTD_compressStream2(context, &piece, &in, directive);
            CHECK(!ZSTD_isError(left));
            out.resize(begin + piece.pos);
            if (directive == ZSTD_e_end ? left == 0 : in.pos == in.size) return;
        }
    }

    ZSTD_CCtx* context;
    std::string out;
};

Packer::Packer() : state_(std::make_unique<State>()) {}
Packer::~Packer() = default;
Packer::Packer(Packer&&) noexcept = default;
Packer& Packer::operator=(Packer&&) noexcept = default;

void Packer::add(std::string_view bytes) {
    state_->pack(bytes, ZSTD_e_continue);
}

std::string Packer::take() {
    state_->pack({}, ZSTD_e_end);
    return std::exchange(state_->out, {});
}

std::size_t Packer::size() const noexcept {
    return state_->out.size();
}

Result<void> unpack(std::string_view packed,
                    const std::function<Result<void>(std::string_view)>& sink) {
    // What a power cut leaves of a file; an empty text has a frame too.
    if (packed.empty()) return corrupt("packed bytes are missing", "there are none");
    const std::unique_ptr<ZSTD_DCtx, FreeUnpacker> context(ZSTD_createDCtx());
    CHECK(context != nullptr);
    std::string buffer(ZSTD_DStreamOutSize(), '\0');
    ZSTD_inBuffer in{packed.data(), packed.size(), 0};
    std::size_t left = 0;  // 0: between two frames
    for (bool full = false; in.pos < in.size || full;) {
        ZSTD_outBuffer out{buffer.data(), buffer.size(), 0};
        left = ZSTD_decompressStream(context.get(), &out, &in);
        if (ZSTD_isError(left)) return corrupt("packed bytes are damaged", ZSTD_getErrorName(left));
        if (out.pos > 0) TRY(sink(std::string_view(buffer.data(), out.pos)));
        full = out.pos == out.size && left != 0;
    }
    if (left != 0) return corrupt("packed bytes end too early", "the frame is not complete");
    return {};
}

Result<std::string> unpack_whole(std::string_view packed) {
    std::string text;
    TRY(unpack(packed, [&](std::string_view piece) -> Result<void> {
        text += piece;
        return {};
    }));
    return text;
}

}  // namespace forgehouse::collect
