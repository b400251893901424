#include "collect/archive_care.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "collect/api/discovery.h"
#include "collect/api/ledger.h"
#include "collect/api/people.h"
#include "collect/archive/archive.h"
#include "collect/archive/picking.h"
#include "collect/data_lock.h"

namespace forgehouse::collect {

Result<std::vector<PickedPart>> pick_parts(exec::Context& ctx, ports::Objects& archive,
                                           const ArchivePick& pick) {
    const std::string prefix =
        pick.data_source.empty() ? std::string() : ports::object_key_part(pick.data_source) + "/";
    TRY_LET(listed, archive.list(ctx, prefix));
    std::vector<PickedPart> parts;
    for (ports::ObjectInfo& info : listed) {
        auto name = part_name(info.key);
        if (!name || (!pick.date.empty() && name->date != pick.date)) continue;
        if (!is_picked(*name, pick.repositories)) continue;
        parts.push_back({.name = std::move(*name), .info = std::move(info)});
    }
    return parts;
}

bool is_picked(const PartName& name, const std::vector<std::string>& patterns) {
    if (patterns.empty()) return true;
    if (name.repo_slug.empty()) return std::ranges::find(patterns, kWholeForge) != patterns.end();
    const std::string full = name.project_key + '/' + name.repo_slug;
    return std::ranges::any_of(patterns, [&](const std::string& pattern) {
        return text::glob_match(pattern, full) || text::glob_match(pattern, name.repo_slug);
    });
}

Result<std::vector<ArchivedStream>> archive_summary(exec::Context& ctx, ports::Objects& archive,
                                                    const ArchivePick& pick) {
    TRY_LET(parts, pick_parts(ctx, archive, pick));
    std::map<std::vector<std::string>, ArchivedStream> streams;
    for (const PickedPart& part : parts) {
        const PartName& name = part.name;
        ArchivedStream& stream =
            streams[{name.data_source, name.project_key, name.repo_slug, name.folder}];
        if (stream.parts++ == 0) {
            stream.data_source = name.data_source;
            stream.project_key = name.project_key;
            stream.repo_slug = name.repo_slug;
            stream.stream = name.folder;
            stream.first_date = stream.last_date = name.date;
        }
        stream.bytes += part.info.size;
        stream.first_date = std::min(stream.first_date, name.date);
        stream.last_date = std::max(stream.last_date, name.date);
    }
    std::vector<ArchivedStream> out;
    for (auto& [key, stream] : streams) out.push_back(std::move(stream));
    return out;
}

Result<ArchiveCheck> archive_verify(exec::Context& ctx, ports::Objects& archive,
                                    const ArchivePick& pick) {
    TRY_LET(parts, pick_parts(ctx, archive, pick));
    ArchiveCheck check;
    for (const PickedPart& part : parts) {
        TRY(ctx.check());
        ++check.parts;
        check.bytes += part.info.size;
        auto read =
            read_part(ctx, archive, part.info, [&](const ArchivedPage& page) -> Result<void> {
                ++check.pages;
                check.unpacked += page.body.size();
                return {};
            });
        if (read) continue;
        if (read.error().code() != Errc::Corrupt) return Failure(std::move(read).error());
        check.faults.push_back(
            {.key = part.info.key,
             .error = std::move(read).error().hint(
                 fmt::format("What was lost can be read again: `forgehouse archive wipe --repo {}` "
                             "says what goes, with --confirm it does; then `forgehouse collect`.",
                             part.name.repo_slug.empty()
                                 ? std::string(kWholeForge)
                                 : part.name.project_key + '/' + part.name.repo_slug))});
    }
    return check;
}

Result<ArchiveWipe> archive_wipe(exec::Context& ctx, const WipeParts& parts,
                                 const ArchivePick& pick, bool dry) {
    if (pick.repositories.empty())
        return Failure(Error(Errc::Invalid, "no repository is named to be wiped")
                           .hint("Name it: `--repo PROJECT/REPOSITORY`."));
    TRY_LET(picked, pick_parts(ctx, parts.archive, pick));
    std::optional<DataLock> lock;
    if (!dry) {
        TRY_LET(taken, DataLock::take(parts.data_dir));
        lock.emplace(std::move(taken));
    }
    ArchiveWipe wipe;
    std::set<sources::RepoRef> repositories;
    for (const PickedPart& part : picked) {
        repositories.insert({.data_source = part.name.data_source,
                             .project_key = part.name.project_key,
                             .repo_slug = part.name.repo_slug});
        ++wipe.parts;
        wipe.bytes += part.info.size;
    }
    if (dry) return wipe;
    // Before the pages go: killed in between, it is read again all the same.
    for (const sources::RepoRef& repo : repositories) {
        if (repo.repo_slug.empty()) {
            TRY(forget_discovery(ctx, parts.checkpoints, repo.data_source));
            TRY(People::forget(ctx, parts.checkpoints, repo.data_source));
        } else {
            TRY(remove_ledger(ctx, parts.checkpoints, repo));
        }
    }
    for (const PickedPart& part : picked) TRY(parts.archive.remove(ctx, part.info.key));
    return wipe;
}

}  // namespace forgehouse::collect
