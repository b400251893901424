#include "engine/coding.h"

#include <gtest/gtest.h>

#include <array>

#include "engine/city_hash.h"

namespace forgehouse::engine {
namespace {

constexpr Coding kAll[]{Coding::Gzip, Coding::Deflate, Coding::Brotli,
                        Coding::Zstd, Coding::Lz4,     Coding::Blocks};

std::string packed(Coding coding, std::string_view first, std::string_view second) {
    const auto packer = make_packer(coding);
    std::string out;
    packer->pack(first, Packer::End::Flush, out);
    packer->pack(second, Packer::End::Finish, out);
    return out;
}

/// With `portion` bytes of input and of room at a time. Ends with `(cut)` where more would follow.
std::string unpacked(Coding coding, std::string_view bytes, std::size_t portion) {
    const auto unpacker = make_unpacker(coding);
    std::string out;
    std::vector<char> room(portion);
    std::string_view now;
    for (;;) {
        const auto n = unpacker->step(now, room);
        if (!n) return std::string(n.error().text());
        out.append(room.data(), *n);
        if (*n > 0 || !now.empty()) continue;
        if (bytes.empty()) break;
        now = bytes.substr(0, portion);
        bytes.remove_prefix(now.size());
    }
    return unpacker->at_end() ? out : out + "(cut)";
}

std::string some_text() {
    std::string text;
    for (int i = 0; i < 60'000; ++i) text += std::to_string(i * 7919);
    return text;
}

TEST(Coding, UnpacksWhatItPacked) {
    const std::string text = some_text();
    for (const Coding coding : kAll) {
        const std::string bytes = packed(coding, "a beginning, ", text);
        EXPECT_LT(bytes.size(), text.size());
        for (const std::size_t portion : {std::size_t{7}, std::size_t{65536}})
            EXPECT_EQ(unpacked(coding, bytes, portion), "a beginning, " + text)
                << name_of(coding) << " " << portion;
    }
}

TEST(Coding, ShowsWhatWasFlushed) {
    for (const Coding coding : kAll) {
        std::string out;
        make_packer(coding)->pack("now", Packer::End::Flush, out);
        EXPECT_TRUE(unpacked(coding, out, 100).starts_with("now")) << name_of(coding);
    }
}

TEST(Coding, SaysWhereAStreamWasCutOrIsNone) {
    for (const Coding coding : kAll) {
        const std::string bytes = packed(coding, "", some_text());
        const std::string cut = unpacked(coding, std::string_view(bytes).substr(0, 1000), 100);
        EXPECT_TRUE(cut.ends_with("(cut)")) << name_of(coding);
        const std::string garbage = unpacked(coding, std::string(5000, '\x7b'), 100);
        EXPECT_NE(garbage.find("bod"), 0) << name_of(coding);
        EXPECT_TRUE(garbage.find("coding") != std::string::npos ||
                    garbage.find("block") != std::string::npos)
            << name_of(coding) << ": " << garbage;
    }
}

TEST(Coding, FindsABrokenBlock) {
    std::string bytes = packed(Coding::Blocks, "", some_text());
    bytes[100] = static_cast<char>(bytes[100] ^ 1);
    EXPECT_EQ(unpacked(Coding::Blocks, bytes, 65536),
              "the checksum of a compressed block does not match");
    bytes.assign(16, '\0');
    bytes += std::string("\x82\xff\xff\xff\x7f\xff\xff\xff\x7f", 9);
    EXPECT_EQ(unpacked(Coding::Blocks, bytes, 65536), "a compressed block is larger than 64 MiB");
    bytes.replace(17, 4, std::string("\x03\0\0\0", 4));
    EXPECT_EQ(unpacked(Coding::Blocks, bytes, 65536), "a compressed block has a broken header");
}

TEST(Coding, KnowsTheNames) {
    EXPECT_EQ(coding_named("GZIP"), Coding::Gzip);
    EXPECT_EQ(coding_named(""), Coding::None);
    EXPECT_EQ(coding_named("identity"), Coding::None);
    EXPECT_EQ(coding_named("compress"), std::nullopt);
    EXPECT_EQ(accepted_coding("gzip, deflate, br"), Coding::Gzip);
    EXPECT_EQ(accepted_coding("gzip;q=1.0, zstd;q=0.5, *;q=0"), Coding::Zstd);
    EXPECT_EQ(accepted_coding("zstd;q=0, br ; q=0.1"), Coding::Brotli);
    EXPECT_EQ(accepted_coding("identity"), Coding::None);
    EXPECT_EQ(accepted_coding(""), Coding::None);
}

TEST(CityHash, IsThatOfClickHouse) {
    // By the reference implementation of version 1.0.2, on prefixes of one text of all lengths.
    std::string text;
    for (int i = 0; text.size() < 1000; ++i) text += std::to_string(i);
    const auto at = [&](std::size_t length) {
        return city_hash128(std::string_view(text).substr(0, length));
    };
    EXPECT_EQ(at(0), (Hash128{0x3df09dfc64c09a2b, 0x3cb540c392e51e29}));
    EXPECT_EQ(at(3), (Hash128{0xb156c033c5620033, 0x169768ab1ced5b12}));
    EXPECT_EQ(at(7), (Hash128{0x71e5e4add55be1ed, 0x53489641eddcc1d3}));
    EXPECT_EQ(at(8), (Hash128{0x0e3899fd3ffe1af2, 0x23bdab18e1ea6235}));
    EXPECT_EQ(at(12), (Hash128{0xc86a57286e63b32f, 0x6219a1983895174e}));
    EXPECT_EQ(at(16), (Hash128{0xc64b4e3000a50d4a, 0x6c4422f01a80f0c6}));
    EXPECT_EQ(at(17), (Hash128{0x18c6067f1ce83a5b, 0x4053808b760d95ab}));
    EXPECT_EQ(at(31), (Hash128{0xc8a4d61ea1b55f17, 0x186a93b343910181}));
    EXPECT_EQ(at(32), (Hash128{0x1ab9e91afac880ad, 0x0e4cb3a707ba7a25}));
    EXPECT_EQ(at(48), (Hash128{0xf8eadc1a65b61225, 0x699ff7f88bb198b6}));
    EXPECT_EQ(at(64), (Hash128{0x0267277a93e17cb9, 0x695bee0d2df6d013}));
    EXPECT_EQ(at(100), (Hash128{0x851ac1ad402bdf95, 0x4645ef3fc39ebf1f}));
    EXPECT_EQ(at(127), (Hash128{0x00808765b57c1c52, 0xbff5e3878a6a5f97}));
    EXPECT_EQ(at(128), (Hash128{0xc9e8a9ce5874518f, 0x49e17582786af8b2}));
    EXPECT_EQ(at(143), (Hash128{0xf426e3002be86be3, 0x7d6fa161825a30c3}));
    EXPECT_EQ(at(144), (Hash128{0xfc02f64c9d5230d1, 0x2bd4ab2f72dd2369}));
    EXPECT_EQ(at(145), (Hash128{0xce5326e6e4b3eb69, 0xccc71f0347193e38}));
    EXPECT_EQ(at(200), (Hash128{0xa19c894f7006e128, 0x9708119f715bd0b5}));
    EXPECT_EQ(at(256), (Hash128{0xaf42bb4805427792, 0x30d5b9885b524d95}));
    EXPECT_EQ(at(300), (Hash128{0x893964c999fc7acf, 0x13c8f27c3dbe9123}));
    EXPECT_EQ(at(1000), (Hash128{0x4e0e49a74904cfd3, 0xa6297d3d1787749f}));
}

}  // namespace
}  // namespace forgehouse::engine
