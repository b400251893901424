// FileServer: serves a folder by HTTP on loopback to those who know the password. Enough for git's
// dumb protocol.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <thread>

#include "exec/descriptor.h"
#include "exec/guarded.h"

namespace forgehouse::git::testing {

class FileServer {
public:
    /// `authorization`: the whole value that the header of that name must have.
    FileServer(std::string folder, std::string authorization);
    ~FileServer();

    int port() const noexcept { return port_; }
    /// Called, on the server's thread, for every request with the right header. Once this returns,
    /// what was told before is not called any more, and what it did is seen by the caller.
    void on_request(std::function<void()> told) {
        on_request_.with([&](auto& kept) { kept = std::move(told); });
    }

private:
    void serve();
    void answer(int connection);

    std::string folder_, authorization_;
    int port_ = 0;
    exec::Descriptor listener_;
    exec::Guarded<std::function<void()>> on_request_;
    std::jthread thread_;
};

}  // namespace forgehouse::git::testing
