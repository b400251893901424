#include "warehouse/clickhouse/native.h"

#include <gtest/gtest.h>

#include "schema/batch_reader.h"

namespace forgehouse::warehouse::clickhouse {
namespace {

struct Row {
    schema::Word word;
    std::int64_t number;
    bool flag;
    std::optional<Time> at;
    std::optional<std::string> text;
    schema::TextList list;
};

constexpr auto kRows =
    schema::shape<Row>("rows", schema::column<&Row::word>(""), schema::column<&Row::number>(""),
                       schema::column<&Row::flag>(""), schema::column<&Row::at>(""),
                       schema::column<&Row::text>(""), schema::column<&Row::list>(""));

schema::Batch sample(int rows) {
    schema::Batch batch(kRows.info());
    for (int i = 0; i < rows; ++i)
        batch.append(kRows,
                     {.word = {fmt::format("w{}", i)},
                      .number = -i,
                      .flag = i % 2 == 1,
                      .at = i % 3 == 0 ? std::nullopt : std::optional(Time::from_ms(-i)),
                      .text = i % 3 == 1 ? std::nullopt : std::optional(std::string(i * 7, '\xFF')),
                      .list = schema::TextList(i % 4, fmt::format("item {}", i))});
    return batch;
}

std::string encoded(const schema::Batch& batch) {
    std::string out;
    const NativeBlock block(batch);
    for (const std::string_view part : block.parts()) out += part;
    return out;
}

struct Decoded {
    std::vector<std::size_t> rows;
    std::string bytes;  ///< the blocks, encoded again
};

Result<Decoded> decoded(std::string_view bytes, std::size_t piece = 1 << 20) {
    NativeDecoder decoder(kRows.info());
    Decoded out;
    for (std::size_t i = 0; i < bytes.size(); i += piece)
        TRY(decoder.feed(bytes.substr(i, piece), [&](const schema::Batch& batch) -> Result<void> {
            out.rows.push_back(batch.rows());
            out.bytes += encoded(batch);
            return {};
        }));
    TRY(decoder.finish());
    return out;
}

Errc refusal(std::string_view bytes) {
    const auto got = decoded(bytes);
    return got ? Errc::Conflict : got.error().code();
}

TEST(NativeBlock, IsWhatClickHouseReads) {
    const std::string bytes = encoded(sample(2));
    const auto field = [](std::string_view name, std::string_view type) {
        return fmt::format("{}{}{}{}", static_cast<char>(name.size()), name,
                           static_cast<char>(type.size()), type);
    };
    std::string expected = "\x06\x02";
    expected += field("word", "String") + "\x02w0\x02w1";
    expected += field("number", "Int64") + std::string(8, '\0') + std::string(8, '\xFF');
    expected += field("flag", "Bool") + std::string("\0\1", 2);
    expected += field("at", "Nullable(DateTime64(3, 'UTC'))") + std::string("\1\0", 2) +
                std::string(8, '\0') + std::string(8, '\xFF');
    expected += field("text", "Nullable(String)") + std::string("\0\1\0\0", 4);
    expected += field("list", "Array(String)") + std::string(8, '\0') + '\1' +
                std::string(7, '\0') + "\x06item 1";
    EXPECT_EQ(bytes, expected);
}

TEST(NativeBlock, CopiesNoColumn) {
    const schema::Batch batch = sample(100);
    const NativeBlock block(batch);
    const auto is_part = [&](const std::string& column) {
        return std::ranges::any_of(block.parts(), [&](std::string_view part) {
            return part.data() == column.data() && part.size() == column.size();
        });
    };
    for (std::size_t i = 0; i < batch.table().columns.size(); ++i)
        EXPECT_TRUE(is_part(batch.column(i).values));
}

TEST(NativeDecoder, ReadsWhatTheEncoderWrote) {
    const std::string bytes = encoded(sample(300)) + encoded(sample(0)) + encoded(sample(5));
    for (const std::size_t piece : {1u, 2u, 3u, 17u, 1000u, 1u << 20}) {
        const auto got = decoded(bytes, piece);
        ASSERT_TRUE(got) << got.error().describe();
        EXPECT_EQ(got->rows, (std::vector<std::size_t>{300, 5}));
        EXPECT_EQ(got->bytes, encoded(sample(300)) + encoded(sample(5)));
    }
}

TEST(NativeDecoder, GivesColumnsThatCanBeRead) {
    NativeDecoder decoder(kRows.info());
    int blocks = 0;
    const auto sink = [&](const schema::Batch& batch) -> Result<void> {
        ++blocks;
        TRY_LET(rows, schema::BatchReader::open(batch));
        for (int i = 0; i < 50; ++i) {
            EXPECT_EQ(rows["text"].is_null(i), i % 3 == 1);
            EXPECT_TRUE(std::ranges::equal(rows["list"].texts(i),
                                           schema::TextList(i % 4, fmt::format("item {}", i))));
            EXPECT_EQ(rows["flag"].flag(i), i % 2 == 1);
            EXPECT_EQ(rows["at"].is_null(i), i % 3 == 0);
            EXPECT_EQ(rows["at"].time(i), i % 3 == 0 ? Time() : Time::from_ms(-i));
        }
        return {};
    };
    ASSERT_TRUE(decoder.feed(encoded(sample(50)), sink));
    EXPECT_EQ(blocks, 1);
}

std::string number(std::uint64_t n, std::size_t width = 8) {
    return {reinterpret_cast<const char*>(&n), width};
}

struct Words {
    schema::Word branch;
    std::optional<schema::Word> language;
};
constexpr auto kWords = schema::shape<Words>("words", schema::column<&Words::branch>(""),
                                             schema::column<&Words::language>(""));

/// Rows (main, C++), (dev, NULL), (main, ''), as ClickHouse sends LowCardinality columns.
std::string folded(std::uint64_t flags = 1 << 9,
                   std::string_view indexes = std::string_view("\1\2\1", 3)) {
    std::string out =
        "\x02\x03\x06"
        "branch\x16LowCardinality(String)";
    out += number(1) + number(flags) + number(3) + std::string("\0\4main\3dev", 10) + number(3);
    out += indexes;
    out += "\x08language\x20LowCardinality(Nullable(String))";
    out += number(1) + number((1 << 9) | 1) + number(3) + std::string("\0\0\3C++", 6) + number(3);
    return out + number(2, 2) + number(0, 2) + number(1, 2);
}

Result<std::vector<std::string>> unfolded(std::string_view bytes, std::size_t piece) {
    NativeDecoder decoder(kWords.info());
    std::vector<std::string> out;
    const auto sink = [&](const schema::Batch& batch) -> Result<void> {
        TRY_LET(rows, schema::BatchReader::open(batch));
        for (std::size_t i = 0; i < rows.rows(); ++i)
            out.push_back(
                fmt::format("{} {}", rows["branch"].text(i),
                            rows["language"].is_null(i) ? "NULL" : rows["language"].text(i)));
        return {};
    };
    for (std::size_t i = 0; i < bytes.size(); i += piece)
        TRY(decoder.feed(bytes.substr(i, piece), sink));
    TRY(decoder.finish());
    return out;
}

TEST(NativeDecoder, UnfoldsLowCardinality) {
    for (const std::size_t piece : {1u, 5u, 1000u}) {
        const auto got = unfolded(folded(), piece);
        ASSERT_TRUE(got) << got.error().describe();
        EXPECT_EQ(*got, (std::vector<std::string>{"main C++", "dev NULL", "main "}));
    }
    for (std::size_t size = 1; size < folded().size(); ++size)
        EXPECT_FALSE(unfolded(folded().substr(0, size), 1000)) << size;
    EXPECT_FALSE(unfolded(folded(1 << 8), 1000));
    EXPECT_FALSE(unfolded(folded((1 << 9) | 9), 1000));
    EXPECT_FALSE(unfolded(folded(1 << 9, "\1\2\3"), 1000));
}

TEST(NativeDecoder, TakesNoAnswerForNoRows) {
    EXPECT_TRUE(decoded(""));
    EXPECT_TRUE(decoded(std::string(2, '\0')));
}

TEST(NativeDecoder, RefusesEveryHalf) {
    const std::string bytes = encoded(sample(3));
    for (std::size_t size = 1; size < bytes.size(); ++size)
        EXPECT_EQ(refusal(bytes.substr(0, size)), Errc::Corrupt) << size;
}

TEST(NativeDecoder, RefusesAnotherShape) {
    std::string other_name = encoded(sample(3));
    other_name.replace(other_name.find("flag"), 4, "flog");
    EXPECT_EQ(refusal(other_name), Errc::Invalid);
    std::string other_type = encoded(sample(3));
    other_type.replace(other_type.find("Int64"), 5, "Int32");
    EXPECT_EQ(refusal(other_type), Errc::Invalid);
    std::string other_count = encoded(sample(3));
    other_count[0] = 7;
    EXPECT_EQ(refusal(other_count), Errc::Invalid);
}

TEST(NativeDecoder, RefusesNumbersThatCannotBe) {
    EXPECT_EQ(refusal("\x06\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F"), Errc::Corrupt);
    EXPECT_EQ(refusal(std::string(11, '\xFF')), Errc::Corrupt);
    std::string bad_flag = encoded(sample(1));
    bad_flag[bad_flag.find("Bool") + 4] = 2;
    EXPECT_EQ(refusal(bad_flag), Errc::Corrupt);
    std::string bad_null = encoded(sample(1));
    bad_null[bad_null.find("Nullable(String)") + 16] = 9;
    EXPECT_EQ(refusal(bad_null), Errc::Corrupt);
    std::string bad_ends = encoded(sample(3));
    bad_ends[bad_ends.find("Array(String)") + 13] = 77;
    EXPECT_EQ(refusal(bad_ends), Errc::Corrupt);
}

}  // namespace
}  // namespace forgehouse::warehouse::clickhouse
