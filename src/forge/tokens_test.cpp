#include "forge/tokens.h"

#include "base/password_hash.h"
#include "forge/identity/totp.h"
#include "forge/testing/forge_fixture.h"

namespace forgehouse::forge {
namespace {

constexpr std::string_view kKey = "12345678901234567890";

class TokensTest : public testing::ForgeTest {
protected:
    TokensTest() {
        change("ben",
               {.display_name = {}, .password_hash = hash(), .is_admin = {}, .is_active = {}});
    }
    static const std::string& hash() {
        static const std::string made = hash_password(Secret("correct horse")).value();
        return made;
    }
    void change(const char* name, const UserChange& change) {
        ASSERT_TRUE(change_user(deps, ctx, site_admin(), user(name).id, change));
    }
    void set_active(const char* name, bool is_active) {
        change(name,
               {.display_name = {}, .password_hash = {}, .is_admin = {}, .is_active = is_active});
    }
    MadeToken make(std::optional<Time> expires = {}) {
        return create_token(
                   deps, ctx, signed_in("ben"), TokenKind::AppPassword,
                   {.name = "laptop", .scopes = {Scope::Repository}, .expires_on = expires})
            .value();
    }
    bool is_good(const Secret& text) { return look_up_token(deps, ctx, text).value().has_value(); }
    void execute(const ports::Sql& sql) {
        ASSERT_TRUE(state->global().write(ctx, [&](ports::Session& session) -> Result<void> {
            TRY(session.execute(sql));
            return {};
        }));
    }
    /// Gives ben an authenticator and a recovery code; returns that.
    Secret give_second_factor() {
        std::array<std::uint8_t, SecretBox::kNonce> nonce{};
        const std::string sealed = secrets.seal(
            Secret(std::string(kKey)),
            {.table = "users", .column = "totp_secret", .row = user("ben").uuid}, nonce);
        execute(ports::Sql("UPDATE users SET totp_secret = $1 WHERE id = $2",
                           {sealed, user("ben").id.value}));
        const std::array<std::uint8_t, kRecoveryRandomness> random{1, 2, 3};
        Secret code = make_recovery_code(random);
        const std::string plain(read_recovery_code(code.reveal())->reveal());
        execute(ports::Sql("INSERT INTO recovery_codes (user_id, hash) VALUES ($1, $2)",
                           {user("ben").id.value, token_hash(plain)}));
        return code;
    }
    std::string code_now() { return totp_code(kKey, totp_step(clock.now())); }
    Result<User> enter(SignIn& sign_in, std::string_view code) {
        return sign_in.with_password(ctx, "ben", Secret("correct horse"), code, "192.0.2.9");
    }
};

TEST_F(TokensTest, AreKeptByTheirHashAndEnd) {
    const MadeToken forever = make();
    const MadeToken brief = make(clock.now().plus(std::chrono::hours(1)));
    EXPECT_TRUE(is_good(forever.text));
    EXPECT_TRUE(is_good(brief.text));
    EXPECT_FALSE(is_good(Secret("fhap_" + std::string(48, 'x'))));
    std::int64_t plain = 0;
    ASSERT_TRUE(state->global().read(ctx, [&](ports::Session& session) {
        return session.query(
            ports::Sql("SELECT count(*) FROM tokens WHERE hash = $1", {forever.text.reveal()}),
            [&](const ports::SqlRow& row) -> Result<void> {
                plain = row.integer(0);
                return {};
            });
    }));
    EXPECT_EQ(plain, 0);
    clock.advance(std::chrono::hours(1));
    EXPECT_FALSE(is_good(brief.text));
    EXPECT_EQ(sweep_tokens(deps, ctx).value(), 1U);
    EXPECT_EQ(tokens_of(deps, ctx, signed_in("ben"), TokenKind::AppPassword, {}).value().size(),
              1U);
    EXPECT_EQ(
        testing::code_of(revoke_token(deps, ctx, signed_in("cay"), "{" + forever.token.uuid + "}")),
        Errc::NotFound);
    ASSERT_TRUE(revoke_token(deps, ctx, signed_in("ben"), "{" + forever.token.uuid + "}"));
    EXPECT_FALSE(is_good(forever.text));
}

TEST_F(TokensTest, OfAnInactiveUserAreOfNoUse) {
    const MadeToken token = make();
    set_active("ben", false);
    EXPECT_FALSE(is_good(token.text));
    set_active("ben", true);
    EXPECT_TRUE(is_good(token.text));
}

TEST_F(TokensTest, CannotMakeMoreOfThemselves) {
    Actor narrow = actor("ben");
    narrow.scopes = {Scope::Repository};
    const auto me = permissions.signed_in(narrow).value();
    const auto wider = create_token(deps, ctx, me, TokenKind::AppPassword,
                                    {.name = "x", .scopes = {Scope::RepositoryWrite}});
    EXPECT_EQ(testing::code_of(wider), Errc::Denied);
    EXPECT_EQ(testing::code_of(
                  create_token(deps, ctx, me, TokenKind::AppPassword, {.name = "x", .scopes = {}})),
              Errc::Invalid);
    EXPECT_EQ(testing::code_of(create_token(
                  deps, ctx, me, TokenKind::AppPassword,
                  {.name = "x", .scopes = {Scope::Repository}, .expires_on = clock.now()})),
              Errc::Invalid);
}

/// A token of a repository could be made, and never be seen or taken back.
TEST_F(TokensTest, ThatActForThemselvesAreListedAndRevoked) {
    make_repository("tools");
    const auto of_repository =
        create_token(deps, ctx, repo("tools"), {.name = "ci", .scopes = {Scope::Repository}})
            .value();
    const auto of_workspace =
        create_token(deps, ctx, acme(), {.name = "all", .scopes = {Scope::Repository}}).value();
    const auto all = tokens_of(deps, ctx, repo("tools"), {}).value();
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].name, "ci");
    EXPECT_EQ(tokens_of(deps, ctx, acme(), {}).value().size(), 1U);
    EXPECT_EQ(tokens_of(deps, ctx, core(), {}).value().size(), 0U);
    const std::string uuid = "{" + of_repository.token.uuid + "}";
    EXPECT_EQ(testing::code_of(revoke_token(deps, ctx, acme(), uuid)), Errc::NotFound);
    EXPECT_EQ(testing::code_of(revoke_token(deps, ctx, signed_in("ada"), uuid)), Errc::NotFound);
    ASSERT_TRUE(revoke_token(deps, ctx, repo("tools"), uuid));
    EXPECT_FALSE(is_good(of_repository.text));
    EXPECT_TRUE(is_good(of_workspace.text));
}

