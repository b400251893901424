// The answers of a ServedRepository that are texts of differences.
#include <algorithm>

#include "git/hosted/served_repository.h"
#include "git/hosted/served_state.h"
#include "git/tree_entry.h"

namespace forgehouse::git {
namespace {

constexpr std::size_t kPiece = std::size_t{64} << 10;

bool is_under(std::string_view file, std::string_view path) {
    return file.starts_with(path) && (file.size() == path.size() || file[path.size()] == '/');
}

bool is_asked_for(const DiffQuery& query, const FileChange& file) {
    return query.paths.empty() || std::ranges::any_of(query.paths, [&file](std::string_view path) {
               return path.empty() || is_under(file.path, path) ||
                      (!file.old_path.empty() && is_under(file.old_path, path));
           });
}

Result<void> must_be_commit(const exec::Context& ctx, ObjectAccess& objects, const ObjectId& id) {
    TRY_LET(object, objects.read(ctx, id));
    if (object.type == ObjectType::Commit) return {};
    if (object.type == ObjectType::Missing)
        return Failure(Error(Errc::NotFound, "a commit is not there").with("object", id.hex()));
    return Failure(Error(Errc::Invalid, "an object is no commit").with("object", id.hex()));
}

/// What the commit is compared with: `base`, their merge base, or null for its first parent.
Result<ObjectId> base_of(const exec::Context& ctx, History& history, const DiffQuery& query) {
    if (!query.is_topic || query.base.is_null()) return query.base;
    TRY_LET(bases, history.merge_bases(ctx, query.base, query.commit));
    if (!bases.empty()) return bases.front();
    return Failure(Error(Errc::Invalid, "the two share no history")
                       .with("object", query.commit.hex())
                       .with("base", query.base.hex()));
}

Result<void> each_file(const exec::Context& ctx, ReadingDesk& desk, const DiffQuery& query,
                       const CommitDiff::TakeFile& take) {
    TRY_LET(base, base_of(ctx, desk.history, query));
    const auto renames =
        query.with_renames ? CommitDiff::Renames::Found : CommitDiff::Renames::NotAsked;
    const auto take_asked = [&](FileChange& file) -> Result<void> {
        return is_asked_for(query, file) ? take(file) : Result<void>{};
    };
    return desk.diff.each_file(ctx, base, query.commit, take_asked, renames);
}

/// Hands on what a git command writes, as it comes.
Result<void> relay(const exec::Context& ctx, const Repository& repository,
                   const Subcommand& subcommand, std::vector<std::string> operands,
                   std::vector<std::string> flags, const ServedRepository::Take& take) {
    TRY_LET(process, exec::Process::spawn(
                         repository.command(subcommand, std::move(operands), std::move(flags))));
    std::vector<char> piece(kPiece);
    for (;;) {
        TRY_LET(size, process.read(ctx, piece));
        if (size == 0) break;
        TRY(take({piece.data(), size}));
    }
    TRY_LET(exit, process.finish(ctx));
    if (exit.ok()) return {};
    return Failure(repository.failure(subcommand, exit, process.error_text()));
}

/// The tree of a commit; the id of one without entries for a null id.
Result<std::string> tree_for(const exec::Context& ctx, History& history, const ObjectId& commit) {
    constexpr std::string_view kEmpty = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
    constexpr std::string_view kEmpty256 =
        "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321";
    const bool is_sha256 = history.repository().traits().format == ObjectFormat::Sha256;
    if (commit.is_null()) return std::string(is_sha256 ? kEmpty256 : kEmpty);
    auto& commits = history.commits();
    TRY_LET(number, commits.open(ctx, commit));
    return commits.tree(number).hex();
}

/// The first parent, or null.
Result<ObjectId> parent_of(const exec::Context& ctx, History& history, const ObjectId& commit) {
    auto& commits = history.commits();
    TRY_LET(number, commits.open(ctx, commit));
    std::optional<CommitTable::Number> first;
    commits.each_parent(number, [&first](auto parent) {
        if (!first) first = parent;
    });
    return first ? commits.id(*first) : ObjectId();
}

Result<void> diff_by_git(const exec::Context& ctx, ReadingDesk& desk, const DiffQuery& query,
                         const ServedRepository::Take& take) {
    auto& history = desk.history;
    TRY_LET(asked, base_of(ctx, history, query));
    auto base = asked;
    if (base.is_null()) {
        TRY_LET(parent, parent_of(ctx, history, query.commit));
        base = parent;
    }
    TRY_LET(before, tree_for(ctx, history, base));
    TRY_LET(after, tree_for(ctx, history, query.commit));
    std::vector<std::string> flags{"--unified=" + std::to_string(query.context)};
    if (query.with_renames) flags.emplace_back("-M");
    if (query.is_ignoring_whitespace) flags.emplace_back("--ignore-all-space");
    if (query.with_binary) flags.emplace_back("--binary");
    std::vector<std::string> operands{before, after, "--"};
    for (const auto& path : query.paths)
        if (!path.empty()) operands.push_back(path);
    return relay(ctx, history.repository(), commands::kDiffTrees, std::move(operands),
                 std::move(flags), take);
}

}  // namespace

Result<void> ServedRepository::diff(const exec::Context& ctx, const DiffQuery& query,
                                    const Take& take) {
    TRY_LET(desk, reading());
    if (query.is_ignoring_whitespace || query.with_binary)
        return diff_by_git(ctx, *desk, query, take);
    std::string piece;
    return each_file(ctx, *desk, query, [&](FileChange& file) -> Result<void> {
        piece.clear();
        TRY(desk->diff.append_patch(ctx, piece, file, query.context));
        return take(piece);
    });
}

Result<std::vector<FileChange>> ServedRepository::diffstat(const exec::Context& ctx,
                                                           const DiffQuery& query) {
    TRY_LET(desk, reading());
    std::vector<FileChange> files;
    const auto take = [&](FileChange& file) -> Result<void> {
        TRY(desk->diff.count(ctx, file));
        files.push_back(std::move(file));
        return {};
    };
    TRY(each_file(ctx, *desk, query, take));
    return files;
}

Result<void> ServedRepository::patch(const exec::Context& ctx, const ObjectId& base,
                                     const ObjectId& tip, const Take& take) {
    TRY_LET(desk, reading());
    TRY(must_be_commit(ctx, desk->history.objects(), tip));
    if (!base.is_null()) TRY(must_be_commit(ctx, desk->history.objects(), base));
    std::vector<std::string> flags;
    if (base.is_null()) flags = {"-1", "--root"};
    const auto range = base.is_null() ? tip.hex() : base.hex() + ".." + tip.hex();
    return relay(ctx, state_->repository, commands::kFormatPatch, {range}, std::move(flags), take);
}

}  // namespace forgehouse::git
