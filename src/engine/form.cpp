#include "engine/form.h"

#include <algorithm>

#include "base/text.h"

namespace forgehouse::engine {
namespace {

constexpr std::size_t kMostParts = 100;

/// A parameter of a header value: `form-data; name="x"` has `name`. Quoted or bare.
std::optional<std::string> parameter(std::string_view value, std::string_view wanted) {
    std::size_t at = value.find(';');
    while (at != std::string_view::npos) {
        value.remove_prefix(at + 1);
        const auto equals = value.find('=');
        if (equals == std::string_view::npos) return std::nullopt;
        const std::string name = text::lower_ascii(text::trim(value.substr(0, equals)));
        value.remove_prefix(equals + 1);
        std::string found;
        if (value.starts_with('"')) {
            std::size_t i = 1;
            for (; i < value.size() && value[i] != '"'; ++i) {
                if (value[i] == '\\' && i + 1 < value.size()) ++i;
                found += value[i];
            }
            value.remove_prefix(std::min(i + 1, value.size()));
        } else {
            found = text::trim(value.substr(0, value.find(';')));
        }
        if (name == wanted) return found;
        at = value.find(';');
    }
    return std::nullopt;
}

Error broken() {
    return Error(Errc::Invalid, "the body is no form, or it breaks off");
}

Result<FormPart> part_of(std::string_view text) {
    const auto head_end = text.find("\r\n\r\n");
    if (head_end == std::string_view::npos) return Failure(broken());
    FormPart part;
    part.data = text.substr(head_end + 4);
    for (std::string_view line : text::split(text.substr(0, head_end), '\n')) {
        const auto colon = line.find(':');
        if (colon == std::string_view::npos ||
            text::lower_ascii(text::trim(line.substr(0, colon))) != "content-disposition")
            continue;
        const std::string_view value = text::trim(line.substr(colon + 1));
        part.name = parameter(value, "name").value_or("");
        part.is_file = parameter(value, "filename").has_value();
    }
    if (part.name.empty()) return Failure(broken());
    return part;
}

}  // namespace

std::string form_boundary(std::string_view content_type) {
    if (!text::lower_ascii(content_type).starts_with("multipart/form-data")) return {};
    return parameter(content_type, "boundary").value_or("");
}

Result<std::vector<FormPart>> parse_form(std::string_view body, std::string_view boundary) {
    const std::string first = "--" + std::string(boundary), next = "\r\n" + first;
    if (!body.starts_with(first)) return Failure(broken());
    body.remove_prefix(first.size());
    std::vector<FormPart> parts;
    while (!body.starts_with("--")) {
        if (!body.starts_with("\r\n")) return Failure(broken());
        body.remove_prefix(2);
        const auto end = body.find(next);
        if (end == std::string_view::npos) return Failure(broken());
        if (parts.size() == kMostParts)
            return Failure(Error(Errc::Invalid, "the form has more than 100 parts"));
        TRY_LET(part, part_of(body.substr(0, end)));
        parts.push_back(std::move(part));
        body.remove_prefix(end + next.size());
    }
    return parts;
}

}  // namespace forgehouse::engine
