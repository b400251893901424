#include "forge/accounts.h"

#include <fmt/format.h>

#include "base/text.h"
#include "forge/audit.h"
#include "forge/names.h"
#include "forge/outbox.h"
#include "forge/records.h"
#include "forge/workspaces.h"

namespace forgehouse::forge {
namespace {

Error no_user(std::string_view name) {
    return Error(Errc::NotFound, "there is no such user").with("user", std::string(name));
}

struct Checked {
    std::string username, display_name, email;
};

Result<Checked> check_new(const NewUser& user) {
    TRY_LET(username, check_slug(user.username, "username"));
    TRY_LET(display,
            check_title(user.display_name.empty() ? username : user.display_name, "display_name"));
    std::string email;
    if (!user.email.empty()) {
        TRY_LET(checked, check_email(user.email));
        email = std::move(checked);
    }
    return Checked{std::move(username), std::move(display), std::move(email)};
}

/// The user, its address and its workspace.
Result<User> insert_user(ports::Session& session, Deps& deps, const Actor& by, const Checked& names,
                         const NewUser& given) {
    TRY_LET(id, next_global_id(session));
    const Time now = deps.clock.now();
    User user{.id = {id},
              .uuid = new_uuid(deps.random),
              .username = names.username,
              .display_name = names.display_name,
              .is_admin = given.is_admin,
              .created_on = now};
    TRY(session.execute(
        ports::Sql("INSERT INTO users (id, uuid, username, display_name, password_hash, is_admin, "
                   "created_on) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                   {id, user.uuid, user.username, user.display_name, given.password_hash,
                    given.is_admin, now})));
    if (!names.email.empty())
        TRY(
            session.execute(ports::Sql("INSERT INTO emails (email, user_id, is_primary, "
                                       "is_confirmed) VALUES ($1, $2, 1, 1)",
                                       {names.email, id})));
    TRY(insert_workspace(session, deps, {.slug = user.username, .name = user.display_name},
                         user.id));
    TRY(note_audit(session, deps, by,
                   {.action = "user:created",
                    .object = audited("user", user.uuid),
                    .detail = given.is_admin ? "admin" : ""}));
    TRY(emit(session, deps,
             {.name = "user:created",
              .actor = by.user,
              .payload = R"({"user":"{)" + user.uuid + R"(}"})"}));
    return user;
}

/// That somebody administers the installation after the change.
Result<void> check_has_admin(ports::Session& session) {
    TRY_LET(some,
            session.first(
                ports::Sql("SELECT 1 FROM users WHERE is_admin = 1 AND is_active = 1 LIMIT 1"),
                [](const ports::SqlRow&) { return true; }));
    if (some) return {};
    return Failure(Error(Errc::Conflict, "nobody would be left who administers the installation")
                       .hint("make another user its administrator first"));
}

/// What is noted of a change: never a password.
std::string detail_of(const UserChange& change) {
    std::string detail;
    const auto add = [&](std::string_view text) {
        detail += fmt::format("{}{}", detail.empty() ? "" : ", ", text);
    };
    if (change.display_name) add("display_name");
    if (change.password_hash) add("password");
    if (change.is_admin) add(*change.is_admin ? "admin" : "no admin");
    if (change.is_active) add(*change.is_active ? "active" : "inactive");
    return detail;
}

}  // namespace

Result<bool> has_users(const Deps& deps, const exec::Context& ctx) {
    bool some = false;
    TRY(deps.state.global().read(ctx, [&](ports::Session& session) -> Result<void> {
        TRY_LET(found, session.first(ports::Sql("SELECT 1 FROM users LIMIT 1"),
                                     [](const ports::SqlRow&) { return true; }));
        some = found.has_value();
        return {};
    }));
    return some;
}

Result<bool> create_first_admin(Deps& deps, const exec::Context& ctx, const NewUser& user) {
    TRY_LET(names, check_new(user));
    bool made = false;
    TRY(deps.state.global().write(ctx, [&](ports::Session& session) -> Result<void> {
        TRY_LET(some, session.first(ports::Sql("SELECT 1 FROM users LIMIT 1"),
                                    [](const ports::SqlRow&) { return true; }));
        made = !some;
        if (made) TRY(insert_user(session, deps, Actor(), names, user));
        return {};
    }));
    return made;
}

Result<User> create_user(Deps& deps, const exec::Context& ctx, const SiteAdmin& by,
                         const NewUser& given) {
    TRY_LET(names, check_new(given));
    std::optional<User> made;
    TRY(deps.state.global().write(ctx, [&](ports::Session& session) -> Result<void> {
        TRY_LET(user, insert_user(session, deps, by.actor(), names, given));
        made = std::move(user);
        return {};
    }));
    return std::move(*made);
}

Result<void> change_user(Deps& deps, const exec::Context& ctx, const SiteAdmin& by, UserId user,
                         const UserChange& given) {
    UserChange change = given;
    if (change.display_name) {
        TRY_LET(name, check_title(*change.display_name, "display_name"));
        change.display_name = std::move(name);
    }
    return deps.state.global().write(ctx, [&](ports::Session& session) -> Result<void> {
        TRY_LET(uuid,
                session.first(ports::Sql("SELECT uuid FROM users WHERE id = $1", {user.value}),
                              [](const ports::SqlRow& row) { return std::string(row.text(0)); }));
        if (!uuid) return Failure(no_user(std::to_string(user.value)));
        TRY(session.execute(
            ports::Sql("UPDATE users SET display_name = coalesce($1, display_name), "
                       "password_hash = coalesce($2, password_hash), "
                       "is_admin = coalesce($3, is_admin), is_active = coalesce($4, is_active) "
                       "WHERE id = $5",
                       {change.display_name, change.password_hash, change.is_admin,
                        change.is_active, user.value})));
        if (change.is_admin || change.is_active) TRY(check_has_admin(session));
        if (change.password_hash)
            TRY(session.execute(ports::Sql("DELETE FROM tokens WHERE user_id = $1 AND kind = $2",
                                           {user.value, "session"})));
        TRY(note_audit(session, deps, by.actor(),
                       {.action = "user:changed",
                        .object = audited("user", *uuid),
                        .detail = detail_of(change)}));
        return emit(session, deps,
                    {.name = "user:updated",
                     .actor = by.actor().user,
                     .payload = R"({"user":"{)" + *uuid + R"(}"})"});
    });
}

