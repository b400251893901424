#include "collect/row_builder.h"

#include "base/check.h"
#include "git/languages.h"

namespace forgehouse::collect {

RowBuilder::RowBuilder(Parts parts, std::size_t group_bytes)
    : parts_(std::move(parts)), group_bytes_(group_bytes), file_(file_row(parts_.stamp)) {}

Result<void> RowBuilder::files(const git::Commit& commit, std::span<git::FileChange> files) {
    for (git::FileChange& file : files) {
        const std::string_view language = git::language_of(file.path);
        languages_.add(language, file.lines_added, file.lines_removed);
        map_file(file_, commit, std::move(file), language);
        group_.files.append(schema::git_commit_files, file_);
    }
    group_.counts.files += files.size();
    done_.files += files.size();
    // A commit may have more files than fit into memory: they go ahead of their commit.
    return hand_on_if_due();
}

Result<void> RowBuilder::commit(git::Commit&& commit) {
    parts_.checks.look_at(commit);
    const NewCommit& place = expected(commit.id);
    if (const auto head = parts_.head_dates.find(commit.id); head != parts_.head_dates.end())
        head->second = commit.committer.time;
    group_.counts.commits += 1;
    group_.counts.lines_added += commit.lines_added;
    group_.counts.lines_removed += commit.lines_removed;
    done_.commits += 1;
    done_.lines_added += commit.lines_added;
    done_.lines_removed += commit.lines_removed;
    const CommitNotes notes{.label = {.branch = parts_.branches[place.branch],
                                      .is_in_default_branch = place.is_in_default_branch,
                                      .is_reachable = true},
                            .languages = languages_,
                            .is_shallow_edge = parts_.shallow.contains(commit.id)};
    if (place.is_in_default_branch && !commit.is_merge()) languages_.add_to(language_lines_);
    schema::GitCommit row = map_commit(parts_.stamp, std::move(commit), notes);
    if (parts_.logins != nullptr) row.author_login = parts_.logins->find(row.author_email);
    languages_.clear();
    for (std::string& key : parts_.tickets.find(row.message))
        group_.tickets.append(schema::git_tickets,
                              map_ticket(parts_.stamp, std::move(key), row.commit_hash));
    group_.commits.append(schema::git_commits, row);
    parts_.on_progress(done_);
    return hand_on_if_due();
}

Result<void> RowBuilder::flush() {
    return hand_on();
}

const NewCommit& RowBuilder::expected(const git::ObjectId& id) {
    // The reader keeps the order and leaves out those outside of the window of time.
    while (!expected_.empty() && expected_.front().id != id) expected_.pop_front();
    CHECK(!expected_.empty());
    return expected_.front();
}

Result<void> RowBuilder::hand_on_if_due() {
    const std::size_t bytes = group_.bytes();
    const bool is_due =
        bytes >= group_bytes_ || (bytes >= group_bytes_ / 2 && parts_.writer.is_idle());
    return is_due ? hand_on() : Result<void>();
}

// A stop of the run does not reach here: what was read is stored, and only then is it heeded.
Result<void> RowBuilder::hand_on() {
    if (group_.rows() == 0) return {};
    group_.counts.rows = group_.rows();
    group_.counts.bytes = group_.bytes();
    return parts_.writer.push(storing_context(), std::exchange(group_, RowGroup()));
}

}  // namespace forgehouse::collect
