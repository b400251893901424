// Forms (multipart/form-data) as ClickHouse takes them: fields are parameters, files are tables for
// one query.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace forgehouse::engine {

struct FormPart {
    std::string name;
    bool is_file = false;  ///< it has a file name
    std::string data;
};

/// The boundary out of a Content-Type; "" for what is no form.
std::string form_boundary(std::string_view content_type);

/// Errors: Invalid for what is no such form, or has more than 100 parts.
Result<std::vector<FormPart>> parse_form(std::string_view body, std::string_view boundary);

}  // namespace forgehouse::engine
