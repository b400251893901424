#include "net/http_server.h"

#include "net/http_server_loop.h"

namespace forgehouse::net {

HttpServer::HttpServer(Options options) : loop_(std::make_unique<Loop>(std::move(options))) {}
HttpServer::~HttpServer() = default;
void HttpServer::add(Listener listener) {
    loop_->add(std::move(listener));
}
void HttpServer::close_connections_after_answers() {
    loop_->say_close();
}
bool HttpServer::drain(std::chrono::milliseconds patience) {
    return loop_->drain(patience);
}
std::size_t HttpServer::active() const noexcept {
    return loop_->activity().active;
}
std::chrono::steady_clock::time_point HttpServer::last_activity() const noexcept {
    return loop_->activity().last;
}

}  // namespace forgehouse::net
