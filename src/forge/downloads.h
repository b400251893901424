// Downloads: files that people put beside a repository, such as what was built of it. A file is
// written and durable before its row is, and removed after it: a row always has its file. A file
// without a row, which a crash leaves, is swept by `forgehouse admin fsck`.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "exec/descriptor.h"
#include "forge/deps.h"
#include "forge/listing.h"
#include "forge/permission.h"

namespace forgehouse::forge {

struct Download {
    std::int64_t id = 0;  ///< counts per repository
    std::string name;
    std::int64_t size = 0;
    std::string file;  ///< its name in the repository's folder
    std::optional<UserId> user = {};
    std::int64_t downloads = 0;  ///< how often it was fetched
    Time created_on = {};
};

/// The folder of a repository's files within the one of all.
std::filesystem::path downloads_of(const std::filesystem::path& folder,
                                   const Repository& repository);

/// A file as it arrives. Removed again unless keep_downloads() has taken it. One thread at a time.
class Upload {
public:
    /// Errors: Invalid, with field `files`, for a name with a slash or control characters, `.` and
    /// `..`, and over 255 bytes; Unavailable where the disk refuses.
    static Result<Upload> begin(Deps& deps, const std::filesystem::path& folder,
                                const RepoWrite& repository, std::string_view name);
    Upload(Upload&& other) noexcept;
    Upload& operator=(Upload&&) = delete;
    ~Upload();

    Result<void> write(std::string_view bytes);
    /// Returns once the file is on the disk under its own name.
    Result<void> finish();

    const std::string& name() const noexcept { return name_; }
    const std::string& file() const noexcept { return file_; }
    std::int64_t size() const noexcept { return size_; }

private:
    friend Result<std::vector<Download>> keep_downloads(Deps&, const exec::Context&,
                                                        const std::filesystem::path&,
                                                        const RepoWrite&, std::vector<Upload>&);
    Upload(std::filesystem::path folder, std::string name, std::string file);
    std::filesystem::path path() const;

    std::filesystem::path folder_;
    std::string name_, file_;
    exec::Descriptor descriptor_;
    std::int64_t size_ = 0;
    bool is_finished_ = false;
    bool is_kept_ = false;
};

/// Errors of all: those of Metadb; NotFound, with field `object`.

/// Lists files that were finished; of several with one name, and one that is there already, the
/// last one stays.
Result<std::vector<Download>> keep_downloads(Deps& deps, const exec::Context& ctx,
                                             const std::filesystem::path& folder,
                                             const RepoWrite& repository,
                                             std::vector<Upload>& uploads);
Result<std::vector<Download>> list_downloads(const Deps& deps, const exec::Context& ctx,
                                             const RepoRead& repository, const Listing& listing);
Result<Download> find_download(const Deps& deps, const exec::Context& ctx,
                               const RepoRead& repository, std::string_view name);
/// Counts that it was fetched.
Result<void> count_download(Deps& deps, const exec::Context& ctx, const RepoRead& repository,
                            const Download& download);
Result<void> delete_download(Deps& deps, const exec::Context& ctx,
                             const std::filesystem::path& folder, const RepoWrite& repository,
                             std::string_view name);
/// Those of a repository that was deleted. Errors: Unavailable where the disk refuses.
Result<void> remove_downloads(const std::filesystem::path& folder, const Repository& repository);

}  // namespace forgehouse::forge