Result<User> find_user(const Deps& deps, const exec::Context& ctx, std::string_view name) {
    const std::string uuid = uuid_in_braces(name);
    ports::Sql sql("SELECT ");
    sql.add(kUserColumns).add(" FROM users u WHERE ");
    if (uuid.empty())
        sql.add("u.username = ").bind(text::lower_ascii(name));
    else
        sql.add("u.uuid = ").bind(uuid);
    std::optional<User> found;
    TRY(deps.state.global().read(ctx, [&](ports::Session& session) -> Result<void> {
        TRY_LET(user, session.first(sql, [](const ports::SqlRow& row) { return user_of(row); }));
        found = std::move(user);
        return {};
    }));
    if (!found) return Failure(no_user(name));
    return std::move(*found);
}

Result<User> user_by_id(const Deps& deps, const exec::Context& ctx, UserId id) {
    TRY_LET(found, users_by_id(deps, ctx, {id}));
    if (found.empty()) return Failure(no_user(std::to_string(id.value)));
    return std::move(found.front());
}

Result<std::vector<User>> users_by_id(const Deps& deps, const exec::Context& ctx,
                                      const std::vector<UserId>& ids) {
    std::vector<User> users;
    if (ids.empty()) return users;
    ports::Sql sql("SELECT ");
    sql.add(kUserColumns).add(" FROM users u WHERE u.id IN (");
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (i > 0) sql.add(", ");
        sql.bind(ids[i].value);
    }
    sql.add(")");
    TRY(deps.state.global().read(ctx, [&](ports::Session& session) -> Result<void> {
        TRY_LET(found, session.all(sql, [](const ports::SqlRow& row) { return user_of(row); }));
        users = std::move(found);
        return {};
    }));
    return users;
}

Result<std::map<std::string, User>> users_of_emails(const Deps& deps, const exec::Context& ctx,
                                                    const std::vector<std::string>& emails) {
    std::map<std::string, User> users;
    if (emails.empty()) return users;
    ports::Sql sql("SELECT ");
    sql.add(kUserColumns).add(", e.email FROM emails e JOIN users u ON u.id = e.user_id ");
    sql.add("WHERE e.is_confirmed = 1 AND e.email IN (");
    for (std::size_t i = 0; i < emails.size(); ++i) {
        if (i > 0) sql.add(", ");
        sql.bind(text::lower_ascii(emails[i]));
    }
    sql.add(")");
    TRY(deps.state.global().read(ctx, [&](ports::Session& session) {
        return session.query(sql, [&](const ports::SqlRow& row) -> Result<void> {
            users.emplace(row.text(kUserWidth), user_of(row));
            return {};
        });
    }));
    return users;
}

Result<std::optional<Credentials>> credentials_of(const Deps& deps, const exec::Context& ctx,
                                                  std::string_view name) {
    const std::string lower = text::lower_ascii(name);
    ports::Sql sql("SELECT ");
    sql.add(kUserColumns).add(", u.password_hash FROM users u WHERE ");
    if (lower.find('@') == std::string::npos)
        sql.add("u.username = ").bind(lower);
    else
        sql.add("u.id = (SELECT user_id FROM emails WHERE is_confirmed = 1 AND email = ")
            .bind(lower)
            .add(")");
    std::optional<Credentials> found;
    TRY(deps.state.global().read(ctx, [&](ports::Session& session) -> Result<void> {
        TRY_LET(made, session.first(sql, [](const ports::SqlRow& row) {
            return Credentials{user_of(row), row.maybe_text(kUserWidth)};
        }));
        found = std::move(made);
        return {};
    }));
    return found;
}

Result<std::vector<User>> list_users(const Deps& deps, const exec::Context& ctx, const SiteAdmin&,
                                     const Listing& listing) {
    ports::Sql sql("SELECT ");
    sql.add(kUserColumns).add(" FROM users u WHERE 1 = 1");
    add_listing(sql, listing, "u.id");
    std::vector<User> users;
    TRY(deps.state.global().read(ctx, [&](ports::Session& session) -> Result<void> {
        TRY_LET(found, session.all(sql, [](const ports::SqlRow& row) { return user_of(row); }));
        users = std::move(found);
        return {};
    }));
    return users;
}

Result<std::vector<Email>> emails_of(const Deps& deps, const exec::Context& ctx,
                                     const SignedIn& user) {
    std::vector<Email> emails;
    TRY(deps.state.global().read(ctx, [&](ports::Session& session) -> Result<void> {
        TRY_LET(found, session.all(ports::Sql("SELECT email, is_primary, is_confirmed FROM emails "
                                              "WHERE user_id = $1 ORDER BY email",
                                              {user.user().value}),
                                   [](const ports::SqlRow& row) {
                                       return Email{std::string(row.text(0)), row.flag(1),
                                                    row.flag(2)};
                                   }));
        emails = std::move(found);
        return {};
    }));
    return emails;
}

}  // namespace forgehouse::forge
