// The parameter fields and a document: the first line and what follows it. What comes out is JSON,
// and asking for the same part of it again changes nothing.
#include <cstdint>

#include "api/rest_v2/partial.h"
#include "base/check.h"
#include "base/json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace forgehouse;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto line = text.find('\n');
    if (line == std::string_view::npos || size > 8192) return 0;
    const auto partial = api::Partial::parse(text.substr(0, line));
    if (!partial || partial->wants_everything()) return 0;
    const auto part = partial->apply(std::string(text.substr(line + 1)));
    if (!part) return 0;
    CHECK(json::Document::parse(*part).has_value());
    const auto again = partial->apply(*part);
    CHECK(again && *again == *part);
    return 0;
}
