#include "warehouse/clickhouse/native.h"

#include <algorithm>
#include <optional>

#include "warehouse/clickhouse/ddl.h"

namespace forgehouse::warehouse::clickhouse {
namespace {

using schema::Type;

// Beyond what any server sends; keeps foreign numbers from overflowing ours.
constexpr std::uint64_t kMostRows = 1ULL << 32;
constexpr std::uint64_t kLongestText = 1ULL << 31;
constexpr std::uint64_t kLongestName = 1ULL << 16;
// One column of one block; a few foreign bytes can name a long word many times.
constexpr std::uint64_t kLargestColumn = 1ULL << 30;

// LowCardinality in Native: a version, then flags whose lowest byte is the width of an index.
constexpr std::uint64_t kFoldedVersion = 1;
constexpr std::uint64_t kSharedDictionary = 1ULL << 8;  // only ever in files, never in Native
constexpr std::uint64_t kOwnWords = 1ULL << 9;

std::string varint(std::uint64_t n) {
    schema::ColumnData bytes;
    bytes.append_varint(n);
    return std::move(bytes.values);
}

/// Bytes of one value; 0 for texts and lists.
std::size_t width_of(Type type) {
    switch (type) {
        case Type::Int64:
        case Type::UInt64:
        case Type::Float64:
        case Type::Time: return 8;
        case Type::UInt32: return 4;
        case Type::UInt8:
        case Type::Bool: return 1;
        case Type::Text:
        case Type::Word:
        case Type::Json:
        case Type::TextList: return 0;
    }
    return 0;
}

Failure corrupt(Literal text) {
    return Failure(Error(Errc::Corrupt, text)
                       .hint("the answer did not come from ClickHouse, or was damaged on the way"));
}

struct Varint {
    std::uint64_t value;
    std::size_t size;
};

/// nullopt where the bytes end before it does.
Result<std::optional<Varint>> varint_at(std::string_view bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i == 9) return corrupt("a number in the answer is too long");
        const auto byte = static_cast<unsigned char>(bytes[i]);
        value |= static_cast<std::uint64_t>(byte & 0x7F) << (7 * i);
        if (byte < 0x80) return Varint{.value = value, .size = i + 1};
    }
    return std::nullopt;
}

/// The text at the front of `bytes` with its length, and the bytes it takes.
Result<std::optional<std::pair<std::string_view, std::size_t>>> text_at(std::string_view bytes,
                                                                        std::uint64_t longest) {
    TRY_LET(length, varint_at(bytes));
    if (!length) return std::nullopt;
    if (length->value > longest) return corrupt("a text in the answer is too long");
    if (bytes.size() - length->size < length->value) return std::nullopt;
    return std::pair(bytes.substr(length->size, length->value), length->size + length->value);
}

std::uint64_t number_at(std::string_view bytes, std::size_t at, std::size_t width) {
    std::uint64_t value = 0;
    std::memcpy(&value, bytes.data() + at, width);
    return value;
}

bool all_flags(std::string_view bytes) {
    return std::ranges::all_of(bytes, [](char c) { return c == 0 || c == 1; });
}

}  // namespace

NativeBlock::NativeBlock(const schema::Batch& batch) {
    const auto columns = batch.table().columns;
    heads_.reserve(columns.size() + 1);  // parts_ view into them: they must not move
    parts_.reserve(columns.size() * 4 + 1);
    const auto add = [&](std::string_view bytes) {
        if (!bytes.empty()) parts_.push_back(bytes);
    };
    add(heads_.emplace_back(varint(columns.size()) + varint(batch.rows())));
    for (std::size_t i = 0; i < columns.size(); ++i) {
        schema::ColumnData head;
        head.append_text(columns[i].name);
        head.append_text(wire_type(columns[i]));
        add(heads_.emplace_back(std::move(head.values)));
        const schema::ColumnData& data = batch.column(i);
        add(data.nulls);
        add(data.ends);
        add(data.values);
    }
}

NativeDecoder::NativeDecoder(const schema::TableInfo& shape)
    : shape_(shape), columns_(shape.columns.size()) {}

Result<void> NativeDecoder::feed(std::string_view bytes, const ports::BlockSink& sink) {
    buffer_ += bytes;
    for (;;) {
        TRY_LET(progress, step(sink));
        if (progress == Progress::Starved) break;
    }
    buffer_.erase(0, at_);
    at_ = 0;
    return {};
}

