#include <algorithm>

#include "sim/core/life.h"

namespace forgehouse::sim {
namespace {

// What the pull request's own commits changed, laid over the target.
Tree laid_over(const Branch& target, const Branch& source) {
    Tree merged = target.tree;
    for (const std::string& path : source.touched) {
        const auto file = source.tree.find(path);
        if (file == source.tree.end())
            merged.erase(path);
        else
            merged[path] = file->second;
    }
    return merged;
}

}  // namespace

void Life::close(PullRequest& pull, Time at, PullState state) {
    pull.state = state;
    pull.closed = at;
    touch(pull, at, true);
}

Index Life::merge_commit(Repository& into, PullRequest& pull, Index person, Time at) {
    Branch& target = into.branches.at(pull.to_branch);
    const Repository& from = repository(pull.from_repository);
    const Branch& source = from.branches.at(pull.from_branch);
    Commit made = plain_commit(into, {target.head, source.head}, person, at);
    made.committer = made.author;
    made.message = fmt::format("Pull request #{}: {}\n\nMerge in {}/{} from {} to {}\n",
                               pull.number, pull.title, organisation_.projects[into.project].key,
                               into.slug, pull.from_branch, pull.to_branch);
    Tree merged = laid_over(target, source);
    made.changes = difference(target.tree, merged);
    target.tree = std::move(merged);
    return add_commit(into, std::move(made));
}

Index Life::squash(Repository& into, PullRequest& pull, Index person, Time at) {
    Branch& target = into.branches.at(pull.to_branch);
    const Branch& source = repository(pull.from_repository).branches.at(pull.from_branch);
    Commit made = plain_commit(into, {target.head}, person, at);
    made.message = fmt::format("Pull request #{}: {}\n\nSquashed commit of the following:\n",
                               pull.number, pull.title);
    Tree merged = laid_over(target, source);
    made.changes = difference(target.tree, merged);
    target.tree = std::move(merged);
    return add_commit(into, std::move(made));
}

Index Life::rebase(Repository& into, PullRequest& pull, Index person, Time at) {
    Branch& target = into.branches.at(pull.to_branch);
    const Branch& source = repository(pull.from_repository).branches.at(pull.from_branch);
    Tree merged = laid_over(target, source);
    const std::vector<FileChange> changes = difference(target.tree, merged);
    Index head = target.head;
    // The changes are dealt out over as many commits as there were, with their old authors.
    std::vector<Index> old = commits_between(into, source.head, target.head);
    std::ranges::reverse(old);
    for (std::size_t i = 0; i < old.size(); ++i) {
        const Commit& was = organisation_.commit(into, old[i]);
        Commit made = plain_commit(into, {head}, person, at);
        made.author = was.author;
        made.message = was.message;
        made.changes.clear();
        for (std::size_t c = i; c < changes.size(); c += old.size())
            made.changes.push_back(changes[c]);
        head = add_commit(into, std::move(made));
    }
    target.tree = std::move(merged);
    return head;
}

void Life::merge(Index index, PullRequest& pull) {
    Repository& into = repository(index);
    Repository& source = repository(pull.from_repository);
    if (source.is_deleted || !source.branches.contains(pull.from_branch)) return;
    const Time at = tick(index);
    const Index person = random_.chance(60) ? somebody_else(pull.author) : pull.author;
    const std::size_t strategy = random_.below(100);
    const Index made = strategy < 60   ? merge_commit(into, pull, person, at)
                       : strategy < 80 ? squash(into, pull, person, at)
                                       : rebase(into, pull, person, at);
    close(pull, at, PullState::Merged);  // before others move: its own target stays as it was
    into.branches.at(pull.to_branch).head = made;
    act(pull, at, person, Action::Merged).merge_commit = made;
    move_targets(index, pull.to_branch);
    if (random_.chance(60)) source.branches.erase(pull.from_branch);
    if (random_.chance(30)) build(index, made);
}

void Life::decline(Index index, PullRequest& pull) {
    const Time at = tick(index);
    close(pull, at, PullState::Declined);
    act(pull, at, random_.chance(50) ? pull.author : somebody_else(pull.author), Action::Declined);
    Repository& source = repository(pull.from_repository);
    if (random_.chance(30)) source.branches.erase(pull.from_branch);
}

bool Life::reopen(Index index, PullRequest& pull) {
    const Repository& into = repository(index);
    const Repository& source = repository(pull.from_repository);
    const auto from = source.branches.find(pull.from_branch);
    const auto to = into.branches.find(pull.to_branch);
    if (source.is_deleted || from == source.branches.end() || to == into.branches.end())
        return false;
    const Time at = tick(index);
    pull.state = PullState::Open;
    pull.closed.reset();
    pull.from_commit = from->second.head;
    pull.to_commit = to->second.head;
    act(pull, at, somebody(), Action::Reopened);
    touch(pull, at, true);
    return true;
}

}  // namespace forgehouse::sim
