#include "forge/downloads.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/text.h"
#include "forge/names.h"
#include "forge/outbox.h"
#include "git/hosted/durable_file.h"

namespace forgehouse::forge {
namespace {

Result<std::string> check_name(std::string_view name) {
    const bool has_control = std::ranges::any_of(name, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7f || c == '/';
    });
    if (name.empty() || name.size() > kMostName || has_control || name == "." || name == ".." ||
        !text::is_utf8(name))
        return Failure(Error(Errc::Invalid, "this is no name for a file")
                           .with("field", "files")
                           .hint("use 1 to 255 bytes without slashes and control characters"));
    return std::string(name);
}

Event event_of(Literal name, const RepoProof<Role::Read>& proof, const std::string& file) {
    return {.name = name,
            .workspace = proof.workspace().id,
            .repository = proof.repository().id,
            .actor = proof.actor().user,
            .payload = R"({"name":)" + text::json_quoted(file) + "}"};
}

ports::Sql select_downloads(const RepoRead& proof) {
    ports::Sql sql(
        "SELECT id, name, size, file, user_id, downloads, created_on FROM downloads WHERE "
        "workspace_id = ");
    sql.bind(proof.workspace().id.value).add(" AND repository_id = ");
    sql.bind(proof.repository().id.value);
    return sql;
}

Download download_of(const ports::SqlRow& row) {
    Download made{.id = row.integer(0),
                  .name = std::string(row.text(1)),
                  .size = row.integer(2),
                  .file = std::string(row.text(3)),
                  .user = {},
                  .downloads = row.integer(5),
                  .created_on = row.time(6)};
    if (!row.is_null(4)) made.user = UserId{row.integer(4)};
    return made;
}

/// Removes the row of that name; returns the file that it had.
Result<std::optional<std::string>> take_row(ports::Session& session, const RepoRead& proof,
                                            const std::string& name) {
    return session.first(
        ports::Sql("DELETE FROM downloads WHERE workspace_id = $1 AND repository_id = $2 AND "
                   "name = $3 RETURNING file",
                   {proof.workspace().id.value, proof.repository().id.value, name}),
        [](const ports::SqlRow& row) { return std::string(row.text(0)); });
}

Result<Download> insert_row(ports::Session& session, const Deps& deps, const RepoRead& proof,
                            const Upload& upload) {
    TRY_LET(id,
            next_of_repository(session, proof.workspace().id, proof.repository().id, "download"));
    Download made{.id = id,
                  .name = upload.name(),
                  .size = upload.size(),
                  .file = upload.file(),
                  .user = proof.actor().user,
                  .created_on = deps.clock.now()};
    TRY(session.execute(ports::Sql(
        "INSERT INTO downloads (workspace_id, repository_id, id, name, size, file, user_id, "
        "downloads, created_on) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8)",
        {proof.workspace().id.value, proof.repository().id.value, made.id, made.name, made.size,
         made.file, made.user ? std::optional(made.user->value) : std::optional<std::int64_t>(),
         made.created_on})));
    TRY(emit(session, deps, event_of("download:created", proof, made.name)));
    return made;
}

}  // namespace

std::filesystem::path downloads_of(const std::filesystem::path& folder,
                                   const Repository& repository) {
    return folder /
           fmt::format("{:02x}/{}", (repository.id.value >> 4) & 0xff, repository.id.value);
}

Upload::Upload(std::filesystem::path folder, std::string name, std::string file)
    : folder_(std::move(folder)), name_(std::move(name)), file_(std::move(file)) {}

Upload::Upload(Upload&& other) noexcept
    : folder_(std::move(other.folder_)),
      name_(std::move(other.name_)),
      file_(std::move(other.file_)),
      descriptor_(std::move(other.descriptor_)),
      size_(other.size_),
      is_finished_(other.is_finished_),
      is_kept_(std::exchange(other.is_kept_, true)) {}

Upload::~Upload() {
    if (!is_kept_) ::unlink(path().c_str());
}

std::filesystem::path Upload::path() const {
    return folder_ / (is_finished_ ? file_ : file_ + ".part");
}

Result<Upload> Upload::begin(Deps& deps, const std::filesystem::path& all, const RepoWrite& proof,
                             std::string_view name) {
    TRY_LET(checked, check_name(name));
    const std::filesystem::path folder = downloads_of(all, proof.repository());
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) return Failure(git::disk_failure(folder.string(), error));
    Upload made(folder, checked, new_uuid(deps.random));
    made.descriptor_ = exec::Descriptor(
        ::open(made.path().c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!made.descriptor_) return Failure(git::disk_failure(made.path().string()));
    return made;
}

