#include "metadb/postgresql/failure.h"

#include <algorithm>

namespace forgehouse::metadb::postgresql {
namespace {

/// The columns of `Key (a, b)=(1, 2) already exists.` as `table.a, table.b`. An index on
/// expressions goes by its name.
std::string unique_columns(const ServerError& said) {
    const std::size_t begin = said.detail.find('(');
    const std::size_t end = said.detail.find(")=(");
    if (begin == std::string::npos || end == std::string::npos) return said.constraint;
    std::string columns = said.table + '.';
    for (const char c : std::string_view(said.detail).substr(begin + 1, end - begin - 1)) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
        if (!plain && c != ',' && c != ' ') return said.constraint;
        columns += c;
        if (c == ' ') columns += said.table + '.';
    }
    return columns;
}

Error forbidden(const ServerError& said) {
    const auto conflict = [](Literal text, const char* kind, std::string constraint) {
        return Error(Errc::Conflict, text)
            .with("kind", kind)
            .with("constraint", std::move(constraint));
    };
    if (said.sqlstate == "23505")
        return conflict("it is there already", "unique", unique_columns(said));
    if (said.sqlstate == "23503" || said.sqlstate == "23001")
        return conflict("what it refers to is not there, or is still referred to", "reference",
                        said.constraint);
    if (said.sqlstate == "23502")
        return conflict("a required value is missing", "required", said.table + '.' + said.column);
    return conflict("a check of the table forbids it", "check", said.constraint);
}

Error with_words(Errc code, Literal text, const ServerError& said) {
    return Error(code, text).with("because", said.message).with("sqlstate", said.sqlstate);
}

}  // namespace

bool collided(std::string_view sqlstate) noexcept {
    return sqlstate == "40001" || sqlstate == "40P01";
}

bool connection_ended(std::string_view sqlstate) noexcept {
    return sqlstate.empty() || (sqlstate.starts_with("08") && sqlstate != "08P01") ||
           (sqlstate.starts_with("57P") && sqlstate != "57P04");
}

Error failure(const ServerError& said) {
    const std::string_view state = said.sqlstate;
    if (state.starts_with("23")) return forbidden(said);
    if (collided(state))
        return with_words(Errc::Unavailable, "the transaction met another's way", said)
            .hint("try again");
    if (connection_ended(state))
        return with_words(Errc::Unavailable, "the database has ended the connection", said)
            .hint("see that PostgreSQL runs, and its log; then try again");
    if (state == "57014")
        return with_words(Errc::Unavailable, "the server stopped the statement", said)
            .hint("see statement_timeout of this user and database");
    if (state == "53100")
        return with_words(Errc::Unavailable, "the database's disk is full", said)
            .hint("make room on the server's disk");
    if (state == "25006")
        return with_words(Errc::Unavailable, "the database is read-only", said)
            .hint("the server is a standby, or default_transaction_read_only is on");
    if (state == "XX001" || state == "XX002")
        return with_words(Errc::Corrupt, "the database is damaged", said).hint("restore a backup");
    const auto starts = [&](std::string_view prefix) { return state.starts_with(prefix); };
    constexpr std::string_view kServers[] = {"53", "55", "57", "58", "F0", "XX", "40"};
    if (std::ranges::any_of(kServers, starts))
        return with_words(Errc::Unavailable, "the database could not do it", said)
            .hint("see PostgreSQL's log");
    return with_words(Errc::Invalid, "the database refuses the statement", said);
}

}  // namespace forgehouse::metadb::postgresql
