#include "api/testing/forge_fixture.h"

#include <fmt/format.h>
#include <unistd.h>

#include "api/errors.h"
#include "base/check.h"
#include "base/text.h"
#include "exec/process.h"
#include "forge/projects.h"
#include "forge/repositories.h"
#include "metadb/databases.h"
#include "net/http_server.h"

namespace forgehouse::api::testing {
namespace {

constexpr std::string_view kOrigin = "https://forge.example";

std::filesystem::path make_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "forgehouse-api-XXXXXX").string();
    CHECK(::mkdtemp(name.data()) != nullptr);
    return name;
}

forge::SecretBox make_secrets() {
    const std::vector<std::uint8_t> bytes(forge::SecretBox::kKeyRandomness, 7);
    const Secret line = forge::SecretBox::new_key(
        std::span<const std::uint8_t, forge::SecretBox::kKeyRandomness>(bytes));
    return forge::SecretBox::parse(line.reveal()).value();
}

std::unique_ptr<ports::Metadbs> make_state(const exec::Context& ctx,
                                           const std::filesystem::path& folder,
                                           const exec::Clock& clock) {
    auto opened = metadb::open_metadbs(
        ctx, {.url = "sqlite:" + (folder / "forge.db").string(), .clock = clock});
    CHECK(opened.has_value());
    for (ports::Metadb* database : (*opened)->all()) CHECK(database->migrate(ctx).has_value());
    return std::move(*opened);
}

/// A body that is there.
class TextBody final : public net::BodyReader {
public:
    explicit TextBody(std::string_view text) : left_(text), length_(text.size()) {}
    Result<std::string_view> read(exec::Context&, std::size_t wanted) override {
        const std::string_view part = left_.substr(0, wanted);
        left_.remove_prefix(part.size());
        return part;
    }
    std::optional<std::uint64_t> length() const noexcept override { return length_; }

private:
    std::string_view left_;
    std::size_t length_;
};

Method method_of(std::string_view name) {
    for (const Method method : {Method::Get, Method::Post, Method::Put, Method::Delete})
        if (name_of(method) == name) return method;
    ADD_FAILURE() << "no method " << name;
    return Method::Get;
}

std::optional<json::Value> step(const json::Value& from, std::string_view name) {
    if (from.kind() != json::Kind::Array) return from.find(name);
    const auto items = from.items();
    const auto number = text::to_int(name);
    if (!items || !number || *number < 0 || *number >= std::ssize(*items)) return std::nullopt;
    return (*items)[static_cast<std::size_t>(*number)];
}

}  // namespace

std::string Reply::header(std::string_view name) const {
    for (const auto& [key, value] : headers)
        if (text::lower_ascii(key) == text::lower_ascii(name)) return value;
    return {};
}

std::string Reply::at(std::string_view path) const {
    const auto document = json::Document::parse(body);
    if (!document) return "no JSON: " + body;
    std::optional<json::Value> here = document->root();
    if (!path.empty())
        for (const std::string_view name : text::split(path, '.'))
            if (here) here = step(*here, name);
    if (!here) return "-";
    if (const auto text = here->text()) return std::string(*text);
    std::string out;
    json::print(out, *here);
    return out;
}

std::size_t Reply::count() const {
    const auto document = json::Document::parse(body);
    const auto values = document ? document->root().find("values") : std::nullopt;
    const auto items = values ? values->items() : Failure(Error(Errc::Invalid, "no page"));
    if (!items) {
        ADD_FAILURE() << "no page: " << body;
        return 0;
    }
    return items->size();
}

ForgeFixture::ForgeFixture(std::vector<std::span<const Route>> tables)
    : folder_(make_folder()),
      state_(make_state(ctx_, folder_, clock_)),
      secrets_(make_secrets()),
      router_(tables),
      deps_{.state = *state_,
            .clock = clock_,
            .random = random_,
            .secrets = secrets_,
            .repositories = folder_ / "repositories"},
      permissions_(*state_),
      sign_in_(deps_, {"$argon2id$stands-in"}) {
    auto tool = git::Tool::open(ctx_, {.environment = {"PATH=/usr/local/bin:/usr/bin:/bin"},
                                       .scratch_parent = folder_.string()});
    CHECK(tool.has_value());
    tool_.emplace(std::move(*tool));
    repositories_.emplace(*tool_, 8);
    services_.emplace(Services{.deps = deps_,
                               .permissions = permissions_,
                               .sign_in = sign_in_,
                               .repositories = *repositories_,
                               .ssh_address = "forge.example:7999",
                               .downloads = folder_ / "downloads"});
    const auto user = [](std::string name, std::string shown) {
        return forge::NewUser{.username = name,
                              .display_name = std::move(shown),
                              .email = name + "@forge.example",
                              .password_hash = {},
                              .is_admin = name == "ada"};
    };
    CHECK(forge::create_first_admin(deps_, ctx_, user("ada", "Ada Lovelace")).value());
    ada_ = forge::actor_of(forge::find_user(deps_, ctx_, "ada").value(), "127.0.0.1");
    const auto site = permissions_.site_admin(ada_).value();
    ben_ = forge::actor_of(forge::create_user(deps_, ctx_, site, user("ben", "Ben Okri")).value(),
                           "127.0.0.1");
    const auto me = permissions_.signed_in(ada_).value();
    CHECK(forge::create_workspace(deps_, ctx_, me, {.slug = "acme", .name = "Acme"}).has_value());
    forge::ProjectChange project;
    project.key = "CORE";
    project.name = "Core";
    CHECK(forge::create_project(deps_, ctx_, workspace_proof(), project).has_value());
}

