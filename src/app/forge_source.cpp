#include "app/forge_source.h"

#include <fmt/format.h>

#include <set>

#include "app/secrets.h"
#include "app/world.h"
#include "collect/api/fetcher.h"
#include "config/option.h"
#include "sources/registry.h"

namespace forgehouse::app {
namespace {

Result<std::vector<NamePattern>> parsed(const std::vector<std::string>& texts) {
    std::vector<NamePattern> out;
    for (const std::string& text : texts) {
        TRY_LET(pattern, NamePattern::parse(text));
        out.push_back(std::move(pattern));
    }
    return out;
}

Result<sources::RepositoryFilter> filter_of(const config::SourceSettings& source) {
    TRY_LET(projects, parsed(source.projects));
    TRY_LET(exclude_projects, parsed(source.exclude_projects));
    TRY_LET(repositories, parsed(source.repositories));
    TRY_LET(exclude_repositories, parsed(source.exclude_repositories));
    return sources::RepositoryFilter{.projects = std::move(projects),
                                     .exclude_projects = std::move(exclude_projects),
                                     .repositories = std::move(repositories),
                                     .exclude_repositories = std::move(exclude_repositories),
                                     .max_repositories = source.max_repositories};
}

collect::CommitsFrom commits_from(config::CommitsBy by) {
    switch (by) {
        case config::CommitsBy::Auto: return collect::CommitsFrom::Auto;
        case config::CommitsBy::Git: return collect::CommitsFrom::Git;
        case config::CommitsBy::Api: return collect::CommitsFrom::Api;
    }
    return collect::CommitsFrom::Auto;
}

Result<collect::ApiOptions> options_of(const config::SourceSettings& source,
                                       const config::CollectSettings& collect) {
    TRY_LET(filter, filter_of(source));
    collect::ApiOptions options;
    options.filter = std::move(filter);
    options.commits = commits_from(source.commits);
    options.build_statuses = source.build_statuses;
    options.batch_size = collect.batch_size;
    options.max_workers = collect.max_workers;
    options.max_retries = collect.max_retries;
    options.look_back = collect.look_back;
    options.reread_after = collect.recheck;
    options.discovery_age = collect.discovery_cache;
    return options;
}

// Of each project one repository is asked for, of so many projects.
constexpr std::size_t kProjectsAsked = 10;

/// One call, as it is; no other try but with a pass that was renewed. `limit` receives what the
/// answer says of it.
Result<sources::Page> asked(exec::Context& ctx, const ForgeSource& source, SourceAccess& access,
                            const sources::Call& call, Time now, exec::LimitSigns& limit) {
    for (bool again = false;; again = true) {
        TRY_LET(pass, access.pass(ctx));
        net::Request request{.url = fmt::format("{}{}", source.forge->address(), call.target),
                             .headers = pass.fields};
        request.headers.push_back({"Accept", "application/json"});
        request.accept_packed = true;
        TRY_LET(answer, source.http->send(ctx, request));
        if (answer.status == 401 && !again) {
            TRY_LET(renewed, access.renew(ctx, pass.number));
            if (renewed) continue;
        }
        auto refusal = source.forge->refusal(call, {.status = answer.status,
                                                    .content_type = answer.header("content-type"),
                                                    .body = answer.body});
        if (refusal) return Failure(std::move(*refusal));
        limit = collect::limit_signs(answer, now);
        return sources::Page{
            .call = call, .body = std::move(answer.body), .received = now, .version = 0};
    }
}

/// Whether what is listed can be read as well: of each project its first repository.
Result<void> look_into_projects(exec::Context& ctx, const ForgeSource& source,
                                const std::vector<sources::ListedRepo>& listed, Time now,
                                Greeting& greeting) {
    exec::LimitSigns limit;
    std::set<std::string_view> projects;
    for (const sources::ListedRepo& one : listed) {
        if (projects.size() >= kProjectsAsked) break;
        if (!projects.insert(one.repo.ref.project_key).second) continue;
        TRY_LET(call, source.forge->first(sources::Stream::PullRequests, one.repo.ref, ""));
        const auto page = asked(ctx, source, *source.access, call, now, limit);
        ++greeting.projects_asked;
        if (page) continue;
        const Errc code = page.error().code();
        if (code != Errc::Denied && code != Errc::NotFound) return Failure(page.error());
        greeting.closed_projects.push_back(one.repo.ref.project_key);
    }
    return {};
}

}  // namespace

bool is_forge(const config::SourceSettings& source) noexcept {
    return sources::is_forge(config::show_value(source.kind));
}

Result<ForgeSource> open_forge(World& world, const config::SourceSettings& source) {
    const auto& collect = world.settings().collect;
    TRY_LET(options, options_of(source, collect));
    sources::SourceOptions made;
    made.kind = config::show_value(source.kind);
    made.data_source = source.data_source;
    made.inputs.push_back({.text = source.url, .user = {}, .password = {}});
    made.page_limit = collect.page_limit;
    TRY_LET(forge, sources::make_forge(std::move(made)));
    const auto access_of = [&](config::SourceSettings settings, std::string token_key) {
        return std::make_unique<SourceAccess>(
            std::move(settings),
            [&world](exec::Context& ctx, const config::SecretRef& reference, std::string_view key) {
                return resolve_secret(
                    ctx, reference,
                    {.environment = world.environment(), .dotenv = world.config().dotenv}, key);
            },
            world.clock(), std::move(token_key));
    };
    config::SourceSettings with_one = source;
    if (!source.tokens.empty()) with_one.token = source.tokens.front();
    auto access = access_of(with_one, source.tokens.empty() ? "token" : "tokens[0]");
    std::vector<std::unique_ptr<SourceAccess>> others;
    for (std::size_t i = 1; i < source.tokens.size(); ++i) {
        with_one.token = source.tokens[i];
        others.push_back(access_of(with_one, fmt::format("tokens[{}]", i)));
    }
    TRY_LET(route, access->route(world.context(), static_cast<long>(collect.max_workers)));
    route.longest_silence = std::chrono::ceil<std::chrono::seconds>(collect.read_timeout);
    return ForgeSource{.forge = std::move(forge),
                       .access = std::move(access),
                       .others = std::move(others),
                       .http = std::make_unique<net::HttpClient>(std::move(route)),
                       .options = std::move(options)};
}

Result<Greeting> greet(exec::Context& ctx, const ForgeSource& source, Time now) {
    exec::LimitSigns limit;
    TRY_LET(hello, asked(ctx, source, *source.access, source.forge->hello(), now, limit));
    TRY_LET(product, source.forge->read_hello(hello));
    const sources::RepoRef everywhere{
        .data_source = source.forge->info().data_source, .project_key = {}, .repo_slug = {}};
    TRY_LET(first, source.forge->first(sources::Stream::Repositories, everywhere, ""));
    TRY_LET(page, asked(ctx, source, *source.access, first, now, limit));
    exec::LimitSigns of_another;
    for (std::size_t i = 0; i < source.others.size(); ++i)
        if (const auto seen = asked(ctx, source, *source.others[i], first, now, of_another); !seen)
            return Failure(Error(seen.error()).with("key", fmt::format("tokens[{}]", i + 1)));
    TRY_LET(listing, source.forge->read_repositories(page));
    Greeting greeting{.product = std::move(product),
                      .sees_repositories = !listing.repositories.empty(),
                      .limit = limit};
    TRY(look_into_projects(ctx, source, listing.repositories, now, greeting));
    return greeting;
}

}  // namespace forgehouse::app
