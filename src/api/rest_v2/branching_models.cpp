#include <fmt/format.h>

#include "api/rest_v2/body.h"
#include "api/rest_v2/common.h"
#include "api/rest_v2/tables.h"
#include "forge/branching_model.h"
#include "forge/repositories.h"
#include "git/hosted/served_repository.h"

namespace forgehouse::api::rest_v2 {
namespace {

using forge::BranchingModel;
using forge::ProjectAdmin;
using forge::ProjectRead;
using forge::RepoAdmin;
using forge::RepoRead;

using Refs = std::shared_ptr<const git::RefSnapshot>;

template <class Proof>
Result<Refs> refs_of(Call& call, const Proof& proof) {
    TRY_LET(served, call.services().repositories.open(
                        forge::folder_of(call.services().deps, proof.repository()).string()));
    return served->refs();
}

std::string address_of(const Call& call, const RepoRead& proof) {
    return fmt::format("{}/repositories/{}/{}", call.base(), proof.workspace().slug,
                       proof.repository().slug);
}
std::string address_of(const Call& call, const ProjectRead& proof) {
    return fmt::format("{}/workspaces/{}/projects/{}", call.base(), proof.workspace().slug,
                       proof.project().key);
}

void name_or_null(json::Writer& out, const std::optional<std::string>& name) {
    out.name("name");
    if (name)
        out.text(*name);
    else
        out.null();
}

/// A branch as it is now: with its commit, where it is there.
void live_branch(json::Writer& out, const BranchingModel::Branch& branch,
                 const forge::Repository& repository, const git::RefSnapshot& refs) {
    const std::string name = branch_of(branch, repository);
    out.object();
    out.name("name").text(name);
    out.name("use_mainbranch").flag(branch.use_mainbranch);
    if (const git::NamedRef* ref = refs.find_branch(name)) {
        out.name("branch").object();
        out.name("type").text("branch").name("name").text(name);
        out.name("target").object();
        out.name("type").text("commit").name("hash").text(ref->id.hex()).end();
        out.end();
    }
    out.end();
}

void enabled_types(json::Writer& out, const BranchingModel& model) {
    out.name("branch_types").array();
    for (const BranchingModel::Type& type : model.types)
        if (type.is_enabled)
            out.object().name("kind").text(type.kind).name("prefix").text(type.prefix).end();
    out.end();
}

Result<Answer> live_model(Call& call, const RepoRead& proof, std::string_view type,
                          std::string_view self) {
    TRY_LET(found, forge::branching_model(call.services().deps, call.ctx(), proof));
    TRY_LET(refs, refs_of(call, proof));
    return written([&](json::Writer& out) {
        out.object();
        out.name("type").text(type);
        out.name("development");
        live_branch(out, found.model.development, proof.repository(), *refs);
        if (found.model.production && found.model.production->is_enabled) {
            out.name("production");
            live_branch(out, *found.model.production, proof.repository(), *refs);
        }
        enabled_types(out, found.model);
        out.name("links").object();
        link(out, "self", fmt::format("{}/{}", address_of(call, proof), self));
        out.end().end();
    });
}

Result<Answer> get_model(Call& call, const RepoRead& proof) {
    return live_model(call, proof, "branching_model", "branching-model");
}
Result<Answer> get_effective(Call& call, const RepoRead& proof) {
    return live_model(call, proof, "effective_repo_branching_model", "effective-branching-model");
}

Result<Answer> get_project_model(Call& call, const ProjectRead& proof) {
    TRY_LET(model, forge::branching_model(call.services().deps, call.ctx(), proof));
    return written([&](json::Writer& out) {
        const auto branch = [&](std::string_view name, const BranchingModel::Branch& one) {
            out.name(name).object();
            name_or_null(out, one.name);
            out.name("use_mainbranch").flag(one.use_mainbranch).end();
        };
        out.object();
        out.name("type").text("project_branching_model");
        branch("development", model.development);
        if (model.production && model.production->is_enabled)
            branch("production", *model.production);
        enabled_types(out, model);
        out.name("links").object();
        link(out, "self", address_of(call, proof) + "/branching-model");
        out.end().end();
    });
}

/// Whether the branch is there; every branch of a project's model is, as nobody can tell.
bool is_valid(const BranchingModel::Branch& branch, const git::RefSnapshot* refs) {
    return !refs || branch.use_mainbranch || refs->find_branch(branch.name.value_or(""));
}

Answer settings(const std::string& address, const BranchingModel& model,
                const git::RefSnapshot* refs) {
    return written([&](json::Writer& out) {
        out.object();
        out.name("type").text("branching_model_settings");
        out.name("development").object();
        name_or_null(out, model.development.name);
        out.name("use_mainbranch").flag(model.development.use_mainbranch);
        out.name("is_valid").flag(is_valid(model.development, refs)).end();
        const BranchingModel::Branch production = model.production.value_or(
            BranchingModel::Branch{.use_mainbranch = false, .name = {}, .is_enabled = false});
        out.name("production").object();
        name_or_null(out, production.name);
        out.name("use_mainbranch").flag(production.use_mainbranch);
        out.name("enabled").flag(production.is_enabled);
        out.name("is_valid").flag(!production.is_enabled || is_valid(production, refs)).end();
        out.name("branch_types").array();
        for (const BranchingModel::Type& type : model.types) {
            out.object().name("kind").text(type.kind).name("prefix").text(type.prefix);
            out.name("enabled").flag(type.is_enabled).end();
        }
        out.end();
        out.name("links").object();
        link(out, "self", address + "/branching-model/settings");
        out.end().end();
    });
}

Result<Answer> get_settings(Call& call, const RepoAdmin& proof) {
    TRY_LET(found, forge::branching_model(call.services().deps, call.ctx(), proof));
    TRY_LET(refs, refs_of(call, proof));
    return settings(address_of(call, proof), found.model, refs.get());
}
Result<Answer> get_project_settings(Call& call, const ProjectAdmin& proof) {
    TRY_LET(model, forge::branching_model(call.services().deps, call.ctx(), proof));
    return settings(address_of(call, proof), model, nullptr);
}

Result<void> apply(BranchingModel::Branch& branch, const json::Value& object) {
    TRY_LET(name, text_in(object, "name"));
    TRY_LET(use_mainbranch, flag_in(object, "use_mainbranch"));
    TRY_LET(enabled, flag_in(object, "enabled"));
    if (name) branch.name = *name;
    if (use_mainbranch) branch.use_mainbranch = *use_mainbranch;
    if (enabled) branch.is_enabled = *enabled;
    if (branch.use_mainbranch) branch.name.reset();
    return {};
}

Result<void> apply_type(BranchingModel& model, const json::Value& object) {
    TRY_LET(kind, text_in(object, "kind"));
    TRY_LET(prefix, text_in(object, "prefix"));
    TRY_LET(enabled, flag_in(object, "enabled"));
    auto found = std::ranges::find(model.types, kind.value_or(""), &BranchingModel::Type::kind);
    if (found == model.types.end()) {
        // One of no known kind is refused when the model is set.
        model.types.push_back({kind.value_or(""), "", true});
        found = model.types.end() - 1;
    }
    if (prefix) found->prefix = *prefix;
    if (enabled) found->is_enabled = *enabled;
    return {};
}

/// Changes what the body names.
Result<void> apply(Call& call, BranchingModel& model) {
    TRY_LET(document, call.json());
    const json::Value body = document.root();
    if (const auto development = body.find("development")) {
        TRY(apply(model.development, *development));
        model.development.is_enabled = true;
    }
    if (const auto production = body.find("production")) {
        if (!model.production)
            model.production.emplace(
                BranchingModel::Branch{.use_mainbranch = false, .name = {}, .is_enabled = true});
        TRY(apply(*model.production, *production));
    }
    const auto types = body.find("branch_types");
    if (!types) return {};
    const auto items = types->items();
    if (!items)
        return Failure(Error(Errc::Invalid, "this member of the body is of another type")
                           .with("field", "branch_types")
                           .hint("it is to be a list of objects"));
    for (const json::Value& item : *items) TRY(apply_type(model, item));
    return {};
}

Result<void> check_exists(const BranchingModel::Branch& branch, const git::RefSnapshot& refs,
                          Literal field) {
    if (!branch.is_enabled || is_valid(branch, &refs)) return {};
    return Failure(Error(Errc::Invalid, "there is no such branch")
                       .with("field", std::string(field.view()))
                       .with("branch", branch.name.value_or(""))
                       .hint("push it first, or use the main branch"));
}

Result<Answer> set_settings(Call& call, const RepoAdmin& proof) {
    TRY_LET(found, forge::branching_model(call.services().deps, call.ctx(), proof));
    BranchingModel model = std::move(found.model);
    TRY(apply(call, model));
    TRY_LET(refs, refs_of(call, proof));
    TRY(check_exists(model.development, *refs, "development"));
    if (model.production) TRY(check_exists(*model.production, *refs, "production"));
    TRY(forge::set_branching_model(call.services().deps, call.ctx(), proof, model));
    return settings(address_of(call, proof), model, refs.get());
}
Result<Answer> set_project_settings(Call& call, const ProjectAdmin& proof) {
    TRY_LET(model, forge::branching_model(call.services().deps, call.ctx(), proof));
    TRY(apply(call, model));
    TRY(forge::set_branching_model(call.services().deps, call.ctx(), proof, model));
    return settings(address_of(call, proof), model, nullptr);
}

using enum Method;
using forge::Scope;

template <auto function>
constexpr Route line(Method method, Literal path, Literal operation, Literal summary, Scope scope,
                     Literal answer) {
    return route<function>(
        {.method = method,
         .path = path,
         .operation = operation,
         .tag = "Branching model",
         .summary = summary,
         .scope = scope,
         .answer = answer,
         .body = method == Put ? Literal("branching_model_settings") : Literal("")});
}

constexpr std::array kRoutes{
    line<get_model>(Get, "/repositories/{workspace}/{repo_slug}/branching-model",
                    "getBranchingModel", "Which branches are what, as they are now.",
                    Scope::Repository, "branching_model"),
    line<get_settings>(Get, "/repositories/{workspace}/{repo_slug}/branching-model/settings",
                       "getBranchingModelSettings", "What was set for the repository.",
                       Scope::RepositoryAdmin, "branching_model_settings"),
    line<set_settings>(Put, "/repositories/{workspace}/{repo_slug}/branching-model/settings",
                       "updateBranchingModelSettings",
                       "Changes what is given, and leaves the rest.", Scope::RepositoryAdmin,
                       "branching_model_settings"),
    line<get_effective>(Get, "/repositories/{workspace}/{repo_slug}/effective-branching-model",
                        "getEffectiveBranchingModel",
                        "The model of the repository, or the one of its project.",
                        Scope::Repository, "effective_repo_branching_model"),
    line<get_project_model>(Get, "/workspaces/{workspace}/projects/{project_key}/branching-model",
                            "getProjectBranchingModel", "Which branches are what in the project.",
                            Scope::Project, "project_branching_model"),
    line<get_project_settings>(
        Get, "/workspaces/{workspace}/projects/{project_key}/branching-model/settings",
        "getProjectBranchingModelSettings", "What was set for the project.", Scope::ProjectAdmin,
        "branching_model_settings"),
    line<set_project_settings>(
        Put, "/workspaces/{workspace}/projects/{project_key}/branching-model/settings",
        "updateProjectBranchingModelSettings", "Changes what is given, and leaves the rest.",
        Scope::ProjectAdmin, "branching_model_settings"),
};

}  // namespace

std::span<const Route> branching_model_routes() noexcept {
    return kRoutes;
}

}  // namespace forgehouse::api::rest_v2
