// Compaction: the parts of one repository, folder and day become one. A collector that runs every
// hour writes a part each time; a year of them is thousands of small files for each repository.
#include <algorithm>
#include <map>

#include "collect/archive/archive.h"
#include "collect/archive/picking.h"
#include "collect/archive_care.h"
#include "collect/data_lock.h"

namespace forgehouse::collect {
namespace {

// Packed. What is larger gains nothing.
constexpr std::uint64_t kLargest = 64U << 20;

using Parts = std::vector<PickedPart>;

/// By source, repository, folder and day, which is what their keys begin with. The newest run
/// first, as a replay reads them: of a pull request the first reading counts. The parts of one run
/// keep their order: a list's pages stand in them one after the other.
std::map<std::string, Parts> by_folder_and_day(Parts parts, std::string_view before) {
    std::map<std::string, Parts> out;
    for (PickedPart& part : parts)
        if (part.name.date < before)
            out[part.info.key.substr(0, part.info.key.rfind('/'))].push_back(std::move(part));
    const auto run_of = [](const PickedPart& part) {
        return std::string_view(part.info.key).substr(0, part.info.key.rfind('-'));
    };
    for (auto& [place, group] : out)
        std::ranges::sort(group, [&](const PickedPart& one, const PickedPart& other) {
            if (run_of(one) != run_of(other)) return run_of(one) > run_of(other);
            return one.info.key < other.info.key;
        });
    return out;
}

/// Those that go together into one.
std::vector<Parts> chunks_of(Parts group) {
    std::vector<Parts> chunks;
    std::uint64_t size = kLargest;
    for (PickedPart& part : group) {
        if (size + part.info.size > kLargest) {
            chunks.emplace_back();
            size = 0;
        }
        size += part.info.size;
        chunks.back().push_back(std::move(part));
    }
    std::erase_if(chunks, [](const Parts& chunk) { return chunk.size() < 2; });
    return chunks;
}

/// What all of them hold. Errors: as_damage()'s for one that is not whole; the archive's.
Result<std::string> packed_together(exec::Context& ctx, ports::Objects& archive,
                                    const Parts& chunk) {
    Packer packer;
    for (const PickedPart& part : chunk) {
        TRY(ctx.check());
        TRY_LET(object, archive.get(ctx, part.info.key));
        char last = '\n';
        const auto done = unpack(object.bytes, [&](std::string_view piece) -> Result<void> {
            if (!piece.empty()) last = piece.back();
            packer.add(piece);
            return {};
        });
        const Error cut(Errc::Corrupt, "the last line has no end");
        if (done && last == '\n') continue;
        const Error& error = done ? cut : done.error();
        const auto damage = as_damage(error, part.info);
        return Failure(damage ? *damage : error);
    }
    return packer.take();
}

}  // namespace

Result<ArchiveCompaction> archive_compact(exec::Context& ctx, ports::Objects& archive,
                                          const std::filesystem::path& data_dir,
                                          const ArchivePick& pick, std::string_view before) {
    const auto lock = DataLock::take(data_dir);
    if (!lock) return Failure(lock.error());
    TRY_LET(parts, pick_parts(ctx, archive, pick));
    ArchiveCompaction done;
    for (auto& [place, group] : by_folder_and_day(std::move(parts), before))
        for (const Parts& chunk : chunks_of(std::move(group))) {
            const auto together = packed_together(ctx, archive, chunk);
            if (!together && together.error().code() == Errc::Corrupt) {
                done.faults.push_back({.key = std::string(together.error().field("part")),
                                       .error = together.error()});
                continue;
            }
            if (!together) return Failure(together.error());
            // In the place of the newest, and the others go afterwards: killed in between, some
            // lines stand there twice, which a replay does not mind.
            TRY(archive.put(ctx, chunk.front().info.key, *together));
            for (const PickedPart& part : chunk) {
                done.bytes_before += part.info.size;
                if (&part != &chunk.front()) TRY(archive.remove(ctx, part.info.key));
            }
            done.bytes_after += together->size();
            done.parts_before += chunk.size();
            ++done.parts_after;
        }
    return done;
}

}  // namespace forgehouse::collect
