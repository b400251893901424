// Source: a place that repositories come from. One object per configured connection; adapters live
// in the folders beside this file and are made by sources/registry.h.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "exec/context.h"

namespace forgehouse::sources {

/// Names a repository in every table. The three together are the key of all of its rows.
struct RepoRef {
    std::string data_source;
    std::string project_key;
    std::string repo_slug;

    auto operator<=>(const RepoRef&) const = default;
};

/// `project_key/repo_slug`, for people and for `--repos` patterns.
std::string full_name(const RepoRef& repo);

/// A repository on this machine, read in place and never written.
struct LocalPlace {
    std::filesystem::path git_dir;  ///< canonical; the folder that holds `objects` and `refs`
    bool operator==(const LocalPlace&) const = default;
};

/// A repository behind an address that git can fetch from. `url` carries no user and no password.
struct RemotePlace {
    std::string url;
    std::string user;
    Secret password;
    /// Patterns of the refs that are wanted, each with at most one `*`, `refs/heads/*` among them;
    /// empty: all of them.
    std::vector<std::string> refs = {};
};

/// A repository and where its git is to be had.
struct Repo {
    RepoRef ref;
    std::string name;                    ///< for people
    std::optional<std::string> web_url;  ///< nullopt where there is no page to open
    std::variant<LocalPlace, RemotePlace> place;
};

/// Something that was asked for and cannot be a repository. The others are collected all the same.
struct Refusal {
    std::string asked_for;
    Error error;
};

/// Where a listing goes on. Empty: at the beginning, or at the end.
using PageToken = std::string;

struct RepoPage {
    std::vector<Repo> repositories;
    std::vector<Refusal> refused;
    PageToken next;  ///< empty at the end
};

/// What holds for all of a source's rows.
struct SourceInfo {
    std::string kind;         ///< the registry's name for the adapter: `plain_git`, …
    std::string data_source;  ///< first key column of every row
};

/// Threads: all functions may be called from many threads at once; adapters keep no mutable state.
class Source {
public:
    virtual ~Source() = default;
    virtual const SourceInfo& info() const noexcept = 0;
    /// One page of the repositories of this source, each at most once over all pages.
    /// Errors: Denied, NotFound and Unavailable for the listing as a whole.
    virtual Result<RepoPage> repositories(exec::Context&, const PageToken& after) = 0;
};

}  // namespace forgehouse::sources
