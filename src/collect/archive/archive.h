// Archive: every answer of a forge as it came, packed, before anything is made of it. What we found
// out ourselves and what a replay needs as well (git's facts, tombstones) stands there in the same
// form, so that a replay is a pure function of the archive.
//
//   <source>/<project>/<repo>/<folder>/<date>/<run>-<part>.jsonl.zst    `@` for the whole forge
//
// A line is {"stream","repo","item","target","status","received","version","run","body"}: the body
// verbatim as a JSON text. `zstd -dc PART | jq -r .body` shows the answers.
#pragma once

#include <atomic>
#include <functional>

#include "collect/archive/zstd.h"
#include "exec/clock.h"
#include "ports/objects.h"
#include "sources/forge.h"

namespace forgehouse::collect {

/// Folders beside those that are named after a Stream.
inline constexpr std::string_view kQuarantine = "quarantine";
/// Streams of ours, beside those of sources::Stream.
inline constexpr std::string_view kGitFacts = "git_facts";
inline constexpr std::string_view kTombstones = "tombstones";

/// One line, read.
struct ArchivedPage {
    std::string stream;  ///< a Stream's name, or one of ours
    sources::RepoRef repo;
    std::string item;
    std::string target;
    Time received;
    std::uint64_t version = 0;
    std::string run;
    std::string body;
};

/// Appends a page as one line with its newline.
void append_line(std::string& lines, std::string_view stream, const sources::Page& page,
                 std::string_view run_id);
/// Errors: Corrupt.
Result<ArchivedPage> read_line(std::string_view line, std::string_view data_source);

/// The page that the line holds, as the adapters read it.
sources::Page page_of(ArchivedPage line, sources::Stream stream);

/// What a part's key says.
struct PartName {
    std::string data_source;
    std::string project_key;
    std::string repo_slug;
    std::string folder;
    std::string date;
};
/// nullopt for a key that is none of a part.
std::optional<PartName> part_name(std::string_view key);

/// Reads all lines of a part. Errors: those of the objects; Corrupt; what `sink` returns.
Result<void> read_part(exec::Context& ctx, ports::Objects& archive, const ports::ObjectInfo& part,
                       const std::function<Result<void>(ArchivedPage)>& sink);

/// An error of read_part() that the rest of the archive need not suffer for, with its part named;
/// nullopt for all others.
std::optional<Error> as_damage(const Error& error, const ports::ObjectInfo& part);

/// What one run writes. Threads: store() may be called from many threads at once.
class RunArchive {
public:
    RunArchive(ports::Objects& objects, const exec::Clock& clock, std::string run_id)
        : objects_(objects), clock_(clock), run_id_(std::move(run_id)) {}

    const std::string& run_id() const noexcept { return run_id_; }
    /// Lines as one part. Once it returns they are durable. Nothing where there are none.
    Result<void> store(exec::Context& ctx, const sources::RepoRef& repo, std::string_view folder,
                       std::string_view lines);
    std::uint64_t bytes() const noexcept { return bytes_; }  ///< packed, so far

private:
    ports::Objects& objects_;
    const exec::Clock& clock_;
    const std::string run_id_;
    std::atomic<std::uint64_t> next_part_ = 1;
    std::atomic<std::uint64_t> bytes_ = 0;
};

}  // namespace forgehouse::collect
