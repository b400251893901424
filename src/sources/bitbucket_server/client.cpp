#include "sources/bitbucket_server/client.h"

#include <fmt/format.h>

#include "base/text.h"

namespace forgehouse::sources::bitbucket_server {
namespace {

constexpr std::string_view kApi = "/rest/api/1.0";
constexpr std::string_view kBuilds = "/rest/build-status/1.0";
constexpr std::string_view kDirection = "direction=";

std::string percent_encoded(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
        if (plain)
            out += c;
        else
            fmt::format_to(std::back_inserter(out), "%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

std::string repository_path(const RepoRef& repo) {
    return fmt::format("{}/projects/{}/repos/{}", kApi, percent_encoded(repo.project_key),
                       percent_encoded(repo.repo_slug));
}

bool needs_item(Stream stream) noexcept {
    return stream == Stream::PullRequest || stream == Stream::Activities ||
           stream == Stream::Statuses || stream == Stream::CommitFiles ||
           stream == Stream::PullRequestCommits;
}

bool needs_repository(Stream stream) noexcept {
    return stream != Stream::Repositories && stream != Stream::Users;
}

// No name of a ref holds two dots, so that `A..B` is a range.
std::string range_of(std::string_view item) {
    if (item.empty()) return {};
    const auto dots = item.find("..");
    if (dots == std::string_view::npos) return fmt::format("until={}&", percent_encoded(item));
    return fmt::format("until={}&since={}&", percent_encoded(item.substr(dots + 2)),
                       percent_encoded(item.substr(0, dots)));
}

// Path and query without the limit; ends where a further parameter may follow.
std::string target_of(Stream stream, const RepoRef& repo, std::string_view item) {
    const std::string id = percent_encoded(item);
    const std::string base = needs_repository(stream) ? repository_path(repo) : std::string(kApi);
    switch (stream) {
        // Archived repositories are hidden from those who do not ask (since 8.0).
        case Stream::Repositories: return base + "/repos?archived=ALL&";
        case Stream::Users: return base + "/users?";
        case Stream::PullRequests:
            return fmt::format("{}/pull-requests?state=ALL&order=NEWEST&{}{}&", base, kDirection,
                               item == kOutgoing ? kOutgoing : "INCOMING");
        case Stream::PullRequest: return fmt::format("{}/pull-requests/{}?", base, id);
        case Stream::Activities: return fmt::format("{}/pull-requests/{}/activities?", base, id);
        case Stream::Statuses: return fmt::format("{}/commits/{}?", kBuilds, id);
        case Stream::Branches: return base + "/branches?orderBy=ALPHABETICAL&";
        case Stream::Tags: return base + "/tags?orderBy=ALPHABETICAL&";
        case Stream::Commits: return fmt::format("{}/commits?{}", base, range_of(item));
        case Stream::CommitFiles:
            return fmt::format("{}/commits/{}/diff?contextLines=0&withComments=false&", base, id);
        case Stream::PullRequestCommits:
            return fmt::format("{}/pull-requests/{}/commits?", base, id);
    }
    return {};
}

bool is_paged(Stream stream) noexcept {
    return stream != Stream::PullRequest && stream != Stream::CommitFiles;
}

Failure bad_address(std::string_view text, Literal what) {
    return Failure(Error(Errc::Invalid, what)
                       .with("url", std::string(text))
                       .hint("Give the address of the start page, such as "
                             "https://bitbucket.example.com or https://example.com/bitbucket."));
}

}  // namespace

Result<Call> first_call(Stream stream, const RepoRef& repo, std::string_view item,
                        std::uint32_t limit) {
    if (needs_item(stream) && item.empty())
        return Failure(Error(Errc::Invalid, "this stream hangs on an item, and none is named")
                           .with("stream", std::string(name_of(stream))));
    if (needs_repository(stream) && (repo.project_key.empty() || repo.repo_slug.empty()))
        return Failure(Error(Errc::Invalid, "this stream hangs on a repository, and none is named")
                           .with("stream", std::string(name_of(stream))));
    std::string target = target_of(stream, repo, item);
    if (is_paged(stream))
        target += fmt::format("limit={}", limit);
    else
        target.pop_back();
    return Call{
        .stream = stream, .repo = repo, .item = std::string(item), .target = std::move(target)};
}

Call call_from(const Call& call, std::int64_t start) {
    Call next = call;
    constexpr std::string_view kStart = "&start=";
    if (const auto at = next.target.rfind(kStart); at != std::string::npos) next.target.resize(at);
    next.target += fmt::format("{}{}", kStart, start);
    return next;
}

Call changes_call(const Call& diff, std::uint32_t limit) {
    Call call = diff;
    call.target = fmt::format("{}/commits/{}/changes?limit={}", repository_path(diff.repo),
                              percent_encoded(diff.item), limit);
    return call;
}

Call hello_call(std::string_view data_source) {
    return {.stream = Stream::Repositories,
            .repo = {.data_source = std::string(data_source), .project_key = {}, .repo_slug = {}},
            .item = {},
            .target = fmt::format("{}/application-properties", kApi)};
}

bool is_outgoing(const Call& call) noexcept {
    return call.item == kOutgoing;
}

std::string git_address(std::string_view address, const RepoRef& repo) {
    return fmt::format("{}/scm/{}/{}.git", address,
                       percent_encoded(text::lower_ascii(repo.project_key)),
                       percent_encoded(repo.repo_slug));
}

Result<std::string> checked_address(std::string_view text) {
    std::string_view rest = text::trim(text);
    while (rest.ends_with('/')) rest.remove_suffix(1);
    const bool https = text::lower_ascii(rest.substr(0, 8)) == "https://";
    const bool http = text::lower_ascii(rest.substr(0, 7)) == "http://";
    const std::string_view after = rest.substr(std::min(rest.size(), std::size_t(https ? 8 : 7)));
    const std::string_view host = after.substr(0, after.find_first_of("/?#"));
    // A password must not be shown, so that this one is not quoted.
    if (host.contains('@'))
        return Failure(Error(Errc::Invalid, "the server's address carries a user or password")
                           .hint("Give user and password by their own options."));
    if (!https && !http) return bad_address(text, "the server's address is no http or https URL");
    if (host.empty()) return bad_address(text, "the server's address names no host");
    if (after.find_first_of("?#") != std::string_view::npos)
        return bad_address(text, "the server's address goes on after its path");
    if (after.contains("/rest/") || after.ends_with("/rest"))
        return bad_address(text, "the server's address goes on to the API");
    return std::string(rest);
}

}  // namespace forgehouse::sources::bitbucket_server
