#include "base/log.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <mutex>
#include <span>
#include <vector>

#include "base/check.h"
#include "base/text.h"

namespace forgehouse::log {
namespace {

// The one process-wide state of the program: the log of a process is process-wide by nature.
std::mutex settings_mutex;
Settings settings;
std::atomic<Level> threshold{Level::Info};

std::string_view word(Level level) {
    switch (level) {
        case Level::Debug: return "debug";
        case Level::Info: return "info";
        case Level::Warn: return "warn";
        case Level::Error: return "error";
        case Level::Off: return "off";
    }
    return "?";
}

bool needs_quotes(std::string_view value) {
    if (value.empty()) return true;
    for (const char c : value)
        if (static_cast<unsigned char>(c) <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7f)
            return true;
    return false;
}

std::string text_line(Level level, std::string_view room, std::string_view message,
                      std::span<const Field> fields) {
    std::string line;
    if (settings.now) line += fmt::format("{} ", to_text(settings.now()));
    line += fmt::format("{:<5} {}: {}", word(level), room, message);
    for (const Field& field : fields)
        line +=
            fmt::format(" {}={}", field.key.view(),
                        needs_quotes(field.value) ? text::json_quoted(field.value) : field.value);
    return line + '\n';
}

/// The key, numbered where the line has it already: a reader of JSON keeps only one of two.
std::string unused_key(std::string_view key, std::vector<std::string>& used) {
    std::string name(key);
    for (int number = 2; std::ranges::find(used, name) != used.end(); ++number)
        name = fmt::format("{}_{}", key, number);
    used.push_back(name);
    return name;
}

std::string json_line(Level level, std::string_view room, std::string_view message,
                      std::span<const Field> fields) {
    std::string line = "{";
    if (settings.now) line += fmt::format("\"time\":\"{}\",", to_iso(settings.now()));
    line += fmt::format("\"level\":\"{}\",\"room\":\"{}\",\"msg\":{}", word(level), room,
                        text::json_quoted(message));
    std::vector<std::string> used{"time", "level", "room", "msg"};
    for (const Field& field : fields)
        line += fmt::format(",\"{}\":{}", unused_key(field.key.view(), used),
                            field.bare ? field.value : text::json_quoted(field.value));
    return line + "}\n";
}

/// Whether the event says so already: an error that passed several rooms may name its repository
/// as the caller does.
bool says(std::span<const Field> fields, std::string_view key, std::string_view value) {
    return std::ranges::any_of(fields, [&](const Field& field) {
        return field.key.view() == key && field.value == value;
    });
}

void write_span(Level level, Literal room, Literal message, std::span<const Field> fields) {
    if (!enabled(level)) return;
    const std::lock_guard lock(settings_mutex);
    const std::string line = settings.format == Format::Json
                                 ? json_line(level, room.view(), message.view(), fields)
                                 : text_line(level, room.view(), message.view(), fields);
    if (settings.sink)
        settings.sink(line);
    else
        std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace

Field::Field(Literal key, double number)
    : key(key), value(fmt::format("{:.3f}", number)), bare(true) {}

void configure(Settings wanted) {
    const std::lock_guard lock(settings_mutex);
    settings = std::move(wanted);
    threshold = settings.level;
}

bool enabled(Level level) noexcept {
    return level >= threshold.load(std::memory_order_relaxed) && level != Level::Off;
}

void write(Level level, Literal room, Literal message, std::initializer_list<Field> fields) {
    write_span(level, room, message, {fields.begin(), fields.size()});
}

void write(Level level, Literal room, Literal message, const Error& error,
           std::initializer_list<Field> fields) {
    std::vector<Field> all(fields);
    all.push_back(Field("code", name_of(error.code())));
    all.push_back(Field("error", error.text()));
    for (const auto& [key, value] : error.fields())
        if (!says(all, key.view(), value)) all.push_back(Field(key, value));
    write_span(level, room, message, all);
}

}  // namespace forgehouse::log

namespace forgehouse::detail {

void check_failed(const char* what, const char* file, int line) noexcept {
    std::fprintf(stderr, "forgehouse: check failed: %s at %s:%d\n", what, file, line);
    std::abort();
}

void bug_found(const char* what, [[maybe_unused]] const char* file,
               [[maybe_unused]] int line) noexcept {
#ifdef NDEBUG
    log::error("base", "a bug was found and worked around; please report it",
               {{"what", what}, {"file", file}, {"line", line}});
#else
    check_failed(what, file, line);
#endif
}

}  // namespace forgehouse::detail
