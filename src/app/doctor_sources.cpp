#include "app/doctor_sources.h"

#include <fmt/format.h>

#include "app/complain.h"
#include "app/configured_source.h"
#include "app/forge_source.h"
#include "app/world.h"
#include "base/text.h"
#include "git/mirror.h"
#include "git/repository.h"

namespace forgehouse::app::doctor {
namespace {

constexpr std::size_t kMostAsked = 20;
constexpr std::chrono::seconds kPatience{20};

Result<void> look_at(World& world, const git::Tool& tool, const sources::Repo& repo) {
    exec::Context ctx = world.context().with_timeout(kPatience);
    if (const auto* local = std::get_if<sources::LocalPlace>(&repo.place)) {
        TRY(git::Repository::open(ctx, tool, local->git_dir.string()));
        return {};
    }
    const auto& remote = std::get<sources::RemotePlace>(repo.place);
    TRY_LET(url, git::parse_remote(remote.url));
    git::FetchOptions options;
    options.credentials = {.user = remote.user, .password = remote.password};
    options.askpass_program = world.self().string();
    TRY(git::Mirror::probe(ctx, tool, url.url, options));
    return {};
}

/// What was found of one source: how many repositories are well, and the first that is not.
struct Findings {
    std::size_t well = 0;
    std::size_t asked = 0;
    std::size_t named = 0;
    std::optional<Error> first;
    std::string where;

    void bad(std::string of, const Error& error) {
        ++asked;
        if (!first) {
            first = error;
            where = std::move(of);
        }
    }
};

Result<Findings> examine(World& world, const config::SourceSettings& settings) {
    TRY_LET(tool, world.git());
    TRY_LET(source, configured_source(world, settings));
    Findings found;
    for (sources::PageToken after;;) {
        TRY_LET(page, source->repositories(world.context(), after));
        found.named += page.repositories.size() + page.refused.size();
        for (const sources::Refusal& refusal : page.refused)
            found.bad(refusal.asked_for, refusal.error);
        for (const sources::Repo& repo : page.repositories) {
            if (found.asked >= kMostAsked || world.interrupted()) break;
            const auto looked = look_at(world, *tool, repo);
            if (!looked) {
                found.bad(sources::full_name(repo.ref), looked.error());
                continue;
            }
            ++found.asked;
            ++found.well;
        }
        if (page.next.empty()) return found;
        after = page.next;
    }
}

/// Whether who listens on the way learns the password or token.
bool is_readable_on_the_way(const config::SourceSettings& settings) {
    const std::string_view url = settings.url;
    const bool has_secret =
        !settings.token.empty() || !settings.tokens.empty() || !settings.password.empty();
    return has_secret && url.starts_with("http://") && !url.starts_with("http://127.0.0.1") &&
           !url.starts_with("http://localhost") && !url.starts_with("http://[::1]");
}

/// `; its limit: 5 requests a second, 60 at once`; empty where it says none.
std::string limit_words(const exec::LimitSigns& limit) {
    std::string words;
    if (limit.per_second) words = fmt::format("{:g} requests a second", *limit.per_second);
    if (limit.size) words += fmt::format("{}{:g} at once", words.empty() ? "" : ", ", *limit.size);
    return words.empty() ? words : "; its limit: " + words;
}

Result<Check> server_check(World& world, const config::SourceSettings& settings,
                           const std::string& name) {
    TRY_LET(source, open_forge(world, settings));
    exec::Context ctx = world.context().with_timeout(kPatience);
    const auto greeted = greet(ctx, source, world.clock().now());
    const bool late =
        !greeted && greeted.error().code() == Errc::Cancelled && world.context().check();
    if (late)
        return Check{
            name, State::Fail,
            fmt::format("{} does not answer within {} seconds", settings.url, kPatience.count()),
            "check whether the server, or what stands in front of it, hangs"};
    if (!greeted) return Failure(greeted.error());
    const Greeting& greeting = *greeted;
    const std::string fact =
        fmt::format("{} at {}{}", greeting.product, settings.url, limit_words(greeting.limit));
    if (!greeting.sees_repositories)
        return Check{name, State::Warn, fact + "; no repository is to be seen",
                     "give the account of the token or user the right to read, or check who it is"};
    if (!greeting.closed_projects.empty())
        return Check{
            name, State::Warn,
            fmt::format("{}; {} of the {} projects that were tried cannot be read: {}", fact,
                        greeting.closed_projects.size(), greeting.projects_asked,
                        fmt::join(greeting.closed_projects, ", ")),
            "give the account of the token or user the right to read them, or exclude them"};
    if (is_readable_on_the_way(settings))
        return Check{name, State::Warn, fact + "; the credentials travel unencrypted",
                     "write https:// in url where the server has it"};
    return Check{name, State::Ok, fact, {}};
}

/// The error's facts in one line, without what is said to be below it.
std::string fact_of(const Error& error) {
    std::string more;
    for (const auto& [key, value] : error.fields())
        if (value.size() < 200)
            more += fmt::format("{}{}={}", more.empty() ? "" : ", ", key.view(),
                                text::printable(value));
    return more.empty() ? std::string(error.text()) : fmt::format("{} ({})", error.text(), more);
}

Check check_of(World& world, const config::SourceSettings& settings) {
    const std::string name = fmt::format("source {}", settings.name);
    if (is_forge(settings)) {
        auto check = server_check(world, settings, name);
        if (check) return std::move(*check);
        return {name, State::Fail, fact_of(check.error()), hint_of(check.error())};
    }
    const auto found = examine(world, settings);
    if (!found)
        return {name, State::Fail, std::string(found.error().text()), hint_of(found.error())};
    const std::string part =
        found->asked < found->named ? fmt::format(" (of {} named)", found->named) : "";
    if (!found->first)
        return {name,
                State::Ok,
                fmt::format("{} {} can be read{}", found->well,
                            found->well == 1 ? "repository" : "repositories", part),
                {}};
    return {name, State::Fail,
            fmt::format("{} of {}{} cannot be read; {}: {}", found->asked - found->well,
                        found->asked, part, found->where, found->first->text()),
            hint_of(*found->first)};
}

}  // namespace

std::vector<Check> sources(World& world) {
    std::vector<Check> checks;
    for (const config::SourceSettings& settings : world.settings().sources)
        checks.push_back(check_of(world, settings));
    return checks;
}

}  // namespace forgehouse::app::doctor
