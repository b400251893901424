#include "collect/git_rows.h"

#include <limits>

#include "base/digest.h"
#include "base/json.h"
#include "base/text.h"
#include "git/languages.h"

namespace forgehouse::collect {
namespace {

std::uint32_t count32(std::uint64_t n) noexcept {
    constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
    return static_cast<std::uint32_t>(n < most ? n : most);
}

schema::ChangeType change_type(git::ChangeType type) noexcept {
    switch (type) {
        case git::ChangeType::Added: return schema::ChangeType::Added;
        case git::ChangeType::Modified: return schema::ChangeType::Modified;
        case git::ChangeType::Deleted: return schema::ChangeType::Deleted;
        case git::ChangeType::Renamed: return schema::ChangeType::Renamed;
        case git::ChangeType::Copied: return schema::ChangeType::Copied;
    }
    return schema::ChangeType::Modified;
}

// A missing side of a change as zeros, as many as the other side has digits.
void append_blob(std::string& out, const git::ObjectId& id, const git::ObjectId& other) {
    const std::size_t digits = 2 * std::max(id.bytes().size(), other.bytes().size());
    const std::size_t start = out.size();
    out.append(digits, '0');
    if (!id.is_null()) id.hex_to(out.data() + start);
}

std::string_view word_of(git::DateState state) noexcept {
    switch (state) {
        case git::DateState::Exact: return "exact";
        case git::DateState::Clamped: return "clamped";
        case git::DateState::Unreadable: return "unreadable";
    }
    return "";
}

void write_original(json::Writer& out, std::string_view name, const git::Text& text, bool& any) {
    if (text.original.empty()) return;
    if (!any) out.name("original_base64").object();
    any = true;
    out.name(name).text(text::to_base64(text.original));
}

void write_zone(json::Writer& out, std::string_view name, const git::Signature& signature) {
    if (!signature.zone.empty()) out.name(name).text(signature.zone);
}

void write_date(json::Writer& out, std::string_view name, const git::Signature& signature) {
    if (signature.date != git::DateState::Exact) out.name(name).text(word_of(signature.date));
}

void write_malformed(json::Writer& out, std::string_view name, const git::Signature& signature) {
    if (!signature.malformed.empty()) out.name(name).text(text::to_base64(signature.malformed));
}

// What no column holds; only what there is to say, always in this order.
std::string commit_metadata(const git::Commit& commit, bool is_shallow_edge) {
    json::Writer out;
    out.object();
    if (is_shallow_edge) out.name("shallow").flag(true);
    if (!commit.encoding.empty()) out.name("encoding").text(commit.encoding);
    write_zone(out, "author_zone", commit.author);
    write_zone(out, "committer_zone", commit.committer);
    write_date(out, "author_date", commit.author);
    write_date(out, "committer_date", commit.committer);
    if (commit.signature != git::SignatureKind::None)
        out.name("signature").text(git::name_of(commit.signature));
    if (!commit.trailers.empty()) {
        out.name("trailers").array();
        for (const git::Trailer& trailer : commit.trailers)
            out.object().name("key").text(trailer.key).name("value").text(trailer.value).end();
        out.end();
    }
    bool any_original = false;
    write_original(out, "author_name", commit.author.name, any_original);
    write_original(out, "author_email", commit.author.email, any_original);
    write_original(out, "committer_name", commit.committer.name, any_original);
    write_original(out, "committer_email", commit.committer.email, any_original);
    write_original(out, "message", commit.message, any_original);
    if (any_original) out.end();
    write_malformed(out, "malformed_author_base64", commit.author);
    write_malformed(out, "malformed_committer_base64", commit.committer);
    return out.end().take();
}

schema::TextList hex_of(const std::vector<git::ObjectId>& ids) {
    schema::TextList out;
    out.reserve(ids.size());
    for (const git::ObjectId& id : ids) out.push_back(id.hex());
    return out;
}

}  // namespace

void LanguageLines::add(std::string_view language, std::uint64_t added, std::uint64_t removed) {
    if (language.empty()) return;
    Sum& sum = lines_[language];
    sum.added += added;
    sum.removed += removed;
}

void LanguageLines::add_to(std::map<std::string, std::int64_t, std::less<>>& balance) const {
    for (const auto& [language, sum] : lines_) {
        auto at = balance.find(language);
        if (at == balance.end()) at = balance.emplace(language, 0).first;
        at->second += static_cast<std::int64_t>(sum.added) - static_cast<std::int64_t>(sum.removed);
    }
}

std::string LanguageLines::json() const {
    if (lines_.empty()) return "{}";
    json::Writer out;
    out.object();
    for (const auto& [language, sum] : lines_) {
        out.name(language).object().name("added").count(sum.added);
        out.name("removed").count(sum.removed).end();
    }
    return out.end().take();
}

schema::TextList co_authors(const std::vector<git::Trailer>& trailers) {
    schema::TextList names;
    for (const git::Trailer& trailer : trailers)
        if (text::lower_ascii(trailer.key) == "co-authored-by" &&
            std::ranges::find(names, trailer.value) == names.end())
            names.push_back(trailer.value);
    return names;
}

schema::GitCommit map_commit(const Stamp& stamp, git::Commit&& commit, const CommitNotes& notes) {
    const CommitLabel& label = notes.label;
    std::string metadata = commit_metadata(commit, notes.is_shallow_edge);
    return schema::GitCommit{
        .data_source = {stamp.repo.data_source},
        .project_key = stamp.repo.project_key,
        .repo_slug = stamp.repo.repo_slug,
        .commit_hash = commit.id.hex(),
        .branch = {std::string(label.branch)},
        .is_reachable = label.is_reachable,
        .is_in_default_branch = label.is_in_default_branch,
        .author_name = std::move(commit.author.name.utf8),
        .author_email = std::move(commit.author.email.utf8),
        .author_login = std::nullopt,
        .co_authors = co_authors(commit.trailers),
        .committer_name = std::move(commit.committer.name.utf8),
        .committer_email = std::move(commit.committer.email.utf8),
        .message = std::move(commit.message.utf8),
        .date = commit.author.time,
        .committed_on = commit.committer.time,
        .parents = hex_of(commit.parents),
        .files_changed = count32(commit.files_changed),
        .lines_added = count32(commit.lines_added),
        .lines_removed = count32(commit.lines_removed),
        .is_merge_commit = commit.is_merge(),
        .patch_id = commit.patch_id.empty() ? std::optional<std::string>()
                                            : std::optional(std::move(commit.patch_id)),
        .language_breakdown = {notes.languages.json()},
        .metadata = {std::move(metadata)},
        .collected_at = stamp.collected_at,
        ._version = stamp.version,
        .is_deleted = 0,
    };
}

schema::GitCommitFile file_row(const Stamp& stamp) {
    return schema::GitCommitFile{
        .data_source = {stamp.repo.data_source},
        .project_key = stamp.repo.project_key,
        .repo_slug = stamp.repo.repo_slug,
        .commit_hash = {},
        .file_path = {},
        .committed_on = {},
        .old_path = std::nullopt,
        .change_type = schema::ChangeType::Modified,
        .file_extension = {},
        .language = {},
        .lines_added = 0,
        .lines_removed = 0,
        .is_binary = false,
        .blob_hash = {},
        .diff_hash = {},
        .collected_at = stamp.collected_at,
        ._version = stamp.version,
        .is_deleted = 0,
    };
}

void map_file(schema::GitCommitFile& row, const git::Commit& commit, git::FileChange&& file,
              std::string_view language) {
    row.commit_hash.resize(2 * commit.id.bytes().size());
    commit.id.hex_to(row.commit_hash.data());
    row.committed_on = commit.committer.time;
    row.old_path.reset();
    if (!file.old_path.empty()) row.old_path = std::move(file.old_path);
    row.change_type = change_type(file.change);
    row.file_extension.value = git::file_extension(file.path);
    row.language.value = language;
    row.lines_added = count32(file.lines_added);
    row.lines_removed = count32(file.lines_removed);
    row.is_binary = file.is_binary;
    row.blob_hash.clear();
    if (!file.new_blob.is_null()) append_blob(row.blob_hash, file.new_blob, file.new_blob);
    std::string pair;
    pair.reserve(129);
    append_blob(pair, file.old_blob, file.new_blob);
    pair += ' ';
    append_blob(pair, file.new_blob, file.old_blob);
    row.diff_hash = sha256_hex(pair);
    row.file_path = std::move(file.path);
}

schema::GitTicket map_ticket(const Stamp& stamp, std::string key, std::string commit_hash) {
    return schema::GitTicket{
        .data_source = {stamp.repo.data_source},
        .project_key = stamp.repo.project_key,
        .repo_slug = stamp.repo.repo_slug,
        .external_ticket_id = std::move(key),
        .pr_id = 0,
        .commit_hash = std::move(commit_hash),
        .found_in = schema::TicketPlace::CommitMessage,
        .collected_at = stamp.collected_at,
        ._version = stamp.version,
        .is_deleted = 0,
    };
}

schema::GitBranch map_branch(const Stamp& stamp, const git::Ref& head, bool is_default,
                             std::optional<Time> date) {
    return schema::GitBranch{
        .data_source = {stamp.repo.data_source},
        .project_key = stamp.repo.project_key,
        .repo_slug = stamp.repo.repo_slug,
        .branch_name = std::string(git::short_name(head.name)),
        .head_hash = head.peeled.hex(),
        .is_default = is_default,
        .is_protected = std::nullopt,
        .last_commit_date = date,
        .metadata = {},
        .collected_at = stamp.collected_at,
        ._version = stamp.version,
        .is_deleted = 0,
    };
}

schema::GitTag map_tag(const Stamp& stamp, const git::Ref& tag) {
    constexpr std::string_view prefix = "refs/tags/";
    const git::TagObject* object = tag.tag ? &*tag.tag : nullptr;
    const git::Signature* tagger = object && object->tagger ? &*object->tagger : nullptr;
    return schema::GitTag{
        .data_source = {stamp.repo.data_source},
        .project_key = stamp.repo.project_key,
        .repo_slug = stamp.repo.repo_slug,
        .tag_name = tag.name.substr(prefix.size()),
        .target_hash = tag.peeled.hex(),
        .is_annotated = object != nullptr,
        .tagger_name = tagger ? std::optional(tagger->name.utf8) : std::nullopt,
        .tagger_email = tagger ? std::optional(tagger->email.utf8) : std::nullopt,
        .tagged_on = tagger ? std::optional(tagger->time) : std::nullopt,
        // An annotated tag with neither was named by a forge, and its object not read.
        .message = object && (tagger || !object->message.utf8.empty())
                       ? std::optional(object->message.utf8)
                       : std::nullopt,
        .collected_at = stamp.collected_at,
        ._version = stamp.version,
        .is_deleted = 0,
    };
}

schema::GitRepository map_repository(const Stamp& stamp, const sources::Repo& repo,
                                     RepositoryFacts facts) {
    return schema::GitRepository{
        .data_source = {stamp.repo.data_source},
        .project_key = stamp.repo.project_key,
        .repo_slug = stamp.repo.repo_slug,
        .repo_uuid = std::nullopt,
        .name = repo.name,
        .full_name = sources::full_name(stamp.repo),
        .parent_project_key = std::nullopt,
        .description = std::nullopt,
        .visibility = std::nullopt,
        .is_private = std::nullopt,
        .is_archived = std::nullopt,
        .is_fork = std::nullopt,
        .forked_from = std::nullopt,
        .is_empty = facts.is_empty,
        .default_branch = std::move(facts.default_branch),
        .language = facts.language
                        ? std::optional(schema::Word{.value = std::move(*facts.language)})
                        : std::nullopt,
        .size_kb = facts.size_kb,
        .has_issues = std::nullopt,
        .has_wiki = std::nullopt,
        .fork_policy = std::nullopt,
        .topics = {},
        .web_url = repo.web_url,
        .created_on = std::nullopt,
        .updated_on = std::nullopt,
        .last_commit_date = facts.last_commit_date,
        .first_seen = facts.first_seen,
        .metadata = {std::move(facts.metadata)},
        .collected_at = stamp.collected_at,
        ._version = stamp.version,
        .is_deleted = 0,
    };
}

schema::GitProject map_project(const Stamp& stamp) {
    return schema::GitProject{
        .data_source = {stamp.repo.data_source},
        .project_key = stamp.repo.project_key,
        .repo_slug = {},
        .project_uuid = std::nullopt,
        .name = std::nullopt,
        .description = std::nullopt,
        .kind = std::nullopt,
        .is_private = std::nullopt,
        .web_url = std::nullopt,
        .created_on = std::nullopt,
        .updated_on = std::nullopt,
        .metadata = {},
        .collected_at = stamp.collected_at,
        ._version = stamp.version,
        .is_deleted = 0,
    };
}

}  // namespace forgehouse::collect
