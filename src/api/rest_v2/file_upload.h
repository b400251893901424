// FileUpload: the files and the fields of a request that makes a commit, out of a form of either
// kind.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/call.h"
#include "git/hosted/commit_writer.h"

namespace forgehouse::api::rest_v2 {

struct FileUpload {
    std::string message = {};
    std::optional<git::Identity> author = {};  ///< its time is to be set
    std::vector<std::string> parents = {};     ///< as they were sent, at most 1
    std::string branch = {};                   ///< "": the main one
    std::vector<git::FileWrite> changes = {};
};

inline constexpr std::size_t kMostUpload = std::size_t{100} << 20;

/// Reads a form of that Content-Type: multipart/form-data or application/x-www-form-urlencoded; an
/// empty body is a form without fields. A field whose name has a slash before it is a file, and so
/// is every part that has a file's name and every field that is none of `message`, `author`,
/// `parents`, `branch` and `files`. A path of `files` for which no file was sent is deleted.
/// Errors: Invalid, with field `limit` for too many fields.
Result<FileUpload> parse_upload(std::string_view content_type, std::string_view body);

/// That of a request. Errors: further Invalid, with field `limit`, for more than kMostUpload bytes.
Result<FileUpload> upload_in(Call& call);

}  // namespace forgehouse::api::rest_v2
