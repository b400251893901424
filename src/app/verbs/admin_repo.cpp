#include <fmt/format.h>

#include <array>

#include "app/verbs/admin.h"
#include "app/verbs/verbs.h"
#include "app/world.h"
#include "base/text.h"
#include "forge/projects.h"
#include "forge/repositories.h"

namespace forgehouse::app::verbs {
namespace {

constexpr std::array<std::string_view, 3> kActions{"list", "create", "delete"};
std::span<const std::string_view> actions() {
    return kActions;
}

constexpr std::array kOperands{
    cli::Operand{.name = "ACTION NAME",
                 .doc = "list and a WORKSPACE; create or delete and WORKSPACE/REPO.",
                 .least = 2,
                 .most = 2,
                 .words = actions}};
constexpr std::array kOptions{
    cli::Option{.name = "--private", .doc = "The new repository is private."},
    cli::Option{.name = "--project", .value = "KEY", .doc = "Its project: the oldest without it."},
    kJson};
constexpr std::array kExamples{cli::Example{"admin repo create alice/tools --private", ""},
                               cli::Example{"admin repo list alice --json", ""}};

constexpr cli::Verb kVerb{
    .name = "admin repo",
    .group = "forge",
    .summary = "list, create and delete repositories of the forge",
    .about =
        "Works on the forge's database and its folders themselves, whether a server runs or "
        "not.",
    .operands = kOperands,
    .options = kOptions,
    .examples = kExamples};

Result<void> show(World& world, Server& server, std::string_view workspace,
                  const forge::Repository& one) {
    const std::string folder = forge::folder_of(server.deps(), one).string();
    if (!world.json())
        return world.print(fmt::format("{}/{}{}  {}\n", workspace, one.slug,
                                       one.is_private ? "  private" : "", folder));
    json::Writer out;
    out.object().name("full_name").text(fmt::format("{}/{}", workspace, one.slug));
    out.name("uuid").text("{" + one.uuid + "}").name("is_private").flag(one.is_private);
    out.name("main_branch").text(one.main_branch).name("folder").text(folder).end();
    return world.print(out.take() + "\n");
}

Result<Exit> list(World& world, Operator& op, const std::string& name) {
    TRY_LET(workspace, op.server->permissions().workspace<forge::Role::Admin>(
                           world.context(), Server::operator_of_the_machine(), name));
    std::int64_t last = 0;
    for (;;) {
        forge::Listing page{
            .where = [&](ports::Sql& sql,
                         Literal id) { sql.add(" AND ").add(id).add(" > ").bind(last); },
            .most = 500};
        TRY_LET(all, forge::list_repositories(op.server->deps(), world.context(), workspace, page));
        for (const forge::Repository& one : all)
            TRY(show(world, *op.server, workspace.workspace().slug, one));
        if (all.empty()) return Exit::Done;
        last = all.back().id.value;
    }
}

Result<Exit> create(World& world, Operator& op, const std::string& name) {
    const std::size_t slash = name.find('/');
    if (slash == std::string::npos)
        return Failure(Error(Errc::Invalid, "this is no name of a repository")
                           .with("name", name)
                           .hint("it is WORKSPACE/REPOSITORY"));
    const forge::Actor actor = Server::operator_of_the_machine();
    const forge::Permissions& permissions = op.server->permissions();
    TRY_LET(workspace, permissions.workspace<forge::Role::Admin>(world.context(), actor,
                                                                 name.substr(0, slash)));
    auto key = world.arguments().value("--project");
    if (!key) {
        TRY_LET(usual, forge::default_project_key(op.server->deps(), world.context(), workspace));
        key = std::move(usual);
    }
    TRY_LET(project, permissions.project<forge::Role::Create>(world.context(), actor,
                                                              workspace.workspace().slug, *key));
    forge::RepositoryChange given;
    given.slug = name.substr(slash + 1);
    if (world.arguments().has("--private")) given.is_private = true;
    TRY_LET(made, forge::create_repository(op.server->deps(), world.context(), project, given));
    TRY(show(world, *op.server, workspace.workspace().slug, made));
    return Exit::Done;
}

Result<Exit> run(World& world) {
    TRY_LET(action, operand(world, 0, "ACTION"));
    TRY_LET(name, operand(world, 1, "NAME"));
    if (std::ranges::find(kActions, action) == kActions.end())
        return world.usage(no_such_action(action, kActions));
    TRY_LET(op, open_as_operator(world));
    if (action == "list") return list(world, op, name);
    if (action == "create") return create(world, op, name);
    TRY_LET(proof, repository_named(world, *op.server, name));
    TRY(forge::delete_repository(op.server->deps(), world.context(), proof));
    return Exit::Done;
}

}  // namespace

Verb admin_repo() {
    return {&kVerb, run};
}

}  // namespace forgehouse::app::verbs
