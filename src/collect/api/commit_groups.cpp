#include "collect/api/commit_groups.h"

namespace forgehouse::collect {

CommitGroups::CommitGroups(Parts parts)
    : parts_(std::move(parts)), writer_(parts_.warehouse, parts_.token), checks_(parts_.now) {}

Result<void> CommitGroups::archive(std::string_view lines) {
    lines_ += lines;
    return hand_on_if_due();
}

Result<void> CommitGroups::add(ApiCommit commit) {
    const git::Commit checked = checked_part(commit.row);
    checks_.look_at(checked);
    if (const auto head = parts_.head_dates.find(checked.id); head != parts_.head_dates.end())
        head->second = commit.row.committed_on;
    if (commit.truncated)
        truncated_.fail(commit.row.commit_hash);
    else
        truncated_.pass();
    truncated_count_ += commit.truncated;
    group_.counts.commits += 1;
    group_.counts.files += commit.files.size();
    group_.counts.lines_added += commit.row.lines_added.value_or(0);
    group_.counts.lines_removed += commit.row.lines_removed.value_or(0);
    for (const schema::GitCommitFile& file : commit.files)
        group_.files.append(schema::git_commit_files, file);
    for (const schema::GitTicket& ticket : commit.tickets)
        group_.tickets.append(schema::git_tickets, ticket);
    group_.commits.append(schema::git_commits, commit.row);
    return hand_on_if_due();
}

Result<void> CommitGroups::hand_on_if_due() {
    return group_.bytes() + lines_.size() >= parts_.group_bytes ? hand_on() : Result<void>();
}

// A stop of the run does not reach here: what was read is stored, and only then is it heeded.
Result<void> CommitGroups::hand_on() {
    if (parts_.archive != nullptr && !lines_.empty()) {
        exec::Context storing = storing_context();
        TRY(parts_.archive->store(storing, parts_.repo, kCommitsFolder, lines_));
    }
    lines_.clear();
    if (group_.rows() == 0) return {};
    group_.counts.rows = group_.rows();
    group_.counts.bytes = group_.bytes();
    return writer_.push(storing_context(), std::exchange(group_, RowGroup()));
}

Result<void> CommitGroups::finish(StoredOverApi& stored) {
    const Result<void> handed = hand_on();
    const Result<void> finished = writer_.finish();
    stored.counts = writer_.stored();
    checks_.append_to(stored.findings, parts_.repo);
    stored.findings.push_back(truncated_.finding(parts_.repo));
    stored.truncated = truncated_count_;
    TRY(finished);
    return handed;
}

}  // namespace forgehouse::collect
