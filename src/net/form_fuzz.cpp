// Forms as a stranger may send them: the boundary, a line feed, the body.
#include <cstdint>

#include "base/check.h"
#include "net/form.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace forgehouse::net;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto line = text.find('\n');
    if (line == std::string_view::npos) return 0;
    const std::string boundary = form_boundary(text.substr(0, line));
    const auto parts = parse_form(text.substr(line + 1), boundary, {.parts = 20, .head = 200});
    if (!parts) return 0;
    CHECK(parts->size() <= 20);
    std::size_t all = 0;
    for (const FormPart& part : *parts) {
        all += part.data.size();
        for (const auto& [key, value] : part.headers) {
            CHECK(key.size() + value.size() <= 200);
            (void)form_parameter(value, "x-attributes");
        }
    }
    CHECK(all <= size);
    return 0;
}
