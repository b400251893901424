#include "sim/core/mutations.h"

#include <algorithm>

#include "sim/core/life.h"

namespace forgehouse::sim {
namespace {

constexpr int kTries = 60;  // for one change, until something is found that can be changed

class Round {
public:
    Round(Organisation& organisation, const Settings& settings, Random random)
        : organisation_(organisation), life_(organisation, settings, random) {
        life_.pace(60'000);
    }

    using Deed = bool (Round::*)();
    struct Kind {
        std::string_view name;
        int weight;
        Deed deed;
    };
    static std::span<const Kind> kinds();

    bool run(const Kind& kind) { return (this->*kind.deed)(); }
    Random& random() { return life_.random(); }

    void settle() {
        for (Index i = 0; i < organisation_.repositories.size(); ++i) {
            Repository& at = organisation_.repositories[i];
            if (at.is_deleted) continue;
            life_.settle(i);
            keep_destinations(at);
        }
    }

private:
    // What a pull request was against stays reachable, by a tag at the least: who comes after a
    // branch was deleted or rewritten could not know otherwise what was on it, and the truth could
    // not say what both a first and a later run must bring.
    void keep_destinations(Repository& at) {
        const std::vector<Commit>& commits = organisation_.families[at.family].commits;
        std::vector<Index> open;
        for (const auto& [name, branch] : at.branches) open.push_back(branch.head);
        for (const auto& [name, tag] : at.tags) open.push_back(tag.commit);
        for (const PullRequest& pull : at.pulls)
            if (!pull.is_deleted) open.push_back(pull.from_commit);
        std::vector<bool> reached(commits.size());
        const auto reach = [&] {
            while (!open.empty()) {
                const Index index = open.back();
                open.pop_back();
                if (reached[index]) continue;
                reached[index] = true;
                std::ranges::copy(commits[index].parents, std::back_inserter(open));
            }
        };
        reach();
        for (const PullRequest& pull : at.pulls) {
            if (pull.is_deleted || reached[pull.to_commit]) continue;
            at.tags.insert_or_assign(fmt::format("kept-{}", ++organisation_.names_made),
                                     Tag{.commit = pull.to_commit, .object = std::nullopt});
            open.push_back(pull.to_commit);
            reach();
        }
    }

    // --- finding ---------------------------------------------------------------------------

    // A living repository, whose clock is put to now.
    Repository* somewhere(bool with_commits) {
        const Index index = random().below(organisation_.repositories.size());
        Repository& at = organisation_.repositories[index];
        const bool is_home = !at.branches.empty() && at.branches.contains(at.default_branch);
        if (at.is_deleted || at.is_archived || (with_commits && !is_home)) return nullptr;
        at.clock = std::max(at.clock, organisation_.clock);
        at_ = index;
        return &at;
    }

    // A pull request; `state` nullopt: any, and then mostly old ones.
    PullRequest* some_pull(std::optional<PullState> state) {
        Repository* at = somewhere(false);
        if (!at || at->pulls.empty()) return nullptr;
        PullRequest& pull = at->pulls[random().below(at->pulls.size())];
        const bool fits = !pull.is_deleted && (!state || pull.state == *state);
        return fits ? &pull : nullptr;
    }

    bool is_in_use(Index repository, const std::string& branch) const {
        for (Index i = 0; i < organisation_.repositories.size(); ++i)
            for (const PullRequest& pull : organisation_.repositories[i].pulls) {
                if (pull.state != PullState::Open || pull.is_deleted) continue;
                if (pull.from_repository == repository && pull.from_branch == branch) return true;
                if (i == repository && pull.to_branch == branch) return true;
            }
        return false;
    }

    std::optional<std::string> some_branch(bool may_be_in_use) {
        Repository* at = somewhere(true);
        if (!at) return std::nullopt;
        const auto branch =
            std::next(at->branches.begin(), static_cast<long>(random().below(at->branches.size())));
        const bool free = branch->first != at->default_branch && !is_in_use(at_, branch->first);
        return free || may_be_in_use ? std::optional(branch->first) : std::nullopt;
    }

    Person* some_person() {
        std::vector<Index> active;
        for (Index i = 0; i < organisation_.people.size(); ++i)
            if (organisation_.people[i].is_active) active.push_back(i);
        person_ = active[random().below(active.size())];
        return active.size() > 6 ? &organisation_.people[person_] : nullptr;
    }

    bool is_taken(Index project, const std::string& slug) const {
        return std::ranges::any_of(organisation_.repositories, [&](const Repository& other) {
            return other.project == project && other.slug == slug && !other.is_deleted;
        });
    }

    // --- git -------------------------------------------------------------------------------

    bool push() {
        Repository* at = somewhere(true);
        if (!at) return false;
        life_.commit(at_, at->default_branch, random().below(3));
        return true;
    }
    bool force_push() {
        if (random().chance(70)) {
            PullRequest* pull = some_pull(PullState::Open);
            if (!pull) return false;
            life_.push_to_pull(at_, *pull, true);
            return true;
        }
        const auto branch = some_branch(false);
        Repository& at = organisation_.repositories[at_];
        const bool is_default = !branch && random().chance(25) && !at.is_deleted &&
                                at.branches.contains(at.default_branch) && !at.is_archived;
        if (!branch && !is_default) return false;
        life_.rewrite_branch(at_, branch ? *branch : at.default_branch);
        return true;
    }
    bool branch_delete() {
        const auto branch = some_branch(false);
        return branch && organisation_.repositories[at_].branches.erase(*branch) > 0;
    }
    bool tag_add() {
        if (!somewhere(true)) return false;
        life_.tag(at_);
        return true;
    }
    bool tag_delete() {
        Repository* at = somewhere(true);
        if (!at || at->tags.empty()) return false;
        at->tags.erase(
            std::next(at->tags.begin(), static_cast<long>(random().below(at->tags.size()))));
        return true;
    }
    bool build() {
        const auto branch = some_branch(true);
        if (branch) life_.build(at_, organisation_.repositories[at_].branches.at(*branch).head);
        return branch.has_value();
    }

    // --- pull requests ---------------------------------------------------------------------

    template <class Act>
    bool with_pull(std::optional<PullState> state, Act&& act) {
        PullRequest* pull = some_pull(state);
        if (!pull) return false;
        const Time before = organisation_.repositories[at_].clock;
        act(*pull);
        return organisation_.repositories[at_].clock != before;
    }

    bool pr_open() { return somewhere(true) && life_.open_pull(at_) > 0; }
    bool pr_push() {
        return with_pull(PullState::Open,
                         [&](PullRequest& pull) { life_.push_to_pull(at_, pull, false); });
    }
    bool pr_title() {
        return with_pull(PullState::Open, [&](PullRequest& pull) { life_.retitle(at_, pull); });
    }
    bool comment() {
        return with_pull(std::nullopt, [&](PullRequest& pull) { life_.comment(at_, pull); });
    }
    bool reply() {
        return with_pull(std::nullopt, [&](PullRequest& pull) { life_.reply(at_, pull); });
    }
    bool comment_edit() {
        return with_pull(std::nullopt,
                         [&](PullRequest& pull) { (void)life_.edit_comment(at_, pull); });
    }
    bool comment_delete() {
        return with_pull(std::nullopt,
                         [&](PullRequest& pull) { (void)life_.delete_comment(at_, pull); });
    }
    bool task() {
        return with_pull(std::nullopt, [&](PullRequest& pull) {
            if (random().chance(50))
                life_.add_task(at_, pull);
            else
                life_.resolve(at_, pull);
        });
    }
    bool approve() { return review(Action::Approved); }
    bool needs_work() { return review(Action::Reviewed); }
    bool unapprove() { return review(Action::Unapproved); }
    bool review(Action action) {
        return with_pull(PullState::Open,
                         [&](PullRequest& pull) { life_.review(at_, pull, action); });
    }
    bool reviewers() {
        return with_pull(PullState::Open,
                         [&](PullRequest& pull) { life_.change_reviewers(at_, pull); });
    }
    bool merge() {
        return with_pull(PullState::Open, [&](PullRequest& pull) { life_.merge(at_, pull); });
    }
    bool decline() {
        return with_pull(PullState::Open, [&](PullRequest& pull) { life_.decline(at_, pull); });
    }
    bool reopen() {
        return with_pull(PullState::Declined,
                         [&](PullRequest& pull) { (void)life_.reopen(at_, pull); });
    }
    bool pr_delete() {
        PullRequest* pull = some_pull(std::nullopt);
        if (pull) pull->is_deleted = true;
        return pull != nullptr;
    }

    // --- repositories and people -----------------------------------------------------------

    bool repo_create() {
        Repository* origin = somewhere(true);
        if (!origin) return false;
        if (random().chance(40) && !origin->origin &&
            !organisation_.projects[origin->project].is_secret) {
            life_.fork(at_, random().below(3));
            return true;
        }
        const Index fresh = life_.create_repository(random().chance(50) ? 0 : 2);
        for (int i = 0; i < 2; ++i)
            life_.commit(fresh, organisation_.repositories[fresh].default_branch, 1);
        return true;
    }
    bool repo_rename() {
        Repository* at = somewhere(false);
        if (!at) return false;
        const std::size_t n = ++organisation_.names_made;
        at->slug += fmt::format("-r{}", n);
        at->name += fmt::format(" R{}", n);
        return true;
    }
    bool repo_move() {
        Repository* at = somewhere(false);
        if (!at || organisation_.projects[at->project].owner ||
            organisation_.projects[at->project].is_secret)
            return false;
        const Index home = at->project == 0 ? 2 : 0;
        if (is_taken(home, at->slug)) return false;
        at->project = home;
        return true;
    }
    bool repo_delete() {
        Repository* at = somewhere(false);
        const auto living = std::ranges::count_if(
            organisation_.repositories, [](const Repository& other) { return !other.is_deleted; });
        if (!at || living < 5) return false;
        const Index gone = at_;
        for (Index i = 0; i < organisation_.repositories.size(); ++i) {
            Repository& other = organisation_.repositories[i];
            other.clock = std::max(other.clock, organisation_.clock);
            for (PullRequest& pull : other.pulls)
                if (pull.from_repository == gone && pull.state == PullState::Open &&
                    !pull.is_deleted && i != gone)
                    life_.decline(i, pull);
        }
        organisation_.repositories[gone].is_deleted = true;
        return true;
    }
    bool repo_archive() {
        Repository& at =
            organisation_.repositories[random().below(organisation_.repositories.size())];
        at.is_archived = !at.is_archived;
        return !at.is_deleted;
    }
    bool user_rename() {
        Person* person = some_person();
        if (!person) return false;
        const std::string old_key = "~" + person->login;
        const std::size_t n = ++organisation_.names_made;
        person->login += fmt::format("-r{}", n);
        person->name += fmt::format(" R{}", n);
        for (Project& project : organisation_.projects)
            if (project.owner == person_) {
                project.key = "~" + person->login;
                project.name = person->name;
            }
        return true;
    }
    bool user_leave() {
        Person* person = some_person();
        if (!person) return false;
        person->is_active = false;
        person->is_gone = random().chance(50);
        if (person->is_gone) person->email.clear();
        return true;
    }

    Organisation& organisation_;
    Life life_;
    Index at_ = 0;
    Index person_ = 0;
};

std::span<const Round::Kind> Round::kinds() {
    static constexpr Kind all[] = {{"push", 10, &Round::push},
                                   {"force_push", 5, &Round::force_push},
                                   {"branch_delete", 3, &Round::branch_delete},
                                   {"tag_add", 2, &Round::tag_add},
                                   {"tag_delete", 1, &Round::tag_delete},
                                   {"pr_open", 8, &Round::pr_open},
                                   {"pr_push", 6, &Round::pr_push},
                                   {"pr_title", 3, &Round::pr_title},
                                   {"comment", 10, &Round::comment},
                                   {"reply", 8, &Round::reply},
                                   {"comment_edit", 5, &Round::comment_edit},
                                   {"comment_delete", 4, &Round::comment_delete},
                                   {"task", 5, &Round::task},
                                   {"approve", 5, &Round::approve},
                                   {"needs_work", 3, &Round::needs_work},
                                   {"unapprove", 3, &Round::unapprove},
                                   {"reviewers", 3, &Round::reviewers},
                                   {"merge", 5, &Round::merge},
                                   {"decline", 3, &Round::decline},
                                   {"reopen", 3, &Round::reopen},
                                   {"pr_delete", 1, &Round::pr_delete},
                                   {"repo_create", 1, &Round::repo_create},
                                   {"repo_rename", 1, &Round::repo_rename},
                                   {"repo_move", 1, &Round::repo_move},
                                   {"repo_delete", 1, &Round::repo_delete},
                                   {"repo_archive", 1, &Round::repo_archive},
                                   {"user_rename", 1, &Round::user_rename},
                                   {"user_leave", 1, &Round::user_leave},
                                   {"build", 3, &Round::build}};
    return all;
}

bool has(const std::vector<std::string>& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

Result<std::vector<Round::Kind>> chosen(const MutationOrder& order) {
    std::vector<Round::Kind> out;
    for (const auto* names : {&order.only, &order.without})
        for (const std::string& name : *names)
            if (std::ranges::none_of(Round::kinds(),
                                     [&](const Round::Kind& kind) { return kind.name == name; }))
                return Failure(
                    Error(Errc::Invalid, "there is no such kind of change").with("kind", name));
    for (const Round::Kind& kind : Round::kinds())
        if ((order.only.empty() || has(order.only, kind.name)) && !has(order.without, kind.name))
            out.push_back(kind);
    if (out.empty()) return Failure(Error(Errc::Invalid, "no kind of change is left"));
    return out;
}

const Round::Kind& draw(const std::vector<Round::Kind>& kinds, Random& random) {
    int all = 0;
    for (const Round::Kind& kind : kinds) all += kind.weight;
    auto left = static_cast<int>(random.below(static_cast<std::size_t>(all)));
    for (const Round::Kind& kind : kinds)
        if ((left -= kind.weight) < 0) return kind;
    return kinds.back();
}

void change(Organisation& organisation, const Settings& settings, const MutationOrder& order, int n,
            const std::vector<Round::Kind>& kinds, std::map<std::string, int>& changes) {
    Round round(organisation, settings,
                Random(order.seed * 1'000'003 + static_cast<std::uint64_t>(n)));
    for (int i = 0; i < order.changes; ++i) {
        const Round::Kind& kind = draw(kinds, round.random());
        bool done = false;
        for (int tries = 0; tries < kTries && !done; ++tries) done = round.run(kind);
        if (done) ++changes[std::string(kind.name)];
    }
    round.settle();
}

}  // namespace

Result<std::map<std::string, int>> mutate(const exec::Context& ctx, World& world,
                                          const MutationOrder& order) {
    TRY_LET(kinds, chosen(order));
    std::map<std::string, int> changes;
    TRY(world.change(ctx, [&](Organisation& organisation) {
        for (int n = 0; n < order.rounds; ++n)
            change(organisation, world.settings(), order, n, kinds, changes);
    }));
    return changes;
}

}  // namespace forgehouse::sim
