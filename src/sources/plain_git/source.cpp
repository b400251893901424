#include "sources/plain_git/source.h"

#include <filesystem>
#include <set>

#include "base/text.h"
#include "git/remote_url.h"
#include "git/repository.h"

namespace forgehouse::sources::plain_git {
namespace {

namespace fs = std::filesystem;

std::string_view without_git_suffix(std::string_view name) noexcept {
    if (name.size() > 4 && name.ends_with(".git")) name.remove_suffix(4);
    return name;
}

// The folder that people know a repository by: its main work tree, or the bare repository itself.
fs::path known_folder(const git::Location& found) {
    const fs::path common(found.common_dir);
    if (common.filename() == ".git") return common.parent_path();
    // A submodule's history lies in its parent's `.git/modules`; its work tree has the name.
    if (found.git_dir == found.common_dir && !found.work_tree.empty()) return found.work_tree;
    return common;
}

Result<git::Location> locate_upwards(const std::string& path) {
    std::error_code failed;
    const fs::path start = fs::canonical(path, failed);
    if (failed) return git::locate(path);  // it says what is wrong with the path
    Result<git::Location> first = git::locate(start.string());
    if (first || first.error().code() != Errc::NotFound) return first;
    for (fs::path at = start; at.has_relative_path();) {
        at = at.parent_path();
        auto found = git::locate(at.string());
        if (found) {
            // Inside of a bare repository's own folders is not inside of a work tree.
            if (found->work_tree.empty()) break;
            return found;
        }
        if (found.error().code() != Errc::NotFound) return found;
    }
    return first;
}

std::uint16_t own_port(git::Scheme scheme) noexcept {
    switch (scheme) {
        case git::Scheme::Https: return 443;
        case git::Scheme::Http: return 80;
        case git::Scheme::Ssh: return 22;
        case git::Scheme::Git: return 9418;
        case git::Scheme::File: return 0;
    }
    return 0;
}

// `host[:port]/path/before` and the last part without `.git`.
RepoRef ref_of(std::string_view data_source, const git::RemoteUrl& url) {
    std::string key = url.host;
    if (url.port != 0 && url.port != own_port(url.scheme)) key += ':' + std::to_string(url.port);
    std::vector<std::string_view> parts;
    for (const std::string_view part : text::split(url.path, '/'))
        if (!part.empty()) parts.push_back(part);
    std::string slug;
    if (!parts.empty()) {
        slug = without_git_suffix(parts.back());
        parts.pop_back();
    }
    for (const std::string_view part : parts) key.append("/").append(part);
    return {.data_source = std::string(data_source),
            .project_key = std::move(key),
            .repo_slug = std::move(slug)};
}

class PlainGit final : public Source {
public:
    explicit PlainGit(SourceOptions options)
        : info_{.kind = "plain_git", .data_source = std::move(options.data_source)},
          inputs_(std::move(options.inputs)) {}

    const SourceInfo& info() const noexcept override { return info_; }

    Result<RepoPage> repositories(exec::Context& ctx, const PageToken&) override {
        RepoPage page{.repositories = {}, .refused = {}, .next = {}};
        std::set<RepoRef> known;
        for (const Input& input : inputs_) {
            TRY(ctx.check());
            auto repo = resolve(input);
            if (!repo)
                page.refused.push_back(
                    {.asked_for = shown(input.text), .error = std::move(repo).error()});
            else if (known.insert(repo->ref).second)
                page.repositories.push_back(std::move(*repo));
        }
        return page;
    }

private:
    Result<Repo> resolve(const Input& input) const {
        if (!git::looks_remote(input.text)) return local_repository(info_.data_source, input.text);
        TRY_LET(remote, git::parse_remote(input.text));
        if (remote.url.scheme == git::Scheme::File)
            return local_repository(info_.data_source, remote.url.path);
        return remote_repository(info_.data_source, input);
    }

    // What was asked for may hold a password, so an address is shown as git would be given it.
    static std::string shown(const std::string& text) {
        if (!git::looks_remote(text)) return text;
        const auto remote = git::parse_remote(text);
        return remote ? remote->url.text : "an address that cannot be read";
    }

    const SourceInfo info_;
    const std::vector<Input> inputs_;
};

}  // namespace

Result<Repo> local_repository(std::string_view data_source, const std::string& path) {
    TRY_LET(found, locate_upwards(path));
    const fs::path folder = known_folder(found);
    std::string name(without_git_suffix(folder.filename().string()));
    if (name.empty()) name = folder.string();
    return Repo{.ref = {.data_source = std::string(data_source),
                        .project_key = folder.parent_path().string(),
                        .repo_slug = name},
                .name = name,
                .web_url = std::nullopt,
                .place = LocalPlace{.git_dir = found.common_dir}};
}

Result<Repo> remote_repository(std::string_view data_source, const Input& input) {
    TRY_LET(remote, git::parse_remote(input.text));
    RepoRef ref = ref_of(data_source, remote.url);
    if (ref.repo_slug.empty())
        return Failure(Error(Errc::Invalid, "the address names no repository")
                           .with("url", remote.url.text)
                           .hint("Write the whole address, such as https://host/owner/name."));
    const bool own = !remote.credentials.empty();
    return Repo{
        .ref = ref,
        .name = ref.repo_slug,
        .web_url = std::nullopt,
        .place = RemotePlace{.url = remote.url.text,
                             .user = own ? remote.credentials.user : input.user,
                             .password = own ? remote.credentials.password : input.password}};
}

Result<std::unique_ptr<Source>> make(SourceOptions options) {
    if (options.inputs.empty())
        return Failure(Error(Errc::Invalid, "no repository is named")
                           .hint("Name a path or a URL: `forgehouse collect ~/src/project`."));
    return std::make_unique<PlainGit>(std::move(options));
}

}  // namespace forgehouse::sources::plain_git
