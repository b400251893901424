// What the verbs of `admin` have in common: they work on the forge's databases themselves, as who
// administers the machine, while a server runs or not.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "app/server.h"
#include "base/json.h"
#include "base/result.h"
#include "forge/permission.h"

namespace forgehouse::app {

class World;

namespace verbs {

/// The opened forge, with the proof that everything may be done. Errors: those of Server::open().
struct Operator {
    std::unique_ptr<Server> server;
    forge::SiteAdmin proof;
};
Result<Operator> open_as_operator(World& world);

/// The user as it asks for itself.
Result<forge::SignedIn> as_user(World& world, Server& server, std::string_view name);
/// `WORKSPACE/REPOSITORY` with every right.
Result<forge::RepoAdmin> repository_named(World& world, Server& server, std::string_view name);

/// The n-th operand; Invalid where it is missing, saying what it is to be.
Result<std::string> operand(World& world, std::size_t n, std::string_view what);
/// That there is no such action, with the nearest.
Error no_such_action(std::string_view action, std::span<const std::string_view> actions);

}  // namespace verbs
}  // namespace forgehouse::app
