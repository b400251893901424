// ServedRepository: one hosted repository, open, answering questions from many threads; and
// ServedRepositories, the open ones of a server.
//
// Objects, refs and history are read in this process. A git process runs for: a diff in which files
// were both added and removed (what was renamed), one that ignores blanks or shows binary files,
// patch(), following a file at the commit where its name appears, and what writes.
//
// What others do to the repository is noticed: refs as ref_snapshot.h says; new objects when they
// are asked for; packs that were replaced, and a new commit-graph, by the next question. A question
// that is being answered goes on with what it began with.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "exec/context.h"
#include "git/commit.h"
#include "git/history/history.h"
#include "git/hosted/last_changes.h"
#include "git/hosted/log_pages.h"
#include "git/hosted/ref_store.h"
#include "git/patch_text.h"
#include "git/refs.h"
#include "git/repository.h"
#include "git/snapshot.h"

namespace forgehouse::git {

class Tool;

struct ServedLimits {
    /// Readers that are kept for the next questions; more are made when more ask at once. Each
    /// remembers the commits that it has met: see CommitTable.
    std::size_t idle_readers = 3;
    /// For each of the two object caches that a reader has.
    StoreLimits store = {.cache_bytes = std::size_t{8} << 20,
                         .object_bytes = std::size_t{512} << 20};
};

/// What a text stands for.
struct ResolvedRev {
    ObjectId commit;
    std::string ref;  ///< full name of the branch or tag; empty for an id, and for HEAD on none
};

struct CommitDetails {
    Commit commit;  ///< the totals are 0
    ObjectId tree;
    std::string raw_author;  ///< `Name <email>`, valid UTF-8
    std::string raw_committer;
};

struct TagDetails {
    TagObject tag;
    std::string raw_tagger;  ///< `Name <email>`, valid UTF-8; "" where it has none
};

struct DiffQuery {
    ObjectId base;  ///< null: the commit's first parent, or nothing where it has none
    ObjectId commit;
    /// Compare with the first merge base of the two instead of `base`: what `base...commit` is.
    bool is_topic = false;
    /// Files, and folders with all in them; empty: all. A file that was renamed is there if either
    /// of its names is.
    std::vector<std::string> paths = {};
    bool with_renames = true;
    std::uint32_t context = kUsualContext;
    bool is_ignoring_whitespace = false;  ///< `git diff -w`; diffstat() ignores this
    bool with_binary = false;             ///< `git diff --binary`; diffstat() ignores this
};

struct ServedFile {
    PathEntry entry;
    StoredObject content;
};

/// Threads: may be used from many threads at once. All errors of all functions, further: NotFound,
/// with field `object`, for ids that are not there; Invalid, with field `object`, for what is no
/// commit; Corrupt; those of ObjectAccess::read() and Repository::failure(); Cancelled.
class ServedRepository {
public:
    /// `folder`: one of create_bare() or fork_bare(). `tool` lives longer. No process runs.
    /// Errors: NotFound, with field `path`; Denied, Unavailable.
    static Result<std::shared_ptr<ServedRepository>> open(const Tool& tool,
                                                          const std::string& folder,
                                                          const ServedLimits& limits = {});
    ServedRepository(ServedRepository&&) = delete;
    ~ServedRepository();

    const std::string& folder() const noexcept;
    ObjectFormat format() const noexcept;
    const Tool& tool() const noexcept;
    const Repository& repository() const noexcept;

    /// Errors: those of RefStore::current().
    Result<std::shared_ptr<const RefSnapshot>> refs();
    /// See update_refs().
    Result<void> update_refs(const exec::Context& ctx, std::span<const RefUpdate> updates,
                             const RefNote& note);

    /// The commit that a text stands for. The first of these that there is: a full id; a branch;
    /// a tag, peeled; a full name, `refs/heads/x` or `refs/tags/x`; `HEAD`; the beginning of an id,
    /// 7 digits or more. So a branch of eight digits is not hidden by a commit that happens to
    /// begin with them, as git has it; of objects with the same beginning a single commit is meant.
    /// Errors, all with field `rev`: NotFound where there is none of them, also for HEAD where its
    /// branch has no commit; Conflict where several commits have that beginning; Invalid where it
    /// stands for something that is no commit.
    Result<ResolvedRev> resolve(const exec::Context& ctx, std::string_view text);

