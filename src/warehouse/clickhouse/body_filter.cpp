#include "warehouse/clickhouse/body_filter.h"

#include <algorithm>

#include "warehouse/clickhouse/errors.h"

namespace forgehouse::warehouse::clickhouse {
namespace {

constexpr std::string_view kMark = "\r\n__exception__\r\n";
// An exception's text; more than this behind an untagged mark is data.
constexpr std::size_t kUntaggedLimit = 256 * 1024;
// What is kept of a tagged one; ClickHouse itself writes at most 16 KiB.
constexpr std::size_t kTaggedLimit = 1024 * 1024;

}  // namespace

BodyFilter::BodyFilter(std::string_view tag)
    : tag_(tag), mark_(std::string(kMark) + (tag.empty() ? "Code: " : std::string(tag) + "\r\n")) {}

Result<void> BodyFilter::release(std::size_t bytes, const ports::ByteSink& sink) {
    if (bytes == 0) return {};
    TRY(sink(std::string_view(held_).substr(0, bytes)));
    held_.erase(0, bytes);
    return {};
}

Result<void> BodyFilter::feed(std::string_view bytes, const ports::ByteSink& sink) {
    if (marked_ && !tag_.empty()) {
        held_ += bytes.substr(0, kTaggedLimit - std::min(kTaggedLimit, held_.size()));
        return {};
    }
    held_ += bytes;
    for (;;) {
        if (marked_) {
            if (held_.size() <= kUntaggedLimit || !tag_.empty()) return {};
            marked_ = false;
            TRY(release(mark_.size(), sink));
        }
        const auto at = held_.find(mark_);
        if (at == std::string::npos) {
            const std::size_t maybe = std::min(held_.size(), mark_.size() - 1);
            return release(held_.size() - maybe, sink);
        }
        TRY(release(at, sink));
        marked_ = true;
    }
}

Result<void> BodyFilter::finish(const Error* cut, const ports::ByteSink& sink) {
    const bool failed = marked_ && (!tag_.empty() || cut != nullptr);
    if (!failed) {
        TRY(release(held_.size(), sink));
        if (cut != nullptr) return Failure(*cut);
        return {};
    }
    std::string_view message =
        std::string_view(held_).substr(tag_.empty() ? kMark.size() : mark_.size());
    if (!tag_.empty()) {  // the line behind it: length and tag
        const auto end = message.rfind(" " + tag_);
        if (end != std::string_view::npos) message = message.substr(0, message.rfind('\n', end));
        if (message.ends_with('\r')) message.remove_suffix(1);
    }
    return Failure(error_from_exception(message));
}

}  // namespace forgehouse::warehouse::clickhouse