Result<void> NativeDecoder::finish() const {
    if (step_ != Step::Block || !buffer_.empty())
        return corrupt("the answer ends in the middle of a block");
    return {};
}

Result<NativeDecoder::Progress> NativeDecoder::step(const ports::BlockSink& sink) {
    switch (step_) {
        case Step::Block: return read_block_head();
        case Step::Column: return read_column_head();
        case Step::Nulls: return read_nulls();
        case Step::Ends: return read_ends();
        case Step::Values: {
            TRY_LET(progress, read_values());
            if (progress == Progress::Done) TRY(end_column(sink));
            return progress;
        }
        case Step::Words: return folded_.width == 0 ? read_words_head() : read_words();
        case Step::Indexes: {
            TRY_LET(progress, read_indexes());
            if (progress == Progress::Done) TRY(end_column(sink));
            return progress;
        }
    }
    return Progress::Starved;
}

Result<NativeDecoder::Progress> NativeDecoder::read_block_head() {
    const std::string_view rest = std::string_view(buffer_).substr(at_);
    TRY_LET(columns, varint_at(rest));
    if (!columns) return Progress::Starved;
    TRY_LET(rows, varint_at(rest.substr(columns->size)));
    if (!rows) return Progress::Starved;
    if (rows->value > kMostRows) return corrupt("a block of the answer has too many rows");
    if (columns->value != columns_.size() && columns->value + rows->value != 0)
        return Failure(Error(Errc::Invalid, "the answer has another number of columns")
                           .with("columns", static_cast<std::int64_t>(columns->value))
                           .with("expected", static_cast<std::int64_t>(columns_.size())));
    at_ += columns->size + rows->size;
    if (columns->value == 0) return Progress::Done;  // an empty block says nothing
    rows_ = rows->value;
    index_ = 0;
    step_ = Step::Column;
    return Progress::Done;
}

Result<bool> NativeDecoder::check_column(std::string_view name, std::string_view type) const {
    const std::string expected = wire_type(column());
    if (name == column().name && type == expected) return false;
    if (name == column().name && type == stored_type(column())) return true;
    return Failure(Error(Errc::Invalid, "the answer's columns are not those expected")
                       .with("column", std::string(name.substr(0, 200)))
                       .with("type", std::string(type.substr(0, 200)))
                       .with("expected", fmt::format("{} {}", column().name, expected)));
}

Result<NativeDecoder::Progress> NativeDecoder::read_column_head() {
    const std::string_view rest = std::string_view(buffer_).substr(at_);
    TRY_LET(name, text_at(rest, kLongestName));
    if (!name) return Progress::Starved;
    TRY_LET(type, text_at(rest.substr(name->second), kLongestName));
    if (!type) return Progress::Starved;
    TRY_LET(is_folded, check_column(name->first, type->first));
    at_ += name->second + type->second;
    left_ = rows_;
    step_ = Step::Values;
    if (column().type == Type::TextList) step_ = Step::Ends;
    if (column().nullable) step_ = Step::Nulls;
    folded_ = {};
    if (is_folded && rows_ > 0) step_ = Step::Words;  // without rows there is no dictionary
    return Progress::Done;
}

NativeDecoder::Progress NativeDecoder::take_bytes(std::string& out, std::uint64_t wanted) {
    const std::uint64_t missing = wanted - out.size();
    const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(missing, buffer_.size() - at_));
    out.append(buffer_, at_, n);
    at_ += n;
    return n == missing ? Progress::Done : Progress::Starved;
}

Result<NativeDecoder::Progress> NativeDecoder::read_nulls() {
    std::string& nulls = columns_[index_].nulls;
    if (take_bytes(nulls, rows_) == Progress::Starved) return Progress::Starved;
    if (!all_flags(nulls)) return corrupt("a NULL flag of the answer is neither 0 nor 1");
    step_ = column().type == Type::TextList ? Step::Ends : Step::Values;
    return Progress::Done;
}

Result<NativeDecoder::Progress> NativeDecoder::read_ends() {
    std::string& ends = columns_[index_].ends;
    if (take_bytes(ends, rows_ * sizeof(std::uint64_t)) == Progress::Starved)
        return Progress::Starved;
    std::uint64_t last = 0;
    for (std::size_t i = 0; i < ends.size(); i += sizeof last) {
        const std::uint64_t end = number_at(ends, i, sizeof end);
        if (end < last || end > kMostRows) return corrupt("the lists of the answer do not add up");
        last = end;
    }
    left_ = last;
    step_ = Step::Values;
    return Progress::Done;
}