ForgeFixture::~ForgeFixture() {
    services_.reset();
    repositories_.reset();
    tool_.reset();
    state_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

forge::Actor ForgeFixture::nobody() {
    return {.user = {},
            .name = {},
            .uuid = {},
            .is_admin = false,
            .token = {},
            .binding = {},
            .scopes = forge::Scopes::all(),
            .address = "127.0.0.1"};
}

Reply ForgeFixture::ask(const forge::Actor& actor, const Request& asked) {
    net::HttpRequest request{.method = asked.method,
                             .target = "/2.0" + asked.target,
                             .headers = asked.headers,
                             .listener = "http",
                             .peer = "127.0.0.1:1",
                             .id = 1};
    if (!asked.body.empty()) request.headers.emplace_back("Content-Type", asked.type);
    const auto answered = [&]() -> Result<Answer> {
        TRY_LET(parts, split_target(request.target));
        TRY_LET(path, Path::parse(parts.first));
        TRY_LET(query, QueryString::parse(parts.second));
        Router::Match match = router_.find(method_of(asked.method), path, 1);
        if (!match.route) return Failure(Error(Errc::NotFound, "no route has that path"));
        TextBody body(asked.body);
        Call call(ctx_, *services_, request, body, actor);
        call.set_path(std::move(match.variables), std::move(query), std::string(kOrigin),
                      std::string(kOrigin) + "/2.0");
        return match.route->enter(call);
    }();
    const Answer answer = answered ? *answered : error_answer(answered.error(), "1");
    if (answer.status >= 500) ADD_FAILURE() << answered.error().describe();
    Reply reply{.status = answer.status,
                .type = answer.type,
                .body = answer.body,
                .headers = answer.headers};
    if (answer.stream) {
        const auto done = answer.stream(ctx_, [&](std::string_view bytes) -> Result<void> {
            reply.body += bytes;
            return {};
        });
        if (!done) reply.cut_off = done.error().describe();
    }
    return reply;
}

forge::Repository ForgeFixture::make_repository(const std::string& slug) {
    forge::RepositoryChange change;
    change.slug = slug;
    change.name = slug;
    change.is_private = true;
    const auto project =
        permissions_.project<forge::Role::Create>(ctx_, ada_, "acme", "CORE").value();
    auto made = forge::create_repository(deps_, ctx_, project, change);
    EXPECT_TRUE(made) << made.error().describe();
    return std::move(made.value());
}

std::shared_ptr<git::ServedRepository> ForgeFixture::open(const std::string& slug) {
    const auto known = proof<forge::Role::Read>(slug);
    return repositories_->open(forge::folder_of(deps_, known.repository()).string()).value();
}

std::string ForgeFixture::commit(const std::string& slug, const std::string& branch,
                                 std::vector<git::FileWrite> changes, std::string message) {
    const auto served = open(slug);
    const auto refs = served->refs().value();
    const git::NamedRef* tip = refs->find_branch(branch);
    const git::NamedRef* main = refs->find_branch("main");
    const git::Identity who{.name = "Ada Lovelace",
                            .email = "ada@forge.example",
                            .time = Time::from_seconds(1'600'000'000 + 60 * ++commits_),
                            .zone_minutes = 120};
    git::CommitWrite wanted{.branch = branch,
                            .author = who,
                            .committer = who,
                            .message = std::move(message),
                            .changes = std::move(changes)};
    if (tip)
        wanted.parent = tip->id;
    else if (main)
        wanted.start = main->id;
    const auto made = git::write_commit(ctx_, *served, wanted);
    EXPECT_TRUE(made) << made.error().describe();
    return made ? made->hex() : "";
}

std::string ForgeFixture::git(const std::string& slug, std::vector<std::string> arguments) {
    auto said =
        exec::run(ctx_, {.program = "/usr/bin/git",
                         .arguments = std::move(arguments),
                         .environment = {"PATH=/usr/bin:/bin", "HOME=/nonexistent", "LC_ALL=C",
                                         "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_COUNT=1",
                                         "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*"},
                         .directory = open(slug)->folder()});
    if (!said || !said->exit.ok()) {
        ADD_FAILURE() << (said ? said->error : said.error().describe());
        return {};
    }
    while (said->out.ends_with('\n')) said->out.pop_back();
    return std::move(said->out);
}

std::vector<std::string> ForgeFixture::events() {
    std::vector<std::string> all;
    for (ports::Metadb* database : state_->all()) {
        const auto read = database->read(ctx_, [&](ports::Session& session) {
            return session.query(ports::Sql("SELECT event, payload FROM outbox ORDER BY position"),
                                 [&](const ports::SqlRow& row) -> Result<void> {
                                     all.push_back(fmt::format("{} {}", row.text(0), row.text(1)));
                                     return {};
                                 });
        });
        EXPECT_TRUE(read) << read.error().describe();
    }
    return all;
}

}  // namespace forgehouse::api::testing
