#include "warehouse/clickhouse/errors.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace forgehouse::warehouse::clickhouse {
namespace {

struct Known {
    int code;
    Errc errc;
    Again again;
    Literal hint;
};

constexpr Literal kFreeMemory =
    "ask for less at a time (LIMIT, fewer columns, a narrower WHERE), or give the warehouse more "
    "memory (option `engine.memory`)";
constexpr Literal kFreeDisk = "free space on the disk of the data directory, then run it again";
constexpr Literal kNames =
    "`forgehouse tables` lists the tables, `forgehouse tables NAME` the columns of one";
constexpr Literal kReadOnly = "this connection may only read; writing is left to `collect`";
constexpr Literal kLogin = "check user and password of the warehouse in the configuration";
constexpr Literal kBusy = "the warehouse is busy or not reachable for its own parts; try again";

constexpr Literal kMend = "mend the statement as the message says";
constexpr Literal kGrant = "grant the configured user that right";
constexpr Literal kInside =
    "only what lies in the warehouse can be asked about: `forgehouse tables` lists it";

// Sorted by code: looked up by bisection. What is not here is Invalid and kMend.
constexpr auto kKnown = std::to_array<Known>({
    {36, Errc::Invalid, Again::Yes, "a value in the statement does not fit where it stands"},
    {40, Errc::Corrupt, Again::Yes, "the warehouse found damaged data; `forgehouse doctor`"},
    {46, Errc::Invalid, Again::Yes, "there is no such function; its name may be misspelt"},
    {47, Errc::Invalid, Again::Yes, kNames},
    {57, Errc::Conflict, Again::Yes, ""},
    {60, Errc::Invalid, Again::Yes, kNames},
    {62, Errc::Invalid, Again::Yes, kMend},
    {73, Errc::Invalid, Again::Yes,
     "use a format of ClickHouse, such as TSV, CSVWithNames, Parquet"},
    {81, Errc::Invalid, Again::Yes, "no such database; `forgehouse init` makes ours"},
    {159, Errc::Unavailable, Again::WritesOnly,
     "ask for less at a time, or raise max_execution_time"},
    {160, Errc::Unavailable, Again::WritesOnly, "ask for less at a time"},
    {164, Errc::Denied, Again::Yes, kReadOnly},
    {173, Errc::Unavailable, Again::WritesOnly, kFreeMemory},
    {192, Errc::Denied, Again::Yes, kLogin},
    {193, Errc::Denied, Again::Yes, kLogin},
    {194, Errc::Denied, Again::Yes, kLogin},
    {202, Errc::Unavailable, Again::Yes, kBusy},
    {209, Errc::Unavailable, Again::Yes, kBusy},
    {210, Errc::Unavailable, Again::Yes, kBusy},
    {225, Errc::Unavailable, Again::Yes, kBusy},
    {236, Errc::Unavailable, Again::Yes, kBusy},
    {241, Errc::Unavailable, Again::WritesOnly, kFreeMemory},
    {242, Errc::Unavailable, Again::Yes,
     "the table is read-only at the moment; see the server's log"},
    {243, Errc::Unavailable, Again::WritesOnly, kFreeDisk},
    {246, Errc::Corrupt, Again::Yes, "the warehouse found damaged data; `forgehouse doctor`"},
    {252, Errc::Unavailable, Again::Yes, "merges have to catch up; they do so by themselves"},
    {279, Errc::Unavailable, Again::Yes, kBusy},
    {285, Errc::Unavailable, Again::Yes, kBusy},
    {286, Errc::Unavailable, Again::Yes, kBusy},
    {291, Errc::Denied, Again::Yes, "this user has no right to the database"},
    {319, Errc::Unavailable, Again::Yes, kBusy},
    {344, Errc::Denied, Again::Yes, ""},
    {394, Errc::Cancelled, Again::Yes,
     "somebody ended the query, or the engine was told to leave; ask again"},
    {425, Errc::Unavailable, Again::Yes, kBusy},
    {446, Errc::Denied, Again::Yes, "this function is not allowed here"},
    {452, Errc::Denied, Again::Yes, "the warehouse does not let this user set that setting"},
    {497, Errc::Denied, Again::Yes, ""},
    {516, Errc::Denied, Again::Yes, kLogin},
    {735, Errc::Cancelled, Again::Yes, ""},
    {999, Errc::Unavailable, Again::Yes, kBusy},
});
static_assert(std::ranges::is_sorted(kKnown, {}, &Known::code));

const Known* known(std::int64_t code) noexcept {
    const auto* found = std::ranges::lower_bound(kKnown, code, {}, &Known::code);
    return found != kKnown.end() && found->code == code ? found : nullptr;
}

// Long enough for any message that a person reads; what is longer is data that was echoed.
constexpr std::size_t kMessageLimit = 4000;

std::string readable(std::string_view message) {
    std::string out = text::replace_invalid_utf8(message.substr(0, kMessageLimit));
    if (message.size() > kMessageLimit) out += "…";
    return out;
}

/// `(NAME)` behind the message, upper case; "" where there is none. The last such word counts: the
/// message itself may hold others.
std::string_view name_in(std::string_view text) {
    const auto is_name = [](std::string_view word) {
        return word.size() > 1 && std::ranges::all_of(word, [](char c) {
                   return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
               });
    };
    for (auto close = text.rfind(')'); close != std::string_view::npos && close > 0;
         close = text.rfind(')', close - 1)) {
        const auto open = text.rfind('(', close);
        if (open == std::string_view::npos) return {};
        const auto word = text.substr(open + 1, close - open - 1);
        if (is_name(word)) return word;
    }
    return {};
}

/// Takes ` (NAME)` or ` (version 26.7.3.1 (official build))` off the end.
bool strip_tail(std::string_view& text) {
    constexpr std::size_t kLongest = 64;
    const auto version = text.rfind(" (version ");
    if (version != std::string_view::npos && text.size() - version < kLongest &&
        (text.ends_with(')') || text.ends_with(")."))) {
        text = text.substr(0, version);
        return true;
    }
    const auto open = text.rfind(" (");
    if (open == std::string_view::npos) return false;
    const std::string_view name = name_in(text.substr(open));
    if (name.empty() || open + 2 + name.size() + 1 != text.size()) return false;
    text = text.substr(0, open);
    return true;
}

std::string_view message_in(std::string_view text) {
    constexpr std::string_view kMark = "DB::Exception: ";
    // A server may wrap an exception into another one of the same code.
    for (auto at = text.find(kMark); at != std::string_view::npos;
         at = text.starts_with("Code: ") ? text.find(kMark) : std::string_view::npos)
        text.remove_prefix(at + kMark.size());
    while (strip_tail(text)) {
    }
    return text::trim(text);
}

/// A full disk hides behind several codes; one that is about the statement may quote these words.
bool says_disk_full(const Known* what, std::string_view text) {
    return (what == nullptr || what->errc != Errc::Invalid) &&
           (text.contains("No space left on device") || text.contains("errno: 28,"));
}

/// What a person can do about it.
Literal hint_of(const Known* what, std::string_view text) {
    if (what == nullptr) return kMend;
    // A server speaks of its users' grants; our engine, which has no users, of what it keeps shut.
    if (what->code == 497) return text.contains("privileges") ? kGrant : kInside;
    return what->hint;
}

}  // namespace

