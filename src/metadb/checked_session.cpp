#include "metadb/checked_session.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace forgehouse::metadb {
namespace {

/// Whether a statement begins, divides or ends a transaction, which is the database's matter.
bool steers(std::string_view statement) {
    constexpr std::array<std::string_view, 8> kWords = {
        "abort", "begin", "commit", "end", "release", "rollback", "savepoint", "start"};
    const std::string_view text = text::trim(statement);
    const auto end = std::ranges::find_if_not(
        text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
    const std::string_view word = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    if (word.size() > 9 || word.size() < 3) return false;
    const std::string lower = text::lower_ascii(word);
    return std::ranges::find(kWords, lower) != kWords.end();
}

}  // namespace

Result<void> CheckedSession::check(const ports::Sql& sql) const {
    if (failed_) return Failure(Error(*failed_));
    if (steers(sql.text()))
        return Failure(Error(Errc::Invalid, "a work neither begins nor ends transactions")
                           .hint("return an error to undo it"));
    for (const ports::SqlValue& value : sql.values()) {
        const auto* bytes = std::get_if<std::string>(&value.get());
        if (bytes == nullptr || (bytes->find('\0') == std::string::npos && text::is_utf8(*bytes)))
            continue;
        return Failure(Error(Errc::Invalid, "a text that is not UTF-8 cannot be stored")
                           .with("place", &value - sql.values().data() + 1)
                           .hint("it has a zero byte or a broken sequence: send it as UTF-8"));
    }
    return {};
}

Result<void> CheckedSession::query(const ports::Sql& sql, const TakeRow& take) {
    TRY(check(sql));
    bool of_take = false;
    auto done = inner_.query(sql, [&](const ports::SqlRow& row) {
        auto taken = take(row);
        of_take = !taken;
        return taken;
    });
    if (!done && !of_take) failed_ = done.error();
    return done;
}

Result<std::uint64_t> CheckedSession::execute(const ports::Sql& sql) {
    if (kind_ == Kind::Read)
        return Failure(Error(Errc::Invalid, "a read does not write").hint("write it by write()"));
    TRY(check(sql));
    auto done = inner_.execute(sql);
    if (!done) failed_ = done.error();
    return done;
}

Result<void> CheckedSession::run(const std::function<Result<void>(ports::Session&)>& work) {
    auto done = work(*this);
    if (done && failed_) return Failure(std::move(*failed_));
    return done;
}

}  // namespace forgehouse::metadb
