#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <set>

#include "app/verbs/admin.h"
#include "app/verbs/verbs.h"
#include "app/world.h"
#include "base/text.h"
#include "forge/repositories.h"
#include "git/hosted/hosted_folder.h"
#include "git/hosted/served_repository.h"

namespace forgehouse::app::verbs {
namespace {

namespace fs = std::filesystem;

constexpr std::array kOptions{
    cli::Option{.name = "--sweep",
                .doc = "Removes folders that no repository has and no fork borrows from. Only "
                       "while no server runs."},
    kJson};
constexpr std::array kExamples{cli::Example{"admin fsck", "Compares, and changes nothing."}};

constexpr cli::Verb kVerb{
    .name = "admin fsck",
    .group = "forge",
    .summary = "compare the forge's database with the folders of its repositories",
    .about =
        "Finds repositories without a folder, folders without a repository, main branches "
        "that differ, and refs that cannot be read. Exits with 3 where something is wrong.",
    .options = kOptions,
    .examples = kExamples};

constexpr std::int64_t kPage = 500;

class Check {
public:
    Check(World& world, Operator& op, git::Tool& tool)
        : world_(world), deps_(op.server->deps()), repositories_(tool, 8) {}

    Result<void> each_repository() {
        for (ports::Metadb* database : deps_.state.all()) {
            forge::RepositoryId last;
            for (bool more = true; more;) {
                TRY_LET(all, forge::stored_repositories(*database, world_.context(), last, kPage));
                more = !all.empty();
                for (const forge::Repository& one : all) TRY(look_at(one));
                if (more) last = all.back().id;
            }
        }
        return {};
    }

    Result<void> each_folder(bool sweep) {
        std::error_code failed;
        for (const auto& shelf : fs::directory_iterator(deps_.repositories, failed))
            for (const auto& folder : fs::directory_iterator(shelf.path(), failed)) {
                const std::string path = folder.path().string();
                if (known_.contains(path)) continue;
                if (is_borrowed(path)) continue;  // a deleted one whose forks live on
                TRY(say(path, "no repository has this folder"));
                if (sweep) TRY(git::remove_bare(path));
            }
        return {};
    }

    std::uint64_t repositories() const noexcept { return known_.size(); }
    std::uint64_t problems() const noexcept { return problems_; }

private:
    Result<void> look_at(const forge::Repository& one) {
        const std::string folder = forge::folder_of(deps_, one).string();
        known_.insert(folder);
        auto open = repositories_.open(folder);
        if (!open) return say(one.slug, open.error().text());
        const auto refs = (*open)->refs();
        if (!refs) return say(one.slug, refs.error().text());
        if ((*refs)->head() != "refs/heads/" + one.main_branch)
            return say(one.slug, "its main branch is another one in git");
        for (const git::NamedRef& ref : (*refs)->branches())
            if (!(*open)->commit(world_.context(), ref.id))
                TRY(say(one.slug, "a branch leads to no commit: " + ref.name));
        return {};
    }

    bool is_borrowed(const std::string& path) const {
        return std::ranges::any_of(
            known_, [&](const std::string& other) { return git::borrows_from(other, path); });
    }

    Result<void> say(std::string_view what, std::string_view problem) {
        ++problems_;
        if (!world_.json())
            return world_.print(fmt::format("{}: {}\n", text::printable(what), problem));
        json::Writer out;
        out.object().name("object").text(what).name("problem").text(problem).end();
        return world_.print(out.take() + "\n");
    }

    World& world_;
    forge::Deps& deps_;
    git::ServedRepositories repositories_;
    std::set<std::string> known_;
    std::uint64_t problems_ = 0;
};

Result<Exit> run(World& world) {
    TRY_LET(op, open_as_operator(world));
    TRY_LET(tool, world.git());
    Check check(world, op, *tool);
    TRY(check.each_repository());
    TRY(check.each_folder(world.arguments().has("--sweep")));
    if (!world.json())
        TRY(world.print(
            fmt::format("{} repositories, {} problems\n", check.repositories(), check.problems())));
    return check.problems() == 0 ? Exit::Done : Exit::Partial;
}

}  // namespace

Verb admin_fsck() {
    return {&kVerb, run};
}

}  // namespace forgehouse::app::verbs
