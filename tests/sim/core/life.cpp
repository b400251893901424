#include "sim/core/life.h"

#include <algorithm>

#include "sim/core/words.h"

namespace forgehouse::sim {
namespace {

constexpr Time kBeginning = Time::from_ms(1'640'995'200'123);  // 2022-01-01
constexpr std::int64_t kYears = 3LL * 365 * 24 * 3'600'000;    // that a history may take
constexpr std::size_t kQuiet = 2;  // of seven repositories, the one that nobody works on
constexpr std::int64_t kBigIds = (std::int64_t{1} << 53) + 1;

// What one repository goes through until its pull requests are opened and mostly closed.
class History {
public:
    History(Life& life, Index repository, std::size_t pulls, std::size_t commits)
        : life_(life), at_(repository), pulls_(pulls), commits_(commits) {}

    void unfold() {
        while (pulls_ > 0 || commits_ > 0 || open_.size() > 2) {
            const std::size_t dice = life_.random().below(100);
            if (dice < 12 && commits_ > 0) {
                --commits_;
                life_.commit(at_, life_.repository(at_).default_branch, 0);
            } else if (dice < 30 && pulls_ > 0 && open_.size() < 8) {
                --pulls_;
                const std::int64_t number = life_.open_pull(at_);
                if (number > 0) open_.push_back(number);
            } else if (dice >= 30 && dice < 32) {
                life_.tag(at_);
            } else if (!open_.empty()) {
                work_on(life_.random().below(open_.size()));
            }
        }
        // A release branch whose commits only a tag still holds.
        Repository& repository = life_.repository(at_);
        if (repository.branches.contains("release/1.x") && life_.random().chance(40) &&
            std::ranges::none_of(repository.pulls, [](const PullRequest& pull) {
                return pull.state == PullState::Open && pull.to_branch == "release/1.x";
            })) {
            repository.tags.insert_or_assign(
                "1.x-last",
                Tag{.commit = repository.branches.at("release/1.x").head, .object = std::nullopt});
            repository.branches.erase("release/1.x");
        }
    }

private:
    void work_on(std::size_t which) {
        PullRequest& pull = life_.repository(at_).pulls[static_cast<std::size_t>(open_[which]) - 1];
        const std::size_t dice = life_.random().below(100);
        const bool ends = dice >= 84;
        if (dice < 22) return life_.comment(at_, pull);
        if (dice < 36) return life_.reply(at_, pull);
        if (dice < 42) return life_.add_task(at_, pull);
        if (dice < 46) return life_.resolve(at_, pull);
        if (dice < 58) return life_.review(at_, pull, Action::Approved);
        if (dice < 63) return life_.review(at_, pull, Action::Reviewed);
        if (dice < 66) return life_.review(at_, pull, Action::Unapproved);
        if (dice < 72) return life_.push_to_pull(at_, pull, false);
        if (dice < 74) return life_.push_to_pull(at_, pull, true);
        if (dice < 78) return life_.change_reviewers(at_, pull);
        if (dice < 80) return life_.retitle(at_, pull);
        if (dice < 82) return void(life_.edit_comment(at_, pull));
        if (dice < 83) return void(life_.delete_comment(at_, pull));
        if (!ends) return life_.build(at_, pull.from_commit);
        if (dice < 97)
            life_.merge(at_, pull);
        else
            life_.decline(at_, pull);
        if (pull.state == PullState::Declined && life_.random().chance(40) &&
            life_.reopen(at_, pull))
            return;
        if (pull.state != PullState::Open) open_.erase(open_.begin() + static_cast<long>(which));
    }

