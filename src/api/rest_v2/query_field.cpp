#include "api/rest_v2/query_field.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/text.h"

namespace forgehouse::api {
namespace {

constexpr std::size_t kMostNameBytes = 100;

}  // namespace

Result<const QueryField*> field_named(QueryFields fields, std::string_view name,
                                      std::size_t position) {
    const auto found = std::ranges::find(fields, name, &QueryField::name);
    if (found != fields.end()) return &*found;
    std::vector<std::string_view> names;
    names.reserve(fields.size());
    for (const QueryField& field : fields) names.push_back(field.name);
    Error error = Error(Errc::Invalid, "there is no such field to ask by")
                      .with("field", text::printable(name.substr(0, kMostNameBytes)))
                      .with("position", static_cast<std::int64_t>(position));
    // What is much longer than any of them is a typing error of none, and dear to compare.
    const auto near = name.size() <= kMostNameBytes ? text::nearest(name, names) : std::nullopt;
    if (near)
        error.hint(fmt::format("did you mean {}?", *near));
    else
        error.hint(fmt::format("the fields are {}", fmt::join(names, ", ")));
    return Failure(std::move(error));
}

std::string plain_uuid(std::string_view text) {
    if (text.size() == 38 && text.front() == '{' && text.back() == '}')
        text = text.substr(1, text.size() - 2);
    if (text.size() != 36) return "";
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash != (text[i] == '-')) return "";
        if (!dash &&
            std::string_view("0123456789abcdefABCDEF").find(text[i]) == std::string_view::npos)
            return "";
    }
    return text::lower_ascii(text);
}

}  // namespace forgehouse::api
