// Forms (multipart/form-data, RFC 7578): bodies of several parts, each with headers of its own.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace forgehouse::net {

/// One part. Views are into the body.
struct FormPart {
    std::string name;                     ///< of the field; "" where it says none
    std::optional<std::string> filename;  ///< as the client calls it; nullopt: no file
    std::vector<std::pair<std::string_view, std::string_view>> headers;  ///< trimmed, as sent
    std::string_view data;

    bool is_file() const noexcept { return filename.has_value(); }
    /// The first header of that name (any case), "" where it is not there.
    std::string_view header(std::string_view wanted) const noexcept;
};

struct FormLimits {
    std::size_t parts = 100;
    std::size_t head = 16 * 1024;  ///< bytes of the headers of a part
};

/// A parameter of a header's value: `form-data; name="x"` has `name`. In any case, quoted or bare.
std::optional<std::string> form_parameter(std::string_view value, std::string_view wanted);

/// The boundary out of a Content-Type; "" for what is no form.
std::string form_boundary(std::string_view content_type);

/// The parts, in order. Errors: Invalid for what is no such form or breaks off; with field `limit`
/// for what is over the limits.
Result<std::vector<FormPart>> parse_form(std::string_view body, std::string_view boundary,
                                         const FormLimits& limits = {});

}  // namespace forgehouse::net