Result<NativeDecoder::Progress> NativeDecoder::read_values() {
    const std::size_t width = width_of(column().type);
    if (width == 0) return read_texts(columns_[index_].values);
    std::string& values = columns_[index_].values;
    if (take_bytes(values, rows_ * width) == Progress::Starved) return Progress::Starved;
    if (column().type == Type::Bool && !all_flags(values))
        return corrupt("a Bool of the answer is neither true nor false");
    return Progress::Done;
}

Result<NativeDecoder::Progress> NativeDecoder::read_texts(std::string& out) {
    const std::size_t start = at_;
    bool starved = false;
    while (left_ > 0 && !starved) {
        TRY_LET(text, text_at(std::string_view(buffer_).substr(at_), kLongestText));
        starved = !text;
        if (starved) break;
        at_ += text->second;
        --left_;
    }
    out.append(buffer_, start, at_ - start);
    return starved ? Progress::Starved : Progress::Done;
}

Result<NativeDecoder::Progress> NativeDecoder::read_words_head() {
    const std::string_view rest = std::string_view(buffer_).substr(at_);
    constexpr std::size_t kHead = 3 * sizeof(std::uint64_t);
    if (rest.size() < kHead) return Progress::Starved;
    const std::uint64_t flags = number_at(rest, 8, 8);
    const std::uint64_t width_code = flags & 0xFF;
    if (number_at(rest, 0, 8) != kFoldedVersion || width_code > 3 ||
        (flags & kSharedDictionary) != 0 || (flags & kOwnWords) == 0)
        return corrupt("a dictionary of the answer is of an unknown kind");
    left_ = number_at(rest, 16, 8);
    if (left_ > kMostRows) return corrupt("a dictionary of the answer is too large");
    folded_.width = std::size_t{1} << width_code;
    at_ += kHead;
    return Progress::Done;
}

Result<NativeDecoder::Progress> NativeDecoder::read_words() {
    TRY_LET(progress, read_texts(folded_.words));
    if (progress == Progress::Starved) return progress;
    if (buffer_.size() - at_ < sizeof(std::uint64_t)) return Progress::Starved;
    if (number_at(buffer_, at_, 8) != rows_)
        return corrupt("a dictionary of the answer is not of its block");
    at_ += sizeof(std::uint64_t);
    step_ = Step::Indexes;
    return Progress::Done;
}

Result<NativeDecoder::Progress> NativeDecoder::read_indexes() {
    if (take_bytes(folded_.indexes, rows_ * folded_.width) == Progress::Starved)
        return Progress::Starved;
    TRY(unfold(folded_.width));
    return Progress::Done;
}

Result<void> NativeDecoder::unfold(std::size_t width) {
    std::vector<std::string_view> words;  // each with its length in front, as a column has them
    for (std::string_view rest = folded_.words; !rest.empty();) {
        TRY_LET(word, text_at(rest, kLongestText));
        words.push_back(rest.substr(0, word->second));
        rest.remove_prefix(word->second);
    }
    schema::ColumnData& out = columns_[index_];
    for (std::size_t at = 0; at < folded_.indexes.size(); at += width) {
        const std::uint64_t index = number_at(folded_.indexes, at, width);
        if (index >= words.size()) return corrupt("a row of the answer is not in its dictionary");
        // The first word of a nullable dictionary stands for NULL.
        if (column().nullable) out.nulls += static_cast<char>(index == 0 ? 1 : 0);
        out.values += words[static_cast<std::size_t>(index)];
        if (out.values.size() > kLargestColumn)
            return corrupt("a column of the answer is too large");
    }
    return {};
}

Result<void> NativeDecoder::end_column(const ports::BlockSink& sink) {
    step_ = Step::Column;
    if (++index_ < columns_.size()) return {};
    return end_block(sink);
}

Result<void> NativeDecoder::end_block(const ports::BlockSink& sink) {
    step_ = Step::Block;
    schema::Batch batch(shape_);
    batch.adopt(static_cast<std::size_t>(rows_), std::move(columns_));
    columns_.assign(shape_.columns.size(), {});
    if (!batch.empty()) return sink(batch);
    return {};
}

}  // namespace forgehouse::warehouse::clickhouse
