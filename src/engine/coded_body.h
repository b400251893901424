// A request's body unpacked as it is read, and an answer packed as it is written.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/coding.h"
#include "net/http_server.h"

namespace forgehouse::engine {

/// Reads what `inner` holds in packed form. Outlived by it. Errors: as BodyReader, and Invalid for
/// a body that is not in its coding or breaks off.
class UnpackedBody final : public net::BodyReader {
public:
    /// `coding` is not None.
    UnpackedBody(net::BodyReader& inner, Coding coding)
        : inner_(inner), unpacker_(make_unpacker(coding)) {}

    Result<std::string_view> read(exec::Context& ctx, std::size_t wanted) override;
    std::optional<std::uint64_t> length() const noexcept override;

private:
    net::BodyReader& inner_;
    std::unique_ptr<Unpacker> unpacker_;
    std::string_view packed_;  // of inner_'s last read
    std::vector<char> plain_;
    bool ended_ = false;
    bool empty_ = true;
};

/// Writes to `inner` in packed form and says so in the head. Outlived by it. Each write() can be
/// unpacked by the peer as soon as it has arrived.
class PackedResponse final : public net::ResponseWriter {
public:
    /// `coding` is not None.
    PackedResponse(net::ResponseWriter& inner, Coding coding)
        : inner_(inner), coding_(coding), packer_(make_packer(coding)) {}

    Result<void> send(exec::Context& ctx, unsigned status, const Headers& headers,
                      std::string_view body) override;
    Result<void> announce(exec::Context& ctx, unsigned status, const Headers& headers) override {
        return inner_.announce(ctx, status, headers);
    }
    Result<void> start(exec::Context& ctx, unsigned status, const Headers& headers) override;
    Result<void> write(exec::Context& ctx, std::string_view bytes) override;
    Result<void> finish(exec::Context& ctx) override;
    void close_after() noexcept override { inner_.close_after(); }
    void reset() noexcept override { inner_.reset(); }
    bool started() const noexcept override { return inner_.started(); }
    bool peer_gone() const noexcept override { return inner_.peer_gone(); }

private:
    Headers with_coding(Headers headers) const;

    net::ResponseWriter& inner_;
    Coding coding_;
    std::unique_ptr<Packer> packer_;
};

}  // namespace forgehouse::engine
