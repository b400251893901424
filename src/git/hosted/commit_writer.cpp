#include "git/hosted/commit_writer.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "git/environment.h"
#include "git/hosted/tree_path.h"

namespace forgehouse::git {
namespace {

// No ref at all has this name: fast-import forgets it before it ends.
constexpr std::string_view kNowhere = "refs/forgehouse/writing";

Error at_path(Literal what, std::string_view path) {
    return Error(Errc::Invalid, what).with("path", text::json_quoted(path));
}

std::uint32_t mode_of(FileWrite::Kind kind) noexcept {
    switch (kind) {
        case FileWrite::Kind::Executable: return 0100755;
        case FileWrite::Kind::Symlink: return 0120000;
        default: return 0100644;
    }
}

/// Each path once, and none of them within another: what is meant then depends on no order.
Result<void> check_changes(const std::vector<FileWrite>& changes) {
    std::vector<std::string> paths;  // with a slash, so that what is within stands behind
    for (const auto& change : changes) {
        if (!is_tree_path(change.path, mode_of(change.kind)))
            return Failure(at_path("no file may have such a path", change.path));
        const bool is_symlink = change.kind == FileWrite::Kind::Symlink;
        if (is_symlink && (change.content.empty() || change.content.contains('\0')))
            return Failure(at_path("a symlink leads nowhere", change.path));
        paths.push_back(change.path + "/");
    }
    std::ranges::sort(paths);
    for (std::size_t i = 1; i < paths.size(); ++i)
        if (paths[i].starts_with(paths[i - 1]))
            return Failure(at_path("a path comes twice, or within another one",
                                   std::string_view(paths[i]).substr(0, paths[i].size() - 1)));
    return {};
}

Result<void> check(const CommitWrite& commit) {
    if (!is_branch_name(commit.branch))
        return Failure(Error(Errc::Invalid, "no branch may have such a name")
                           .with("branch", text::json_quoted(commit.branch)));
    TRY(check_identity(commit.author));
    TRY(check_identity(commit.committer));
    if (commit.message.contains('\0'))
        return Failure(Error(Errc::Invalid, "a message has a NUL")
                           .hint("Send it as text: a message holds no binary data."));
    return check_changes(commit.changes);
}

/// As fast-import reads it, whatever is in it.
std::string quoted(std::string_view path) {
    std::string out = "\"";
    for (const char c : path) {
        if (c == '"' || c == '\\')
            (out += '\\') += c;
        else if (static_cast<unsigned char>(c) < ' ')
            out += fmt::format("\\{:03o}", static_cast<unsigned>(c));
        else
            out += c;
    }
    return out + "\"";
}

void append_data(std::string& out, std::string_view bytes) {
    out += fmt::format("data {}\n", bytes.size());
    (out += bytes) += '\n';
}

std::optional<ObjectId> parent_of(const CommitWrite& commit) {
    return commit.parent ? commit.parent : commit.start;
}

/// The one line that fast-import says: the commit's id.
Result<ObjectId> written(std::string_view said) {
    const auto id = ObjectId::from_hex(text::trim(said));
    if (id) return *id;
    return Failure(Error(Errc::Corrupt, "git does not say which commit it has written")
                       .with("git", text::json_quoted(said.substr(0, 200))));
}

/// What the branch points at is on the disk before the branch is; and the few objects of a commit
/// are files of their own, until git packs all of them: each pack is looked into for each object.
void configure(exec::Command& command) {
    const auto set = [&command](std::string_view number, std::string_view key,
                                std::string_view value) {
        set_value(command.environment, "GIT_CONFIG_KEY_" + std::string(number), key);
        set_value(command.environment, "GIT_CONFIG_VALUE_" + std::string(number), value);
    };
    set_value(command.environment, "GIT_CONFIG_COUNT", "2");
    set("0", "core.fsync", "committed");
    set("1", "fastimport.unpackLimit", "100");
}

Result<ObjectId> import(const exec::Context& ctx, const ServedRepository& repository,
                        const CommitWrite& commit) {
    // In the folder of ours that borrows the objects: what git writes besides them goes there.
    auto command = repository.repository().command(commands::kImportCommit);
    configure(command);
    command.input = true;
    TRY_LET(said, exec::run(ctx, std::move(command), import_stream(commit)));
    if (!said.exit.ok())
        return Failure(
            repository.repository().failure(commands::kImportCommit, said.exit, said.error));
    return written(said.out);
}

}  // namespace

std::string import_stream(const CommitWrite& commit) {
    std::string out = fmt::format("commit {}\nmark :1\nauthor {}\ncommitter {}\n", kNowhere,
                                  signature_of(commit.author), signature_of(commit.committer));
    append_data(out, commit.message);
    if (const auto parent = parent_of(commit)) out += "from " + parent->hex() + "\n";
    for (const auto& change : commit.changes)
        if (change.kind == FileWrite::Kind::Deleted) out += "D " + quoted(change.path) + "\n";
    for (const auto& change : commit.changes) {
        if (change.kind == FileWrite::Kind::Deleted) continue;
        out += fmt::format("M {:o} inline {}\n", mode_of(change.kind), quoted(change.path));
        append_data(out, change.content);
    }
    // Without `from` the ref is forgotten, and so never written.
    out += fmt::format("\nget-mark :1\nreset {}\n\ndone\n", kNowhere);
    return out;
}

Result<ObjectId> write_commit(const exec::Context& ctx, ServedRepository& repository,
                              const CommitWrite& commit) {
    TRY(check(commit));
    const auto ref = std::string(kBranches) + commit.branch;
    TRY_LET(refs, repository.refs());
    const auto* now = refs->find(ref);
    // Nothing is written for what cannot succeed; what moves later, git notices.
    if ((now == nullptr) != !commit.parent || (now != nullptr && now->id != *commit.parent))
        return Failure(Error(Errc::Conflict, "the branch has moved meanwhile")
                           .with("ref", ref)
                           .hint("Read it again, and decide anew."));
    if (const auto parent = parent_of(commit)) TRY(repository.commit(ctx, *parent));
    TRY_LET(id, import(ctx, repository, commit));
    const RefUpdate update{.name = ref,
                           .target = id,
                           .expected = commit.parent.value_or(ObjectId::null(repository.format()))};
    TRY(repository.update_refs(ctx, std::span(&update, 1),
                               {.who = commit.committer, .message = commit.note}));
    return id;
}

}  // namespace forgehouse::git
