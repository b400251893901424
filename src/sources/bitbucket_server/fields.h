// Fields: reads the members of one JSON object and remembers the first thing that is wrong, so that
// a parser is a list of assignments and one question at its end.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "base/time.h"

namespace forgehouse::sources::bitbucket_server {

/// Members that are absent or null are nullopt, or an error by the functions named need_…. A member
/// of another kind is always an error. Views go into the document.
class Fields {
public:
    /// `what` is named in errors. Something that is no object is an error.
    Fields(const json::Value& object, Literal what);

    std::optional<std::string_view> text(Literal name);
    std::optional<std::int64_t> integer(Literal name);
    std::optional<bool> flag(Literal name);
    /// Epoch milliseconds (as text too) or ISO 8601, within what the tables can hold.
    std::optional<Time> time(Literal name);
    /// 0 where absent; saturates, and is an error when negative.
    std::optional<std::uint32_t> count(Literal name);
    std::optional<json::Value> object(Literal name);
    /// Empty where absent.
    std::vector<json::Value> array(Literal name);

    std::string_view need_text(Literal name);
    std::int64_t need_integer(Literal name);
    Time need_time(Literal name);
    json::Value need_object(Literal name);
    std::vector<json::Value> need_array(Literal name);

    /// Takes over what went wrong with a part.
    template <class T>
    T part(Result<T> parsed) {
        if (parsed) return std::move(*parsed);
        note(std::move(parsed).error());
        return T{};
    }
    void note(Error error);

    bool good() const noexcept { return !wrong_; }
    /// The first error, which names the object and the member.
    Result<void> done();

private:
    void missing(Literal name);
    void is_wrong(Literal name, Error error);

    json::Value object_;
    Literal what_;
    std::optional<Error> wrong_;
};

}  // namespace forgehouse::sources::bitbucket_server
