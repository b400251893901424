// ClickHouse's exception codes that we look at or raise ourselves, and the HTTP status of each.
#pragma once

#include <string>
#include <string_view>

#include "engine/chdb.h"

namespace forgehouse::engine {

enum class Code : int {
    BadArguments = 36,
    CannotParseNumber = 72,
    SyntaxError = 62,
    QueryIsTooLarge = 229,
    IncorrectData = 117,
    SocketTimeout = 209,
    NotImplemented = 48,
    UnknownCompressionMethod = 89,
    UnknownSetting = 115,
    UnknownFormat = 73,
    Readonly = 164,
    TooManySimultaneousQueries = 202,
    SessionNotFound = 372,
    SessionIsLocked = 373,
    InvalidSessionTimeout = 374,
    TooManyRowsOrBytes = 396,
    QueryWithSameIdIsRunning = 216,
    SettingConstraintViolation = 452,
    AccessDenied = 497,
    AuthenticationFailed = 516,
};

/// An exception of our own in ClickHouse's form: `Code: 164. DB::Exception: TEXT (READONLY)`.
SqlError exception(Code code, std::string_view text);

/// The status that ClickHouse's HTTP interface sends with an exception of that code.
unsigned status_of(int code) noexcept;

/// Sixteen random letters that the head of an answer announces (X-ClickHouse-Exception-Tag): no
/// data can look like an exception that carries them.
std::string random_tag();

/// What ClickHouse writes behind the data of an answer that fails after its first byte.
std::string exception_block(const SqlError& error, std::string_view tag);

}  // namespace forgehouse::engine