    Life& life_;
    Index at_;
    std::size_t pulls_;
    std::size_t commits_;
    std::vector<std::int64_t> open_;
};

void people_it(Life& life, Organisation& organisation, std::size_t size) {
    for (std::size_t i = 0; i < 8 + std::min<std::size_t>(size, 200); ++i) life.hire(i % 9 == 8);
    std::vector<Person>& people = organisation.people;
    people[3].is_active = false;  // left, with all that was known of them
    people[5].is_active = false;  // left, and was made nameless
    people[5].is_gone = true;
    people[5].email.clear();
    people[6].email.clear();                      // an account without an address
    people[7].email = "Shared.Case@Example.com";  // whom git knows in other letters
}

void found_projects(Life& life, Organisation& organisation, std::size_t size) {
    life.found_project("CORE", "Core — Kern", std::nullopt);
    life.found_project("SECR", "Secret", std::nullopt);
    organisation.projects[1].is_secret = true;
    for (std::size_t i = 2; i < 2 + 1 + size / 8; ++i)
        life.found_project(fmt::format("TEAM{}", i), fmt::format("Équipe {}", i), std::nullopt);
    organisation.projects[2].is_public = true;
    organisation.projects[0].description = "All that others build on; see CORE-1";
}

// Every seventh repository is empty or personal or archived or a fork of an earlier one.
Index create(Life& life, Organisation& organisation, std::size_t n, std::size_t projects) {
    if (n == 4) return life.create_repository(1);
    if (n % 7 == 5) {
        for (Index origin = n; origin-- > 0;) {
            const Repository& at = organisation.repositories[origin];
            if (!at.origin && !at.branches.empty() && at.project != 1 && origin % 7 != kQuiet)
                return life.fork(origin, life.random().below(3));
        }
    }
    if (n % 7 == 6) {
        const Index person = life.random().below(3);
        const std::string key = "~" + organisation.people[person].login;
        const auto known = std::ranges::find(organisation.projects, key, &Project::key);
        const Index home = known != organisation.projects.end()
                               ? static_cast<Index>(known - organisation.projects.begin())
                               : life.found_project(key, organisation.people[person].name, person);
        return life.create_repository(home);
    }
    const std::size_t open = n % (projects - 1);  // all but the secret one
    return life.create_repository(open == 0 ? 0 : open + 1);
}

// Two of each, so that a hidden repository has pull requests from several that are seen.
void fork_secrets(Life& life, Organisation& organisation) {
    const std::size_t count = organisation.repositories.size();
    for (Index at = 0; at < count; ++at)
        if (organisation.projects[organisation.repositories[at].project].is_secret &&
            !organisation.repositories[at].branches.empty())
            for (Index person = 0; person < 2; ++person) life.fork(at, person);
}

}  // namespace

Life::Life(Organisation& organisation, const Settings& settings, Random random)
    : organisation_(organisation), settings_(settings), random_(random) {}

Index Life::hire(bool is_bot) {
    const std::size_t n = organisation_.people.size();
    words::PersonName name = words::person(n);
    organisation_.people.push_back({.id = static_cast<std::int64_t>(n) * 3 + 2,
                                    .login = is_bot ? "bot-" + name.login : name.login,
                                    .name = is_bot ? "CI " + name.login : name.name,
                                    .email = name.login + "@example.com"});
    organisation_.people.back().is_bot = is_bot;
    return n;
}

Index Life::found_project(std::string key, std::string name, std::optional<Index> owner) {
    const auto id = static_cast<std::int64_t>(organisation_.projects.size()) * 5 + 1;
    organisation_.projects.push_back({.id = id,
                                      .key = std::move(key),
                                      .name = std::move(name),
                                      .description = std::nullopt,
                                      .owner = owner});
    return organisation_.projects.size() - 1;
}

Index Life::create_repository(Index project) {
    const std::size_t n = organisation_.repositories.size();
    organisation_.families.emplace_back();
    const std::string name = words::repository_name(n);
    Repository made{.id = static_cast<std::int64_t>(n) * 2 + 1,
                    .slug = words::slug(name),
                    .name = name,
                    .description = std::nullopt,
                    .project = project,
                    .family = organisation_.families.size() - 1,
                    .origin = std::nullopt,
                    .default_branch = random_.chance(70) ? "main" : "master",
                    .branches = {},
                    .tags = {},
                    .pulls = {},
                    .builds = {},
                    .clock = std::max(kBeginning, organisation_.clock)};
    if (random_.chance(50)) made.description = words::title(random_, {"CORE"});
    made.is_public = random_.chance(15);
    made.is_forkable = !random_.chance(20);
    organisation_.repositories.push_back(std::move(made));
    return n;
}

Index Life::fork(Index origin, Index person) {
    const std::string key = "~" + organisation_.people[person].login;
    const auto known = std::ranges::find(organisation_.projects, key, &Project::key);
    const Index home = known != organisation_.projects.end()
                           ? static_cast<Index>(known - organisation_.projects.begin())
                           : found_project(key, organisation_.people[person].name, person);
    const std::size_t n = organisation_.repositories.size();
    const Repository& from = organisation_.repositories[origin];
    Repository made = from;
    made.id = static_cast<std::int64_t>(n) * 2 + 1;
    made.project = home;
    made.origin = origin;
    const bool taken = std::ranges::any_of(organisation_.repositories, [&](const Repository& r) {
        return r.project == home && r.slug == made.slug && !r.is_deleted;
    });
    if (taken) made.slug += fmt::format("-{}", n);
    made.pulls.clear();
    made.builds.clear();
    organisation_.repositories.push_back(std::move(made));
    return n;
}

Organisation make_organisation(const Settings& settings) {
    Organisation organisation;
    if (settings.big_ids) {
        organisation.last_activity_id = kBigIds;
        organisation.last_comment_id = kBigIds;
    }
    Life life(organisation, settings, Random(settings.seed));
    people_it(life, organisation, settings.size);
    found_projects(life, organisation, settings.size);
    const std::size_t projects = organisation.projects.size();
    for (std::size_t n = 0; n < settings.size; ++n) {
        const Index at = create(life, organisation, n, projects);
        life.pace(600'000);
        if (n % 7 == 3) continue;  // stays empty
        for (int i = 0; i < 3 && !life.repository(at).origin; ++i)
            life.commit(at, life.repository(at).default_branch, i);
    }
    if (settings.secret_forks) fork_secrets(life, organisation);
    for (Index at = 0; at < organisation.repositories.size(); ++at) {
        if (organisation.repositories[at].branches.empty()) continue;
        const std::size_t share = at % 7 == kQuiet ? 0 : life.random().between(40, 160);
        const std::size_t pulls = settings.pulls * share / 100;
        const std::size_t commits = settings.commits * share / 100;
        const auto acts = static_cast<std::int64_t>(pulls * 12 + commits + 1);
        life.pace(std::min<std::int64_t>(6 * 3'600'000, kYears / acts));
        History(life, at, pulls, commits).unfold();
        life.settle(at);
        organisation.repositories[at].is_archived = at % 11 == 8;
    }
    return organisation;
}

}  // namespace forgehouse::sim
