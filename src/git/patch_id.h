// PatchId: the name of a change, whoever applied it where: `git patch-id --stable` of what
// `git log -p --full-index` shows of a commit.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "git/object_id.h"

namespace forgehouse::git {

/// Takes the patch of a commit bit by bit. White space, line numbers and the order of files have no
/// part in the answer. Without `--full-index` git's answer for binary files depends on how many
/// digits of their ids a repository shows. Threads: one at a time.
class PatchId {
public:
    /// Ids are digests of the repository's own kind.
    explicit PatchId(ObjectFormat format);

    /// Takes the next part of a patch (patch_text.h): whole lines, of which a line of a hunk may go
    /// on in the next part.
    void add(std::string_view patch);
    /// The id in hex of all that was added since the last call; nullopt where that was nothing.
    std::optional<std::string> finish();

private:
    enum class Place : std::uint8_t { Head, Binary, Hunks };

    bool begin_line(std::string_view line);
    bool begin_line_of_head(std::string_view line);
    bool begin_line_of_hunks(std::string_view line);
    void take(std::string_view part);
    void flush();

    Digest digest_;
    Place place_ = Place::Head;
    std::uint64_t before_ = 0, after_ = 0;  ///< lines of the hunk that are to come
    std::string old_blob_, new_blob_;       ///< of the `index` line
    std::string dense_;                     ///< what was taken last, without white space
    std::array<std::uint8_t, 32> sum_{};
    std::size_t size_ = 0;  ///< of the sum
    bool is_empty_ = true;
    bool goes_on_ = false;  ///< the line at hand has not ended
    bool counts_ = false;   ///< ... and what comes of it is part of the answer
};

}  // namespace forgehouse::git
