#include <algorithm>
#include <queue>

#include "sim/core/life.h"
#include "sim/core/words.h"

namespace forgehouse::sim {

Activity& Life::act(PullRequest& pull, Time at, Index person, Action action) {
    pull.activities.push_back({.id = ++organisation_.last_activity_id,
                               .at = at,
                               .person = person,
                               .action = action,
                               .thread = std::nullopt,
                               .comment_action = CommentAction::Added,
                               .rescope = std::nullopt,
                               .added_reviewers = {},
                               .removed_reviewers = {},
                               .merge_commit = std::nullopt});
    return pull.activities.back();
}

void Life::touch(PullRequest& pull, Time at, bool own_state) {
    if (own_state) ++pull.version;
    if (own_state || settings_.touch_all) pull.updated = at;
}

// Parents stand before their children in the list, so that the greatest index is always safe.
std::vector<Index> Life::commits_between(const Repository& at, Index from, Index to) const {
    const std::vector<Commit>& commits = organisation_.families[at.family].commits;
    std::map<Index, int, std::greater<>> open{{from, 1}};
    open[to] |= 2;
    std::vector<Index> out;
    std::size_t wanted = from == to ? 0 : 1;
    while (wanted > 0) {
        const auto [index, sides] = *open.begin();
        open.erase(open.begin());
        if (sides == 1) {
            out.push_back(index);
            --wanted;
        }
        for (const Index parent : commits[index].parents) {
            int& known = open[parent];
            if (known == 1) --wanted;
            known |= sides;
            if (known == 1) ++wanted;
        }
    }
    return out;
}

void Life::move_targets(Index index, const std::string& branch) {
    Repository& at = repository(index);
    for (PullRequest& pull : at.pulls)
        if (pull.state == PullState::Open && !pull.is_deleted && pull.to_branch == branch)
            pull.to_commit = at.branches.at(branch).head;
}

void Life::feature_commits(Repository& source, const std::string& branch, Index author,
                           Index target, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        const Time when = tick(target);
        source.clock = std::max(source.clock, when);
        put(source, branch, author, when);
    }
}

std::int64_t Life::open_pull(Index index) {
    Repository& into = repository(index);
    if (!into.branches.contains(into.default_branch)) return 0;
    std::string target = into.default_branch;
    if (random_.chance(15)) {
        target = "release/1.x";
        if (!into.branches.contains(target)) start_branch(into, into.default_branch, target);
    }
    Index source_index = index;
    for (Index i = 0; i < organisation_.repositories.size(); ++i)
        if (repository(i).origin == index && !repository(i).is_deleted && random_.chance(25))
            source_index = i;
    Repository& source = repository(source_index);
    const Index author = somebody(true);
    const std::string branch =
        words::branch(random_, tickets_of(index), ++organisation_.names_made);
    source.branches.insert_or_assign(branch, Branch{.head = into.branches.at(target).head,
                                                    .tree = into.branches.at(target).tree,
                                                    .touched = {}});
    const std::size_t commits = random_.chance(4) ? 30 : 1 + random_.below(4);
    feature_commits(source, branch, author, index, commits);
    const Time at = tick(index);
    PullRequest pull{.number = static_cast<std::int64_t>(into.pulls.size()) + 1,
                     .title = words::title(random_, tickets_of(index)),
                     .description = std::nullopt,
                     .is_draft = !settings_.is_legacy && random_.chance(8),
                     .author = author,
                     .from_repository = source_index,
                     .from_branch = branch,
                     .to_branch = target,
                     .from_commit = source.branches.at(branch).head,
                     .to_commit = into.branches.at(target).head,
                     .created = at,
                     .updated = at,
                     .closed = std::nullopt,
                     .reviewers = {},
                     .participants = {},
                     .threads = {},
                     .activities = {},
                     .trial_merge = std::nullopt};
    if (random_.chance(75)) pull.description = words::text(random_, tickets_of(index));
    for (std::size_t i = random_.below(4); i > 0; --i)
        if (const Index person = somebody_else(author); std::ranges::none_of(
                pull.reviewers, [&](const Reviewer& r) { return r.person == person; }))
            pull.reviewers.push_back({.person = person, .reviewed_commit = std::nullopt});
    act(pull, at, author, Action::Opened);
    into.pulls.push_back(std::move(pull));
    return into.pulls.back().number;
}

