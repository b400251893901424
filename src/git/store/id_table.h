// IdTable: a sorted list of ids with the fan-out table before it, as pack indexes, multi-pack
// indexes and commit-graphs have them. A view: it owns nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "git/object_id.h"

namespace forgehouse::git {

class IdTable {
public:
    static constexpr std::size_t kFanoutBytes = 256 * 4;

    IdTable() = default;
    /// `fanout` has kFanoutBytes; `ids` begins at the first id, each `stride` bytes behind the one
    /// before. nullopt where the fan-out table is not ascending or `ids` ends too early.
    static std::optional<IdTable> over(std::span<const std::uint8_t> fanout,
                                       std::span<const std::uint8_t> ids, ObjectFormat format,
                                       std::size_t stride) noexcept;

    std::uint32_t size() const noexcept { return size_; }
    /// Its position, counted from 0. In a table that is not sorted it may not be found.
    std::optional<std::uint32_t> find(const ObjectId& id) const noexcept;
    /// The position of the first id that is not below `id`; size() where all are.
    std::uint32_t lower_bound(const ObjectId& id) const noexcept;
    /// Whether every id of it is found, once: they ascend, and the fan-out table fits them.
    bool is_sound() const noexcept;
    /// The id at a position below size().
    ObjectId at(std::uint32_t position) const noexcept;

private:
    std::span<const std::uint8_t> fanout_;
    std::span<const std::uint8_t> ids_;
    std::size_t stride_ = 0;
    std::size_t id_bytes_ = 0;
    std::uint32_t size_ = 0;
};

}  // namespace forgehouse::git
