// Commit: one commit as its raw object says it, and one file that it changed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "git/object_id.h"

namespace forgehouse::git {

/// A text that is valid UTF-8, and the bytes that it was made from where those are not the same.
struct Text {
    std::string utf8;
    std::string original;  ///< empty where `utf8` is what git has, byte for byte
};

/// How much of a signature's time could be used.
enum class DateState : std::uint8_t {
    Exact,
    Clamped,     ///< outside of what the tables can hold: `time` is the nearest they can
    Unreadable,  ///< missing, not a number or beyond 64 bits: `time` is 1970-01-01, as git has it
};

/// Who and when, of an author, committer or tagger line.
struct Signature {
    Text name;
    Text email;  ///< without the angle brackets
    Time time;   ///< within kEarliestTime and kLatestTime
    DateState date = DateState::Unreadable;
    std::int32_t zone_minutes = 0;  ///< east of UTC, as git reads the zone; 0 where there is none
    std::string zone;       ///< as written: `+0200`, `-0000`, `+051800`; empty where missing
    std::string malformed;  ///< the line's bytes where it is not as git writes it, else empty
};

enum class SignatureKind : std::uint8_t { None, Gpg, Ssh, X509, Other };
/// `gpg`, `ssh`, `x509`, `other`; "" for None.
std::string_view name_of(SignatureKind kind) noexcept;

/// `Co-authored-by: A <a@b>` of a message's last paragraph. Valid UTF-8.
struct Trailer {
    std::string key;    ///< as written
    std::string value;  ///< trimmed; folded lines joined by a blank
};

struct Commit {
    ObjectId id;
    std::vector<ObjectId> parents;
    Signature author;
    Signature committer;
    Text message;          ///< all of it, NUL bytes too
    std::string encoding;  ///< of the `encoding` header, as written; empty where there is none
    SignatureKind signature = SignatureKind::None;
    std::vector<Trailer> trailers;
    // Totals over the files, as git counts lines; known once all files are read.
    std::uint64_t files_changed = 0;
    std::uint64_t lines_added = 0;
    std::uint64_t lines_removed = 0;

    /// `git patch-id --stable`, in hex, once all files are read; empty for merges, for commits that
    /// change no file, and where it was not asked for.
    std::string patch_id = {};

    bool is_merge() const noexcept { return parents.size() > 1; }
};

enum class ChangeType : std::uint8_t { Added, Modified, Deleted, Renamed, Copied };

/// One file that a commit changed against its first parent. A change of type (file to symlink) is
/// Modified.
struct FileChange {
    std::string path;      ///< git's bytes; of the old file where it was deleted
    std::string old_path;  ///< git's bytes; empty unless Renamed or Copied
    ChangeType change = ChangeType::Modified;
    bool is_binary = false;
    std::uint8_t similarity = 0;      ///< to the old file, percent; 0 unless Renamed or Copied
    std::uint64_t lines_added = 0;    ///< 0 for binary files
    std::uint64_t lines_removed = 0;  ///< 0 for binary files
    ObjectId old_blob;                ///< null (zeros) where the file is new
    ObjectId new_blob;                ///< null (zeros) where it was deleted
    std::uint32_t old_mode = 0;       ///< 0100644, 0100755, 0120000 (symlink), 0160000 (submodule)
    std::uint32_t new_mode = 0;
};

}  // namespace forgehouse::git
