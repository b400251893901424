#include <algorithm>

#include "sim/core/life.h"
#include "sim/core/words.h"

namespace forgehouse::sim {
namespace {

constexpr std::size_t kManyFiles = 120;  // from there on people change what is there

std::string zone_free_email(const Person& person) {
    return person.email.empty() ? person.login + "@old.example.com" : person.email;
}

}  // namespace

std::vector<FileChange> difference(const Tree& from, const Tree& to) {
    std::vector<FileChange> out;
    for (const auto& [path, content] : to) {
        const auto was = from.find(path);
        if (was == from.end() || was->second != content)
            out.push_back({.path = path, .content = content});
    }
    for (const auto& [path, content] : from)
        if (!to.contains(path)) out.push_back({.path = path, .content = nullptr});
    return out;
}

Time Life::tick(Index index) {
    Repository& repository = organisation_.repositories[index];
    repository.clock = repository.clock.plus(
        std::chrono::milliseconds(random_.between(pace_ / 10 + 1, pace_ * 2)));
    organisation_.clock = std::max(organisation_.clock, repository.clock);
    return repository.clock;
}

Index Life::somebody(bool may_be_inactive) {
    for (;;) {
        const Index index = random_.below(organisation_.people.size());
        const Person& person = organisation_.people[index];
        if (person.is_active || (may_be_inactive && random_.chance(30))) return index;
    }
}

Index Life::somebody_else(Index not_this_one) {
    for (;;)
        if (const Index index = somebody(); index != not_this_one) return index;
}

std::vector<std::string> Life::tickets_of(Index repository) const {
    const Repository& at = organisation_.repositories[repository];
    const std::string& key = organisation_.projects[at.project].key;
    std::vector<std::string> out{"ABC", "JIRA2"};
    if (!key.starts_with('~')) out.push_back(key);
    return out;
}

Signature Life::signature(Index person, Time at) {
    const Person& who = organisation_.people[person];
    constexpr int zones[] = {0, 60, 120, 330, -480, 765};
    Signature out{.name = who.is_gone ? "Gone " + std::to_string(who.id) : who.name,
                  .email = zone_free_email(who),
                  .seconds = at.seconds(),
                  .zone_minutes = zones[random_.below(std::size(zones))]};
    const std::size_t oddity = random_.below(100);
    if (oddity < 3) out.email.clear();                          // no address at all
    if (oddity == 4) out.email = "stranger@elsewhere.example";  // no account has it
    if (oddity == 5) std::ranges::transform(out.email, out.email.begin(), ::toupper);
    if (oddity == 6) out.name = "Someone Else";
    return out;
}

Index Life::add_commit(Repository& repository, Commit commit) {
    std::vector<Commit>& commits = organisation_.families[repository.family].commits;
    commits.push_back(std::move(commit));
    return commits.size() - 1;
}

std::vector<FileChange> Life::some_changes(const Tree& tree) {
    std::vector<FileChange> out;
    const auto known = [&](const std::string& path) {
        return std::ranges::any_of(out, [&](const FileChange& c) { return c.path == path; });
    };
    const std::size_t files = 1 + random_.below(3);
    for (std::size_t i = 0; i < files; ++i) {
        const bool fresh = tree.empty() || (tree.size() < kManyFiles && random_.chance(40));
        if (fresh) {
            const std::string path = words::path(random_, ++organisation_.names_made);
            out.push_back({.path = path, .content = words::content(random_, path)});
            continue;
        }
        const auto old = std::next(tree.begin(), static_cast<long>(random_.below(tree.size())));
        if (known(old->first)) continue;
        if (tree.size() > 4 && random_.chance(10)) {
            out.push_back({.path = old->first, .content = nullptr});
            if (random_.chance(50))  // a rename, as git will find out
                out.push_back({.path = "moved/" + std::to_string(++organisation_.names_made) + "-" +
                                       old->first.substr(old->first.rfind('/') + 1),
                               .content = old->second});
        } else {
            out.push_back({.path = old->first, .content = words::changed(random_, *old->second)});
        }
    }
    return out;
}

Commit Life::plain_commit(Repository& at, std::vector<Index> parents, Index person, Time when) {
    const Index index = static_cast<Index>(&at - organisation_.repositories.data());
    Commit out{.hash = {},
               .parents = std::move(parents),
               .author = signature(person, when),
               .committer = signature(person, when),
               .message = words::commit_message(random_, tickets_of(index)),
               .changes = {}};
    out.committer.name = out.author.name;
    const std::size_t oddity = random_.below(100);
    if (oddity < 8) out.author.seconds -= 86400 * random_.between(1, 400);  // rebased much later
    if (oddity == 9) out.author.seconds = 2'051'222'400;                    // a clock in 2035
    return out;
}

void Life::put(Repository& at, const std::string& name, Index person, Time when) {
    const auto found = at.branches.find(name);
    std::vector<Index> parents;
    if (found != at.branches.end()) parents.push_back(found->second.head);
    Commit made = plain_commit(at, std::move(parents), person, when);
    Branch& branch =
        found != at.branches.end()
            ? found->second
            : at.branches.emplace(name, Branch{.head = 0, .tree = {}, .touched = {}}).first->second;
    made.changes = some_changes(branch.tree);
    for (const FileChange& change : made.changes) {
        branch.touched.insert(change.path);
        if (change.content)
            branch.tree[change.path] = change.content;
        else
            branch.tree.erase(change.path);
    }
    branch.head = add_commit(at, std::move(made));
}

void Life::commit(Index index, const std::string& branch, Index person) {
    put(repository(index), branch, person, tick(index));
    move_targets(index, branch);
}

void Life::start_branch(Repository& at, const std::string& base, const std::string& name) {
    const Branch& from = at.branches.at(base);
    at.branches.insert_or_assign(name, Branch{.head = from.head, .tree = from.tree, .touched = {}});
}

void Life::tag(Index index) {
    Repository& at = repository(index);
    if (at.branches.empty()) return;
    const auto branch =
        std::next(at.branches.begin(), static_cast<long>(random_.below(at.branches.size())));
    const std::string name =
        random_.chance(20) ? fmt::format("größe/{}", ++organisation_.names_made)
                           : fmt::format("v{}.{}", ++organisation_.names_made, random_.below(9));
    Tag tag{.commit = branch->second.head, .object = std::nullopt};
    const Time when = tick(index);
    if (random_.chance(60)) {
        std::vector<TagObject>& objects = organisation_.families[at.family].tags;
        objects.push_back({.hash = {},
                           .name = name,
                           .commit = tag.commit,
                           .tagger = signature(somebody(), when),
                           .message = words::title(random_, tickets_of(index)) + "\n"});
        tag.object = objects.size() - 1;
    }
    at.tags.insert_or_assign(name, tag);
}

void Life::rewrite_branch(Index index, const std::string& name) {
    Repository& at = repository(index);
    Branch& branch = at.branches.at(name);
    const std::vector<Commit>& commits = organisation_.families[at.family].commits;
    if (commits[branch.head].parents.empty()) return;
    // The commit that is made anew has all that the branch's commits brought, and one file more.
    const Index parent = commits[branch.head].parents.front();
    const Index author = somebody();
    Commit made = plain_commit(at, {parent}, author, tick(index));
    const std::string path = words::path(random_, ++organisation_.names_made);
    const auto content = words::content(random_, path);
    branch.tree[path] = content;
    branch.touched.insert(path);
    for (const std::string& touched : branch.touched) {
        const auto file = branch.tree.find(touched);
        made.changes.push_back(
            {.path = touched, .content = file == branch.tree.end() ? nullptr : file->second});
    }
    branch.head = add_commit(at, std::move(made));
    move_targets(index, name);
}

void Life::build(Index index, Index commit) {
    Repository& at = repository(index);
    constexpr std::string_view states[] = {"SUCCESSFUL", "FAILED", "INPROGRESS"};
    const std::string key = fmt::format("PLAN-{}", random_.below(3) + 1);
    const Time when = tick(index);
    std::vector<Build>& builds = at.builds[commit];
    const std::string state(states[random_.below(std::size(states))]);
    const auto known =
        std::ranges::find_if(builds, [&](const Build& build) { return build.key == key; });
    if (known != builds.end()) {
        known->state = state;
        known->updated = when;
        return;
    }
    builds.push_back(
        {.key = key,
         .name = "Build » " + key,
         .state = state,
         .description = random_.chance(50) ? std::optional<std::string>("all jobs") : std::nullopt,
         .url = fmt::format("https://ci.example.com/browse/{}/{}", key, commit),
         .created = when,
         .updated = when});
}

void Life::settle(Index index) {
    Repository& into = repository(index);
    for (PullRequest& pull : into.pulls) {
        const Repository& source = repository(pull.from_repository);
        const auto from = source.branches.find(pull.from_branch);
        const auto to = into.branches.find(pull.to_branch);
        const bool is_open = pull.state == PullState::Open && !pull.is_deleted;
        if (!is_open || source.is_deleted || from == source.branches.end() ||
            to == into.branches.end()) {
            pull.trial_merge.reset();
            continue;
        }
        const std::vector<Index> parents{pull.to_commit, pull.from_commit};
        if (pull.trial_merge && organisation_.commit(into, *pull.trial_merge).parents == parents)
            continue;
        const Signature server{.name = "Bitbucket",
                               .email = "bitbucket@localhost",
                               .seconds = pull.updated.seconds(),
                               .zone_minutes = 0};
        Tree merged = to->second.tree;
        for (const std::string& path : from->second.touched)
            if (const auto file = from->second.tree.find(path); file != from->second.tree.end())
                merged[path] = file->second;
        pull.trial_merge = add_commit(into, {.hash = {},
                                             .parents = parents,
                                             .author = server,
                                             .committer = server,
                                             .message = "Automatic merge\n",
                                             .changes = difference(to->second.tree, merged)});
    }
}

}  // namespace forgehouse::sim
