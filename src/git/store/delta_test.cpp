#include "git/store/delta.h"

#include <gtest/gtest.h>

#include <string>

namespace forgehouse::git {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

/// What the instructions make of the base, given room for `size` bytes; nullopt where refused.
std::optional<std::string> made(std::string_view base, std::string_view instructions,
                                std::size_t size) {
    std::string out(size, '?');
    if (!apply_delta(base, instructions, out)) return std::nullopt;
    return out;
}

TEST(Delta, CopiesAndInserts) {
    EXPECT_EQ(made("hello world", "\x91\x06\x05\x01!"s, 6), "world!");
    EXPECT_EQ(made("", ""s, 0), "");
    EXPECT_EQ(made("", "\x03xyz"s, 3), "xyz");
    // Offsets of two bytes, sizes of two bytes, and a size of 0, which is 65,536.
    const std::string base = std::string(0x102, 'a') + std::string(0x10000, 'b');
    EXPECT_EQ(made(base, "\xb3\x01\x01\x02\x01"s, 0x102), "a" + std::string(0x101, 'b'));
    EXPECT_EQ(made(base, "\x83\x02\x01"s, 0x10000), std::string(0x10000, 'b'));
}

TEST(Delta, RefusesWhatDoesNotFit) {
    EXPECT_EQ(made("base", "\0"s, 0), std::nullopt);  // reserved
    EXPECT_EQ(made("base",
                   "\x05"
                   "abc"s,
                   5),
              std::nullopt);                                    // an insert cut short
    EXPECT_EQ(made("base", "\x91\x01"s, 1), std::nullopt);      // a copy cut short
    EXPECT_EQ(made("base", "\x91\x02\x03"s, 3), std::nullopt);  // beyond the base
    EXPECT_EQ(made("base", "\x91\x05\x01"s, 1), std::nullopt);
    EXPECT_EQ(made("base", "\x90\x04"s, 3), std::nullopt);  // more than was said
    EXPECT_EQ(made("base", "\x90\x04"s, 5), std::nullopt);  // less
}

TEST(Delta, ReadsTheSizesAtItsBeginning) {
    auto delta = "\x05\x80\x01rest"sv;
    const auto sizes = take_delta_sizes(delta);
    ASSERT_TRUE(sizes);
    EXPECT_EQ(sizes->base, 5u);
    EXPECT_EQ(sizes->result, 128u);
    EXPECT_EQ(delta, "rest");
    for (auto cut : {""sv, "\x05"sv, "\x80\x80"sv, "\x05\x80"sv,
                     "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01\x01"sv})
        EXPECT_FALSE(take_delta_sizes(cut));
}

}  // namespace
}  // namespace forgehouse::git