Error error_from_exception(std::string_view text) {
    text = text::trim(text);
    constexpr std::string_view kCode = "Code: ";
    std::optional<std::int64_t> code;
    if (const auto at = text.find(kCode); at != std::string_view::npos) {
        const std::string_view rest = text.substr(at + kCode.size());
        code = text::to_int(rest.substr(0, rest.find_first_not_of("0123456789")));
    }
    const Known* what = code ? known(*code) : nullptr;
    Errc errc = what != nullptr ? what->errc : Errc::Invalid;
    Literal hint = hint_of(what, text);
    if (says_disk_full(what, text)) {
        errc = Errc::Unavailable;
        hint = kFreeDisk;
    }
    Error error(errc, errc == Errc::Invalid ? Literal("the warehouse does not accept the statement")
                                            : Literal("the warehouse could not do it"));
    if (code) error.with("code", *code);
    if (const auto name = name_in(text); code && !name.empty())
        error.with("name", std::string(name));
    error.with("message", readable(message_in(text)));
    if (!hint.empty()) error.hint(std::string(hint.view()));
    return error;
}

Error error_from_answer(const net::Response& answer) {
    if (answer.body.contains("Code: ") && answer.body.contains("Exception"))
        return error_from_exception(answer.body);
    Error error = Error(net::errc_of_status(answer.status), "the warehouse's address refuses")
                      .with("status", std::int64_t{answer.status});
    if (!text::trim(answer.body).empty()) error.with("message", readable(text::trim(answer.body)));
    return std::move(error).hint(
        "check that the address is ClickHouse's HTTP interface, and what stands in front of it");
}

Again again_of(const Error& error) noexcept {
    const auto code = text::to_int(error.field("code"));
    const Known* what = code ? known(*code) : nullptr;
    return what != nullptr ? what->again : Again::Yes;
}

}  // namespace forgehouse::warehouse::clickhouse
