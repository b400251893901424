#include "forge/identity/scopes.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/text.h"

namespace forgehouse::forge {
namespace {

struct Named {
    std::string_view name;
    std::uint64_t grants = 0;
};

constexpr std::uint64_t bits(std::initializer_list<Scope> scopes) {
    std::uint64_t all = 0;
    for (const Scope scope : scopes) all |= std::uint64_t{1} << static_cast<unsigned>(scope);
    return all;
}

using enum Scope;

constexpr std::uint64_t kKeys = bits({SshKey, GpgKey});
constexpr std::uint64_t kKeyChanges = bits({SshKeyWrite, SshKeyDelete, GpgKeyWrite, GpgKeyDelete});
constexpr std::uint64_t kAccount = bits({Account, Email, Workspace}) | kKeys;
constexpr std::uint64_t kPermissions = bits({Permission, PermissionWrite, PermissionDelete});

// Which name grants what. What the old ones imply is said in the narrative of Bitbucket's API
// description (securityDefinitions: "Read and modify …" grants reading); that of `…:admin` is
// nothing, on purpose: administering a repository is not reading it. The new ones imply nothing.
constexpr auto kNames = std::to_array<Named>({
    {"account", kAccount},
    {"account:write", kAccount | kKeyChanges | bits({AccountWrite})},
    {"email", bits({Email})},
    {"team", bits({Team, Workspace})},
    {"team:write", bits({Team, TeamWrite, Workspace})},
    {"repository", bits({Repository})},
    {"repository:write", bits({Repository, RepositoryWrite})},
    {"repository:admin", bits({RepositoryAdmin}) | kPermissions},
    {"repository:delete", bits({RepositoryDelete})},
    {"project", bits({Project, Repository})},
    {"project:admin", bits({ProjectAdmin}) | kPermissions},
    {"pullrequest", bits({PullRequest, Repository})},
    {"pullrequest:write", bits({PullRequest, PullRequestWrite, Repository, RepositoryWrite})},
    {"webhook", bits({Webhook, WebhookRead, WebhookDelete})},
    {"pipeline", bits({Pipeline})},
    {"pipeline:write", bits({Pipeline, PipelineWrite})},
    {"pipeline:variable", bits({Pipeline, PipelineVariable})},
    {"issue", bits({Issue})},
    {"issue:write", bits({Issue, IssueWrite, IssueDelete})},
    {"snippet", bits({Snippet})},
    {"snippet:write", bits({Snippet, SnippetWrite, SnippetDelete})},
    {"wiki", bits({Wiki, WikiRead})},
    {"runner", bits({Runner})},
    {"runner:write", bits({Runner, RunnerWrite})},

    {"read:repository:bitbucket", bits({Repository})},
    {"write:repository:bitbucket", bits({RepositoryWrite})},
    {"admin:repository:bitbucket", bits({RepositoryAdmin})},
    {"delete:repository:bitbucket", bits({RepositoryDelete})},
    {"read:pullrequest:bitbucket", bits({PullRequest})},
    {"write:pullrequest:bitbucket", bits({PullRequestWrite})},
    {"read:project:bitbucket", bits({Project})},
    {"admin:project:bitbucket", bits({ProjectAdmin})},
    {"read:workspace:bitbucket", bits({Team, Workspace})},
    {"admin:workspace:bitbucket", bits({TeamWrite})},
    {"read:user:bitbucket", bits({Account, Email})},
    {"write:user:bitbucket", bits({AccountWrite})},
    {"read:pipeline:bitbucket", bits({Pipeline})},
    {"write:pipeline:bitbucket", bits({PipelineWrite})},
    {"admin:pipeline:bitbucket", bits({PipelineVariable})},
    {"read:runner:bitbucket", bits({Runner})},
    {"write:runner:bitbucket", bits({RunnerWrite})},
    {"read:issue:bitbucket", bits({Issue})},
    {"write:issue:bitbucket", bits({IssueWrite})},
    {"delete:issue:bitbucket", bits({IssueDelete})},
    {"read:wiki:bitbucket", bits({WikiRead})},
    {"write:wiki:bitbucket", bits({Wiki})},
    {"read:webhook:bitbucket", bits({WebhookRead})},
    {"write:webhook:bitbucket", bits({Webhook})},
    {"delete:webhook:bitbucket", bits({WebhookDelete})},
    {"read:snippet:bitbucket", bits({Snippet})},
    {"write:snippet:bitbucket", bits({SnippetWrite})},
    {"delete:snippet:bitbucket", bits({SnippetDelete})},
    {"read:ssh-key:bitbucket", bits({SshKey})},
    {"write:ssh-key:bitbucket", bits({SshKeyWrite})},
    {"delete:ssh-key:bitbucket", bits({SshKeyDelete})},
    {"read:gpg-key:bitbucket", bits({GpgKey})},
    {"write:gpg-key:bitbucket", bits({GpgKeyWrite})},
    {"delete:gpg-key:bitbucket", bits({GpgKeyDelete})},
    {"read:permission:bitbucket", bits({Permission})},
    {"write:permission:bitbucket", bits({PermissionWrite})},
    {"delete:permission:bitbucket", bits({PermissionDelete})},
});
constexpr std::size_t kOldNames = 24;  // each stands where its Scope does, None left out
static_assert(kNames.size() <= 128 && kScopes <= 64);
static_assert(kNames[kOldNames].name.ends_with(":bitbucket"));

constexpr std::uint64_t kEverything = [] {
    std::uint64_t all = 0;
    for (std::size_t i = 0; i < kOldNames; ++i) all |= kNames[i].grants;
    return all;
}();
static_assert(kEverything == (std::uint64_t{1} << kScopes) - 2, "the old names grant everything");

constexpr bool is_blank(char c) {
    return c == ' ' || c == ',' || c == '\t' || c == '\r' || c == '\n';
}

Error no_scope(std::string_view word) {
    std::vector<std::string_view> names;
    for (const Named& one : kNames) names.push_back(one.name);
    Error error(Errc::Invalid, "there is no such scope");
    error.with("scope", text::printable(word.substr(0, 64)));
    const auto near = text::nearest(word.substr(0, 64), names);
    return near ? std::move(error).hint("did you mean " + std::string(*near) + "?")
                : std::move(error);
}

}  // namespace

std::string_view name_of(Scope scope) noexcept {
    switch (scope) {
        case None: return "";
        case Workspace:
        case SshKey:
        case GpgKey: return "account";
        case SshKeyWrite:
        case SshKeyDelete:
        case GpgKeyWrite:
        case GpgKeyDelete: return "account:write";
        case WikiRead: return "wiki";
        case WebhookRead:
        case WebhookDelete: return "webhook";
        case IssueDelete: return "issue:write";
        case SnippetDelete: return "snippet:write";
        case Permission:
        case PermissionWrite:
        case PermissionDelete: return "repository:admin";
        default: return kNames[static_cast<std::size_t>(scope) - 1].name;
    }
}

Scopes::Scopes(std::initializer_list<Scope> scopes) {
    for (const Scope scope : scopes)
        for (std::size_t i = 0; i < kOldNames; ++i)
            if (kNames[i].name == name_of(scope)) add(i);
}

void Scopes::add(std::size_t name) {
    (name < 64 ? named_.low : named_.high) |= std::uint64_t{1} << name % 64;
    granted_ |= kNames[name].grants;
}

Scopes Scopes::all() {
    Scopes scopes;
    for (std::size_t i = 0; i < kOldNames; ++i) scopes.add(i);
    return scopes;
}

Result<Scopes> Scopes::parse(std::string_view text) {
    Scopes scopes;
    while (!text.empty()) {
        if (is_blank(text.front())) {
            text.remove_prefix(1);
            continue;
        }
        const auto end = std::ranges::find_if(text, is_blank);
        std::string_view word(text.begin(), end);
        text.remove_prefix(word.size());
        // Deprecated by Bitbucket, which says that project:admin is it.
        if (word == "project:write") word = "project:admin";
        const auto found = std::ranges::find(kNames, word, &Named::name);
        if (found == kNames.end()) return Failure(no_scope(word));
        scopes.add(static_cast<std::size_t>(found - kNames.begin()));
    }
    return scopes;
}

bool Scopes::has(Scope scope) const noexcept {
    return scope == None || (granted_ & bits({scope})) != 0;
}

std::optional<MissingScopes> Scopes::missing(std::initializer_list<Scope> needed) const {
    if (std::ranges::all_of(needed, [&](Scope scope) { return has(scope); })) return std::nullopt;
    MissingScopes out{.required = {}, .granted = names()};
    for (const Scope scope : needed) {
        const std::string_view name = name_of(scope);
        if (!name.empty() && std::ranges::find(out.required, name) == out.required.end())
            out.required.push_back(name);
    }
    return out;
}

std::vector<std::string_view> Scopes::names() const {
    std::vector<std::string_view> out;
    for (std::size_t i = 0; i < kNames.size(); ++i)
        if (((i < 64 ? named_.low : named_.high) >> i % 64 & 1) != 0) out.push_back(kNames[i].name);
    return out;
}

std::string Scopes::print(std::string_view separator) const {
    return fmt::format("{}", fmt::join(names(), separator));
}

}  // namespace forgehouse::forge
