#include "git/store/pack_index.h"

#include <gtest/gtest.h>

#include <string>

#include "git/store/multi_pack_index.h"

namespace forgehouse::git {
namespace {

void append32(std::string& out, std::uint32_t value) {
    for (const int shift : {24, 16, 8, 0}) out += static_cast<char>(value >> shift);
}

void append64(std::string& out, std::uint64_t value) {
    append32(out, static_cast<std::uint32_t>(value >> 32));
    append32(out, static_cast<std::uint32_t>(value));
}

/// A table that says: one id, which begins with that byte.
void append_fanout(std::string& out, std::uint8_t first) {
    for (unsigned i = 0; i < 256; ++i) append32(out, i < first ? 0 : 1);
}

std::span<const std::uint8_t> view(const std::string& bytes) {
    return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

const std::string kId(20, '\x42');

/// An index of version 2 over one object beyond four gigabytes.
std::string large_index(std::uint32_t offset, std::uint64_t large) {
    std::string out("\xfftOc\0\0\0\2", 8);
    append_fanout(out, 0x42);
    out += kId;
    append32(out, 0x12345678);  // of its bytes in the pack; nobody asks
    append32(out, offset);
    append64(out, large);
    return out + std::string(20, 'p') + std::string(20, 'i');
}

TEST(PackIndex, KnowsOffsetsBeyondFourGigabytes) {
    const auto id = ObjectId::from_bytes(view(kId));
    const auto bytes = large_index(0x8000'0000, 0x1'2345'6789);
    const auto index = PackIndex::over(view(bytes), ObjectFormat::Sha1, "x.idx");
    ASSERT_TRUE(index);
    EXPECT_EQ(index->size(), 1u);
    EXPECT_EQ(index->find(id), 0x1'2345'6789u);
    EXPECT_EQ(index->id_at(0), id);
    EXPECT_EQ(index->pack_checksum()[0], 'p');
    EXPECT_EQ(index->find(ObjectId::null(ObjectFormat::Sha1)), std::nullopt);

    // A position in the table of large offsets that it does not have.
    const auto beyond = large_index(0x8000'0001, 1);
    EXPECT_EQ(PackIndex::over(view(beyond), ObjectFormat::Sha1, "x.idx")->find(id), std::nullopt);
}

TEST(PackIndex, RefusesWhatIsNoIndex) {
    auto descending = large_index(7, 0);
    descending[8 + 3] = 9;  // more ids below the first byte than below the second
    for (const auto& bytes : {std::string(), std::string(1100, '\0'), descending,
                              large_index(7, 0).substr(0, 1070), std::string(1072, '\xff')}) {
        const auto index = PackIndex::over(view(bytes), ObjectFormat::Sha1, "x.idx");
        ASSERT_FALSE(index) << bytes.size();
        EXPECT_EQ(index.error().code(), Errc::Corrupt);
        EXPECT_EQ(index.error().field("file"), "x.idx");
        EXPECT_FALSE(index.error().hint().empty());
    }
    // As an index of version 1, an empty one is sound.
    EXPECT_EQ(PackIndex::over(view(std::string(1024 + 40, '\0')), ObjectFormat::Sha1, "")->size(),
              0u);
}

/// A multi-pack-index over one object in the second of two packs.
std::string multi_index(std::uint32_t offset, bool has_large) {
    const std::string names("pack-a.idx\0pack-b.idx\0\0\0", 24);
    const std::uint64_t table = 12 + 12 * (has_large ? 6 : 5);
    const std::uint64_t fanout = table + names.size(), ids = fanout + 1024, places = ids + 20,
                        large = places + 8, end = large + (has_large ? 8 : 0);
    std::string out("MIDX\1\1", 6);
    out += static_cast<char>(has_large ? 5 : 4);
    out += '\0';
    append32(out, 2);
    const auto row = [&out](std::string_view name, std::uint64_t at) {
        out += name;
        append64(out, at);
    };
    row("PNAM", table);
    row("OIDF", fanout);
    row("OIDL", ids);
    row("OOFF", places);
    if (has_large) row("LOFF", large);
    row(std::string_view("\0\0\0\0", 4), end);
    out += names;
    append_fanout(out, 0x42);
    out += kId;
    append32(out, 1);
    append32(out, offset);
    if (has_large) append64(out, 0x7'0000'0001);
    return out + std::string(20, 'c');
}

TEST(MultiPackIndex, KnowsOffsetsBeyondFourGigabytes) {
    const auto id = ObjectId::from_bytes(view(kId));
    const auto find = [&id](const std::string& bytes) {
        const auto index = MultiPackIndex::over(view(bytes), ObjectFormat::Sha1, "midx");
        EXPECT_TRUE(index);
        EXPECT_EQ(index->packs(), (std::vector<std::string_view>{"pack-a.idx", "pack-b.idx"}));
        return index->find(id);
    };
    EXPECT_EQ(find(multi_index(77, false))->offset, 77u);
    EXPECT_EQ(find(multi_index(77, false))->pack, 1u);
    EXPECT_EQ(find(multi_index(0x8000'0000, true))->offset, 0x7'0000'0001u);
    EXPECT_EQ(find(multi_index(0x8000'0001, true)), std::nullopt);
    // Without a table of large ones the top bit is a part of the number.
    EXPECT_EQ(find(multi_index(0x8000'0001, false))->offset, 0x8000'0001u);
}

TEST(MultiPackIndex, RefusesWhatIsNone) {
    const auto sound = multi_index(7, true);
    const auto code_of = [](const std::string& bytes) {
        const auto index = MultiPackIndex::over(view(bytes), ObjectFormat::Sha1, "midx");
        return index ? std::nullopt : std::optional(index.error().code());
    };
    ASSERT_EQ(code_of(sound), std::nullopt);
    const auto with = [&sound](std::size_t at, char value) {
        auto bytes = sound;
        bytes[at] = value;
        return bytes;
    };
    EXPECT_EQ(code_of(""), Errc::Corrupt);
    EXPECT_EQ(code_of(with(0, 'X')), Errc::Corrupt);
    EXPECT_EQ(code_of(with(4, 2)), Errc::Invalid);              // version
    EXPECT_EQ(code_of(with(5, 2)), Errc::Invalid);              // ids of SHA-256
    EXPECT_EQ(code_of(with(6, 99)), Errc::Corrupt);             // more chunks than there are
    EXPECT_EQ(code_of(with(8, 1)), Errc::Corrupt);              // more packs than there are names
    EXPECT_EQ(code_of(with(12 + 8, 9)), Errc::Corrupt);         // a chunk beyond the file
    EXPECT_EQ(code_of(with(12 + 72 + 4, '/')), Errc::Corrupt);  // a name that is a path
    EXPECT_EQ(code_of(sound.substr(0, 200)), Errc::Corrupt);
}

}  // namespace
}  // namespace forgehouse::git
