// Targets as a stranger may send them. What is read holds nothing that leads elsewhere, and what is
// written again is read as the same.
#include <cstdint>

#include "api/http/query_string.h"
#include "base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace forgehouse::api;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto target = split_target(text);
    if (!target) return 0;
    if (const auto path = Path::parse(target->first)) {
        const std::string all = "/" + path->rest(0) + "/";
        CHECK(all.find("/../") == std::string::npos && all.find("/./") == std::string::npos);
        CHECK(all.find('\0') == std::string::npos);
        for (std::size_t i = 0; i < path->size(); ++i) CHECK(!path->text(i).empty());
    }
    if (const auto query = QueryString::parse(target->second)) {
        const std::string written = query->text();
        if (written.size() > 60'000) return 0;
        const auto again = QueryString::parse(written);
        // A parameter without a name is written as `=value`, and read so.
        CHECK(again && again->pairs() == query->pairs());
    }
    return 0;
}
