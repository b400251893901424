#include "forge/hooks.h"

#include <fmt/format.h>

#include "api/rest_v2/body.h"
#include "api/rest_v2/collection.h"
#include "api/rest_v2/common.h"
#include "api/rest_v2/tables.h"

namespace forgehouse::api::rest_v2 {
namespace {

using forge::Anybody;
using forge::Hook;
using forge::HookChange;
using forge::HookEvent;
using forge::ObjectKind;
using forge::RepoAdmin;
using forge::WorkspaceAdmin;

/// What hooks hang on: its type, the address of its hooks, and itself.
struct Subject {
    std::string_view type;
    std::string address;
    std::function<void(json::Writer&)> object;
};

Subject subject_of(const Call& call, const RepoAdmin& proof) {
    return {"repository",
            fmt::format("{}/repositories/{}/{}/hooks", call.base(), proof.workspace().slug,
                        proof.repository().slug),
            [&call, &proof](json::Writer& out) {
                repository_condensed(out, links_of(call), proof.workspace(), proof.repository());
            }};
}
Subject subject_of(const Call& call, const WorkspaceAdmin& proof) {
    return {"workspace", fmt::format("{}/workspaces/{}/hooks", call.base(), proof.workspace().slug),
            [&call, &proof](json::Writer& out) {
                workspace_condensed(out, links_of(call), proof.workspace());
            }};
}

void hook(json::Writer& out, const Subject& subject, const Hook& one) {
    out.object();
    out.name("type").text("webhook_subscription");
    out.name("uuid").text(fmt::format("{{{}}}", one.uuid));
    out.name("url").text(one.url);
    out.name("description").text(one.description);
    out.name("subject_type").text(subject.type);
    out.name("subject");
    subject.object(out);
    out.name("active").flag(one.is_active);
    out.name("created_at").text(api_time(one.created_on));
    out.name("events").array();
    for (const std::string& event : one.events) out.text(event);
    out.end();
    out.name("secret_set").flag(one.has_secret);
    out.name("links").object();
    link(out, "self", fmt::format("{}/%7B{}%7D", subject.address, one.uuid));
    out.end().end();
}

template <class Proof>
Answer answer(Call& call, const Proof& proof, const Hook& one, unsigned status = 200) {
    return written([&](json::Writer& out) { hook(out, subject_of(call, proof), one); }, status);
}

/// `secret`: null, as "", takes it away; where it is not there, it stays.
Result<std::optional<Secret>> secret_in(const json::Value& body) {
    TRY_LET(members, body.members());
    for (const auto& [name, value] : members) {
        if (name != "secret") continue;
        if (value.is_null()) return Secret("");
        TRY_LET(text, text_in(body, "secret"));
        return Secret(std::move(*text));
    }
    return std::nullopt;
}

Result<HookChange> change_in(Call& call) {
    TRY_LET(document, call.json());
    const json::Value body = document.root();
    TRY_LET(description, text_in(body, "description"));
    TRY_LET(url, text_in(body, "url"));
    TRY_LET(events, texts_in(body, "events"));
    TRY_LET(is_active, flag_in(body, "active"));
    TRY_LET(secret, secret_in(body));
    return HookChange{.description = std::move(description),
                      .url = std::move(url),
                      .events = std::move(events),
                      .is_active = is_active,
                      .secret = std::move(secret)};
}

template <class Proof>
Result<Answer> list_hooks(Call& call, const Proof& proof) {
    TRY_LET(asked, Collection::of(call));
    TRY_LET(all, forge::hooks_of(call.services().deps, call.ctx(), proof, asked.listing()));
    const Subject subject = subject_of(call, proof);
    return asked.answer(
        call, all, [&](json::Writer& out, const Hook& one) { hook(out, subject, one); },
        [](const Hook& one) { return one.id.value; });
}

template <class Proof>
Result<Answer> create_hook(Call& call, const Proof& proof) {
    TRY_LET(change, change_in(call));
    TRY_LET(made, forge::create_hook(call.services().deps, call.ctx(), proof, change));
    return answer(call, proof, made, 201);
}

/// Clients send the uuid with its braces, and without.
std::string uid_in(const Call& call) {
    const std::string& uid = call.path("uid");
    return uid.starts_with('{') ? uid : "{" + uid + "}";
}

template <class Proof>
Result<Answer> get_hook(Call& call, const Proof& proof) {
    TRY_LET(found, forge::find_hook(call.services().deps, call.ctx(), proof, uid_in(call)));
    return answer(call, proof, found);
}

template <class Proof>
Result<Answer> update_hook(Call& call, const Proof& proof) {
    TRY_LET(change, change_in(call));
    TRY_LET(made,
            forge::change_hook(call.services().deps, call.ctx(), proof, uid_in(call), change));
    return answer(call, proof, made);
}

template <class Proof>
Result<Answer> delete_hook(Call& call, const Proof& proof) {
    TRY(forge::delete_hook(call.services().deps, call.ctx(), proof, uid_in(call)));
    return Answer::nothing();
}

Result<Answer> list_subjects(Call& call, const Anybody&) {
    return written([&](json::Writer& out) {
        out.object();
        for (const std::string_view type : {"repository", "workspace"}) {
            out.name(type).object().name("links").object();
            link(out, "events", fmt::format("{}/hook_events/{}", call.base(), type));
            out.end().end();
        }
        out.end();
    });
}

/// All of them are one short list: pages of it are cut here.
Result<Answer> list_events(Call& call, const Anybody&) {
    const std::string& type = call.path("subject_type");
    if (type != "repository" && type != "workspace")
        return Failure(Error(Errc::NotFound, "webhooks hang on no such thing")
                           .with("object", type)
                           .hint("they hang on a repository or a workspace"));
    TRY_LET(page, parse_page(call.query(), 100, 100));
    std::vector<const HookEvent*> events;
    for (const HookEvent& one : forge::hook_events())
        if (type == "workspace" || !one.is_of_workspace) events.push_back(&one);
    json::Writer out;
    out.array();
    const std::int64_t end = std::min(std::ssize(events), page.offset() + page.length);
    for (std::int64_t i = page.offset(); i < end; ++i) {
        const HookEvent& one = *events[static_cast<std::size_t>(i)];
        out.object();
        out.name("event").text(one.name.view());
        out.name("category").text(one.category.view());
        out.name("label").text(one.label.view());
        out.name("description").text(one.about.view());
        out.end();
    }
    out.end();
    const PageEnvelope envelope = numbered_page(fmt::format("{}/hook_events/{}", call.base(), type),
                                                call.query(), page, std::ssize(events));
    return Answer::json(envelope.json(out.take()));
}

using enum Method;
using forge::Scope;

template <auto function>
constexpr Route line(Method method, Literal path, Literal operation, Literal summary, Scope scope,
                     Literal answer = "", unsigned status = 200) {
    const bool has_body = method == Post || method == Put;
    return route<function>({.method = method,
                            .path = path,
                            .operation = operation,
                            .tag = "Webhooks",
                            .summary = summary,
                            .scope = scope,
                            .answer = answer,
                            .body = has_body ? Literal("webhook_subscription") : Literal(""),
                            .status = status});
}

constexpr std::array kRoutes{
    line<list_subjects>(Get, "/hook_events", "listHookSubjects", "What webhooks can hang on.",
                        Scope::None, "subject_types"),
    line<list_events>(Get, "/hook_events/{subject_type}", "listHookEvents",
                      "The events that webhooks can ask for.", Scope::None, "paginated_hook_event"),
    line<list_hooks<RepoAdmin>>(Get, "/repositories/{workspace}/{repo_slug}/hooks",
                                "listWebhooksForRepository", "The webhooks of the repository.",
                                Scope::WebhookRead, "paginated_webhook_subscription"),
    line<create_hook<RepoAdmin>>(Post, "/repositories/{workspace}/{repo_slug}/hooks",
                                 "createWebhookForRepository",
                                 "Creates a webhook. Its secret is never told again.",
                                 Scope::Webhook, "webhook_subscription", 201),
    line<get_hook<RepoAdmin>>(Get, "/repositories/{workspace}/{repo_slug}/hooks/{uid}",
                              "getWebhookForRepository", "A webhook.", Scope::WebhookRead,
                              "webhook_subscription"),
    line<update_hook<RepoAdmin>>(
        Put, "/repositories/{workspace}/{repo_slug}/hooks/{uid}", "updateWebhookForRepository",
        "Changes what is given, and leaves the rest.", Scope::Webhook, "webhook_subscription"),
    line<delete_hook<RepoAdmin>>(Delete, "/repositories/{workspace}/{repo_slug}/hooks/{uid}",
                                 "deleteWebhookForRepository", "Deletes a webhook.",
                                 Scope::WebhookDelete, "", 204),
    line<list_hooks<WorkspaceAdmin>>(Get, "/workspaces/{workspace}/hooks",
                                     "listWebhooksForWorkspace", "The webhooks of the workspace.",
                                     Scope::WebhookRead, "paginated_webhook_subscription"),
    line<create_hook<WorkspaceAdmin>>(Post, "/workspaces/{workspace}/hooks",
                                      "createWebhookForWorkspace",
                                      "Creates a webhook. Its secret is never told again.",
                                      Scope::Webhook, "webhook_subscription", 201),
    line<get_hook<WorkspaceAdmin>>(Get, "/workspaces/{workspace}/hooks/{uid}",
                                   "getWebhookForWorkspace", "A webhook.", Scope::WebhookRead,
                                   "webhook_subscription"),
    line<update_hook<WorkspaceAdmin>>(
        Put, "/workspaces/{workspace}/hooks/{uid}", "updateWebhookForWorkspace",
        "Changes what is given, and leaves the rest.", Scope::Webhook, "webhook_subscription"),
    line<delete_hook<WorkspaceAdmin>>(Delete, "/workspaces/{workspace}/hooks/{uid}",
                                      "deleteWebhookForWorkspace", "Deletes a webhook.",
                                      Scope::WebhookDelete, "", 204),
};

}  // namespace

std::span<const Route> hook_routes() noexcept {
    return kRoutes;
}

}  // namespace forgehouse::api::rest_v2
