// Life: what people do to repositories and pull requests. The history of a new organisation and the
// changes between two runs of a collector are made of the same acts.
//
// Every act moves the repository's clock on, so that no two things of it happen at once.
#pragma once

#include <string>
#include <vector>

#include "sim/core/model.h"
#include "sim/core/random.h"
#include "sim/core/settings.h"

namespace forgehouse::sim {

class Life {
public:
    Life(Organisation& organisation, const Settings& settings, Random random);

    Random& random() noexcept { return random_; }
    /// The middle time between two acts.
    void pace(std::int64_t milliseconds) noexcept { pace_ = milliseconds; }

    // --- who and where ---------------------------------------------------------------------
    Index hire(bool is_bot);
    Index found_project(std::string key, std::string name, std::optional<Index> owner);
    Index create_repository(Index project);
    /// A fork in the personal project of `person`.
    Index fork(Index origin, Index person);

    // --- git -------------------------------------------------------------------------------
    /// A commit on the branch, made where it is not there.
    void commit(Index repository, const std::string& branch, Index person);
    void tag(Index repository);
    /// Replaces the last commits of a branch that no pull request is open from.
    void rewrite_branch(Index repository, const std::string& branch);
    void build(Index repository, Index commit);

    // --- pull requests: numbers of open ones unless said otherwise --------------------------
    /// Opens one, from a new branch or from a fork. 0 where there is nothing to open it against.
    std::int64_t open_pull(Index repository);
    void push_to_pull(Index repository, PullRequest& pull, bool by_force);
    void retitle(Index repository, PullRequest& pull);
    void change_reviewers(Index repository, PullRequest& pull);
    void review(Index repository, PullRequest& pull, Action action);
    void merge(Index repository, PullRequest& pull);
    void decline(Index repository, PullRequest& pull);
    /// Of a declined one; false where its branch is gone.
    bool reopen(Index repository, PullRequest& pull);

    // --- talk: of pull requests in any state ------------------------------------------------
    void comment(Index repository, PullRequest& pull);
    void reply(Index repository, PullRequest& pull);
    void add_task(Index repository, PullRequest& pull);
    void resolve(Index repository, PullRequest& pull);
    bool edit_comment(Index repository, PullRequest& pull);
    bool delete_comment(Index repository, PullRequest& pull);

    /// What the server itself does afterwards: trial merges of open pull requests.
    void settle(Index repository);

    Repository& repository(Index index) { return organisation_.repositories[index]; }

private:
    Time tick(Index repository);
    Index somebody(bool may_be_inactive = false);
    Index somebody_else(Index not_this_one);
    std::vector<std::string> tickets_of(Index repository) const;
    Signature signature(Index person, Time at);
    Index add_commit(Repository& repository, Commit commit);
    void put(Repository& repository, const std::string& branch, Index person, Time at);
    std::vector<FileChange> some_changes(const Tree& tree);
    Commit plain_commit(Repository& repository, std::vector<Index> parents, Index person, Time at);
    void start_branch(Repository& from, const std::string& base, const std::string& name);
    void feature_commits(Repository& source, const std::string& branch, Index author, Index target,
                         std::size_t count);
    void move_targets(Index repository, const std::string& branch);
    Index merge_commit(Repository& into, PullRequest& pull, Index person, Time at);
    Index squash(Repository& into, PullRequest& pull, Index person, Time at);
    Index rebase(Repository& into, PullRequest& pull, Index person, Time at);
    void close(PullRequest& pull, Time at, PullState state);
    Activity& act(PullRequest& pull, Time at, Index person, Action action);
    void touch(PullRequest& pull, Time at, bool own_state);
    void take_part(PullRequest& pull, Index person);
    Comment new_comment(Index person, Time at);
    std::optional<Anchor> some_anchor(Repository& repository, const PullRequest& pull);
    Comment* some_comment(PullRequest& pull, bool leaf);
    std::vector<Index> commits_between(const Repository& repository, Index from, Index to) const;

    Organisation& organisation_;
    const Settings& settings_;
    Random random_;
    std::int64_t pace_ = 3'600'000;
};

/// `from`'s changes to `to`.
std::vector<FileChange> difference(const Tree& from, const Tree& to);

/// A whole organisation with its history.
Organisation make_organisation(const Settings& settings);

}  // namespace forgehouse::sim
