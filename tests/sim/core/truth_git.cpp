#include "sim/core/truth_git.h"

#include <algorithm>

#include "base/digest.h"
#include "base/json.h"
#include "base/text.h"
#include "schema/git_branches.h"
#include "schema/git_commit_files.h"
#include "schema/git_commits.h"
#include "schema/git_tags.h"
#include "schema/git_tickets.h"
#include "sim/core/tickets.h"

namespace forgehouse::sim {
namespace {

struct Lines {
    std::uint64_t added = 0, removed = 0;
};

std::string extension_of(const std::string& path) {
    const std::string name = path.substr(path.rfind('/') + 1);
    const auto dot = name.rfind('.');
    return dot == std::string::npos || dot == 0 ? "" : text::lower_ascii(name.substr(dot + 1));
}

// Linguist's names for the few endings that the simulator's files have.
std::string language_of(const std::string& path) {
    static const std::map<std::string, std::string> names{
        {"cpp", "C++"},   {"h", "C"},   {"py", "Python"}, {"md", "Markdown"}, {"ts", "TypeScript"},
        {"java", "Java"}, {"go", "Go"}, {"txt", "Text"},  {"yaml", "YAML"},   {"sql", "SQL"}};
    const auto found = names.find(extension_of(path));
    return found == names.end() ? "" : found->second;
}

schema::ChangeType type_of(char status) {
    switch (status) {
        case 'A': return schema::ChangeType::Added;
        case 'D': return schema::ChangeType::Deleted;
        case 'R': return schema::ChangeType::Renamed;
        case 'C': return schema::ChangeType::Copied;
        default: return schema::ChangeType::Modified;
    }
}

bool is_zeros(const std::string& hash) {
    return hash.find_first_not_of('0') == std::string::npos;
}

schema::TextList co_authors(const std::string& message) {
    constexpr std::string_view key = "Co-authored-by: ";
    schema::TextList out;
    for (const std::string_view line : text::split(message, '\n'))
        if (line.starts_with(key)) out.emplace_back(line.substr(key.size()));
    return out;
}

class Writing {
public:
    Writing(Manifest& manifest, const Organisation& organisation, const Repository& at,
            const RepositoryName& name, const LoginOf& login_of)
        : manifest_(manifest),
          family_(organisation.families[at.family]),
          at_(at),
          name_(name),
          login_of_(login_of) {}

    // Each ref in the order of its rank takes what no ref before it has reached.
    void label() {
        if (at_.branches.contains(at_.default_branch))
            reach(at_.branches.at(at_.default_branch).head, at_.default_branch);
        in_default_ = labels_;
        for (const auto& [name, branch] : at_.branches) reach(branch.head, name);
        for (const auto& [name, tag] : at_.tags) reach(tag.commit, "refs/tags/" + name);
        std::map<std::string, Index> pulls;
        for (const PullRequest& pull : at_.pulls)
            if (!pull.is_deleted)
                pulls[fmt::format("refs/pull-requests/{}/from", pull.number)] = pull.from_commit;
        for (const auto& [name, commit] : pulls) reach(commit, name);
    }

    std::vector<std::string> tips() const {
        std::vector<std::string> out;
        for (const auto& [commit, label] : labels_) out.push_back(family_.commits[commit].hash);
        return out;
    }

    void commit(std::string_view hash, const std::vector<FileCount>& files) {
        if (places_.empty())
            for (const auto& [commit, label] : labels_)
                places_[family_.commits[commit].hash] = commit;
        const Index index = places_.at(std::string(hash));
        const Commit& commit = family_.commits[index];
        const Time committed = Time::from_seconds(commit.committer.seconds);
        std::map<std::string, Lines> languages;
        Lines sum;
        for (const FileCount& file : files) {
            sum.added += file.added;
            sum.removed += file.removed;
            if (const std::string language = language_of(file.path); !language.empty()) {
                languages[language].added += file.added;
                languages[language].removed += file.removed;
            }
            add_file(commit, committed, file);
        }
        if (in_default_.contains(index) && commit.parents.size() < 2)
            for (const auto& [language, lines] : languages) {
                main_[language].added += lines.added;
                main_[language].removed += lines.removed;
            }
        add_commit(index, commit, files.size(), sum, languages);
        for (const std::string& key : tickets_in(commit.message))
            add_ticket(manifest_, name_, key, 0, commit.hash, "COMMIT_MESSAGE");
    }

    void refs() {
        for (const auto& [name, branch] : at_.branches)
            manifest_.add(schema::git_branches,
                          schema::GitBranch{.data_source = {},
                                            .project_key = name_.project_key,
                                            .repo_slug = name_.repo_slug,
                                            .branch_name = name,
                                            .head_hash = family_.commits[branch.head].hash,
                                            .is_default = name == at_.default_branch,
                                            .is_protected = std::nullopt,
                                            .last_commit_date = date_of(branch.head),
                                            .metadata = {},
                                            .collected_at = {},
                                            ._version = 0,
                                            .is_deleted = 0});
        for (const auto& [name, tag] : at_.tags) add_tag(name, tag);
    }

    GitTruth truth() const {
        GitTruth out{.is_empty = labels_.empty(),
                     .default_branch = std::nullopt,
                     .language = std::nullopt,
                     .last_commit = std::nullopt};
        if (at_.branches.contains(at_.default_branch)) out.default_branch = at_.default_branch;
        for (const auto& [name, branch] : at_.branches)
            out.last_commit = std::max(out.last_commit, std::optional(date_of(branch.head)));
        std::int64_t most = 0;
        for (const auto& [language, lines] : main_) {
            const auto net = static_cast<std::int64_t>(lines.added - lines.removed);
            if (!out.language || net > most) {
                most = net;
                out.language = language;
            }
        }
        return out;
    }

private:
    Time date_of(Index commit) const {
        return Time::from_seconds(family_.commits[commit].committer.seconds);
    }

