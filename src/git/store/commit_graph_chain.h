// CommitGraphChain: the commit-graph of a repository, of one file or of a chain of files, checked
// from end to end: parents are in it, and every commit has a higher generation than its parents, so
// that nothing that walks it leaves it or turns in circles. What a commit's row says of itself
// (tree, time, what it changed) is believed, as git believes it.
//
// The check reads every row once, about 50 ns a commit; an owner that asks more than one question
// keeps the chain.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "git/object_id.h"
#include "git/store/commit_graph_file.h"

namespace forgehouse::git {

/// Threads: const functions may be called from many threads at once.
class CommitGraphChain {
public:
    using Position = std::uint32_t;  ///< below size()

    /// The first that can be read of those of `objects` (the folder that holds `info/`) and of the
    /// folders that it borrows from: `info/commit-graph`, else the chain in `info/commit-graphs/`.
    /// nullptr where there is none. Of a chain what stands above a damaged file is passed over.
    static std::shared_ptr<const CommitGraphChain> find(const std::string& objects,
                                                        ObjectFormat format);
    /// Lowest first; from the first file on that does not fit upon the others, none is taken.
    static CommitGraphChain of(std::vector<CommitGraphFile> files);

    Position size() const noexcept { return size_; }
    std::optional<Position> find(const ObjectId& id) const noexcept;
    ObjectId id(Position commit) const noexcept { return in(commit).file.id_at(row(commit)); }
    ObjectId tree(Position commit) const noexcept { return in(commit).file.tree_at(row(commit)); }
    /// Of the committer, seconds.
    std::uint64_t date(Position commit) const noexcept {
        return in(commit).file.date_at(row(commit));
    }
    /// A corrected date where has_corrected_dates(), else a level. Below 2^63.
    std::uint64_t generation(Position commit) const noexcept {
        return generation_in(in(commit), row(commit)).value_or(0);
    }
    bool has_corrected_dates() const noexcept { return has_corrected_dates_; }
    /// Calls `take` with the position of each parent, the first one first.
    template <class Take>
    void each_parent(Position commit, Take&& take) const {
        in(commit).file.each_parent(row(commit), std::forward<Take>(take));
    }
    /// What the commit changed against its first parent; nullopt where that is not known.
    std::optional<BloomFilter> changes(Position commit) const noexcept {
        return in(commit).file.filter_at(row(commit));
    }

private:
    struct Layer {
        CommitGraphFile file;
        Position begin = 0;
    };

    const Layer& in(Position commit) const noexcept {
        auto at = layers_.size() - 1;
        while (layers_[at].begin > commit) --at;
        return layers_[at];
    }
    Position row(Position commit) const noexcept { return commit - in(commit).begin; }
    std::optional<std::uint64_t> generation_in(const Layer& layer,
                                               std::uint32_t row) const noexcept;
    bool fits(const Layer& layer, std::vector<std::uint64_t>& generations) const;

    std::vector<Layer> layers_;
    Position size_ = 0;
    bool has_corrected_dates_ = false;
};

}  // namespace forgehouse::git
