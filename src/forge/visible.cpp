#include "forge/visible.h"

#include <algorithm>

namespace forgehouse::forge {
namespace {

/// What a token that acts for itself sees besides what is public.
const Binding* binding_of(const WorkspaceVisible& proof) {
    const auto& binding = proof.actor().binding;
    return binding && binding->workspace == proof.workspace().id ? &*binding : nullptr;
}

}  // namespace

void add_is_subject(ports::Sql& sql, const WorkspaceVisible& proof) {
    sql.add("((g.subject_kind = 1 AND g.subject_id = ").bind(proof.actor().user->value).add(")");
    if (!proof.groups().empty()) {
        sql.add(" OR (g.subject_kind = 2 AND g.subject_id IN (");
        for (std::size_t i = 0; i < proof.groups().size(); ++i) {
            if (i > 0) sql.add(", ");
            sql.bind(proof.groups()[i]);
        }
        sql.add("))");
    }
    sql.add(")");
}

void add_visible_repositories(ports::Sql& sql, const WorkspaceVisible& proof, Role least) {
    const Role needed = std::max(least, Role::Read);
    if (proof.role_within() >= needed) return;
    sql.add(least == Role::None ? Literal(" AND (r.is_private = 0") : Literal(" AND (1 = 0"));
    if (const Binding* binding = binding_of(proof)) {
        if (binding->repository)
            sql.add(" OR r.id = ").bind(binding->repository->value);
        else if (binding->project)
            sql.add(" OR r.project_id = ").bind(binding->project->value);
    }
    if (proof.actor().user) {
        sql.add(
            " OR EXISTS (SELECT 1 FROM grants g WHERE g.workspace_id = r.workspace_id AND "
            "((g.object_kind = 3 AND g.object_id = r.id) OR "
            "(g.object_kind = 2 AND g.object_id = r.project_id)) AND g.role >= ");
        sql.bind(static_cast<int>(needed)).add(" AND ");
        add_is_subject(sql, proof);
        sql.add(")");
    }
    sql.add(")");
}

void add_visible_projects(ports::Sql& sql, const WorkspaceVisible& proof) {
    if (proof.role_within() >= Role::Read) return;
    sql.add(" AND (p.is_private = 0");
    const Binding* binding = binding_of(proof);
    // A token of a repository has no part in its project.
    if (binding && binding->project && !binding->repository)
        sql.add(" OR p.id = ").bind(binding->project->value);
    if (proof.actor().user) {
        sql.add(
            " OR EXISTS (SELECT 1 FROM grants g WHERE g.workspace_id = p.workspace_id AND "
            "g.role > 0 AND g.object_kind = 2 AND g.object_id = p.id AND ");
        add_is_subject(sql, proof);
        sql.add(")");
    }
    sql.add(")");
}

}  // namespace forgehouse::forge
