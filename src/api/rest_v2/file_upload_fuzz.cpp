// Uploads as a stranger may send them: the Content-Type, a line feed, the body.
#include <cstdint>

#include "api/rest_v2/file_upload.h"
#include "base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace forgehouse;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto line = text.find('\n');
    if (line == std::string_view::npos) return 0;
    const auto read = api::rest_v2::parse_upload(text.substr(0, line), text.substr(line + 1));
    if (!read) return 0;
    CHECK(read->parents.size() <= 1);
    std::size_t all = 0;
    for (const git::FileWrite& one : read->changes) {
        CHECK(!one.path.starts_with('/'));
        CHECK(one.kind != git::FileWrite::Kind::Deleted || one.content.empty());
        all += one.content.size();
    }
    CHECK(all <= size);
    return 0;
}
