// Structured logging: one event a line, a literal message, facts as snake_case fields.
//
//   error  a person must act        warn   we coped, someone may care
//   info   lifecycle, one per run   debug  per request; nothing that a peer can trigger is louder
//
// Threads: every function here may be called from any thread; a line is written whole.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/literal.h"
#include "base/result.h"
#include "base/time.h"

namespace forgehouse::log {

enum class Level : unsigned char { Debug, Info, Warn, Error, Off };
enum class Format : unsigned char { Text, Json };

/// One fact of an event. Numbers and flags stay such in JSON.
struct Field {
    Field(Literal key, std::string_view value) : key(key), value(value) {}
    Field(Literal key, const std::string& value) : key(key), value(value) {}
    Field(Literal key, const char* value) : key(key), value(value) {}
    Field(Literal key, bool flag) : key(key), value(flag ? "true" : "false"), bare(true) {}
    template <class Int>
        requires std::integral<Int>
    Field(Literal key, Int number) : key(key), value(std::to_string(number)), bare(true) {}
    Field(Literal key, double number);

    Literal key;
    std::string value;
    bool bare = false;
};

struct Settings {
    Level level = Level::Info;
    Format format = Format::Text;
    /// Receives a finished line with its newline. Standard error where empty.
    std::function<void(std::string_view)> sink;
    /// Stamps the lines. No stamp where empty.
    std::function<Time()> now;
};

/// Replaces the process-wide settings: `app` calls it once, tests around a case.
void configure(Settings settings);
bool enabled(Level level) noexcept;

void write(Level level, Literal room, Literal message, std::initializer_list<Field> fields);
/// The same with an error's code, text and fields added.
void write(Level level, Literal room, Literal message, const Error& error,
           std::initializer_list<Field> fields);

inline void debug(Literal room, Literal message, std::initializer_list<Field> fields = {}) {
    if (enabled(Level::Debug)) write(Level::Debug, room, message, fields);
}
inline void info(Literal room, Literal message, std::initializer_list<Field> fields = {}) {
    if (enabled(Level::Info)) write(Level::Info, room, message, fields);
}
inline void warn(Literal room, Literal message, std::initializer_list<Field> fields = {}) {
    if (enabled(Level::Warn)) write(Level::Warn, room, message, fields);
}
inline void error(Literal room, Literal message, std::initializer_list<Field> fields = {}) {
    if (enabled(Level::Error)) write(Level::Error, room, message, fields);
}

}  // namespace forgehouse::log