    Result<CommitDetails> commit(const exec::Context& ctx, const ObjectId& id);
    /// Several, in the order of the ids, by one reader.
    Result<std::vector<CommitDetails>> commits(const exec::Context& ctx,
                                               std::span<const ObjectId> ids);

    /// An annotated tag, by the id of its object. Errors: Invalid, with field `object`, for what is
    /// none.
    Result<TagDetails> tag(const exec::Context& ctx, const ObjectId& id);

    /// Errors: those of log_page(), file_log_page(), last_changes().
    Result<LogPage> log(const exec::Context& ctx, const LogQuery& query);
    Result<FileLogPage> file_history(const exec::Context& ctx, const FileLogQuery& query);
    Result<std::vector<LastChange>> last_changes(const exec::Context& ctx,
                                                 const LastChangesQuery& query);

    /// The first that `git merge-base a b` prints; nullopt where they share no history.
    Result<std::optional<ObjectId>> merge_base(const exec::Context& ctx, const ObjectId& a,
                                               const ObjectId& b);
    Result<bool> is_ancestor(const exec::Context& ctx, const ObjectId& ancestor,
                             const ObjectId& commit);
    Result<AheadBehind> ahead_behind(const exec::Context& ctx, const ObjectId& a,
                                     const ObjectId& b);

    /// An error of its own ends the answer and is returned.
    using Take = std::function<Result<void>(std::string_view)>;
    /// The text of `git diff -M --full-index base commit`, in pieces of whole files, or of at most
    /// 64 KB where git writes it. Errors: Invalid, with field `object`, for a topic that shares no
    /// history with its base; those of `take`.
    Result<void> diff(const exec::Context& ctx, const DiffQuery& query, const Take& take);
    /// The files of the same, with line counts, in git's order. Errors: the same.
    Result<std::vector<FileChange>> diffstat(const exec::Context& ctx, const DiffQuery& query);
    /// What `git format-patch --stdout base..tip` writes, in pieces of at most 64 KB; of the one
    /// commit where `base` is null. Merges are left out, as git does.
    Result<void> patch(const exec::Context& ctx, const ObjectId& base, const ObjectId& tip,
                       const Take& take);

    /// Errors of these: those of Snapshot's functions of these names.
    Result<PathEntry> find(const exec::Context& ctx, const ObjectId& commit,
                           const std::string& path);
    Result<void> list(const exec::Context& ctx, const ObjectId& commit, const ListRequest& request,
                      const Snapshot::Take& take);
    Result<ServedFile> read(const exec::Context& ctx, const ObjectId& commit,
                            const std::string& path);

private:
    struct State;
    class Reading;
    explicit ServedRepository(std::unique_ptr<State> state) noexcept;
    Result<Reading> reading();
    std::unique_ptr<State> state_;
};

/// Threads: may be used from many threads at once.
class ServedRepositories {
public:
    /// `tool` lives longer. Of more than `most` open ones, those that nobody has asked for longest
    /// are closed; who holds one keeps it.
    ServedRepositories(const Tool& tool, std::size_t most, ServedLimits limits = {})
        : tool_(&tool), most_(most), limits_(limits) {}

    /// The open repository of that folder, opened if need be; another one where the folder has been
    /// replaced. Errors: those of ServedRepository::open().
    Result<std::shared_ptr<ServedRepository>> open(const std::string& folder);
    /// Closes it: before its folder is removed.
    void close(const std::string& folder);
    std::size_t size() const;

private:
    struct Open {
        std::string folder;
        std::uint64_t inode = 0;  ///< of its `objects`, which is the same for the folder's life
        std::shared_ptr<ServedRepository> repository;  ///< shared with those that are asking it
        std::uint64_t last_use = 0;
    };
    struct Table {
        std::vector<Open> open;
        std::uint64_t uses = 0;
    };

    const Tool* tool_;
    std::size_t most_;
    ServedLimits limits_;
    exec::Guarded<Table> table_;
};

}  // namespace forgehouse::git
