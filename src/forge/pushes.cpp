#include "forge/pushes.h"

#include "base/json.h"
#include "forge/outbox.h"
#include "forge/repositories.h"

namespace forgehouse::forge {
namespace {

constexpr std::string_view kBranches = "refs/heads/", kTags = "refs/tags/";
constexpr std::chrono::seconds kPatience{30};

void state(json::Writer& out, std::string_view member, std::string_view type, std::string_view name,
           const git::ObjectId& target) {
    out.name(member);
    if (target.is_null()) {
        out.null();
        return;
    }
    out.object().name("type").text(type).name("name").text(name);
    out.name("target").object();
    out.name("type").text("commit").name("hash").text(target.hex()).end();
    out.end();
}

void change(json::Writer& out, const RefMove& move) {
    std::string_view name = move.name, type = "ref";
    if (name.starts_with(kBranches)) {
        type = "branch";
        name.remove_prefix(kBranches.size());
    } else if (name.starts_with(kTags)) {
        type = "tag";
        name.remove_prefix(kTags.size());
    }
    out.object();
    state(out, "old", type, name, move.before);
    state(out, "new", type, name, move.after);
    out.name("created").flag(move.before.is_null());
    out.name("closed").flag(move.after.is_null());
    out.name("forced").flag(move.is_forced);
    out.end();
}

std::string payload_of(const Repository& repository, std::span<const RefMove> moves) {
    json::Writer out;
    out.object();
    out.name("repository").text("{" + repository.uuid + "}");
    out.name("push").object().name("changes").array();
    for (const RefMove& move : moves) change(out, move);
    out.end().end().end();
    return out.take();
}

}  // namespace

Result<void> record_push(const Deps& deps, const RepoWrite& proof, std::span<const RefMove> moves) {
    const Repository& repository = proof.repository();
    const Event event{.name = "repo:push",
                      .workspace = repository.workspace,
                      .repository = repository.id,
                      .actor = proof.actor().user,
                      .payload = payload_of(repository, moves)};
    const auto ctx = exec::Context().with_timeout(kPatience);
    return deps.state.of(repository.workspace.value)
        .write(ctx, [&](ports::Session& session) -> Result<void> {
            TRY(touch_repository(session, deps, repository));
            return emit(session, deps, event);
        });
}

}  // namespace forgehouse::forge
