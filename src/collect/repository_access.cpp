#include "collect/repository_access.h"

#include <fmt/format.h>

#include <fstream>

#include "base/json.h"

namespace forgehouse::collect {
namespace {

namespace fs = std::filesystem;

Error refused(Error error) {
    if (error.code() == Errc::Denied)
        error.hint(
            "Check the token, or user and password, and whether the account may read the "
            "repository; a token may have expired.");
    return error;
}

/// Fetches; where the remote refuses what we are, once more with a pass that is renewed.
Result<git::FetchReport> fetch(exec::Context& ctx, git::Mirror& mirror, git::FetchOptions& options,
                               Access* access) {
    if (access == nullptr) return mirror.fetch(ctx, options);
    TRY_LET(pass, access->pass(ctx));
    TRY_LET(http, access->for_git(ctx));
    options.http = std::move(http);
    auto report = mirror.fetch(ctx, options);
    if (report || report.error().code() != Errc::Denied) return report;
    TRY_LET(renewed, access->renew(ctx, pass.number));
    if (!renewed) return Failure(refused(std::move(report).error()));
    TRY_LET(other, access->for_git(ctx));
    options.http = std::move(other);
    auto again = mirror.fetch(ctx, options);
    if (!again) return Failure(refused(std::move(again).error()));
    return again;
}

Result<void> expect_mirror(const fs::path& folder) {
    std::error_code failed;
    if (fs::exists(folder, failed)) return {};
    return Failure(Error(Errc::NotFound, "there is no mirror of this repository")
                       .with("path", folder.string())
                       .hint("Collect it first: `forgehouse collect`."));
}

Result<OpenRepository> open_mirror(exec::Context& ctx, const Deps& deps, const sources::Repo& repo,
                                   const sources::RemotePlace& place, Access* access,
                                   const FetchNote& on_fetch, bool offline) {
    TRY_LET(remote, git::parse_remote(place.url));
    const fs::path folder = mirror_folder(deps.data_dir, repo.ref);
    if (offline) TRY(expect_mirror(folder));
    TRY_LET(mirror, git::Mirror::open(ctx, deps.git, folder.string(), remote.url));
    git::FetchOptions options;
    options.credentials = {.user = place.user, .password = place.password};
    options.askpass_program = deps.program;

    options.on_progress = [&](const git::FetchProgress& now) {
        on_fetch(now.total > 0 ? fmt::format("{}: {}/{}", now.phase, now.done, now.total)
                               : std::string(now.phase),
                 now.bytes);
    };
    options.refs = place.refs;
    std::uint64_t fetched = 0;
    if (!offline) {
        TRY_LET(report, fetch(ctx, mirror, options, access));
        fetched = report.bytes;
    }
    TRY_LET(repository, git::Repository::open(ctx, deps.git, mirror.path()));
    return OpenRepository{
        .mirror = std::move(mirror), .repository = std::move(repository), .fetched = fetched};
}

}  // namespace

fs::path mirror_folder(const fs::path& data_dir, const sources::RepoRef& repo) {
    return data_dir / "mirrors" / ports::object_key_part(repo.data_source) /
           (ports::object_key_part(sources::full_name(repo)) + ".git");
}

Result<OpenRepository> open_repository(exec::Context& ctx, const Deps& deps,
                                       const sources::Repo& repo, Access* access,
                                       const FetchNote& on_fetch, bool offline) {
    if (const auto* remote = std::get_if<sources::RemotePlace>(&repo.place))
        return open_mirror(ctx, deps, repo, *remote, access, on_fetch, offline);
    const auto& local = std::get<sources::LocalPlace>(repo.place);
    TRY_LET(repository, git::Repository::open(ctx, deps.git, local.git_dir.string()));
    return OpenRepository{
        .mirror = std::nullopt, .repository = std::move(repository), .fetched = 0};
}

Result<std::unordered_set<git::ObjectId>> OpenRepository::shallow_edge() const {
    std::unordered_set<git::ObjectId> edge;
    if (!repository.traits().is_shallow) return edge;
    const fs::path path = fs::path(repository.location().common_dir) / "shallow";
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);)
        if (const auto id = git::ObjectId::from_hex(line)) edge.insert(*id);
    if (edge.empty())
        return Failure(Error(Errc::Corrupt, "a shallow clone does not say where it ends")
                           .with("path", path.string())
                           .hint("Fetch the whole history: `git fetch --unshallow`."));
    return edge;
}

std::optional<std::uint64_t> OpenRepository::size_kb() const {
    if (mirror) return std::nullopt;
    std::uint64_t bytes = 0;
    std::error_code failed;
    fs::recursive_directory_iterator at(fs::path(repository.location().common_dir) / "objects",
                                        fs::directory_options::skip_permission_denied, failed);
    for (const fs::recursive_directory_iterator end; !failed && at != end; at.increment(failed)) {
        std::error_code gone;  // git may pack it away at any moment
        if (at->is_regular_file(gone) && !gone)
            if (const auto size = at->file_size(gone); !gone) bytes += size;
    }
    return failed ? std::nullopt : std::optional(bytes / 1024);
}

std::string OpenRepository::metadata(const sources::Repo& repo) const {
    const git::Traits& traits = repository.traits();
    json::Writer out;
    out.object();
    if (const auto* remote = std::get_if<sources::RemotePlace>(&repo.place))
        out.name("url").text(remote->url);
    else
        out.name("path").text(std::get<sources::LocalPlace>(repo.place).git_dir.string());
    out.name("object_format").text(traits.format == git::ObjectFormat::Sha256 ? "sha256" : "sha1");
    if (traits.is_shallow) out.name("shallow").flag(true);
    if (traits.is_partial) out.name("partial").flag(true);
    return out.end().take();
}

}  // namespace forgehouse::collect
