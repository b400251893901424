// Headers as a stranger may send them: conditions, cookies and credentials.
#include <cstdint>

#include "api/http/authorization.h"
#include "api/http/cookies.h"
#include "api/http/etag.h"
#include "base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace forgehouse;
    using namespace forgehouse::api;
    const std::string text(reinterpret_cast<const char*>(data), size);
    net::HttpRequest request;
    request.method = "GET";
    for (const char* name :
         {"Authorization", "Cookie", "If-Match", "If-None-Match", "If-Modified-Since"})
        request.headers.emplace_back(name, text);
    if (const auto shown = authorization_of(request)) CHECK(shown->secret.reveal().size() <= size);
    if (const auto found = cookie(request, "s"); found && *found)
        CHECK(set_cookie({.name = "s", .value = (*found)->reveal()}).has_value());
    (void)check_preconditions(request, {.etag = "\"a\"", .modified = Time::from_ms(1)});
    if (const auto time = parse_http_date(text)) CHECK(http_date(*time) == text);
    return 0;
}
