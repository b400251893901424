// Any bytes as any page: rows or Corrupt, and what the server's refusal means is always said. The
// first byte chooses the stream; of pull requests a NUL parts the item from its pages.
#include <cstdlib>

#include "sources/registry.h"

namespace {

using namespace forgehouse;
using namespace forgehouse::sources;

const Forge& forge() {
    static const std::unique_ptr<Forge> made =
        *make_forge({.kind = "bitbucket_server",
                     .data_source = {},
                     .inputs = {{.text = "https://host", .user = {}, .password = {}}},
                     .page_limit = 25});
    return *made;
}

template <class T>
void check(const Result<T>& result) {
    if (!result && result.error().code() != Errc::Corrupt) std::abort();
}

Page page(Stream stream, std::string_view body) {
    const RepoRef repo{.data_source = "x", .project_key = "P", .repo_slug = "r"};
    return {.call = *forge().first(stream, repo, "1"),
            .body = std::string(body),
            .received = {},
            .version = 1};
}

void map_pull_request(std::string_view data) {
    PullRequestPages pages{
        .repo = {.data_source = "x", .project_key = "P", .repo_slug = "r"},
        .item = std::string(data.substr(0, data.find('\0'))),
        .activities = {},
        .git = PullRequestGit{
            .commits = {"abc"},
            .size = ChangeSize{.files_changed = 1, .lines_added = 2, .lines_removed = 3}}};
    while (data.contains('\0')) {
        data.remove_prefix(data.find('\0') + 1);
        pages.activities.push_back(page(Stream::Activities, data.substr(0, data.find('\0'))));
    }
    check(forge().map_pull_request(pages, {.data_source = "x", .collected_at = {}, .version = 1}));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
    switch (*data) {
        case 'r': check(forge().read_repositories(page(Stream::Repositories, body))); break;
        case 'u': check(forge().read_users(page(Stream::Users, body))); break;
        case 'l': check(forge().read_pull_requests(page(Stream::PullRequests, body))); break;
        case 'p': check(forge().read_pull_requests(page(Stream::PullRequest, body))); break;
        case 'a': map_pull_request(body); break;
        case 's': check(forge().read_statuses(page(Stream::Statuses, body))); break;
        case 'b': check(forge().read_refs(page(Stream::Branches, body))); break;
        case 'c': check(forge().read_commits(page(Stream::Commits, body))); break;
        case 'f': check(forge().read_commit_files(page(Stream::CommitFiles, body))); break;
        default: {
            const ApiAnswer answer{.status = 200 + *data, .content_type = {}, .body = body};
            const auto error = forge().refusal(forge().hello(), answer);
            if (error && error->hint().empty()) std::abort();
        }
    }
    return 0;
}
