#include "collect/api/api_rows.h"

#include <algorithm>
#include <limits>
#include <set>
#include <tuple>

#include "git/commit_parser.h"
#include "git/languages.h"

namespace forgehouse::collect {
namespace {

std::uint32_t sum32(std::uint64_t a, std::uint64_t b) noexcept {
    constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
    return static_cast<std::uint32_t>(std::min(most, a + b));
}

// The forge's own object with what we know about it in front.
std::string marked(std::string_view metadata, bool truncated) {
    std::string out(kOverApi);
    if (truncated) out += R"(,"truncated":true)";
    metadata.remove_prefix(std::min<std::size_t>(1, metadata.size()));
    if (metadata.size() > 1) out += ',';
    return out.append(metadata.empty() ? "}" : metadata);
}

git::Ref ref_of(std::string name, std::string_view hash, std::string_view tag_object) {
    git::Ref ref;
    ref.kind = git::kind_of(name);
    ref.name = std::move(name);
    const auto commit = git::ObjectId::from_hex(hash);
    ref.peeled = commit.value_or(git::ObjectId());
    ref.peeled_type = commit ? git::ObjectType::Commit : git::ObjectType::Missing;
    ref.object = ref.peeled;
    ref.type = ref.peeled_type;
    if (const auto object = git::ObjectId::from_hex(tag_object)) {
        ref.object = *object;
        ref.type = git::ObjectType::Tag;
        ref.tag.emplace().id = *object;
    }
    return ref;
}

}  // namespace

void CommitFiles::add(sources::FileListing page) {
    truncated_ = truncated_ || page.truncated;
    std::set<std::string, std::less<>> of_this_page;
    for (schema::GitCommitFile& file : page.files) {
        const auto [at, is_new] = files_.try_emplace(file.file_path);
        if (is_new) {
            of_this_page.insert(file.file_path);
            at->second = std::move(file);
        } else if (of_this_page.contains(file.file_path)) {
            schema::GitCommitFile& whole = at->second;
            whole.change_type = schema::ChangeType::Modified;
            whole.old_path.reset();
            whole.lines_added = sum32(whole.lines_added, file.lines_added);
            whole.lines_removed = sum32(whole.lines_removed, file.lines_removed);
            whole.is_binary = whole.is_binary || file.is_binary;
        }
    }
}

std::vector<schema::GitCommitFile> CommitFiles::take() {
    std::vector<schema::GitCommitFile> out;
    out.reserve(files_.size());
    for (auto& [path, file] : files_) out.push_back(std::move(file));
    files_.clear();
    return out;
}

ApiCommit complete(schema::GitCommit row, CommitFiles files, const HistoryPlace& place,
                   const ApiRowParts& parts) {
    ApiCommit out{.row = {}, .files = files.take(), .tickets = {}, .truncated = files.truncated()};
    LanguageLines languages;
    std::uint64_t added = 0;
    std::uint64_t removed = 0;
    for (schema::GitCommitFile& file : out.files) {
        file.committed_on = row.committed_on;
        file.file_extension.value = git::file_extension(file.file_path);
        const std::string_view language = git::language_of(file.file_path);
        file.language.value = language;
        file.collected_at = parts.stamp.collected_at;
        file._version = parts.stamp.version;
        languages.add(language, file.lines_added, file.lines_removed);
        added += file.lines_added;
        removed += file.lines_removed;
    }
    row.branch.value = place.branch;
    row.is_in_default_branch = place.is_in_default_branch;
    row.is_reachable = place.is_reachable;
    row.files_changed = sum32(out.files.size(), 0);
    row.lines_added = sum32(added, 0);
    row.lines_removed = sum32(removed, 0);
    row.co_authors = co_authors(git::parse_trailers(row.message));
    row.language_breakdown.value = languages.json();
    row.metadata.value = marked(row.metadata.value, out.truncated);
    row.collected_at = parts.stamp.collected_at;
    row._version = parts.stamp.version;
    if (parts.logins != nullptr) row.author_login = parts.logins->find(row.author_email);
    for (std::string& key : parts.tickets.find(row.message))
        out.tickets.push_back(map_ticket(parts.stamp, std::move(key), row.commit_hash));
    out.row = std::move(row);
    return out;
}

git::Commit checked_part(const schema::GitCommit& row) {
    git::Commit commit;
    commit.id = git::ObjectId::from_hex(row.commit_hash).value_or(git::ObjectId());
    commit.author.email.utf8 = row.author_email;
    commit.author.time = row.date;
    commit.author.date = git::DateState::Exact;
    commit.committer.time = row.committed_on;
    commit.committer.date = git::DateState::Exact;
    return commit;
}

git::Refs refs_of(const std::vector<sources::RefListing::Entry>& branches,
                  const std::vector<sources::RefListing::Entry>& tags,
                  const std::map<std::string, std::string>& pull_requests) {
    git::Refs refs;
    for (const auto& entry : branches) {
        refs.refs.push_back(ref_of("refs/heads/" + entry.name, entry.hash, {}));
        if (entry.is_default) refs.head.branch = refs.refs.back().name;
    }
    for (const auto& entry : tags)
        refs.refs.push_back(ref_of("refs/tags/" + entry.name, entry.hash, entry.tag_object));
    for (const auto& [name, hash] : pull_requests) refs.refs.push_back(ref_of(name, hash, {}));
    std::ranges::sort(refs.refs, {}, &git::Ref::name);
    // A list that grew while it was paged shows an entry twice.
    const auto [from, to] = std::ranges::unique(refs.refs, {}, &git::Ref::name);
    refs.refs.erase(from, to);
    return refs;
}

std::vector<std::size_t> by_rank(const git::Refs& refs) {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < refs.refs.size(); ++i)
        if (refs.refs[i].is_commit()) order.push_back(i);
    const auto rank = [&](std::size_t i) {
        const git::Ref& ref = refs.refs[i];
        return std::tuple(ref.name != refs.head.branch, ref.kind, std::string_view(ref.name));
    };
    std::ranges::sort(order, {}, rank);
    return order;
}

std::vector<git::ObjectId> ids_of(std::span<const std::string> hex) {
    std::vector<git::ObjectId> out;
    for (const std::string& one : hex)
        if (const auto id = git::ObjectId::from_hex(one)) out.push_back(*id);
    return out;
}

}  // namespace forgehouse::collect
