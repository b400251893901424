// QueryString: the parameters of a request, out of its target or the body of a form. Path: the
// segments of its target.
//
// Both are cut first and decoded then, so that what is encoded cannot cut: `%2F` in a branch's name
// is a part of the name, and `%26` in a value one of the value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace forgehouse::api {

/// Everything but letters, digits and `-._~` as %XX.
std::string percent_encoded(std::string_view text);

class QueryString {
public:
    using Pair = std::pair<std::string, std::string>;

    QueryString() = default;
    explicit QueryString(std::vector<Pair> pairs) : pairs_(std::move(pairs)) {}

    /// `a=1&b=x+y&c`, without a question mark. At most 64 KiB and 1,000 parameters.
    /// Errors: Invalid for what is over that, a broken percent code, a NUL, and what is no UTF-8.
    static Result<QueryString> parse(std::string_view text);

    const std::vector<Pair>& pairs() const noexcept { return pairs_; }
    /// The value of the parameter; nullopt where it is not there. Errors: Invalid where it stands
    /// there more than once: who reads the first and who reads the last would not agree.
    Result<std::optional<std::string_view>> one(std::string_view name) const;
    /// The same of a whole number within the bounds. Errors: Invalid, too.
    Result<std::optional<std::int64_t>> number(std::string_view name, std::int64_t least,
                                               std::int64_t most) const;
    /// The same of `true` or `false`, in any case, or 1 or 0.
    Result<std::optional<bool>> flag(std::string_view name) const;
    /// All values of a parameter that may be repeated, in order.
    std::vector<std::string_view> all(std::string_view name) const;

    /// The same parameters with only this value of `name`, or with none.
    QueryString with(std::string_view name, std::optional<std::string_view> value) const;
    /// `a=1&b=x%20y`; "" for none.
    std::string text() const;

private:
    std::vector<Pair> pairs_;
};

class Path {
public:
    /// Reads the path of a target, with its first slash and without its query: at most 8 KiB and
    /// 256 segments. One slash at the end is nothing. Errors: Invalid for what does not begin with
    /// a slash, a broken percent code, a NUL, an empty segment, and `.` or `..` anywhere, behind
    /// encoded slashes too.
    static Result<Path> parse(std::string_view raw);

    std::size_t size() const noexcept { return segments_.size(); }
    /// Segment `i`, decoded: it may hold slashes. "" behind the last.
    std::string_view text(std::size_t i) const noexcept;
    /// The same for a segment that may not. Errors: NotFound: there is no such thing.
    Result<std::string_view> plain(std::size_t i) const;
    /// All from segment `i` on, by slashes: the name of a branch, the path of a file.
    std::string rest(std::size_t i) const;

private:
    std::vector<std::string> segments_;
};

/// Cuts a target, also one of the absolute form that proxies are sent, into its path and its query.
/// Errors: Invalid for what is no path.
Result<std::pair<std::string_view, std::string_view>> split_target(std::string_view target);

}  // namespace forgehouse::api