void Life::push_to_pull(Index index, PullRequest& pull, bool by_force) {
    Repository& source = repository(pull.from_repository);
    Repository& into = repository(index);
    const auto branch = source.branches.find(pull.from_branch);
    if (source.is_deleted || branch == source.branches.end()) return;
    const Index before = pull.from_commit;
    if (by_force) {
        const Branch& target = into.branches.at(pull.to_branch);
        branch->second = Branch{.head = target.head, .tree = target.tree, .touched = {}};
    } else if (random_.chance(20) && before != pull.to_commit) {
        // The target is merged into the branch.
        const Branch& target = into.branches.at(pull.to_branch);
        Tree merged = target.tree;
        for (const std::string& path : branch->second.touched)
            if (const auto file = branch->second.tree.find(path); file != branch->second.tree.end())
                merged[path] = file->second;
        if (!commits_between(into, target.head, before).empty()) {
            Commit made = plain_commit(source, {before, target.head}, pull.author, tick(index));
            made.message =
                fmt::format("Merge branch '{}' into {}\n", pull.to_branch, pull.from_branch);
            made.changes = difference(branch->second.tree, merged);
            branch->second.head = add_commit(source, std::move(made));
            branch->second.tree = std::move(merged);
        }
    }
    feature_commits(source, pull.from_branch, pull.author, index, 1 + random_.below(2));
    const Time at = tick(index);
    pull.from_commit = source.branches.at(pull.from_branch).head;
    Rescope scope{.from = pull.from_commit,
                  .previous_from = before,
                  .to = pull.to_commit,
                  .previous_to = pull.to_commit,
                  .added = commits_between(into, pull.from_commit, before),
                  .removed = commits_between(into, before, pull.from_commit)};
    act(pull, at, pull.author, Action::Rescoped).rescope = std::move(scope);
    touch(pull, at, true);
}

void Life::retitle(Index index, PullRequest& pull) {
    const Time at = tick(index);
    pull.title = words::title(random_, tickets_of(index));
    if (random_.chance(40)) pull.description = words::text(random_, tickets_of(index));
    if (random_.chance(10)) pull.description.reset();
    touch(pull, at, true);
}

void Life::change_reviewers(Index index, PullRequest& pull) {
    const Time at = tick(index);
    std::vector<Index> added, removed;
    if (!pull.reviewers.empty() && random_.chance(50)) {
        const std::size_t which = random_.below(pull.reviewers.size());
        removed.push_back(pull.reviewers[which].person);
        pull.reviewers.erase(pull.reviewers.begin() + static_cast<long>(which));
    }
    const Index person = somebody_else(pull.author);
    const bool known = std::ranges::any_of(
        pull.reviewers, [&](const Reviewer& reviewer) { return reviewer.person == person; });
    if (!known && std::ranges::find(removed, person) == removed.end()) {
        std::erase(pull.participants, person);
        pull.reviewers.push_back({.person = person, .reviewed_commit = std::nullopt});
        added.push_back(person);
    }
    Activity& activity = act(pull, at, pull.author, Action::Updated);
    activity.added_reviewers = std::move(added);
    activity.removed_reviewers = std::move(removed);
    touch(pull, at, true);
}

void Life::review(Index index, PullRequest& pull, Action action) {
    Index person = somebody_else(pull.author);
    if (!pull.reviewers.empty() && random_.chance(80))
        person = pull.reviewers[random_.below(pull.reviewers.size())].person;
    auto found = std::ranges::find_if(
        pull.reviewers, [&](const Reviewer& reviewer) { return reviewer.person == person; });
    if (action == Action::Unapproved &&
        (found == pull.reviewers.end() || found->verdict == Verdict::None))
        return;
    if (found == pull.reviewers.end()) {
        std::erase(pull.participants, person);
        pull.reviewers.push_back({.person = person, .reviewed_commit = std::nullopt});
        found = std::prev(pull.reviewers.end());
    }
    const Time at = tick(index);
    found->verdict = action == Action::Approved   ? Verdict::Approved
                     : action == Action::Reviewed ? Verdict::NeedsWork
                                                  : Verdict::None;
    found->reviewed_commit = pull.from_commit;
    act(pull, at, person, action);
    touch(pull, at, false);
}

}  // namespace forgehouse::sim
