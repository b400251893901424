#include "git/refs.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <unordered_map>

#include "base/digest.h"
#include "base/text.h"
#include "git/commit_parser.h"
#include "git/failure.h"
#include "git/object_reader.h"
#include "git/ref_list.h"
#include "git/repository.h"

namespace forgehouse::git {
namespace {

namespace fs = std::filesystem;

/// Tags that lead to tags are followed so far; git itself has no limit, but no history has ten.
constexpr int kDeepestTag = 100;

using Types = std::unordered_map<ObjectId, ObjectType>;

/// Asks git for the types of objects that are not known yet.
Result<void> look_up(const exec::Context& ctx, const Repository& repository,
                     const std::vector<ObjectId>& ids, Types& types) {
    std::string wanted;
    for (const auto& id : ids)
        if (types.try_emplace(id, ObjectType::Missing).second) wanted += id.hex() + "\n";
    if (wanted.empty()) return {};
    const auto& subcommand = commands::kCheckObjects;
    TRY_LET(said, exec::run(ctx, repository.command(subcommand), wanted, std::size_t{1} << 30));
    if (!said.exit.ok()) return Failure(repository.failure(subcommand, said.exit, said.error));
    for (const auto line : text::split(said.out, '\n')) {
        const auto blank = std::min(line.find(' '), line.size());
        if (const auto id = ObjectId::from_hex(line.substr(0, blank)))
            types[*id] = object_type(line.substr(std::min(blank + 1, line.size())));
    }
    return {};
}

/// Reads the tag objects that refs point at now, and moves `peeled` one step on.
Result<std::vector<ObjectId>> peel_once(const exec::Context& ctx, ObjectReader& reader,
                                        std::vector<Ref*>& at_tags) {
    std::vector<ObjectId> ids, targets;
    for (const auto* ref : at_tags) ids.push_back(ref->peeled);
    reader.ask(ids);
    for (auto* ref : at_tags) {
        TRY_LET(object, reader.next(ctx));
        if (object.type != ObjectType::Tag) continue;
        auto parsed = parse_tag(ref->peeled, object.content);
        if (!ref->tag) ref->tag = std::move(parsed.tag);
        ref->peeled = parsed.target.value_or(ObjectId());
        targets.push_back(ref->peeled);
    }
    return targets;
}

Result<void> resolve(const exec::Context& ctx, const Repository& repository,
                     std::vector<Ref*> refs) {
    Types types;
    std::vector<ObjectId> ids;
    for (const auto* ref : refs) ids.push_back(ref->object);
    TRY(look_up(ctx, repository, ids, types));
    for (auto* ref : refs) ref->type = ref->peeled_type = types[ref->object];
    std::optional<ObjectReader> reader;
    for (int depth = 0; depth < kDeepestTag; ++depth) {
        std::erase_if(refs, [](const Ref* ref) { return ref->peeled_type != ObjectType::Tag; });
        if (refs.empty()) return {};
        if (!reader) {
            TRY_LET(started, ObjectReader::start(repository));
            reader.emplace(std::move(started));
        }
        TRY_LET(targets, peel_once(ctx, *reader, refs));
        TRY(look_up(ctx, repository, targets, types));
        for (auto* ref : refs) ref->peeled_type = types[ref->peeled];
    }
    for (auto* ref : refs) ref->peeled_type = ObjectType::Missing;
    return {};
}

HeadFile read_head(const std::string& git_dir) {
    std::error_code ignored;
    // A HEAD from the days before `ref:` is a symbolic link.
    const auto link = fs::read_symlink(git_dir + "/HEAD", ignored);
    if (!ignored && link.string().starts_with("refs/"))
        return {.branch = link.string(), .detached = {}};
    std::ifstream in(git_dir + "/HEAD", std::ios::binary);
    std::string line;
    std::getline(in, line);
    return parse_head_file(line);
}

void add_detached(std::string name, const HeadFile& head, Refs& refs) {
    if (!head.detached) return;
    refs.detached_heads.push_back({.name = std::move(name),
                                   .symref = {},
                                   .object = *head.detached,
                                   .type = ObjectType::Missing,
                                   .peeled = *head.detached,
                                   .peeled_type = ObjectType::Missing,
                                   .tag = std::nullopt,
                                   .kind = RefKind::Other});
}

/// HEAD of the repository and those of its linked worktrees, as `git log --all` walks from them.
void read_heads(const std::string& common_dir, Refs& refs) {
    const auto head = read_head(common_dir);
    refs.head.branch = head.branch;
    refs.head.commit = head.detached;
    add_detached("HEAD", head, refs);
    std::error_code ignored;
    std::set<std::string> worktrees;
    for (fs::directory_iterator entry(common_dir + "/worktrees", ignored), end;
         !ignored && entry != end; entry.increment(ignored))
        worktrees.insert(entry->path().filename().string());
    for (const auto& name : worktrees)
        add_detached("worktrees/" + name + "/HEAD", read_head(common_dir + "/worktrees/" + name),
                     refs);
}

/// What git warns of: broken and dangling refs.
std::vector<std::string> warnings(std::string_view error_text) {
    std::vector<std::string> out;
    for (const auto line : text::split(error_text, '\n'))
        if (!text::trim(line).empty()) out.push_back(telling_line(line));
    return out;
}

}  // namespace

std::string_view Refs::default_branch() const noexcept {
    const auto found = std::ranges::lower_bound(refs, head.branch, {}, &Ref::name);
    const bool there = found != refs.end() && found->name == head.branch && found->is_commit();
    return there ? std::string_view(found->name) : std::string_view();
}

std::string Refs::fingerprint() const {
    std::string text = "HEAD " + head.branch + "\n";
    for (const auto* list : {&refs, &detached_heads})
        for (const auto& ref : *list)
            text.append(ref.object.hex()).append(" ").append(ref.name).append("\n");
    return sha256_hex(text);
}

Result<Refs> list_refs(const exec::Context& ctx, const Repository& repository) {
    const auto& subcommand = commands::kForEachRef;
    TRY_LET(said, exec::run(ctx, repository.command(subcommand), {}, std::size_t{1} << 30));
    if (!said.exit.ok()) return Failure(repository.failure(subcommand, said.exit, said.error));
    Refs out;
    TRY_LET(refs, parse_ref_list(said.out));
    out.refs = std::move(refs);
    std::ranges::sort(out.refs, {}, &Ref::name);
    out.broken = warnings(said.error);
    read_heads(repository.location().common_dir, out);
    std::vector<Ref*> all;
    for (auto* list : {&out.refs, &out.detached_heads})
        for (auto& ref : *list) all.push_back(&ref);
    TRY(resolve(ctx, repository, std::move(all)));
    for (const auto& ref : out.refs) {
        if (ref.name.starts_with("refs/replace/")) ++out.replace_refs;
        if (ref.name == out.head.branch && ref.is_commit()) out.head.commit = ref.peeled;
    }
    return out;
}

}  // namespace forgehouse::git
