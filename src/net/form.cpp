#include "net/form.h"

#include <algorithm>

#include "base/text.h"

namespace forgehouse::net {
namespace {

/// Takes a value off, quoted or bare, up to the next parameter.
std::string take_value(std::string_view& text) {
    std::string found;
    if (!text.starts_with('"')) {
        const auto end = std::min(text.size(), text.find(';'));
        found = text::trim(text.substr(0, end));
        text.remove_prefix(end);
        return found;
    }
    std::size_t i = 1;
    for (; i < text.size() && text[i] != '"'; ++i) {
        // A browser of old sends a path with backslashes, which escape nothing but these two.
        if (text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\\'))
            ++i;
        found += text[i];
    }
    text.remove_prefix(std::min(i + 1, text.size()));
    return found;
}

Error broken() {
    return Error(Errc::Invalid, "the body is no form, or it breaks off");
}

Error over(Literal what, std::size_t limit) {
    return Error(Errc::Invalid, what).with("limit", static_cast<std::int64_t>(limit));
}

Result<FormPart> part_of(std::string_view text, const FormLimits& limits) {
    FormPart part;
    // Without headers the part begins with the empty line.
    const bool has_head = !text.starts_with("\r\n");
    const auto head_end = has_head ? text.find("\r\n\r\n") : 0;
    if (head_end == std::string_view::npos) return Failure(broken());
    if (head_end > limits.head)
        return Failure(over("a part of the form has too long a head", limits.head));
    part.data = text.substr(head_end + (has_head ? 4 : 2));
    for (std::string_view line : text::split(text.substr(0, head_end), '\n')) {
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        part.headers.emplace_back(text::trim(line.substr(0, colon)),
                                  text::trim(line.substr(colon + 1)));
    }
    const std::string_view about = part.header("content-disposition");
    part.name = form_parameter(about, "name").value_or("");
    part.filename = form_parameter(about, "filename");
    return part;
}

}  // namespace

std::string_view FormPart::header(std::string_view wanted) const noexcept {
    for (const auto& [key, value] : headers)
        if (text::lower_ascii(key) == text::lower_ascii(wanted)) return value;
    return {};
}

std::optional<std::string> form_parameter(std::string_view value, std::string_view wanted) {
    std::size_t at = value.find(';');
    while (at != std::string_view::npos) {
        value.remove_prefix(at + 1);
        const auto equals = value.find_first_of("=;");
        if (equals == std::string_view::npos) return std::nullopt;
        if (value[equals] == ';') {
            at = equals;
            continue;
        }
        const std::string name = text::lower_ascii(text::trim(value.substr(0, equals)));
        value.remove_prefix(equals + 1);
        std::string found = take_value(value);
        if (name == text::lower_ascii(wanted)) return found;
        at = value.find(';');
    }
    return std::nullopt;
}

std::string form_boundary(std::string_view content_type) {
    const std::string_view type = text::trim(content_type.substr(0, content_type.find(';')));
    if (text::lower_ascii(type) != "multipart/form-data") return {};
    std::string boundary = form_parameter(content_type, "boundary").value_or("");
    // RFC 2046: longer ones are none.
    return boundary.size() <= 70 ? boundary : "";
}

Result<std::vector<FormPart>> parse_form(std::string_view body, std::string_view boundary,
                                         const FormLimits& limits) {
    const std::string first = "--" + std::string(boundary), next = "\r\n" + first;
    if (!body.starts_with(first)) return Failure(broken());
    body.remove_prefix(first.size());
    std::vector<FormPart> parts;
    while (!body.starts_with("--")) {
        if (!body.starts_with("\r\n")) return Failure(broken());
        body.remove_prefix(2);
        const auto end = body.find(next);
        if (end == std::string_view::npos) return Failure(broken());
        if (parts.size() == limits.parts)
            return Failure(over("the form has too many parts", limits.parts));
        TRY_LET(part, part_of(body.substr(0, end), limits));
        parts.push_back(std::move(part));
        body.remove_prefix(end + next.size());
    }
    return parts;
}

}  // namespace forgehouse::net
