#include "engine/progress.h"

#include <fmt/format.h>
#include <pthread.h>

#include "exec/context.h"

namespace forgehouse::engine {
namespace {

constexpr std::string_view kProgress = R"({"progress":)", kMeta = R"({"meta":)",
                           kBeforeLimit = R"({"rows_before_)";

/// The first line with its end.
std::string_view first_line(std::string_view text) {
    return text.substr(0, std::min(text.find('\n'), text.size() - 1) + 1);
}

std::string_view last_line(std::string_view text) {
    const std::string_view open = text.substr(0, text.size() - (text.ends_with('\n') ? 1 : 0));
    const auto before = open.rfind('\n');
    return text.substr(before == std::string_view::npos ? 0 : before + 1);
}

}  // namespace

std::string progress_json(const QueryProgress& p) {
    std::string out =
        fmt::format(R"({{"read_rows":"{}","read_bytes":"{}")", p.read_rows, p.read_bytes);
    // What is nothing is left out, as ClickHouse does.
    const auto add = [&](std::string_view name, std::uint64_t value) {
        if (value > 0) out += fmt::format(R"(,"{}":"{}")", name, value);
    };
    add("written_rows", p.written_rows);
    add("written_bytes", p.written_bytes);
    add("total_rows_to_read", p.total_rows);
    add("elapsed_ns", p.elapsed_ns);
    add("memory_usage", p.memory);
    return out + "}";
}

void ProgressTeller::resume() {
    if (unwanted_ || thread_.joinable()) return;
    thread_ = std::jthread([this](const std::stop_token& stop) {
        pthread_setname_np(pthread_self(), "engine-progress");
        run(stop);
    });
}

void ProgressTeller::pause() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
}

void ProgressTeller::run(const std::stop_token& stop) {
    const exec::Context ctx(stop);
    while (ctx.sleep(interval_)) {
        const auto now = watch_.progress();
        if (!now || now->read_rows + now->written_rows == 0 || ctx.stopped()) continue;
        if (tell_(*now)) continue;
        unwanted_ = true;
        return;
    }
}

bool has_progress_rows(std::string_view format) {
    return format.starts_with("JSON") && format.ends_with("EachRowWithProgress");
}

std::string_view ProgressRows::take(std::string_view part) {
    std::string_view meta;
    while (part.starts_with(kProgress) || part.starts_with(kMeta)) {
        const std::string_view line = first_line(part);
        if (line.starts_with(kMeta)) meta = line;
        part.remove_prefix(line.size());
    }
    while (!part.empty()) {
        const std::string_view line = last_line(part);
        const bool limit = line.starts_with(kBeforeLimit);
        if (!limit && !line.starts_with(kProgress) && line != "\n") break;
        if (limit) end_ = line;
        part.remove_suffix(line.size());
    }
    if (std::exchange(begun_, true)) return part;
    joined_ = meta;
    joined_ += part;
    return joined_;
}

}  // namespace forgehouse::engine