    void reach(Index from, const std::string& label) {
        std::vector<Index> open{from};
        while (!open.empty()) {
            const Index index = open.back();
            open.pop_back();
            if (!labels_.try_emplace(index, label).second) continue;
            for (const Index parent : family_.commits[index].parents) open.push_back(parent);
        }
    }

    void add_file(const Commit& commit, Time committed, const FileCount& file) {
        const bool is_deleted = is_zeros(file.new_blob);
        manifest_.add(
            schema::git_commit_files,
            schema::GitCommitFile{
                .data_source = {},
                .project_key = name_.project_key,
                .repo_slug = name_.repo_slug,
                .commit_hash = commit.hash,
                .file_path = file.path,
                .committed_on = committed,
                .old_path = file.old_path.empty() ? std::nullopt : std::optional(file.old_path),
                .change_type = type_of(file.status),
                .file_extension = {extension_of(file.path)},
                .language = {language_of(file.path)},
                .lines_added = file.added,
                .lines_removed = file.removed,
                .is_binary = file.is_binary,
                .blob_hash = is_deleted ? "" : file.new_blob,
                .diff_hash = sha256_hex(file.old_blob + ' ' + file.new_blob),
                .collected_at = {},
                ._version = 0,
                .is_deleted = 0});
    }

    void add_commit(Index index, const Commit& commit, std::size_t files, const Lines& sum,
                    const std::map<std::string, Lines>& languages) {
        json::Writer breakdown;
        breakdown.object();
        for (const auto& [language, lines] : languages)
            breakdown.name(language)
                .object()
                .name("added")
                .count(lines.added)
                .name("removed")
                .count(lines.removed)
                .end();
        schema::TextList parents;
        for (const Index parent : commit.parents) parents.push_back(family_.commits[parent].hash);
        manifest_.add(
            schema::git_commits,
            schema::GitCommit{.data_source = {},
                              .project_key = name_.project_key,
                              .repo_slug = name_.repo_slug,
                              .commit_hash = commit.hash,
                              .branch = {labels_.at(index)},
                              .is_reachable = true,
                              .is_in_default_branch = in_default_.contains(index),
                              .author_name = commit.author.name,
                              .author_email = commit.author.email,
                              .author_login = login_of_(commit.author.email),
                              .co_authors = co_authors(commit.message),
                              .committer_name = commit.committer.name,
                              .committer_email = commit.committer.email,
                              .message = commit.message,
                              .date = Time::from_seconds(commit.author.seconds),
                              .committed_on = Time::from_seconds(commit.committer.seconds),
                              .parents = std::move(parents),
                              .files_changed = static_cast<std::uint32_t>(files),
                              .lines_added = static_cast<std::uint32_t>(sum.added),
                              .lines_removed = static_cast<std::uint32_t>(sum.removed),
                              .is_merge_commit = commit.parents.size() > 1,
                              .patch_id = std::nullopt,
                              .language_breakdown = {breakdown.end().take()},
                              .metadata = {},
                              .collected_at = {},
                              ._version = 0,
                              .is_deleted = 0});
    }

    void add_tag(const std::string& name, const Tag& tag) {
        const TagObject* object = tag.object ? &family_.tags[*tag.object] : nullptr;
        const auto said = [&](const std::string& text) {
            return object ? std::optional(text) : std::nullopt;
        };
        manifest_.add(
            schema::git_tags,
            schema::GitTag{
                .data_source = {},
                .project_key = name_.project_key,
                .repo_slug = name_.repo_slug,
                .tag_name = name,
                .target_hash = family_.commits[tag.commit].hash,
                .is_annotated = object != nullptr,
                .tagger_name = object ? said(object->tagger.name) : std::nullopt,
                .tagger_email = object ? said(object->tagger.email) : std::nullopt,
                .tagged_on = object ? std::optional(Time::from_seconds(object->tagger.seconds))
                                    : std::nullopt,
                .message = object ? said(object->message) : std::nullopt,
                .collected_at = {},
                ._version = 0,
                .is_deleted = 0});
    }

    Manifest& manifest_;
    const Family& family_;
    const Repository& at_;
    const RepositoryName& name_;
    const LoginOf& login_of_;
    std::map<Index, std::string> labels_, in_default_;
    std::map<std::string, Index> places_;
    std::map<std::string, Lines> main_;
};

}  // namespace

void add_ticket(Manifest& manifest, const RepositoryName& name, const std::string& key,
                std::int64_t pull, const std::string& commit, std::string_view place) {
    manifest.add(schema::git_tickets,
                 schema::GitTicket{.data_source = {},
                                   .project_key = name.project_key,
                                   .repo_slug = name.repo_slug,
                                   .external_ticket_id = key,
                                   .pr_id = pull,
                                   .commit_hash = commit,
                                   .found_in = *schema::from_word<schema::TicketPlace>(place),
                                   .collected_at = {},
                                   ._version = 0,
                                   .is_deleted = 0});
}

Result<GitTruth> add_git_rows(const exec::Context& ctx, Manifest& manifest, const GitStore& store,
                              const Organisation& organisation, const Repository& at,
                              const RepositoryName& name, const LoginOf& login_of) {
    Writing writing(manifest, organisation, at, name, login_of);
    writing.label();
    TRY(store.each_commit(ctx, at, writing.tips(),
                          [&](std::string_view hash, const std::vector<FileCount>& files) {
                              writing.commit(hash, files);
                          }));
    writing.refs();
    return writing.truth();
}

}  // namespace forgehouse::sim
