#include <fmt/format.h>

#include "api/rest_v2/body.h"
#include "api/rest_v2/common.h"
#include "api/rest_v2/git_objects.h"
#include "api/rest_v2/ref_list.h"
#include "api/rest_v2/tables.h"
#include "base/text.h"
#include "forge/pushes.h"
#include "forge/restrictions.h"
#include "git/hosted/tag_writer.h"

namespace forgehouse::api::rest_v2 {
namespace {

using forge::BranchAct;
using forge::RepoRead;
using forge::RepoWrite;
using git::kBranches;
using git::kTags;
using git::NamedRef;

constexpr std::size_t kMostMessage = std::size_t{64} << 10;

void merge_strategies(json::Writer& out) {
    out.name("default_merge_strategy").text("merge_commit");
    out.name("merge_strategies").array();
    for (const std::string_view one :
         {"merge_commit", "squash", "fast_forward", "squash_fast_forward", "rebase_fast_forward",
          "rebase_merge"})
        out.text(one);
    out.end();
}

void ref_links(json::Writer& out, const Call& call, const OpenRepository& in,
               std::string_view folder, std::string_view name) {
    const std::string in_path = path_in_address(name), self = in.api_address(call),
                      html = in.html_address(call);
    out.name("links").object();
    link(out, "self", fmt::format("{}/refs/{}/{}", self, folder, in_path));
    link(out, "commits", fmt::format("{}/commits/{}", self, in_path));
    link(out, "html",
         folder == "tags" ? fmt::format("{}/commits/tag/{}", html, in_path)
                          : fmt::format("{}/branch/{}", html, in_path));
    out.end();
}

Result<void> tag_object(json::Writer& out, Call& call, const OpenRepository& in,
                        const NamedRef& ref) {
    if (!ref.is_annotated()) {
        for (const std::string_view name : {"message", "date", "tagger"}) out.name(name).null();
        return {};
    }
    TRY_LET(said, in.git->tag(call.ctx(), ref.id));
    out.name("message").text(said.tag.message.utf8);
    out.name("date");
    if (said.tag.tagger)
        out.text(commit_time(said.tag.tagger->time));
    else
        out.null();
    out.name("tagger");
    if (!said.tag.tagger) {
        out.null();
        return {};
    }
    const std::string email = text::lower_ascii(said.tag.tagger->email.utf8);
    TRY_LET(users, forge::users_of_emails(call.services().deps, call.ctx(), {email}));
    const auto user = users.find(email);
    author(out, call, said.raw_tagger, user == users.end() ? nullptr : &user->second);
    return {};
}

/// `target`: nullptr where the ref leads to no commit.
Result<void> ref_object(json::Writer& out, Call& call, const OpenRepository& in,
                        const NamedRef& ref, const CommitList& list,
                        const git::CommitDetails* target) {
    const bool is_branch = ref.name.starts_with(kBranches);
    const std::string_view name =
        std::string_view(ref.name).substr(is_branch ? kBranches.size() : kTags.size());
    out.object();
    out.name("type").text(is_branch ? "branch" : "tag");
    out.name("name").text(name);
    out.name("target");
    if (target)
        commit(out, call, in, list, *target);
    else
        out.null();
    if (is_branch)
        merge_strategies(out);
    else
        TRY(tag_object(out, call, in, ref));
    ref_links(out, call, in, is_branch ? "branches" : "tags", name);
    out.end();
    return {};
}

/// The commits that refs lead to; what leads to none is not among them.
Result<CommitList> targets_of(Call& call, const OpenRepository& in,
                              std::span<const NamedRef* const> refs) {
    std::vector<git::ObjectId> ids;
    for (const NamedRef* ref : refs) ids.push_back(ref->peeled);
    auto list = read_commits(call, in, ids);
    if (list) return list;
    if (list.error().code() != Errc::Invalid && list.error().code() != Errc::NotFound)
        return Failure(std::move(list).error());
    std::erase_if(
        ids, [&](const git::ObjectId& id) { return !in.git->commit(call.ctx(), id).has_value(); });
    return read_commits(call, in, ids);
}

Result<std::string> refs_json(Call& call, const OpenRepository& in,
                              std::span<const NamedRef* const> refs) {
    TRY_LET(list, targets_of(call, in, refs));
    json::Writer out;
    out.array();
    for (std::size_t i = 0, next = 0; i < refs.size(); ++i) {
        const git::CommitDetails* target = nullptr;
        if (next < list.commits.size() && list.commits[next].commit.id == refs[i]->peeled)
            target = &list.commits[next++];
        TRY(ref_object(out, call, in, *refs[i], list, target));
    }
    out.end();
    return out.take();
}

Result<Answer> list_under(Call& call, const RepoRead& proof, std::string_view prefix) {
    TRY_LET(in, open_repository(call, proof));
    TRY_LET(list, RefList::of(call, in, prefix));
    TRY_LET(page, list.page());
    TRY_LET(values, refs_json(call, in, page.refs));
    return Answer::json(page.envelope.json(values));
}

Result<Answer> list_refs(Call& call, const RepoRead& proof) {
    return list_under(call, proof, "");
}
Result<Answer> list_branches(Call& call, const RepoRead& proof) {
    return list_under(call, proof, kBranches);
}
Result<Answer> list_tags(Call& call, const RepoRead& proof) {
    return list_under(call, proof, kTags);
}

Error no_ref(std::string_view prefix, std::string_view name) {
    const Literal text = prefix == kBranches ? Literal("branch not found") : "tag not found";
    return Error(Errc::NotFound, text).with("object", std::string(name));
}

/// The ref as it is now.
Result<Answer> one_ref(Call& call, const OpenRepository& in, std::string_view prefix,
                       const std::string& name, unsigned status = 200) {
    TRY_LET(refs, in.git->refs());
    const NamedRef* const ref = refs->find(std::string(prefix) + name);
    if (ref == nullptr) return Failure(no_ref(prefix, name));
    TRY_LET(list, targets_of(call, in, std::span(&ref, 1)));
    json::Writer out;
    TRY(ref_object(out, call, in, *ref, list, list.commits.empty() ? nullptr : &list.commits[0]));
    return Answer::json(out.take(), status);
}

Result<Answer> get_under(Call& call, const RepoRead& proof, std::string_view prefix) {
    TRY_LET(in, open_repository(call, proof));
    return one_ref(call, in, prefix, call.path("name"));
}
Result<Answer> get_branch(Call& call, const RepoRead& proof) {
    return get_under(call, proof, kBranches);
}
Result<Answer> get_tag(Call& call, const RepoRead& proof) {
    return get_under(call, proof, kTags);
}

/// What the body of a new ref says.
struct NewRef {
    std::string name;
    git::ObjectId target;
    std::string message;
};

Error invalid(Literal field, const char* hint) {
    return Error(Errc::Invalid, "this is no valid value")
        .with("field", std::string(field.view()))
        .hint(hint);
}

Result<NewRef> new_ref_in(Call& call, const OpenRepository& in, std::string_view prefix) {
    TRY_LET(document, call.json());
    TRY_LET(name, text_in(document.root(), "name"));
    TRY_LET(hash, text_in(document.root(), "target", "hash"));
    TRY_LET(message, text_in(document.root(), "message"));
    if (!name || !git::is_branch_name(*name) || name->starts_with("refs/"))
        return Failure(invalid("name",
                               "it is a name that git takes, without refs/heads/ or "
                               "refs/tags/ before it"));
    if (!hash || hash->empty())
        return Failure(invalid("target.hash", "name the commit that it is to lead to"));
    if (message && (message->size() > kMostMessage || message->contains('\0')))
        return Failure(invalid("message", "it is a text of at most 64 KiB"));
    TRY_LET(refs, in.git->refs());
    if (refs->find(std::string(prefix) + *name) != nullptr)
        return Failure(
            Error(Errc::Invalid, "this name is taken already")
                .with("object", *name)
                .with("field", "name")
                .with("key", prefix == kBranches ? "BRANCH_ALREADY_EXISTS" : "TAG_ALREADY_EXISTS"));
    auto found = resolve(call, in, *hash);
    if (!found && found.error().code() == Errc::NotFound)
        return Failure(Error(Errc::Invalid, "commit not found")
                           .with("object", *hash)
                           .with("field", "target.hash"));
    TRY_LET(target, std::move(found));
    return NewRef{.name = std::move(*name),
                  .target = target.commit,
                  .message = std::move(message).value_or("")};
}

Result<Answer> create_branch(Call& call, const RepoWrite& proof) {
    TRY_LET(in, open_repository(call, proof));
    TRY_LET(wanted, new_ref_in(call, in, kBranches));
    TRY(forge::check_branch(call.services().deps, call.ctx(), proof, wanted.name, BranchAct::Push));
    TRY_LET(who, identity_of(call));
    const git::RefUpdate update{.name = std::string(kBranches) + wanted.name,
                                .target = wanted.target,
                                .expected = git::ObjectId()};
    TRY(in.git->update_refs(to_the_end(), std::span(&update, 1),
                            {.who = who, .message = "branch: created"}));
    const forge::RefMove move{.name = update.name, .after = wanted.target};
    TRY(forge::record_push(call.services().deps, proof, std::span(&move, 1)));
    return one_ref(call, in, kBranches, wanted.name, 201);
}

Result<Answer> create_tag(Call& call, const RepoWrite& proof) {
    TRY_LET(in, open_repository(call, proof));
    TRY_LET(wanted, new_ref_in(call, in, kTags));
    TRY_LET(who, identity_of(call));
    const std::string ref = std::string(kTags) + wanted.name;
    git::ObjectId id = wanted.target;
    if (wanted.message.empty()) {
        const git::RefUpdate update{
            .name = ref, .target = wanted.target, .expected = git::ObjectId()};
        TRY(in.git->update_refs(to_the_end(), std::span(&update, 1),
                                {.who = who, .message = "tag: created"}));
    } else {
        TRY_LET(made, git::write_tag(to_the_end(), *in.git,
                                     {.name = wanted.name,
                                      .target = wanted.target,
                                      .tagger = who,
                                      .message = wanted.message}));
        id = made;
    }
    const forge::RefMove move{.name = ref, .after = id};
    TRY(forge::record_push(call.services().deps, proof, std::span(&move, 1)));
    return one_ref(call, in, kTags, wanted.name, 201);
}

Result<Answer> delete_under(Call& call, const RepoWrite& proof, const OpenRepository& in,
                            std::string_view prefix) {
    TRY_LET(refs, in.git->refs());
    const NamedRef* const ref = refs->find(std::string(prefix) + call.path("name"));
    if (ref == nullptr) return Failure(no_ref(prefix, call.path("name")));
    TRY_LET(who, identity_of(call));
    const git::RefUpdate update{.name = ref->name, .target = {}, .expected = ref->id};
    TRY(in.git->update_refs(to_the_end(), std::span(&update, 1),
                            {.who = who, .message = "deleted"}));
    const forge::RefMove move{.name = ref->name, .before = ref->id};
    TRY(forge::record_push(call.services().deps, proof, std::span(&move, 1)));
    return Answer::nothing();
}

Result<Answer> delete_branch(Call& call, const RepoWrite& proof) {
    TRY_LET(in, open_repository(call, proof));
    const std::string& name = call.path("name");
    TRY_LET(refs, in.git->refs());
    if (name == proof.repository().main_branch || std::string(kBranches) + name == refs->head())
        return Failure(Error(Errc::Invalid, "the main branch cannot be deleted")
                           .with("object", name)
                           .hint("make another branch the main one first"));
    TRY(forge::check_branch(call.services().deps, call.ctx(), proof, name, BranchAct::Delete));
    return delete_under(call, proof, in, kBranches);
}

Result<Answer> delete_tag(Call& call, const RepoWrite& proof) {
    TRY_LET(in, open_repository(call, proof));
    return delete_under(call, proof, in, kTags);
}

using enum Method;
using forge::Scope;

constexpr std::array kRoutes{
    route<list_refs>({.method = Get,
                      .path = "/repositories/{workspace}/{repo_slug}/refs",
                      .operation = "listBranchesAndTags",
                      .tag = "Refs",
                      .summary = "The branches and tags, by name.",
                      .scope = Scope::Repository,
                      .answer = "paginated_ref"}),
    route<list_branches>({.method = Get,
                          .path = "/repositories/{workspace}/{repo_slug}/refs/branches",
                          .operation = "listOpenBranches",
                          .tag = "Refs",
                          .summary = "The branches, by name.",
                          .scope = Scope::Repository,
                          .answer = "paginated_branch"}),
    route<create_branch>({.method = Post,
                          .path = "/repositories/{workspace}/{repo_slug}/refs/branches",
                          .operation = "createABranch",
                          .tag = "Refs",
                          .summary = "Creates a branch.",
                          .scope = Scope::RepositoryWrite,
                          .answer = "branch",
                          .body = "branch",
                          .status = 201}),
    route<get_branch>({.method = Get,
                       .path = "/repositories/{workspace}/{repo_slug}/refs/branches/{name…}",
                       .operation = "getABranch",
                       .tag = "Refs",
                       .summary = "A branch.",
                       .scope = Scope::Repository,
                       .answer = "branch"}),
    route<delete_branch>({.method = Delete,
                          .path = "/repositories/{workspace}/{repo_slug}/refs/branches/{name…}",
                          .operation = "deleteABranch",
                          .tag = "Refs",
                          .summary = "Deletes a branch, which must not be the main one.",
                          .scope = Scope::RepositoryWrite,
                          .status = 204}),
    route<list_tags>({.method = Get,
                      .path = "/repositories/{workspace}/{repo_slug}/refs/tags",
                      .operation = "listTags",
                      .tag = "Refs",
                      .summary = "The tags, by name.",
                      .scope = Scope::Repository,
                      .answer = "paginated_tag"}),
    route<create_tag>({.method = Post,
                       .path = "/repositories/{workspace}/{repo_slug}/refs/tags",
                       .operation = "createATag",
                       .tag = "Refs",
                       .summary = "Creates a tag, an annotated one where there is a message.",
                       .scope = Scope::RepositoryWrite,
                       .answer = "tag",
                       .body = "tag",
                       .status = 201}),
    route<get_tag>({.method = Get,
                    .path = "/repositories/{workspace}/{repo_slug}/refs/tags/{name…}",
                    .operation = "getATag",
                    .tag = "Refs",
                    .summary = "A tag.",
                    .scope = Scope::Repository,
                    .answer = "tag"}),
    route<delete_tag>({.method = Delete,
                       .path = "/repositories/{workspace}/{repo_slug}/refs/tags/{name…}",
                       .operation = "deleteATag",
                       .tag = "Refs",
                       .summary = "Deletes a tag.",
                       .scope = Scope::RepositoryWrite,
                       .status = 204}),
};

}  // namespace

std::span<const Route> ref_routes() noexcept {
    return kRoutes;
}

}  // namespace forgehouse::api::rest_v2
