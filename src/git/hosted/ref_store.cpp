#include "git/hosted/ref_store.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "git/commit_parser.h"
#include "git/environment.h"
#include "git/failure.h"
#include "git/store/store_reader.h"
#include "git/tool.h"

namespace forgehouse::git {
namespace {

constexpr int kMostTags = 100;  // a tag of a tag of …
constexpr std::size_t kLongestMessage = 1000;

ObjectId peel(StoreReader& objects, const ObjectId& id) {
    auto at = id;
    for (int tags = 0; tags < kMostTags; ++tags) {
        const auto object = objects.size(at);
        if (!object) return id;
        if (object->type != ObjectType::Tag) return at;
        const auto tag = objects.read(at);
        const auto target = tag ? parse_tag(at, tag->content()).target : std::nullopt;
        if (!target) return id;
        at = *target;
    }
    return id;
}

Error about_ref(Errc code, Literal what, std::string_view ref) {
    return Error(code, what).with("ref", text::printable(text::replace_invalid_utf8(ref)));
}

Result<void> check_names(std::span<const RefUpdate> updates) {
    std::set<std::string_view> seen;
    for (const auto& update : updates) {
        if (!update.name.starts_with("refs/") || !is_ref_name(update.name))
            return Failure(about_ref(Errc::Invalid, "no ref may have such a name", update.name));
        if (!seen.insert(update.name).second)
            return Failure(about_ref(Errc::Invalid, "a ref is to be moved twice", update.name));
    }
    return {};
}

/// `update REF NUL NEW NUL OLD NUL`: zeros stand for no ref, nothing for any.
std::string instructions(std::span<const RefUpdate> updates, ObjectFormat format) {
    const auto hex = [format](const ObjectId& id) {
        return id.is_null() ? ObjectId::null(format).hex() : id.hex();
    };
    std::string out;
    for (const auto& update : updates) {
        out += "update " + update.name + '\0' + hex(update.target) + '\0';
        if (update.expected) out += hex(*update.expected);
        out += '\0';
    }
    return out;
}

/// The format of the ids that are named; what is zeros only is none.
ObjectFormat format_in(std::span<const RefUpdate> updates) {
    for (const auto& update : updates) {
        if (!update.target.is_null()) return update.target.format();
        if (update.expected && !update.expected->is_null()) return update.expected->format();
    }
    return ObjectFormat::Sha1;
}

/// The first name of a ref in git's words, which stand in quotes.
std::string_view ref_in(std::string_view words) {
    const auto begin = words.find("'refs/");
    if (begin == std::string_view::npos) return {};
    const auto name = words.substr(begin + 1);
    return name.substr(0, name.find('\''));
}

Error update_failure(const exec::Exit& exit, std::string_view words, const std::string& folder) {
    const auto line = telling_line(words);
    const auto says = [&line](std::initializer_list<std::string_view> phrases) {
        return std::ranges::any_of(
            phrases, [&line](std::string_view phrase) { return line.contains(phrase); });
    };
    const auto ref = ref_in(line);
    if (says({"nonexistent object", "non-commit object"}))
        return about_ref(Errc::Invalid, "a ref cannot point at that", ref).with("git", line);
    if (says({"but expected", "already exists", "unable to resolve reference",
              "reference is missing"}))
        return about_ref(Errc::Conflict, "a ref has moved meanwhile", ref)
            .with("git", line)
            .hint("Read it again, and decide anew.");
    if (says({"cannot create", "at the same time", "there are still refs under"}))
        return about_ref(Errc::Conflict, "the name of another ref is in the way", ref)
            .with("git", line)
            .hint("Remove that one first, or choose another name.");
    if (says({"File exists"}))
        return about_ref(Errc::Conflict, "somebody else is moving a ref", ref)
            .with("git", line)
            .hint("Try again; where that does not help, a killed git has left a `.lock` behind.");
    return reading_failure(commands::kUpdateRefs, folder, exit.code, words, false);
}

}  // namespace

Result<std::shared_ptr<const RefSnapshot>> RefStore::current() {
    const auto before = snapshot_.with([](const auto& snapshot) { return snapshot; });
    if (before != nullptr && before->is_current()) return before;
    StoreReader reader(*objects_, {.cache_bytes = std::size_t{1} << 20});
    TRY_LET(read, RefSnapshot::read(
                      folder_, format_, [&reader](const ObjectId& id) { return peel(reader, id); },
                      before.get()));
    auto now = std::make_shared<const RefSnapshot>(std::move(read));
    snapshot_.with([&now](auto& snapshot) { snapshot = now; });
    return now;
}

exec::Command hosted_command(const Tool& tool, const std::string& folder,
                             const Subcommand& subcommand, std::vector<std::string> operands,
                             std::vector<std::string> flags) {
    auto command = tool.command(subcommand, std::move(operands), std::move(flags));
    set_value(command.environment, "GIT_DIR", folder);
    set_value(command.environment, "GIT_CONFIG_COUNT", "1");
    set_value(command.environment, "GIT_CONFIG_KEY_0", "core.hooksPath");
    set_value(command.environment, "GIT_CONFIG_VALUE_0", "/dev/null");
    return command;
}

Result<void> update_refs(const exec::Context& ctx, const Tool& tool, const std::string& folder,
                         std::span<const RefUpdate> updates, const RefNote& note) {
    if (updates.empty()) return {};
    TRY(check_names(updates));
    TRY(check_identity(note.who));
    auto message = note.message.substr(0, kLongestMessage);
    std::erase(message, '\0');
    std::vector<std::string> flags;
    // Stuck to its letter it is never an option of its own.
    if (!text::trim(message).empty()) flags.push_back("-m" + message);
    auto command = hosted_command(tool, folder, commands::kUpdateRefs, {}, std::move(flags));
    set_committer(command, note.who);
    command.input = true;
    TRY_LET(said, exec::run(ctx, std::move(command), instructions(updates, format_in(updates))));
    if (said.exit.ok()) return {};
    return Failure(update_failure(said.exit, said.error, folder));
}

}  // namespace forgehouse::git
