// ClickHouse's Native format: blocks of columns, each with name, type and its bytes as they lie.
// Written for inserts without copying a column; read from answers, where every length is checked.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ports/warehouse.h"
#include "schema/batch.h"

namespace forgehouse::warehouse::clickhouse {

/// A batch as one Native block, in parts that are to be sent one after the other. The parts borrow
/// from the batch and from this object: both must live, unchanged, while they are used.
class NativeBlock {
public:
    explicit NativeBlock(const schema::Batch& batch);
    NativeBlock(const NativeBlock&) = delete;
    NativeBlock& operator=(const NativeBlock&) = delete;

    const std::vector<std::string_view>& parts() const noexcept { return parts_; }

private:
    std::vector<std::string> heads_;  ///< what stands before each column
    std::vector<std::string_view> parts_;
};

/// Decodes an answer of `FORMAT Native` piece by piece. Not shared between threads.
/// Memory: one block (ClickHouse sends about 65,000 rows in one) and one unfinished value.
class NativeDecoder {
public:
    /// `shape`: the columns that the answer must have, in that order, by name and by stored_type()
    /// or wire_type(). LowCardinality is unfolded: the blocks hold each row's word.
    explicit NativeDecoder(const schema::TableInfo& shape);

    /// Takes the next bytes and hands each finished block to `sink`.
    /// Errors: Invalid where a column is not as in `shape` (fields `column`, `type`, `expected`);
    /// Corrupt for bytes that are no block; what `sink` returns.
    Result<void> feed(std::string_view bytes, const ports::BlockSink& sink);
    /// The answer has ended. Corrupt in the middle of a block.
    Result<void> finish() const;

private:
    enum class Step : unsigned char { Block, Column, Nulls, Ends, Values, Words, Indexes };
    enum class Progress : unsigned char { Done, Starved };

    Result<Progress> step(const ports::BlockSink& sink);
    Result<Progress> read_block_head();
    Result<Progress> read_column_head();
    Result<Progress> read_nulls();
    Result<Progress> read_ends();
    Result<Progress> read_values();
    Result<Progress> read_texts(std::string& out);
    Result<Progress> read_words_head();
    Result<Progress> read_words();
    Result<Progress> read_indexes();
    Result<void> unfold(std::size_t width);
    Progress take_bytes(std::string& out, std::uint64_t wanted);
    /// Whether the column comes as LowCardinality.
    Result<bool> check_column(std::string_view name, std::string_view type) const;
    Result<void> end_column(const ports::BlockSink& sink);
    Result<void> end_block(const ports::BlockSink& sink);

    /// LowCardinality: the distinct words, and for each row the place of its own.
    struct Folded {
        std::string words;    ///< as texts with their lengths
        std::string indexes;  ///< little-endian numbers of `width` bytes
        std::size_t width = 0;
    };

    const schema::ColumnInfo& column() const { return shape_.columns[index_]; }

    schema::TableInfo shape_;
    std::vector<schema::ColumnData> columns_;
    std::string buffer_;  ///< received, not consumed
    std::size_t at_ = 0;  ///< in buffer_
    Step step_ = Step::Block;
    std::uint64_t rows_ = 0;  ///< of the block
    std::size_t index_ = 0;   ///< of the column
    std::uint64_t left_ = 0;  ///< texts of the column that are still to come
    Folded folded_;           ///< of the column, where it is LowCardinality
};

}  // namespace forgehouse::warehouse::clickhouse
