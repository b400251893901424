#include "engine/exceptions.h"

#include <fmt/format.h>
#include <sys/random.h>

namespace forgehouse::engine {
namespace {

std::string_view name_of(Code code) {
    switch (code) {
        case Code::BadArguments: return "BAD_ARGUMENTS";
        case Code::CannotParseNumber: return "CANNOT_PARSE_NUMBER";
        case Code::SyntaxError: return "SYNTAX_ERROR";
        case Code::QueryIsTooLarge: return "QUERY_IS_TOO_LARGE";
        case Code::IncorrectData: return "INCORRECT_DATA";
        case Code::SocketTimeout: return "SOCKET_TIMEOUT";
        case Code::NotImplemented: return "NOT_IMPLEMENTED";
        case Code::UnknownCompressionMethod: return "UNKNOWN_COMPRESSION_METHOD";
        case Code::UnknownSetting: return "UNKNOWN_SETTING";
        case Code::Readonly: return "READONLY";
        case Code::UnknownFormat: return "UNKNOWN_FORMAT";
        case Code::TooManySimultaneousQueries: return "TOO_MANY_SIMULTANEOUS_QUERIES";
        case Code::SessionNotFound: return "SESSION_NOT_FOUND";
        case Code::SessionIsLocked: return "SESSION_IS_LOCKED";
        case Code::InvalidSessionTimeout: return "INVALID_SESSION_TIMEOUT";
        case Code::TooManyRowsOrBytes: return "TOO_MANY_ROWS_OR_BYTES";
        case Code::QueryWithSameIdIsRunning: return "QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING";
        case Code::SettingConstraintViolation: return "SETTING_CONSTRAINT_VIOLATION";
        case Code::AccessDenied: return "ACCESS_DENIED";
        case Code::AuthenticationFailed: return "AUTHENTICATION_FAILED";
    }
    return "UNKNOWN_EXCEPTION";
}

}  // namespace

SqlError exception(Code code, std::string_view text) {
    return {.code = static_cast<int>(code),
            .text = fmt::format("Code: {}. DB::Exception: {}. ({})", static_cast<int>(code), text,
                                name_of(code))};
}

unsigned status_of(int code) noexcept {
    switch (code) {
        case 194: return 401;  // REQUIRED_PASSWORD
        case 192:
        case 193:
        case 497:
        case 512:
        case 516: return 403;  // users, ACCESS_DENIED
        case 6:
        case 25:
        case 26:
        case 36:
        case 38:
        case 41:
        case 72:  // CANNOT_PARSE_…
        case 427:
        case 441:
        case 675:
        case 676:
        case 27:
        case 376:  // …, regexps, arguments
        case 15:
        case 44:
        case 34:
        case 35:
        case 8:
        case 167:
        case 168:  // columns, the tree
        case 246:
        case 62:
        case 117:
        case 53:
        case 69:
        case 321: return 400;
        case 60:
        case 46:
        case 47:
        case 50:
        case 56:
        case 81:
        case 115:  // UNKNOWN_…
        case 106:
        case 63:
        case 73:
        case 336:
        case 78:
        case 511: return 404;
        case 229: return 413;
        case 48: return 501;
        case 209:
        case 76: return 503;
        case 381: return 411;
        case 159: return 408;
        case 439: return 503;
        default: return 500;
    }
}

std::string random_tag() {
    std::string tag(16, 'a');
    // A short read leaves an 'a', which is a letter too.
    (void)::getrandom(tag.data(), tag.size(), 0);
    for (char& c : tag) c = static_cast<char>('a' + static_cast<unsigned char>(c) % 26);
    return tag;
}

std::string exception_block(const SqlError& error, std::string_view tag) {
    // The length counts the line feed behind the text.
    return fmt::format("\r\n__exception__\r\n{0}\r\n{1}\n{2} {0}\r\n__exception__\r\n", tag,
                       error.text, error.text.size() + 1);
}

}  // namespace forgehouse::engine
