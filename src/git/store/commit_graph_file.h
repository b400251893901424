// CommitGraphFile: one file of git's kind `commit-graph`, version 1: for each of its commits the
// parents, the root tree, the time, a generation number, and mostly a Bloom filter of what it
// changed. A chain of such files (CommitGraphChain) makes one graph.
//
// What open() and over() check makes every function below safe; whether the commits make sense
// together is checked where the chain is made.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "git/object_id.h"
#include "git/store/big_endian.h"
#include "git/store/bloom_filter.h"
#include "git/store/id_table.h"
#include "git/store/mapped_file.h"

namespace forgehouse::git {

/// Threads: const functions may be called from many threads at once.
class CommitGraphFile {
public:
    /// Errors: those of MappedFile::open(); Corrupt, with field `file`, for what is no such file;
    /// Invalid for a version or a form that is not known here.
    static Result<CommitGraphFile> open(const std::string& path, ObjectFormat format);
    /// The same over bytes that outlive it; `path` is what errors name.
    static Result<CommitGraphFile> over(std::span<const std::uint8_t> bytes, ObjectFormat format,
                                        const std::string& path);

    std::uint32_t size() const noexcept { return ids_.size(); }
    /// Its row, counted from 0, in the order of the ids.
    std::optional<std::uint32_t> find(const ObjectId& id) const noexcept { return ids_.find(id); }
    ObjectId id_at(std::uint32_t row) const noexcept { return ids_.at(row); }
    /// The checksum that the file ends with: its name in a chain.
    std::span<const std::uint8_t> name() const noexcept { return name_; }
    /// The names of the files beneath it in the chain, lowest first.
    const std::vector<std::span<const std::uint8_t>>& beneath() const noexcept { return beneath_; }
    /// Whether find() finds every commit of the file.
    bool finds_all() const noexcept { return ids_.is_sound(); }

    /// Of the commit in a row below size().
    ObjectId tree_at(std::uint32_t row) const noexcept {
        return ObjectId::from_bytes(rows_.subspan(row * row_bytes_, id_bytes_));
    }
    /// Seconds; the lower 34 bits of what the commit says.
    std::uint64_t date_at(std::uint32_t row) const noexcept {
        const auto at = row * row_bytes_ + id_bytes_ + 8;
        return std::uint64_t{big_endian32(rows_, at) & 3} << 32 | big_endian32(rows_, at + 4);
    }
    /// 1 for a root, else one more than the largest of its parents'; 0 where nobody computed it.
    std::uint32_t level_at(std::uint32_t row) const noexcept {
        return big_endian32(rows_, row * row_bytes_ + id_bytes_ + 8) >> 2;
    }
    bool has_corrected_dates() const noexcept { return !corrections_.empty(); }
    /// Where has_corrected_dates(): the date, or one more than the largest of its parents'
    /// corrected ones, whichever is later. nullopt for a row that points outside of the file.
    std::optional<std::uint64_t> corrected_date_at(std::uint32_t row) const noexcept;

    /// Calls `take` with each parent's position in the chain. False where the row points outside
    /// of the file; the positions themselves may be anything.
    template <class Take>
    bool each_parent(std::uint32_t row, Take&& take) const {
        const auto at = row * row_bytes_ + id_bytes_;
        const auto first = big_endian32(rows_, at), second = big_endian32(rows_, at + 4);
        if (first == kNoParent) return true;
        take(first);
        if (second == kNoParent) return true;
        if ((second & kFlag) == 0) {
            take(second);
            return true;
        }
        for (std::size_t edge = second & ~kFlag; edge < edges_.size() / 4; ++edge) {
            const auto parent = big_endian32(edges_, edge * 4);
            take(parent & ~kFlag);
            if ((parent & kFlag) != 0) return true;
        }
        return false;
    }
    /// How many parents can stand behind the second ones; no commit shares them with another.
    std::size_t edges() const noexcept { return edges_.size() / 4; }

    /// nullopt where the file has none for that commit.
    std::optional<BloomFilter> filter_at(std::uint32_t row) const noexcept;

private:
    static constexpr std::uint32_t kNoParent = 0x7000'0000;
    static constexpr std::uint32_t kFlag = 0x8000'0000;

    void take_filters(std::span<const std::uint8_t> ends, std::span<const std::uint8_t> data);

    MappedFile file_;
    IdTable ids_;
    std::size_t id_bytes_ = 0;
    std::size_t row_bytes_ = 0;
    std::span<const std::uint8_t> rows_;
    std::span<const std::uint8_t> edges_;
    std::span<const std::uint8_t> corrections_;        ///< seconds to be added to the date
    std::span<const std::uint8_t> large_corrections_;  ///< those that 31 bits do not hold
    std::span<const std::uint8_t> filter_ends_;
    std::span<const std::uint8_t> filter_bits_;
    std::uint32_t filter_version_ = 0;
    std::uint32_t filter_hashes_ = 0;
    std::span<const std::uint8_t> name_;
    std::vector<std::span<const std::uint8_t>> beneath_;
};

}  // namespace forgehouse::git
