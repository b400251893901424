// Mirror: a bare copy of a remote repository, all refs with those of pull requests, kept up to date
// by fetching what is new.
//
// One process at a time works on a mirror (a lock that git's children hold too). A fetch is one
// request, but for a clone that did not come to its end: that goes on in slices (the default
// branch, heads, tags, then the rest), and after a further kill behind its last complete one.
// Objects are never dropped: history that the remote has rewritten stays readable.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "exec/context.h"
#include "git/http_access.h"
#include "git/remote_url.h"

namespace forgehouse::git {

class Tool;

/// A moment of a fetch, from git's own words. Views are valid during the call only.
struct FetchProgress {
    std::string_view slice;  ///< `default branch`, `heads`, `tags`, `others`
    std::string_view phase;  ///< git's words: `Receiving objects`, `Resolving deltas`, …
    std::uint64_t done = 0;
    std::uint64_t total = 0;  ///< 0 where unknown
    std::uint64_t bytes = 0;  ///< received in this slice so far
};

struct FetchOptions {
    Credentials credentials = {};  ///< handed over by a pipe, to prompts of the URL's host only
    /// The program that answers git's prompts: this one, run again (askpass.h).
    std::string askpass_program = {};
    HttpAccess http = {};  ///< http and https only
    /// Patterns of the refs that are fetched, each with at most one `*`; empty: all of them.
    std::vector<std::string> refs = {};
    std::function<void(const FetchProgress&)> on_progress = {};
};

struct FetchReport {
    bool was_cloned = false;         ///< there was nothing before
    bool was_rebuilt = false;        ///< the old mirror was broken and has been set aside
    std::string set_aside;           ///< where, if so
    std::uint64_t bytes = 0;         ///< received
    std::uint64_t refs = 0;          ///< that the remote advertised
    std::uint64_t changed_refs = 0;  ///< new, moved or gone
    std::string remote_head;  ///< full ref name; empty where the remote's HEAD stands for none
};

/// Threads: one at a time.
class Mirror {
public:
    /// Takes the lock of the mirror in `folder`, making the folder where it is missing (0700).
    /// Errors: Conflict while another process works on it (field `pid` where known); Denied,
    /// Unavailable (disk full) for the folder itself.
    static Result<Mirror> open(const exec::Context& ctx, const Tool& tool, std::string folder,
                               RemoteUrl url);

    Mirror(Mirror&&) noexcept;
    Mirror& operator=(Mirror&&) noexcept;
    /// Gives the lock back.
    ~Mirror();

    /// Brings the mirror up to date. What was there stays usable until what is new is complete.
    /// Errors: NotFound for no such repository, Denied for missing or wrong credentials,
    /// Unavailable for DNS, refused or broken connections, timeouts and a full disk, Corrupt for
    /// what the remote sends, Cancelled. Each with a hint.
    Result<FetchReport> fetch(const exec::Context& ctx, const FetchOptions& options);

    /// Asks the remote what refs it has and keeps nothing: how many there are.
    /// Errors: those of fetch() but for the disk's.
    static Result<std::size_t> probe(const exec::Context& ctx, const Tool& tool, RemoteUrl url,
                                     const FetchOptions& options);

    /// Sets the mirror aside as `<folder>.broken-N` and clones anew: for what fetch() could not
    /// notice, such as an object that turns out to be damaged when it is read.
    Result<FetchReport> rebuild(const exec::Context& ctx, const FetchOptions& options);

    /// The bare repository, to be opened with Repository::open().
    const std::string& path() const noexcept;

private:
    struct State;
    explicit Mirror(std::unique_ptr<State> state) noexcept;
    std::unique_ptr<State> state_;
};

}  // namespace forgehouse::git
