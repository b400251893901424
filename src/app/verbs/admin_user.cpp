#include <fmt/format.h>

#include <array>

#include "app/terminal/password.h"
#include "app/verbs/admin.h"
#include "app/verbs/verbs.h"
#include "app/world.h"
#include "base/password_hash.h"
#include "base/text.h"
#include "forge/accounts.h"

namespace forgehouse::app::verbs {
namespace {

constexpr std::array<std::string_view, 7> kActions{"list",    "create",  "password", "enable",
                                                   "disable", "promote", "demote"};
std::span<const std::string_view> actions() {
    return kActions;
}

constexpr std::array kOperands{
    cli::Operand{.name = "ACTION [NAME]",
                 .doc = "list; or create, password, enable, disable, promote (to administrator), "
                        "demote, and the name of a user.",
                 .least = 1,
                 .most = 2,
                 .words = actions}};
constexpr std::array kOptions{
    cli::Option{.name = "--display-name", .value = "TEXT", .doc = "What people read."},
    cli::Option{.name = "--email", .value = "ADDRESS", .doc = "The user's address."},
    cli::Option{.name = "--admin", .doc = "The new user administers the installation."},
    cli::Option{.name = "--no-password",
                .doc = "The new user gets none: it signs in by tokens or an outside provider."},
    kJson};
constexpr std::array kExamples{
    cli::Example{"admin user create alice --email alice@example.org",
                 "Asks for the password, or reads a line of standard input."},
    cli::Example{"admin user list --json", "An object a line."}};

constexpr cli::Verb kVerb{
    .name = "admin user",
    .group = "forge",
    .summary = "list, create and change the users of the forge",
    .about =
        "Works on the forge's database itself, whether a server runs or not. A disabled user "
        "can neither sign in nor use tokens; nothing of what it did is lost.",
    .operands = kOperands,
    .options = kOptions,
    .examples = kExamples};

Result<void> show(World& world, const forge::User& user) {
    if (!world.json())
        return world.print(fmt::format(
            "{}  {}{}{}\n", user.username, text::printable(user.display_name),
            user.is_admin ? "  administrator" : "", user.is_active ? "" : "  disabled"));
    json::Writer out;
    out.object().name("username").text(user.username).name("uuid").text("{" + user.uuid + "}");
    out.name("display_name").text(user.display_name).name("is_admin").flag(user.is_admin);
    out.name("is_active").flag(user.is_active).name("has_totp").flag(user.has_totp);
    out.name("created_on").text(to_iso(user.created_on)).end();
    return world.print(out.take() + "\n");
}

Result<Exit> list(World& world, Operator& op) {
    std::int64_t last = 0;
    for (;;) {
        forge::Listing page{
            .where = [&](ports::Sql& sql,
                         Literal id) { sql.add(" AND ").add(id).add(" > ").bind(last); },
            .most = 500};
        TRY_LET(users, forge::list_users(op.server->deps(), world.context(), op.proof, page));
        for (const forge::User& user : users) TRY(show(world, user));
        if (users.empty()) return Exit::Done;
        last = users.back().id.value;
    }
}

Result<Exit> create(World& world, Operator& op, const std::string& name) {
    std::optional<std::string> hash;
    if (!world.arguments().has("--no-password")) {
        TRY_LET(password, terminal::ask_new_password(world.err()));
        TRY_LET(made, hash_password(password));
        hash = std::move(made);
    }
    TRY_LET(user, forge::create_user(
                      op.server->deps(), world.context(), op.proof,
                      {.username = name,
                       .display_name = world.arguments().value("--display-name").value_or(""),
                       .email = world.arguments().value("--email").value_or(""),
                       .password_hash = hash,
                       .is_admin = world.arguments().has("--admin")}));
    TRY(show(world, user));
    return Exit::Done;
}

Result<Exit> change(World& world, Operator& op, const std::string& name,
                    const std::string& action) {
    TRY_LET(user, forge::find_user(op.server->deps(), world.context(), name));
    forge::UserChange changed;
    if (action == "password") {
        TRY_LET(password, terminal::ask_new_password(world.err()));
        TRY_LET(hash, hash_password(password));
        changed.password_hash = std::move(hash);
    }
    if (action == "enable" || action == "disable") changed.is_active = action == "enable";
    if (action == "promote" || action == "demote") changed.is_admin = action == "promote";
    TRY(forge::change_user(op.server->deps(), world.context(), op.proof, user.id, changed));
    TRY_LET(after, forge::user_by_id(op.server->deps(), world.context(), user.id));
    TRY(show(world, after));
    return Exit::Done;
}

Result<Exit> run(World& world) {
    TRY_LET(action, operand(world, 0, "ACTION"));
    if (std::ranges::find(kActions, action) == kActions.end())
        return world.usage(no_such_action(action, kActions));
    if (action == "list") {
        TRY_LET(op, open_as_operator(world));
        return list(world, op);
    }
    TRY_LET(name, operand(world, 1, "NAME"));
    TRY_LET(op, open_as_operator(world));
    return action == "create" ? create(world, op, name) : change(world, op, name, action);
}

}  // namespace

Verb admin_user() {
    return {&kVerb, run};
}

}  // namespace forgehouse::app::verbs
