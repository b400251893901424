// Histories that are as bad as git allows: for what reads history to be held against git.
#pragma once

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "git/object_id.h"
#include "git/testing/scratch.h"

namespace forgehouse::git::testing {

/// A stream for `git fast-import` of commits 1 to `commits`, each with a branch `c<number>`:
/// several roots, merges of up to five parents, criss-cross merges, clocks that lie or stand still,
/// and files that are changed, removed, moved, made folders of and back, and submodules, under
/// names with blanks, newlines and letters of all kinds. Few contents, so that lines of history
/// often have the same.
std::string wild_history(std::mt19937& random, int commits, ObjectFormat format);

/// Paths of files and folders that wild_history() makes, and one that it does not.
std::vector<std::string> wild_paths();

/// A tree of 2^60 folders, each in another one twice, that holds no file. Another one where
/// `is_other`.
std::string endless_folders(const Git& git, bool is_other);

/// The lines of git's output.
std::vector<std::string> lines_of(std::string_view text);
/// The id that git prints so; fails the test for anything else.
ObjectId id_of(std::string_view hex);

}  // namespace forgehouse::git::testing
