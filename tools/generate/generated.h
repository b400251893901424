// Every file in the tree that is derived from the schema: what forgehouse-generate writes, and what
// the test `generate` holds against the tree.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace forgehouse::generate {

struct GeneratedFile {
    std::string path;  ///< below the root of the source tree
    std::string content;
};

/// Pure: depends on the schema alone.
std::vector<GeneratedFile> generated_files();

/// Writes the files that differ and says which. Errors: Unavailable where a file cannot be written.
Result<std::vector<std::string>> write_generated(const std::filesystem::path& root);

/// The paths whose content in the tree is missing or another one.
std::vector<std::string> outdated(const std::filesystem::path& root);

}  // namespace forgehouse::generate
