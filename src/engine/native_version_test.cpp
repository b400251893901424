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
    for (const char* type : {"AggregateFunction(sum, Int8)", "Tuple(Nonsense)", "Variant(Geo)"}) {
        const std::string block =
            "\x01\x01\x01s"s + static_cast<char>(std::string_view(type).size()) + type + "12345678";
        const auto refused = native_of_version(block, 54460);
        ASSERT_FALSE(refused) << type;
        EXPECT_EQ(refused.error().code, 48) << type;
    }
    const std::string huge = "\x01\xff\xff\xff\xff\xff\xff\xff\x7f\x01s\x05Int64"s;
    EXPECT_FALSE(native_of_version(huge, 54460));
}

TEST(NativeVersion, NamesTheTimeZoneThatTheLibraryLeavesOut) {
    const std::string block = "\x01\x01\x01t\x08"s + "DateTime" + "\1\2\3\4"s;
    EXPECT_TRUE(hides_time_zones(block));
    EXPECT_FALSE(hides_time_zones(kBlock));
    EXPECT_EQ(*native_of_version(block, 54400, {"DateTime('UTC')"}),
              kInfo + "\x01\x01\x01t\x0f" + "DateTime('UTC')" + "\1\2\3\4"s);
    EXPECT_EQ(*native_of_version(block, 54400, {"DateTime"}), kInfo + block);
    EXPECT_EQ(*native_of_version(block, 54400, {}), kInfo + block);
    EXPECT_EQ(*native_of_version(block, 54300, {"DateTime('UTC')"}), kInfo + block);
}

/// One column `c` of that type with `rows` rows.
std::string block(std::string_view type, char rows, std::string_view data) {
    std::string out{'\x01', rows, '\x01', 'c', static_cast<char>(type.size())};
    return out += std::string(type) + std::string(data);
}

TEST(NativeVersion, ReadsTypesThatStandInTheData) {
    const std::string word("\0\0\0\0\0\0\0\0", 8), one("\1\0\0\0\0\0\0\0", 8);
    const std::string dynamic_int = one + "\x01\x01\x05Int64"s + word;
    struct Case {
        const char* type;
        char rows;
        std::string data;
    };
    for (const auto& [type, rows, data] : std::vector<Case>{
             {"Variant(String, UInt64)", 3, word + "\x01\x00\xff"s + "\x01x"s + word},
             // Int64 comes before what is shared, so it is the first.
             {"Dynamic", 2, dynamic_int + "\x00\xff"s + one},
             {"Dynamic", 1, one + "\x00\x00"s + word + "\xff"},
             {"Array(Dynamic)", 1, dynamic_int + one + "\x00"s + one},
             {"JSON(b String)", 1,
              word +
                  "\x01\x01\x01"
                  "a"s +
                  dynamic_int + "\x01x"s + "\x00"s + one + word},
             {"JSON", 1, one + "\x02{}"s},
             {"Map(String, LowCardinality(String))", 1,
              one + one + "\x01k"s + "\x00\x06\0\0\0\0\0\0"s + one + "\x01v"s + one + "\x00"s}}) {
        const std::string plain = block(type, rows, data);
        const auto got = native_of_version(plain, 54460);
        ASSERT_TRUE(got) << type << ": " << got.error().text;
        std::string wanted = plain;
        wanted.insert(5 + std::string_view(type).size(), 1, '\0');
        EXPECT_EQ(*got, kInfo + wanted) << type;
        for (std::size_t i = 1; i < plain.size(); ++i)
            EXPECT_FALSE(native_of_version(std::string_view(plain).substr(0, i), 54460))
                << type << " " << i;
    }
    // A row of a type that is not there; a form of another time.
    EXPECT_FALSE(native_of_version(block("Variant(Int8)", 1, word + "\x01\x01"s), 54460));
    EXPECT_FALSE(native_of_version(block("Dynamic", 1, word + "\x00\x00"s + word + "\xff"), 54460));
}

}  // namespace
}  // namespace forgehouse::engine
