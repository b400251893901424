#include "forge/keys.h"

#include <fmt/format.h>

#include "api/rest_v2/body.h"
#include "api/rest_v2/collection.h"
#include "api/rest_v2/common.h"
#include "api/rest_v2/tables.h"
#include "forge/accounts.h"

namespace forgehouse::api::rest_v2 {
namespace {

using forge::RepoAdmin;
using forge::SignedIn;
using forge::SshKey;

/// What a key of a user and one of a repository have alike.
void key_members(json::Writer& out, const SshKey& one, const std::string& self) {
    out.name("key").text(one.key);
    out.name("comment").text(one.comment);
    out.name("label").text(one.label);
    out.name("fingerprint").text(one.fingerprint);
    out.name("last_used");
    if (one.last_used_on)
        out.text(api_time(*one.last_used_on));
    else
        out.null();
    out.name("links").object();
    link(out, "self", self);
    out.end();
}

void user_key(json::Writer& out, const Call& call, const forge::User& whose, const SshKey& one) {
    out.object();
    out.name("type").text("ssh_key");
    out.name("uuid").text(fmt::format("{{{}}}", one.uuid));
    out.name("created_on").text(api_time(one.created_on));
    out.name("expires_on").null();
    out.name("owner");
    user(out, links_of(call), whose);
    key_members(
        out, one,
        fmt::format("{}/users/%7B{}%7D/ssh-keys/%7B{}%7D", call.base(), whose.uuid, one.uuid));
    out.end();
}

void deploy_key(json::Writer& out, const Call& call, const RepoAdmin& proof, const SshKey& one) {
    out.object();
    out.name("type").text("deploy_key");
    out.name("id").integer(one.id.value);
    out.name("added_on").text(api_time(one.created_on));
    out.name("repository");
    repository_condensed(out, links_of(call), proof.workspace(), proof.repository());
    key_members(out, one,
                fmt::format("{}/repositories/{}/{}/deploy-keys/{}", call.base(),
                            proof.workspace().slug, proof.repository().slug, one.id.value));
    out.end();
}

/// The user in the path: who asks. Another one's keys are nobody's business.
Result<forge::User> self_in(Call& call, const SignedIn& proof) {
    TRY_LET(found, forge::find_user(call.services().deps, call.ctx(), call.path("selected_user")));
    if (found.id == proof.user()) return std::move(found);
    return Failure(Error(Errc::Denied, "these are the keys of another user")
                       .with("needs", "the user")
                       .with("has", call.actor().name));
}

/// The same, or any user where an administrator of the installation reads.
struct Whose {
    forge::User user;
    std::optional<forge::SiteAdmin> by;  ///< where it is not who asks
};
Result<Whose> whose_in(Call& call, const SignedIn& proof) {
    if (call.actor().is_admin) {
        TRY_LET(found,
                forge::find_user(call.services().deps, call.ctx(), call.path("selected_user")));
        if (found.id == proof.user()) return Whose{std::move(found), {}};
        TRY_LET(by, call.services().permissions.site_admin(call.actor()));
        return Whose{std::move(found), std::move(by)};
    }
    TRY_LET(self, self_in(call, proof));
    return Whose{std::move(self), {}};
}

/// A uuid with its braces, or without.
std::string uuid_in(const Call& call) {
    const std::string& id = call.path("key_id");
    return id.starts_with('{') ? id : "{" + id + "}";
}

Result<Answer> list_user_keys(Call& call, const SignedIn& proof) {
    TRY_LET(whose, whose_in(call, proof));
    TRY_LET(asked, Collection::of(call));
    const forge::Deps& deps = call.services().deps;
    auto found = whose.by ? forge::keys_of(deps, call.ctx(), *whose.by, whose.user, asked.listing())
                          : forge::keys_of(deps, call.ctx(), proof, asked.listing());
    TRY_LET(all, std::move(found));
    return asked.answer(
        call, all,
        [&](json::Writer& out, const SshKey& one) { user_key(out, call, whose.user, one); },
        [](const SshKey& one) { return one.id.value; });
}

Result<Answer> get_user_key(Call& call, const SignedIn& proof) {
    TRY_LET(whose, whose_in(call, proof));
    const forge::Deps& deps = call.services().deps;
    auto found = whose.by ? forge::find_key(deps, call.ctx(), *whose.by, whose.user, uuid_in(call))
                          : forge::find_key(deps, call.ctx(), proof, uuid_in(call));
    TRY_LET(one, std::move(found));
    return written([&](json::Writer& out) { user_key(out, call, whose.user, one); });
}

struct Given {
    std::optional<std::string> key, label;
};
Result<Given> given_in(Call& call) {
    TRY_LET(document, call.json());
    TRY_LET(key, text_in(document.root(), "key"));
    TRY_LET(label, text_in(document.root(), "label"));
    return Given{std::move(key), std::move(label)};
}

Result<Answer> create_user_key(Call& call, const SignedIn& proof) {
    TRY_LET(self, self_in(call, proof));
    TRY_LET(given, given_in(call));
    TRY_LET(made, forge::add_key(call.services().deps, call.ctx(), proof, given.key.value_or(""),
                                 given.label.value_or("")));
    return written([&](json::Writer& out) { user_key(out, call, self, made); }, 201);
}

/// Only the label can be changed: another key is another key.
Result<Answer> update_user_key(Call& call, const SignedIn& proof) {
    TRY_LET(self, self_in(call, proof));
    TRY_LET(given, given_in(call));
    TRY_LET(made, forge::label_key(call.services().deps, call.ctx(), proof, uuid_in(call),
                                   given.label.value_or("")));
    return written([&](json::Writer& out) { user_key(out, call, self, made); });
}

Result<Answer> delete_user_key(Call& call, const SignedIn& proof) {
    TRY(self_in(call, proof));
    TRY(forge::delete_key(call.services().deps, call.ctx(), proof, uuid_in(call)));
    return Answer::nothing();
}

Result<Answer> list_deploy_keys(Call& call, const RepoAdmin& proof) {
    TRY_LET(asked, Collection::of(call));
    TRY_LET(all, forge::keys_of(call.services().deps, call.ctx(), proof, asked.listing()));
    return asked.answer(
        call, all, [&](json::Writer& out, const SshKey& one) { deploy_key(out, call, proof, one); },
        [](const SshKey& one) { return one.id.value; });
}

Result<Answer> get_deploy_key(Call& call, const RepoAdmin& proof) {
    TRY_LET(one, forge::find_key(call.services().deps, call.ctx(), proof, call.path("key_id")));
    return written([&](json::Writer& out) { deploy_key(out, call, proof, one); });
}

Result<Answer> create_deploy_key(Call& call, const RepoAdmin& proof) {
    TRY_LET(given, given_in(call));
    TRY_LET(made, forge::add_key(call.services().deps, call.ctx(), proof, given.key.value_or(""),
                                 given.label.value_or("")));
    return written([&](json::Writer& out) { deploy_key(out, call, proof, made); });
}

Result<Answer> update_deploy_key(Call& call, const RepoAdmin& proof) {
    TRY_LET(given, given_in(call));
    TRY_LET(made, forge::label_key(call.services().deps, call.ctx(), proof, call.path("key_id"),
                                   given.label.value_or("")));
    return written([&](json::Writer& out) { deploy_key(out, call, proof, made); });
}

Result<Answer> delete_deploy_key(Call& call, const RepoAdmin& proof) {
    TRY(forge::delete_key(call.services().deps, call.ctx(), proof, call.path("key_id")));
    return Answer::nothing();
}

using enum Method;
using forge::Scope;

template <auto function>
constexpr Route line(Method method, Literal path, Literal operation, Literal summary, Scope scope,
                     Literal answer = "", Literal body = "", unsigned status = 200) {
    return route<function>({.method = method,
                            .path = path,
                            .operation = operation,
                            .tag = "SSH keys",
                            .summary = summary,
                            .scope = scope,
                            .answer = answer,
                            .body = body,
                            .status = status});
}

constexpr std::array kRoutes{
    line<list_user_keys>(Get, "/users/{selected_user}/ssh-keys", "listSshKeys",
                         "The SSH keys of the user who asks.", Scope::SshKey,
                         "paginated_ssh_account_key"),
    line<create_user_key>(Post, "/users/{selected_user}/ssh-keys", "createSshKey",
                          "Adds an SSH key.", Scope::SshKeyWrite, "ssh_account_key",
                          "ssh_account_key", 201),
    line<get_user_key>(Get, "/users/{selected_user}/ssh-keys/{key_id}", "getSshKey",
                       "An SSH key, by its uuid.", Scope::SshKey, "ssh_account_key"),
    line<update_user_key>(Put, "/users/{selected_user}/ssh-keys/{key_id}", "updateSshKey",
                          "Changes the label of an SSH key.", Scope::SshKeyWrite, "ssh_account_key",
                          "ssh_account_key"),
    line<delete_user_key>(Delete, "/users/{selected_user}/ssh-keys/{key_id}", "deleteSshKey",
                          "Removes an SSH key.", Scope::SshKeyDelete, "", "", 204),
    line<list_deploy_keys>(Get, "/repositories/{workspace}/{repo_slug}/deploy-keys",
                           "listDeployKeys", "The keys that may read the repository.",
                           Scope::RepositoryAdmin, "paginated_deploy_key"),
    line<create_deploy_key>(Post, "/repositories/{workspace}/{repo_slug}/deploy-keys",
                            "createDeployKey", "Adds a key that may read the repository.",
                            Scope::RepositoryAdmin, "deploy_key", "deploy_key"),
    line<get_deploy_key>(Get, "/repositories/{workspace}/{repo_slug}/deploy-keys/{key_id}",
                         "getDeployKey", "A deploy key, by its number.", Scope::RepositoryAdmin,
                         "deploy_key"),
    line<update_deploy_key>(Put, "/repositories/{workspace}/{repo_slug}/deploy-keys/{key_id}",
                            "updateDeployKey", "Changes the label of a deploy key.",
                            Scope::RepositoryAdmin, "deploy_key", "deploy_key"),
    line<delete_deploy_key>(Delete, "/repositories/{workspace}/{repo_slug}/deploy-keys/{key_id}",
                            "deleteDeployKey", "Removes a deploy key.", Scope::RepositoryAdmin, "",
                            "", 204),
};

}  // namespace

std::span<const Route> key_routes() noexcept {
    return kRoutes;
}

}  // namespace forgehouse::api::rest_v2
