// Scopes: what a token may be used for, whatever its owner may do.
//
// A Scope is what a request needs; a name is what a token was given. Names come in two styles:
// `repository:write` (OAuth, access tokens, app passwords) grants what it implies as well, as
// Bitbucket's documentation says, while `write:repository:bitbucket` (API tokens) grants itself
// alone. Neither style has less than the finest needs: a token with `write:ssh-key:bitbucket` must
// not be able to change its owner's address, though the old style has but `account:write` for both.
//
// Pure values. Threads: from any thread.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace forgehouse::forge {

/// What a request needs. Those of the second block are granted by a wider scope in the old style
/// and by one of their own in the new style: ask for them where Bitbucket's API token would do.
enum class Scope : std::uint8_t {
    None,  ///< no scope needed: anybody that is logged in
    Account,
    AccountWrite,
    Email,
    Team,
    TeamWrite,
    Repository,
    RepositoryWrite,
    RepositoryAdmin,
    RepositoryDelete,
    Project,
    ProjectAdmin,
    PullRequest,
    PullRequestWrite,
    Webhook,
    Pipeline,
    PipelineWrite,
    PipelineVariable,
    Issue,
    IssueWrite,
    Snippet,
    SnippetWrite,
    Wiki,
    Runner,
    RunnerWrite,

    Workspace,  ///< old style: account, or team
    WikiRead,   ///< old style: wiki
    WebhookRead,
    WebhookDelete,
    IssueDelete,
    SnippetDelete,
    SshKey,  ///< old style: account; to change one: account:write
    SshKeyWrite,
    SshKeyDelete,
    GpgKey,
    GpgKeyWrite,
    GpgKeyDelete,
    Permission,  ///< old style: repository:admin, or project:admin
    PermissionWrite,
    PermissionDelete,
};
inline constexpr std::size_t kScopes = static_cast<std::size_t>(Scope::PermissionDelete) + 1;

/// The old-style name that grants it, `repository:write`; "" for None.
std::string_view name_of(Scope scope) noexcept;

/// For the error's detail: what a request needs, by names, and what it came with.
struct MissingScopes {
    std::vector<std::string_view> required, granted;
};

/// A set of names. A few words; copied freely. Empty: nothing but Scope::None.
class Scopes {
public:
    constexpr Scopes() = default;
    /// By their old-style names, with all that these imply.
    Scopes(std::initializer_list<Scope> scopes);

    /// Everything: for passwords and sessions, which are their owner.
    static Scopes all();
    /// Names between blanks or commas, as often as they come. Errors: Invalid for a name that is
    /// none, fields `scope`, with the nearest one as a hint.
    static Result<Scopes> parse(std::string_view text);

    bool empty() const noexcept { return named_ == Names{}; }
    bool has(Scope scope) const noexcept;
    /// Whether all that `other` grants is granted here: what a client may ask for.
    bool covers(const Scopes& other) const noexcept { return (other.granted_ & ~granted_) == 0; }
    /// nullopt where all are granted.
    std::optional<MissingScopes> missing(std::initializer_list<Scope> needed) const;

    /// As they were given, in the order of this file's table; parse() reads them back.
    std::vector<std::string_view> names() const;
    std::string print(std::string_view separator = " ") const;

    friend bool operator==(const Scopes&, const Scopes&) = default;

private:
    struct Names {
        std::uint64_t low = 0, high = 0;
        friend bool operator==(const Names&, const Names&) = default;
    };
    void add(std::size_t name);

    Names named_;
    std::uint64_t granted_ = 0;  ///< a bit for each Scope
};

}  // namespace forgehouse::forge
