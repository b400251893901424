#include "forge/branching_model.h"

#include <algorithm>

#include "base/json.h"
#include "forge/names.h"
#include "forge/outbox.h"
#include "git/hosted/ref_name.h"

namespace forgehouse::forge {
namespace {

/// What a model is of.
struct Of {
    WorkspaceId workspace;
    ObjectKind kind;
    std::int64_t id;
};

template <Role least>
Of of(const RepoProof<least>& proof) {
    return {proof.workspace().id, ObjectKind::Repository, proof.repository().id.value};
}
template <Role least>
Of of(const ProjectProof<least>& proof) {
    return {proof.workspace().id, ObjectKind::Project, proof.project().id.value};
}

BranchingModel usual() {
    BranchingModel model;
    for (const std::string_view kind : kBranchTypes)
        model.types.push_back({.kind = std::string(kind), .prefix = std::string(kind) + "/"});
    return model;
}

Error invalid(Literal field, const char* hint) {
    return Error(Errc::Invalid, "this is no valid branching model")
        .with("field", std::string(field.view()))
        .hint(hint);
}

void write_branch(json::Writer& out, const BranchingModel::Branch& branch) {
    out.object();
    out.name("use_mainbranch").flag(branch.use_mainbranch);
    if (branch.name) out.name("name").text(*branch.name);
    out.name("enabled").flag(branch.is_enabled).end();
}

std::string stored(const BranchingModel& model) {
    json::Writer out;
    out.object().name("development");
    write_branch(out, model.development);
    if (model.production) {
        out.name("production");
        write_branch(out, *model.production);
    }
    out.name("types").array();
    for (const BranchingModel::Type& type : model.types) {
        out.object().name("kind").text(type.kind).name("prefix").text(type.prefix);
        out.name("enabled").flag(type.is_enabled).end();
    }
    out.end().end();
    return out.take();
}

Result<BranchingModel::Branch> read_branch(const json::Value& value) {
    BranchingModel::Branch branch;
    TRY_LET(use, value.at("use_mainbranch"));
    TRY_LET(use_mainbranch, use.flag());
    TRY_LET(enabled, value.at("enabled"));
    TRY_LET(is_enabled, enabled.flag());
    branch.use_mainbranch = use_mainbranch;
    branch.is_enabled = is_enabled;
    if (const auto name = value.find("name")) {
        TRY_LET(text, name->text());
        branch.name = std::string(text);
    }
    return branch;
}

Result<BranchingModel> read_model(std::string_view text) {
    TRY_LET(document, json::Document::parse(text));
    BranchingModel model{.is_default = false};
    TRY_LET(development, document.root().at("development"));
    TRY_LET(branch, read_branch(development));
    model.development = std::move(branch);
    if (const auto production = document.root().find("production")) {
        TRY_LET(made, read_branch(*production));
        model.production = std::move(made);
    }
    TRY_LET(types, document.root().at("types"));
    TRY_LET(items, types.items());
    for (const json::Value& item : items) {
        TRY_LET(kind, item.at("kind"));
        TRY_LET(kind_text, kind.text());
        TRY_LET(prefix, item.at("prefix"));
        TRY_LET(prefix_text, prefix.text());
        TRY_LET(enabled, item.at("enabled"));
        TRY_LET(is_enabled, enabled.flag());
        model.types.push_back({std::string(kind_text), std::string(prefix_text), is_enabled});
    }
    return model;
}

Result<void> check_branch_name(const BranchingModel::Branch& branch, Literal field) {
    if (branch.use_mainbranch || !branch.is_enabled) return {};
    if (branch.name && branch.name->size() <= kMostName && git::is_branch_name(*branch.name))
        return {};
    return Failure(invalid(field, "name a branch, or use the main branch"));
}

Result<void> check(const BranchingModel& model) {
    TRY(check_branch_name(model.development, "development"));
    if (model.production) TRY(check_branch_name(*model.production, "production"));
    for (std::size_t i = 0; i < model.types.size(); ++i) {
        const BranchingModel::Type& type = model.types[i];
        if (std::ranges::find(kBranchTypes, type.kind) == kBranchTypes.end())
            return Failure(invalid("branch_types", "a kind is feature, bugfix, release or hotfix"));
        if (type.prefix.size() > kMostName ||
            (type.is_enabled && !git::is_branch_name(type.prefix + "x")))
            return Failure(
                invalid("branch_types", "a prefix begins names of branches, such as feature/"));
        for (std::size_t j = 0; j < model.types.size(); ++j) {
            const BranchingModel::Type& other = model.types[j];
            if (i == j) continue;
            if (type.kind == other.kind)
                return Failure(invalid("branch_types", "each kind may be there once"));
            if (type.is_enabled && other.is_enabled && other.prefix.starts_with(type.prefix))
                return Failure(invalid("branch_types",
                                       "no prefix may begin another one: which type would "
                                       "such a branch be of?"));
        }
    }
    return {};
}

Result<std::optional<BranchingModel>> find(ports::Session& session, const Of& what) {
    TRY_LET(text, session.first(
                      ports::Sql("SELECT settings FROM branching_models WHERE workspace_id = $1 "
                                 "AND object_kind = $2 AND object_id = $3",
                                 {what.workspace.value, static_cast<int>(what.kind), what.id}),
                      [](const ports::SqlRow& row) { return std::string(row.text(0)); }));
    if (!text) return std::nullopt;
    TRY_LET(model, read_model(*text));
    return std::optional(std::move(model));
}

/// Stores it, or removes the one that is there.
Result<void> store(Deps& deps, const exec::Context& ctx, const Of& what, const Actor& actor,
                   const BranchingModel* model) {
    return deps.state.of(what.workspace.value)
        .write(ctx, [&](ports::Session& session) -> Result<void> {
            if (model)
                TRY(session.execute(ports::Sql(
                    "INSERT INTO branching_models (workspace_id, object_kind, object_id, settings) "
                    "VALUES ($1, $2, $3, $4) ON CONFLICT (workspace_id, object_kind, object_id) "
                    "DO UPDATE SET settings = excluded.settings",
                    {what.workspace.value, static_cast<int>(what.kind), what.id, stored(*model)})));
            else
                TRY(session.execute(
                    ports::Sql("DELETE FROM branching_models WHERE workspace_id = $1 AND "
                               "object_kind = $2 AND object_id = $3",
                               {what.workspace.value, static_cast<int>(what.kind), what.id})));
            return emit(session, deps,
                        {.name = "branching_model:changed",
                         .workspace = what.workspace,
                         .repository = what.kind == ObjectKind::Repository
                                           ? std::optional(RepositoryId{what.id})
                                           : std::nullopt,
                         .actor = actor.user});
        });
}

}  // namespace

std::string branch_of(const BranchingModel::Branch& branch, const Repository& repository) {
    if (!branch.is_enabled) return {};
    return branch.use_mainbranch ? repository.main_branch : branch.name.value_or("");
}

bool is_of_type(const BranchingModel& model, const Repository& repository, std::string_view type,
                std::string_view branch) {
    if (branch.empty()) return false;
    if (type == "development") return branch == branch_of(model.development, repository);
    if (type == "production")
        return model.production && branch == branch_of(*model.production, repository);
    return std::ranges::any_of(model.types, [&](const BranchingModel::Type& one) {
        return one.is_enabled && one.kind == type && branch.starts_with(one.prefix);
    });
}

Result<EffectiveModel> branching_model(const Deps& deps, const exec::Context& ctx,
                                       const RepoRead& proof) {
    EffectiveModel effective{.model = usual()};
    TRY(deps.state.of(proof.workspace().id.value)
            .read(ctx, [&](ports::Session& session) -> Result<void> {
                TRY_LET(own, find(session, of(proof)));
                if (own) {
                    effective.model = std::move(*own);
                    return {};
                }
                TRY_LET(outer, find(session, {proof.workspace().id, ObjectKind::Project,
                                              proof.repository().project.value}));
                if (outer) effective = {std::move(*outer), true};
                return {};
            }));
    return effective;
}

Result<BranchingModel> branching_model(const Deps& deps, const exec::Context& ctx,
                                       const ProjectRead& proof) {
    BranchingModel model = usual();
    TRY(deps.state.of(proof.workspace().id.value)
            .read(ctx, [&](ports::Session& session) -> Result<void> {
                TRY_LET(own, find(session, of(proof)));
                if (own) model = std::move(*own);
                return {};
            }));
    return model;
}

Result<void> set_branching_model(Deps& deps, const exec::Context& ctx, const RepoAdmin& proof,
                                 const BranchingModel& model) {
    TRY(check(model));
    return store(deps, ctx, of(proof), proof.actor(), &model);
}
Result<void> set_branching_model(Deps& deps, const exec::Context& ctx, const ProjectAdmin& proof,
                                 const BranchingModel& model) {
    TRY(check(model));
    return store(deps, ctx, of(proof), proof.actor(), &model);
}
Result<void> inherit_branching_model(Deps& deps, const exec::Context& ctx, const RepoAdmin& proof) {
    return store(deps, ctx, of(proof), proof.actor(), nullptr);
}

}  // namespace forgehouse::forge
