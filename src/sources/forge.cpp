#include "sources/forge.h"

namespace forgehouse::sources {

std::string_view name_of(Stream stream) noexcept {
    switch (stream) {
        case Stream::Repositories: return "repositories";
        case Stream::Users: return "users";
        case Stream::PullRequests: return "pull_requests";
        case Stream::PullRequest: return "pull_request";
        case Stream::Activities: return "activities";
        case Stream::Statuses: return "statuses";
        case Stream::Branches: return "branches";
        case Stream::Tags: return "tags";
        case Stream::Commits: return "commits";
        case Stream::CommitFiles: return "commit_files";
        case Stream::PullRequestCommits: return "pull_request_commits";
    }
    return "";
}

}  // namespace forgehouse::sources
