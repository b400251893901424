// Cursors as a stranger may send them: what is read is written as a text that is read the same.
#include <cstdint>

#include "api/rest_v2/page.h"
#include "base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace forgehouse::api;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto request = parse_page(QueryString({{"page", std::string(text)}}));
    if (!request) return 0;
    CHECK(request->page >= 1 && request->offset() >= 0);
    if (!request->behind) return 0;
    const std::string token = request->behind->token();
    if (token.size() > 2048) return 0;  // what was escaped briefly is escaped at length now
    const auto again = Cursor::parse(token);
    CHECK(again && again->token() == token);
    return 0;
}
