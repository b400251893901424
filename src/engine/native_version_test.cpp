#include "engine/native_version.h"

#include <gtest/gtest.h>

namespace forgehouse::engine {
namespace {

using namespace std::string_literals;

const std::string kInfo = "\x01\x00\x02\xff\xff\xff\xff\x00"s;
// One row of a String and of an Array(UInt8).
const std::string kBlock =
    "\x02\x01\x01s\x06String\x02hi\x01"s + "a\x0c" + "Array(UInt8)\x02\0\0\0\0\0\0\0\x07\x08"s;

TEST(NativeVersion, PutsItsFieldsInFrontOfBlocksAndColumns) {
    EXPECT_EQ(*native_of_version(kBlock, 54453), kInfo + kBlock);
    std::string wanted = kBlock;
    wanted.insert(wanted.find("Array(UInt8)") + 12, 1, '\0');
    wanted.insert(wanted.find("String") + 6, 1, '\0');
    EXPECT_EQ(*native_of_version(kBlock, 54454), kInfo + wanted);
    EXPECT_EQ(*native_of_version(kBlock + kBlock, 54460), kInfo + wanted + kInfo + wanted);
    EXPECT_EQ(*native_of_version("", 54460), "");
}

TEST(NativeVersion, RefusesWhatItCannotRead) {
    for (std::size_t i = 1; i < kBlock.size(); ++i)
        EXPECT_FALSE(native_of_version(std::string_view(kBlock).substr(0, i), 54460)) << i;
    for (const char* type : {"Dynamic", "JSON", "Variant(Int8)", "AggregateFunction(sum, Int8)"}) {
        const std::string block =
            "\x01\x01\x01s"s + static_cast<char>(std::string_view(type).size()) + type + "12345678";
        const auto refused = native_of_version(block, 54460);
        ASSERT_FALSE(refused) << type;
        EXPECT_EQ(refused.error().code, 48) << type;
    }
    const std::string huge = "\x01\xff\xff\xff\xff\xff\xff\xff\x7f\x01s\x05Int64"s;
    EXPECT_FALSE(native_of_version(huge, 54460));
}

}  // namespace
}  // namespace forgehouse::engine
