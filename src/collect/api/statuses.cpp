#include "collect/api/statuses.h"

#include <fmt/format.h>

#include "collect/api/read_list.h"

namespace forgehouse::collect {
namespace {

// Pages of one commit, appended to the rows and to the archive's lines.
Result<void> read_commit(exec::Context& ctx, const StatusParts& parts, const RepoPass& pass,
                         const std::string& commit, schema::Batch& rows, std::string& lines) {
    TRY_LET(first, parts.forge.first(sources::Stream::Statuses, pass.repo, commit));
    const auto read = [&](const sources::Page& page) { return parts.forge.read_statuses(page); };
    std::set<std::string> keys;
    const auto done = read_list(
        ctx, parts.fetcher, std::move(first), pass.stamp.version, read,
        [&](const sources::Page& page, const sources::StatusListing& listing) -> Result<Brought> {
            append_line(lines, sources::name_of(sources::Stream::Statuses), page,
                        parts.archive.run_id());
            const std::size_t before = keys.size();
            for (const schema::GitCommitStatus& status : listing.statuses) {
                keys.insert(status.status_key);
                rows.append(schema::git_commit_statuses, status);
            }
            return keys.size() > before ? Brought::News : Brought::Nothing;
        });
    // The commit may be gone.
    if (!done && done.error().code() == Errc::NotFound) return {};
    return done;
}

}  // namespace

Result<std::uint64_t> read_statuses(exec::Context& ctx, const StatusParts& parts,
                                    const RepoPass& pass, const std::set<std::string>& commits) {
    schema::Batch rows(schema::git_commit_statuses.info());
    std::string lines;
    for (const std::string& commit : commits)
        TRY(read_commit(ctx, parts, pass, commit, rows, lines));
    TRY(parts.archive.store(ctx, pass.repo, sources::name_of(sources::Stream::Statuses), lines));
    if (rows.empty()) return std::uint64_t{0};
    TRY(parts.deps.warehouse.insert(
        ctx, rows,
        fmt::format("{}/statuses/{}/{}", parts.archive.run_id(), sources::full_name(pass.repo),
                    pass.stamp.version)));
    return rows.rows();
}

}  // namespace forgehouse::collect