Result<void> Upload::write(std::string_view bytes) {
    size_ += std::ssize(bytes);
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor_.get(), bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return Failure(git::disk_failure(path().string()));
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

Result<void> Upload::finish() {
    const std::string part = path().string();
    if (::fsync(descriptor_.get()) != 0) return Failure(git::disk_failure(part));
    descriptor_.close();
    const std::string whole = (folder_ / file_).string();
    if (::rename(part.c_str(), whole.c_str()) != 0) return Failure(git::disk_failure(whole));
    is_finished_ = true;
    // The folder may be as new as the file.
    TRY(git::sync_folder(folder_.string()));
    TRY(git::sync_folder(folder_.parent_path().string()));
    return git::sync_folder(folder_.parent_path().parent_path().string());
}

Result<std::vector<Download>> keep_downloads(Deps& deps, const exec::Context& ctx,
                                             const std::filesystem::path& folder,
                                             const RepoWrite& proof, std::vector<Upload>& uploads) {
    std::vector<Download> made;
    std::vector<std::string> replaced;
    auto written = deps.state.of(proof.workspace().id.value)
                       .write(ctx, [&](ports::Session& session) -> Result<void> {
                           made.clear();
                           replaced.clear();
                           for (const Upload& upload : uploads) {
                               TRY_LET(old, take_row(session, proof, upload.name()));
                               if (old) replaced.push_back(std::move(*old));
                               TRY_LET(one, insert_row(session, deps, proof, upload));
                               made.push_back(std::move(one));
                           }
                           return {};
                       });
    // With an unknown outcome the rows may be there: the files stay, and fsck looks after them.
    const bool keeps = written || !written.error().field("outcome").empty();
    for (Upload& upload : uploads) upload.is_kept_ = keeps;
    TRY(written);
    for (const std::string& file : replaced)
        ::unlink((downloads_of(folder, proof.repository()) / file).c_str());
    return made;
}

Result<std::vector<Download>> list_downloads(const Deps& deps, const exec::Context& ctx,
                                             const RepoRead& proof, const Listing& listing) {
    ports::Sql sql = select_downloads(proof);
    add_listing(sql, listing, "id");
    std::vector<Download> all;
    TRY(deps.state.of(proof.workspace().id.value)
            .read(ctx, [&](ports::Session& session) -> Result<void> {
                TRY_LET(found, session.all(sql, download_of));
                all = std::move(found);
                return {};
            }));
    return all;
}

Result<Download> find_download(const Deps& deps, const exec::Context& ctx, const RepoRead& proof,
                               std::string_view name) {
    const Listing only{
        .where = [&](ports::Sql& sql, Literal) { sql.add(" AND name = ").bind(name); }};
    TRY_LET(found, list_downloads(deps, ctx, proof, only));
    if (found.empty())
        return Failure(
            Error(Errc::NotFound, "there is no such download").with("object", std::string(name)));
    return std::move(found.front());
}

Result<void> count_download(Deps& deps, const exec::Context& ctx, const RepoRead& proof,
                            const Download& download) {
    return deps.state.of(proof.workspace().id.value)
        .write(ctx, [&](ports::Session& session) -> Result<void> {
            TRY(session.execute(ports::Sql(
                "UPDATE downloads SET downloads = downloads + 1 WHERE workspace_id = $1 AND "
                "repository_id = $2 AND id = $3",
                {proof.workspace().id.value, proof.repository().id.value, download.id})));
            return {};
        });
}

Result<void> delete_download(Deps& deps, const exec::Context& ctx,
                             const std::filesystem::path& folder, const RepoWrite& proof,
                             std::string_view name) {
    std::string file;
    TRY(deps.state.of(proof.workspace().id.value)
            .write(ctx, [&](ports::Session& session) -> Result<void> {
                TRY_LET(found, take_row(session, proof, std::string(name)));
                if (!found)
                    return Failure(Error(Errc::NotFound, "there is no such download")
                                       .with("object", std::string(name)));
                file = std::move(*found);
                return emit(session, deps, event_of("download:deleted", proof, std::string(name)));
            }));
    ::unlink((downloads_of(folder, proof.repository()) / file).c_str());
    return {};
}

Result<void> remove_downloads(const std::filesystem::path& folder, const Repository& repository) {
    std::error_code error;
    const std::filesystem::path gone = downloads_of(folder, repository);
    std::filesystem::remove_all(gone, error);
    if (error) return Failure(git::disk_failure(gone.string(), error));
    return {};
}

}  // namespace forgehouse::forge
