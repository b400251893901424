// Folders and files of a commit in Bitbucket's JSON, and the pages of a folder.
#pragma once

#include <cstdint>
#include <string>

#include "api/rest_v2/git_objects.h"
#include "api/rest_v2/page.h"
#include "git/snapshot.h"
#include "git/tree_entry.h"

namespace forgehouse::api::rest_v2 {

/// `["executable"]`: what kind of file it is besides a plain one.
void attributes(json::Writer& out, std::uint32_t mode, bool is_binary);

/// A `commit_file` or a `commit_directory`.
void tree_entry(json::Writer& out, const Call& call, const OpenRepository& in,
                const git::ObjectId& commit, const git::SnapshotEntry& entry,
                bool is_binary = false);

/// A page of what is in a folder (`q`, `sort`, `max_depth`), in git's order unless it is sorted. A
/// page that is neither filtered nor sorted costs as much as it and those before it.
/// Errors: Invalid for what is asked; those of ServedRepository::list().
Result<Answer> list_folder(Call& call, const OpenRepository& in, const git::ObjectId& commit,
                           const std::string& path);

}  // namespace forgehouse::api::rest_v2
