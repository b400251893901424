#include <algorithm>

#include "base/text.h"
#include "sim/bitbucket_server/bitbucket.h"
#include "sim/bitbucket_server/render_diff.h"

namespace forgehouse::sim::bitbucket_server {
namespace {

Answer git_failed(const Error& why) {
    return error(500, why.describe(), "server.GitException");
}

// The hash that a name or hash stands for; nullopt where the repository has none such.
std::optional<std::string> resolved(const Call& call, const Repository& at, std::string_view name) {
    for (const std::string& full :
         {std::string(name), "refs/heads/" + std::string(name), "refs/tags/" + std::string(name)}) {
        const auto said = call.store.git(
            call.ctx, call.store.folder_of(at),
            {"rev-parse", "--verify", "--quiet", "--end-of-options", full + "^{commit}"});
        if (said && said->size() > 40) return std::string(text::trim(*said));
    }
    return std::nullopt;
}

Answer unknown(std::string_view commit, const Repository& at) {
    return error(404,
                 fmt::format("Commit '{}' does not exist in repository '{}'.", commit, at.slug),
                 "commit.NoSuchCommitException");
}

Answer list_commits(const Call& call, const Repository& at) {
    const bool ignores = call.asked.value("ignoreMissing") == "true";
    const auto until = resolved(call, at, call.asked.value("until", at.default_branch));
    if (!until) {
        if (ignores || at.branches.empty()) return list_hashes(call, at, {});
        return unknown(call.asked.value("until", at.default_branch), at);
    }
    std::vector<std::string> arguments{"rev-list", *until};
    if (const std::string_view since = call.asked.value("since"); !since.empty()) {
        const auto found = resolved(call, at, since);
        if (!found && !ignores)
            return error(400, fmt::format("Commit '{}' is invalid.", since),
                         "commit.NoSuchCommitException");
        if (found) arguments.push_back("^" + *found);
    }
    if (call.asked.value("merges") == "exclude") arguments.emplace_back("--no-merges");
    if (call.asked.value("merges") == "only") arguments.emplace_back("--merges");
    if (const std::string_view path = call.asked.value("path"); !path.empty()) {
        arguments.emplace_back("--");
        arguments.emplace_back(path);
    }
    const auto said = call.store.git(call.ctx, call.store.folder_of(at), std::move(arguments));
    if (!said) return git_failed(said.error());
    std::vector<std::string> hashes;
    for (const std::string_view line : text::split(*said, '\n'))
        if (!line.empty()) hashes.emplace_back(line);
    return list_hashes(call, at, hashes);
}

Answer list_changes(const Call& call, const Repository& at, const std::string& hash) {
    const auto files = call.store.files_of(call.ctx, at, hash);
    if (!files) return git_failed(files.error());
    std::string values = page(call.order, files->size(), [&](json::Writer& out, std::size_t n) {
        change(out, (*files)[n], call.render.repository_page(at) + "/commits/" + hash);
    });
    // The page's members follow those of the change as a whole.
    const Commit* commit = nullptr;
    for (const Commit& each : call.organisation.families[at.family].commits)
        if (each.hash == hash) commit = &each;
    json::Writer out;
    out.object().name("fromHash");
    if (commit && !commit->parents.empty())
        out.text(call.organisation.commit(at, commit->parents.front()).hash);
    else
        out.null();
    out.name("toHash").text(hash).name("properties").object().name("changeScope").text("ALL");
    std::string head = out.end().end().take();
    head.back() = ',';
    return {.body = head + values.substr(1)};
}

Answer one_commit(const Call& call, const Repository& at, const std::string& hash) {
    const std::vector<Commit>& commits = call.organisation.families[at.family].commits;
    const auto found = std::ranges::find(commits, hash, &Commit::hash);
    if (found == commits.end()) return unknown(hash, at);
    json::Writer out;
    call.render.commit(out, at, static_cast<Index>(found - commits.begin()));
    return {.body = out.take()};
}

}  // namespace

Answer list_hashes(const Call& call, const Repository& at, const std::vector<std::string>& hashes) {
    std::map<std::string_view, Index> places;
    const std::vector<Commit>& commits = call.organisation.families[at.family].commits;
    for (Index i = 0; i < commits.size(); ++i) places.emplace(commits[i].hash, i);
    return {.body = page(call.order, hashes.size(), [&](json::Writer& out, std::size_t n) {
                call.render.commit(out, at, places.at(hashes[n]));
            })};
}

Answer commits(const Call& call, const Repository& at, std::size_t depth) {
    if (call.part(depth).empty()) return list_commits(call, at);
    const auto hash = resolved(call, at, call.part(depth));
    if (!hash) return unknown(call.part(depth), at);
    const std::string_view what = call.part(depth + 1);
    if (what.empty()) return one_commit(call, at, *hash);
    if (what == "changes") return list_changes(call, at, *hash);
    if (what == "builds") return list_builds(call, *hash);
    if (what == "diff") {
        const std::int64_t context =
            text::to_int(call.asked.value("contextLines", "10")).value_or(10);
        const auto patch =
            call.store.patch_of(call.ctx, at, *hash, std::max<std::int64_t>(0, context));
        if (!patch) return git_failed(patch.error());
        return {.body = diff(*patch, *hash, call.render.diff_cap())};
    }
    return no_such("Resource", call.asked.path, "NoSuchResourceException");
}

// Of all repositories that the asker may see: a commit's builds do not ask where it lies.
Answer list_builds(const Call& call, std::string_view commit) {
    std::vector<Build> builds;
    for (const Repository& at : call.organisation.repositories) {
        if (at.is_deleted || !may_see(call, call.organisation.projects[at.project])) continue;
        for (const auto& [index, list] : at.builds)
            if (call.organisation.commit(at, index).hash == commit)
                builds.insert(builds.end(), list.begin(), list.end());
    }
    return {.body = page(call.order, builds.size(), [&](json::Writer& out, std::size_t n) {
                call.render.build(out, builds[n]);
            })};
}

}  // namespace forgehouse::sim::bitbucket_server
