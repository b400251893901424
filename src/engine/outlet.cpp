#include "engine/outlet.h"

#include <algorithm>

namespace forgehouse::engine {
namespace {

// Of each client: who wants to be certain of more takes wait_end_of_query.
constexpr std::uint64_t kMostHeld = 16 * 1024 * 1024;

}  // namespace

Outlet::Outlet(exec::Context& ctx, net::ResponseWriter& response, std::uint64_t held_bytes)
    : ctx_(ctx),
      response_(response),
      hold_(static_cast<std::size_t>(std::min(held_bytes, kMostHeld))) {}

void Outlet::tell_in_head(const Database& database, const std::string& query_id,
                          std::chrono::milliseconds interval) {
    teller_.emplace(database, query_id, interval, [this](const QueryProgress& now) {
        return !response_.started() &&
               response_.announce(ctx_, 200, {{"X-ClickHouse-Progress", progress_json(now)}})
                   .has_value();
    });
}

void Outlet::tell_in_rows(const Database& database, const std::string& query_id,
                          std::chrono::milliseconds interval, Headers headers) {
    // Of an answer that is held back nothing may be out, no progress either.
    if (hold_ > 0) return;
    rows_ = std::move(headers);
    teller_.emplace(database, query_id, interval, [this](const QueryProgress& now) {
        if (!response_.started() && !response_.start(ctx_, 200, *rows_)) return false;
        return response_.write(ctx_, fmt::format("{{\"progress\":{}}}\n", progress_json(now)))
            .has_value();
    });
}

void Outlet::resume() {
    if (teller_ && (rows_ || !response_.started())) teller_->resume();
}

void Outlet::pause() {
    if (teller_) teller_->pause();
}

void Outlet::begin(Headers headers) {
    if (!head_) head_ = std::move(headers);
}

bool Outlet::flush() {
    if (!response_.started()) (void)response_.start(ctx_, 200, head_.value_or(Headers()));
    const std::string bytes = std::exchange(held_, {});
    return bytes.empty() || response_.write(ctx_, bytes).has_value();
}

bool Outlet::put(std::string_view bytes) {
    if (bytes.empty()) return true;
    pause();
    if (!response_.started() && held_.size() + bytes.size() <= hold_) {
        held_ += bytes;
        return true;
    }
    return flush() && response_.write(ctx_, bytes).has_value();
}

bool Outlet::finish() {
    pause();
    return flush() && response_.finish(ctx_).has_value();
}

void Outlet::send(unsigned status, const Headers& headers, std::string_view body) {
    pause();
    held_.clear();
    (void)response_.send(ctx_, status, headers, body);
}

}  // namespace forgehouse::engine