/// Tokens of a project stayed when it was deleted.
TEST_F(TokensTest, GoWithWhatTheyAreBoundTo) {
    make_project("SIDE", true);
    const auto side = permissions.project<Role::Admin>(ctx, actor("ada"), "acme", "SIDE").value();
    const auto of_project =
        create_token(deps, ctx, side, {.name = "ci", .scopes = {Scope::Project}});
    ASSERT_TRUE(of_project);
    make_repository("tools");
    const auto of_repository =
        create_token(deps, ctx, repo("tools"), {.name = "ci", .scopes = {Scope::Repository}});
    ASSERT_TRUE(of_repository);
    EXPECT_TRUE(is_good(of_project->text));
    ASSERT_TRUE(delete_project(deps, ctx, side));
    EXPECT_FALSE(is_good(of_project->text));
    EXPECT_TRUE(is_good(of_repository->text));
    ASSERT_TRUE(delete_repository(deps, ctx, repo("tools")));
    EXPECT_FALSE(is_good(of_repository->text));
}

/// Cutting the browser's name in the middle of a letter left what PostgreSQL does not take.
TEST_F(TokensTest, SessionsAreNamedInValidText) {
    const std::string agent = std::string(254, 'a') + "é\n";
    ASSERT_TRUE(create_session(deps, ctx, user("ben"), agent, std::chrono::hours(1)));
    const auto all = tokens_of(deps, ctx, signed_in("ben"), TokenKind::Session, {}).value();
    ASSERT_EQ(all.size(), 1U);
    EXPECT_TRUE(all[0].name.starts_with(std::string(254, 'a')));
    EXPECT_EQ(all[0].name.find('\xc3'), std::string::npos);
}

TEST_F(TokensTest, PasswordsAndNames) {
    SignIn sign_in(deps, {hash()});
    EXPECT_EQ(sign_in.with_name(ctx, "Ben", Secret("correct horse"), "192.0.2.9").value().name,
              "ben");
    EXPECT_TRUE(sign_in.with_name(ctx, "ben@forge.example", Secret("correct horse"), "192.0.2.9"));
    EXPECT_EQ(testing::code_of(sign_in.with_name(ctx, "ben", Secret("wrong"), "192.0.2.9")),
              Errc::Denied);
    // The stand-in's own password lets nobody in who is not there.
    EXPECT_EQ(
        testing::code_of(sign_in.with_name(ctx, "nobody", Secret("correct horse"), "192.0.2.9")),
        Errc::Denied);
    const MadeToken token = make();
    EXPECT_TRUE(sign_in.with_name(ctx, "ben", token.text, "192.0.2.9"));
    EXPECT_TRUE(sign_in.with_name(ctx, "x-token-auth", token.text, "192.0.2.9"));
    EXPECT_EQ(testing::code_of(sign_in.with_name(ctx, "ada", token.text, "192.0.2.9")),
              Errc::Denied);
    set_active("ben", false);
    EXPECT_EQ(testing::code_of(sign_in.with_name(ctx, "ben", Secret("correct horse"), "192.0.2.9")),
              Errc::Denied);
}

TEST_F(TokensTest, ASecondFactorIsAskedForAndGoodOnce) {
    SignIn sign_in(deps, {hash()});
    const Secret recovery = give_second_factor();
    EXPECT_EQ(enter(sign_in, "").error().field("needs"), "totp");
    EXPECT_EQ(testing::code_of(sign_in.with_name(ctx, "ben", Secret("correct horse"), "192.0.2.9")),
              Errc::Denied)
        << "programs need a token";
    EXPECT_TRUE(enter(sign_in, code_now()));
    EXPECT_EQ(testing::code_of(enter(sign_in, code_now())), Errc::Denied) << "a replay";
    EXPECT_TRUE(enter(sign_in, recovery.reveal()));
    EXPECT_EQ(testing::code_of(enter(sign_in, recovery.reveal())), Errc::Denied) << "used up";
}

/// Who had the password could try all codes.
TEST_F(TokensTest, CodesCannotBeGuessed) {
    SignIn sign_in(deps, {hash()});
    const Secret recovery = give_second_factor();
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(testing::code_of(enter(sign_in, "000000")), Errc::Denied) << i;
    EXPECT_EQ(testing::code_of(enter(sign_in, code_now())), Errc::RateLimited);
    EXPECT_TRUE(enter(sign_in, recovery.reveal())) << "no guess";
    for (int i = 0; i < 5; ++i) EXPECT_FALSE(enter(sign_in, "000000"));
    clock.advance(std::chrono::seconds(31));
    EXPECT_TRUE(enter(sign_in, code_now()));
}

}  // namespace
}  // namespace forgehouse::forge
