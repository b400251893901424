#include "app/verbs/admin.h"

#include "app/verbs/verbs.h"
#include "app/world.h"
#include "base/text.h"
#include "forge/accounts.h"
#include "forge/sign_in.h"

namespace forgehouse::app::verbs {

Result<Operator> open_as_operator(World& world) {
    TRY_LET(server, Server::open(world));
    TRY_LET(proof, server->permissions().site_admin(Server::operator_of_the_machine()));
    return Operator{std::move(server), std::move(proof)};
}

Result<forge::SignedIn> as_user(World& world, Server& server, std::string_view name) {
    TRY_LET(user, forge::find_user(server.deps(), world.context(), name));
    return server.permissions().signed_in(forge::actor_of(user, "local"));
}

Result<forge::RepoAdmin> repository_named(World& world, Server& server, std::string_view name) {
    const std::size_t slash = name.find('/');
    if (slash == std::string_view::npos)
        return Failure(Error(Errc::Invalid, "this is no name of a repository")
                           .with("name", std::string(name))
                           .hint("it is WORKSPACE/REPOSITORY"));
    return server.permissions().repository<forge::Role::Admin>(
        world.context(), Server::operator_of_the_machine(), name.substr(0, slash),
        name.substr(slash + 1));
}

Result<std::string> operand(World& world, std::size_t n, std::string_view what) {
    const auto& operands = world.arguments().operands;
    if (n < operands.size()) return operands[n];
    return Failure(Error(Errc::Invalid, "something is missing on the command line")
                       .with("missing", std::string(what))
                       .hint("the verb's --help has examples"));
}

Error no_such_action(std::string_view action, std::span<const std::string_view> actions) {
    Error error =
        Error(Errc::Invalid, "there is no such action").with("action", std::string(action));
    const auto near = text::nearest(action, actions);
    std::string all;
    for (const std::string_view one : actions) all += (all.empty() ? "" : ", ") + std::string(one);
    return std::move(error).hint(near ? "did you mean " + std::string(*near) + "?"
                                      : "it is one of " + all);
}

}  // namespace forgehouse::app::verbs
