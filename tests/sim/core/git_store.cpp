#include "sim/core/git_store.h"

#include <algorithm>
#include <fstream>

#include "base/text.h"

namespace forgehouse::sim {
namespace {

namespace fs = std::filesystem;

constexpr Index kTagMarks = 1'000'000'000;  // marks of tags begin there

void data(std::string& out, std::string_view bytes) {
    out += fmt::format("data {}\n", bytes.size());
    out.append(bytes) += '\n';
}

void person(std::string& out, std::string_view role, const Signature& who) {
    const int zone = std::abs(who.zone_minutes);
    out +=
        fmt::format("{} {}{}<{}> {} {}{:02}{:02}\n", role, who.name, who.name.empty() ? "" : " ",
                    who.email, who.seconds, who.zone_minutes < 0 ? '-' : '+', zone / 60, zone % 60);
}

std::string mark_or_hash(const Family& family, Index commit) {
    const std::string& hash = family.commits[commit].hash;
    return hash.empty() ? fmt::format(":{}", commit + 1) : hash;
}

void write_commit(std::string& out, const Family& family, Index index) {
    const Commit& commit = family.commits[index];
    // A commit without parents would go on from the last one of the ref.
    if (commit.parents.empty()) out += "reset refs/sim/import\n\n";
    out += fmt::format("commit refs/sim/import\nmark :{}\n", index + 1);
    person(out, "author", commit.author);
    person(out, "committer", commit.committer);
    data(out, commit.message);
    for (std::size_t i = 0; i < commit.parents.size(); ++i)
        out += fmt::format("{} {}\n", i == 0 ? "from" : "merge",
                           mark_or_hash(family, commit.parents[i]));
    for (const FileChange& change : commit.changes) {
        if (!change.content) {
            out += fmt::format("D {}\n", change.path);
            continue;
        }
        out += "M 100644 inline " + change.path + '\n';
        data(out, *change.content);
    }
    out += '\n';
}

void write_tag(std::string& out, const Family& family, Index index) {
    const TagObject& tag = family.tags[index];
    out += fmt::format("tag {}\nmark :{}\nfrom {}\n", tag.name, kTagMarks + index,
                       mark_or_hash(family, tag.commit));
    person(out, "tagger", tag.tagger);
    data(out, tag.message);
}

Result<void> write_file(const fs::path& path, std::string_view text) {
    const fs::path fresh = path.string() + ".new";
    std::ofstream(fresh, std::ios::binary) << text;
    std::error_code failure;
    fs::rename(fresh, path, failure);
    if (failure)
        return Failure(Error(Errc::Unavailable, "cannot write a file of the simulator")
                           .with("path", path.string()));
    return {};
}

std::string find_git() {
    for (const char* folder : {"/usr/local/bin", "/usr/bin", "/bin"})
        if (fs::exists(fs::path(folder) / "git")) return fs::path(folder) / "git";
    return "/usr/bin/git";
}

}  // namespace

GitStore::GitStore(fs::path folder) : folder_(std::move(folder)) {}

fs::path GitStore::folder_of(const Repository& repository) const {
    return folder_ / "repositories" / fmt::format("{}.git", repository.id);
}

exec::Command GitStore::command(const fs::path& folder, std::vector<std::string> arguments) const {
    static const std::string program = find_git();
    return {.program = program,
            .arguments = std::move(arguments),
            .environment = {"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/nonexistent", "LC_ALL=C",
                            "GIT_TERMINAL_PROMPT=0", "GIT_CONFIG_NOSYSTEM=1",
                            "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_COUNT=3",
                            "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*",
                            "GIT_CONFIG_KEY_1=core.quotePath", "GIT_CONFIG_VALUE_1=false",
                            "GIT_CONFIG_KEY_2=fastimport.unpackLimit", "GIT_CONFIG_VALUE_2=0"},
            .directory = folder.string()};
}

Result<std::string> GitStore::git(const exec::Context& ctx, const fs::path& folder,
                                  std::vector<std::string> arguments,
                                  std::string_view input) const {
    const std::string what = arguments.front();
    exec::Command run = command(folder, std::move(arguments));
    run.input = true;
    TRY_LET(output, exec::run(ctx, std::move(run), input, std::size_t{4} << 30));
    if (!output.exit.ok())
        return Failure(Error(Errc::Invalid, "git failed in the simulator")
                           .with("command", what)
                           .with("reason", output.error));
    return std::move(output.out);
}

Result<void> GitStore::write_family(const exec::Context& ctx, Index number, Family& family) {
    if (family.commits_written == family.commits.size() &&
        family.tags_written == family.tags.size())
        return {};
    const fs::path folder = folder_ / "families" / fmt::format("{}.git", number);
    if (!fs::exists(folder / "HEAD")) {
        std::error_code ignored;
        fs::create_directories(folder, ignored);
        TRY(git(ctx, folder, {"init", "--bare", "--quiet", "--template=", "."}));
    }
    std::string stream;
    for (Index i = family.commits_written; i < family.commits.size(); ++i)
        write_commit(stream, family, i);
    for (Index i = family.tags_written; i < family.tags.size(); ++i) write_tag(stream, family, i);
    TRY(git(ctx, folder,
            {"fast-import", "--quiet", "--force", "--export-marks=" + (folder / "marks").string()},
            stream));
    std::ifstream marks(folder / "marks");
    for (std::string mark, hash; marks >> mark >> hash;) {
        const auto at =
            static_cast<Index>(text::to_int(std::string_view(mark).substr(1)).value_or(0));
        if (at >= kTagMarks)
            family.tags[at - kTagMarks].hash = hash;
        else
            family.commits[at - 1].hash = hash;
    }
    // Without generation numbers git trusts in dates, and where these are askew, as here, `A..B`
    // shows commits that A has.
    std::string hashes;
    for (const Commit& commit : family.commits) hashes += commit.hash + '\n';
    TRY(git(ctx, folder, {"commit-graph", "write", "--stdin-commits", "--no-progress"}, hashes));
    for (Index i = family.commits_written; i < family.commits.size(); ++i)
        family.commits[i].changes = {};
    family.commits_written = family.commits.size();
    family.tags_written = family.tags.size();
    return {};
}

Result<void> GitStore::write_refs(const Organisation& organisation, const Repository& at) {
    const fs::path folder = folder_of(at);
    const Family& family = organisation.families[at.family];
    if (!fs::exists(folder / "HEAD")) {
        std::error_code ignored;
        for (const char* part : {"objects/info", "objects/pack", "refs/heads", "refs/tags"})
            fs::create_directories(folder / part, ignored);
        const fs::path store =
            fs::absolute(folder_ / "families" / fmt::format("{}.git", at.family) / "objects");
        TRY(write_file(folder / "objects/info/alternates", store.string() + "\n"));
        TRY(write_file(folder / "config",
                       "[core]\n\trepositoryformatversion = 0\n\tbare = true\n"));
    }
    TRY(write_file(folder / "HEAD", "ref: refs/heads/" + at.default_branch + "\n"));
    std::map<std::string, std::string> refs;
    const auto hash = [&](Index commit) { return family.commits[commit].hash; };
    for (const auto& [name, branch] : at.branches) refs["refs/heads/" + name] = hash(branch.head);
    for (const auto& [name, tag] : at.tags)
        refs["refs/tags/" + name] = tag.object
                                        ? family.tags[*tag.object].hash + "\n^" + hash(tag.commit)
                                        : hash(tag.commit);
    for (const PullRequest& pull : at.pulls) {
        if (pull.is_deleted) continue;
        const std::string stem = fmt::format("refs/pull-requests/{}/", pull.number);
        refs[stem + "from"] = hash(pull.from_commit);
        if (pull.trial_merge) refs[stem + "merge"] = hash(*pull.trial_merge);
    }
    std::string packed = "# pack-refs with: peeled fully-peeled sorted \n";
    for (const auto& [name, value] : refs) {
        const auto peeled = value.find('\n');
        packed += value.substr(0, peeled) + ' ' + name + '\n';
        if (peeled != std::string::npos) packed += value.substr(peeled + 1) + '\n';
    }
    return write_file(folder / "packed-refs", packed);
}

Result<void> GitStore::write(const exec::Context& ctx, Organisation& organisation) {
    for (Index i = 0; i < organisation.families.size(); ++i)
        TRY(write_family(ctx, i, organisation.families[i]));
    for (const Repository& at : organisation.repositories)
        if (!at.is_deleted) TRY(write_refs(organisation, at));
    return {};
}

}  // namespace forgehouse::sim
