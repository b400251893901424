#pragma once

#include "schema/docs.h"
#include "schema/table.h"

namespace forgehouse::schema {

/// What a commit did to a file.
enum class ChangeType : std::uint8_t { Added, Modified, Deleted, Renamed, Copied };

constexpr std::string_view name_of(ChangeType value) noexcept {
    switch (value) {
        case ChangeType::Added: return "ADDED";
        case ChangeType::Modified: return "MODIFIED";
        case ChangeType::Deleted: return "DELETED";
        case ChangeType::Renamed: return "RENAMED";
        case ChangeType::Copied: return "COPIED";
    }
    return "";
}

/// One file that one commit changed, against its first parent.
struct GitCommitFile {
    Word data_source;
    std::string project_key;
    std::string repo_slug;
    std::string commit_hash;
    std::string file_path;
    Time committed_on;
    std::optional<std::string> old_path;
    ChangeType change_type;
    Word file_extension;
    Word language;
    std::uint32_t lines_added;
    std::uint32_t lines_removed;
    bool is_binary;
    std::string blob_hash;
    std::string diff_hash;
    Time collected_at;
    std::uint64_t _version;
    std::uint8_t is_deleted;
};

inline constexpr auto git_commit_files = table<GitCommitFile>(
    "git_commit_files",
    "One file that one commit changed, compared with the commit's first parent.",
    repository_key("commit_hash", "file_path"), "committed_on",
    column<&GitCommitFile::commit_hash>(docs::kCommitHash),
    column<&GitCommitFile::file_path>(
        "The path after the commit (before it, when deleted), as git's bytes."),
    column<&GitCommitFile::committed_on>("The committer's time."),
    column<&GitCommitFile::old_path>(
        "The path before a rename or copy, as git's bytes; else NULL."),
    column<&GitCommitFile::change_type>("What became of the file."),
    column<&GitCommitFile::file_extension>("Lower case, without the dot; '' where there is none."),
    column<&GitCommitFile::language>(
        "The programming language by file name (linguist's table); '' where unknown."),
    column<&GitCommitFile::lines_added>("As git counts them; 0 for binary files."),
    column<&GitCommitFile::lines_removed>("As git counts them; 0 for binary files."),
    column<&GitCommitFile::is_binary>("Whether git takes the file for binary."),
    column<&GitCommitFile::blob_hash>("Id of the new blob, '' when deleted."),
    column<&GitCommitFile::diff_hash>(
        "SHA-256 in hex of `OLD NEW`, the two full blob ids, zeros for a missing side."));

}  // namespace forgehouse::schema
