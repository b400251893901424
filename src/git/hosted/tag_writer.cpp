#include "git/hosted/tag_writer.h"

#include <fmt/format.h>

#include "base/text.h"
#include "git/environment.h"

namespace forgehouse::git {
namespace {

std::string content_of(const TagWrite& tag) {
    return fmt::format("object {}\ntype commit\ntag {}\ntagger {}\n\n{}{}", tag.target.hex(),
                       tag.name, signature_of(tag.tagger), tag.message,
                       tag.message.ends_with('\n') ? "" : "\n");
}

Result<ObjectId> write_object(const exec::Context& ctx, const ServedRepository& repository,
                              const TagWrite& tag) {
    auto command = repository.repository().command(commands::kWriteTag);
    // On the disk before the ref is.
    set_value(command.environment, "GIT_CONFIG_COUNT", "1");
    set_value(command.environment, "GIT_CONFIG_KEY_0", "core.fsync");
    set_value(command.environment, "GIT_CONFIG_VALUE_0", "committed");
    command.input = true;
    TRY_LET(said, exec::run(ctx, std::move(command), content_of(tag)));
    if (!said.exit.ok())
        return Failure(repository.repository().failure(commands::kWriteTag, said.exit, said.error));
    if (const auto id = ObjectId::from_hex(text::trim(said.out))) return *id;
    return Failure(Error(Errc::Corrupt, "git does not say which tag it has written")
                       .with("git", text::json_quoted(said.out.substr(0, 200))));
}

}  // namespace

Result<ObjectId> write_tag(const exec::Context& ctx, ServedRepository& repository,
                           const TagWrite& tag) {
    const std::string ref = std::string(kTags) + tag.name;
    if (!is_branch_name(tag.name))
        return Failure(Error(Errc::Invalid, "no tag may have such a name")
                           .with("ref", text::json_quoted(ref)));
    if (tag.message.contains('\0'))
        return Failure(Error(Errc::Invalid, "a message has a NUL")
                           .hint("Send it as text: a message holds no binary data."));
    TRY(check_identity(tag.tagger));
    TRY(repository.commit(ctx, tag.target));
    TRY_LET(refs, repository.refs());
    if (refs->find(ref) != nullptr)
        return Failure(Error(Errc::Conflict, "the tag is there already").with("ref", ref));
    TRY_LET(id, write_object(ctx, repository, tag));
    const RefUpdate update{
        .name = ref, .target = id, .expected = ObjectId::null(repository.format())};
    TRY(repository.update_refs(ctx, std::span(&update, 1),
                               {.who = tag.tagger, .message = "tag: created"}));
    return id;
}

}  // namespace forgehouse::git
