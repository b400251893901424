// Fuzzes the file .env: whatever its bytes, names are names and nothing is read past the end.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "config/dotenv.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto parsed =
        forgehouse::config::parse_dotenv({reinterpret_cast<const char*>(data), size});
    for (const auto& [name, entry] : parsed.entries) {
        CHECK(!name.empty() && entry.line > 0);
        CHECK(entry.value.find('\0') == std::string::npos);
    }
    return 0;
}
