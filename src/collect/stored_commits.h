// StoredCommits: what the warehouse holds of one repository's commits, small enough to lie in
// memory for any history: the id, the branch as a number, and four flags (28 bytes a commit with
// SHA-1, 40 with SHA-256).
//
// Ids come in byte order from the warehouse and are found again by interpolation: ids of git are
// evenly spread.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "git/object_id.h"

namespace forgehouse::collect {

/// Names of branches as numbers, so that each text is kept once.
class BranchNames {
public:
    std::uint32_t number_of(std::string_view name);
    const std::string& name(std::uint32_t number) const { return *names_[number]; }

private:
    std::unordered_map<std::string, std::uint32_t> numbers_;
    std::vector<const std::string*> names_;
};

/// Where a commit stands, as the columns branch, is_in_default_branch and is_reachable say it.
struct CommitPlace {
    std::uint32_t branch;  ///< in BranchNames
    bool is_in_default_branch;
    bool is_reachable;
    bool operator==(const CommitPlace&) const = default;
};

/// Not shared between threads while it changes.
class StoredCommits {
public:
    explicit StoredCommits(git::ObjectFormat format) : id_size_(git::id_size(format)) {}

    /// Adds a commit; `read_again`: what is stored of it is not all. An id of the other object
    /// format, which cannot be in this history, is kept apart (strangers()).
    void add(std::string_view hex, CommitPlace place, bool read_again = false);
    /// Ends the adding.
    void seal();

    std::size_t size() const noexcept { return count_; }
    /// The commit's number; nullopt where the warehouse has no such commit.
    std::optional<std::size_t> find(const git::ObjectId& id) const noexcept;

    std::string hex(std::size_t number) const;
    CommitPlace place(std::size_t number) const noexcept;
    void mark_seen(std::size_t number) noexcept { *flags_of(number) |= kSeen; }
    bool seen(std::size_t number) const noexcept { return *flags_of(number) & kSeen; }
    bool read_again(std::size_t number) const noexcept { return *flags_of(number) & kAgain; }
    /// Whether there is any to be read again.
    bool any_to_read_again() const noexcept { return any_again_; }

    /// Reachable commits of another object format, in hex.
    const std::vector<std::string>& strangers() const noexcept { return strangers_; }

private:
    // Records lie in blocks, so that growing never copies what is there.
    static constexpr std::size_t kBlock = 4096;
    static constexpr std::uint32_t kReachable = 1U << 31;
    static constexpr std::uint32_t kInDefault = 1U << 30;
    static constexpr std::uint32_t kSeen = 1U << 29;
    static constexpr std::uint32_t kAgain = 1U << 28;

    struct Block {
        std::unique_ptr<std::uint8_t[]> ids;
        std::unique_ptr<std::uint32_t[]> flags;
    };

    const std::uint8_t* bytes_of(std::size_t number) const noexcept {
        return blocks_[number / kBlock].ids.get() + number % kBlock * id_size_;
    }
    std::uint32_t* flags_of(std::size_t number) const noexcept {
        return blocks_[number / kBlock].flags.get() + number % kBlock;
    }
    int compare(std::size_t number, const git::ObjectId& id) const noexcept;
    void sort();

    const std::size_t id_size_;
    std::vector<Block> blocks_;
    std::size_t count_ = 0;
    bool in_order_ = true;
    bool any_again_ = false;
    std::vector<std::string> strangers_;
};

}  // namespace forgehouse::collect
