// Ledger: what is known of a repository's pull requests between two runs: what each looked like
// when it was read, when that was, and which could not be read.
//
//   repositories/<source>/<project>/<repo>/pull_requests.json.zst, about 10 bytes for each
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "ports/objects.h"
#include "sources/source.h"

namespace forgehouse::collect {

/// 64 bits of an item's fingerprint: one change in 2^64 would be missed.
std::uint64_t short_fingerprint(std::string_view fingerprint);

/// A plain value. Threads: one at a time.
struct Ledger {
    struct Entry {
        std::uint64_t fingerprint = 0;
        std::int64_t read_seconds = 0;  ///< since 1970
        bool without_git = false;       ///< git could not say what it changes
        bool list_only = false;         ///< its repository is hidden: only a list told of it
        bool operator==(const Entry&) const = default;
    };
    struct PutOff {
        std::uint64_t failures = 0;
        std::string error;
        bool operator==(const PutOff&) const = default;
    };
    std::unordered_map<std::int64_t, Entry> read;
    std::unordered_map<std::int64_t, PutOff> put_off;  ///< the retry ledger
    /// A pass has begun and not ended: rows may be stored that no entry tells of.
    bool unfinished = false;
    std::optional<Time> completed;  ///< when the last complete pass ended

    bool operator==(const Ledger&) const = default;
};

/// A ledger and what stood in its place when it was read.
struct StoredLedger {
    Ledger ledger;
    std::optional<std::string> etag;
};

std::string encode(const Ledger& ledger);
/// Errors: Corrupt; Conflict for the ledger of a newer version.
Result<Ledger> decode_ledger(std::string_view bytes);

/// Empty where there is none. Errors: Corrupt with a hint; those of the objects.
Result<StoredLedger> load_ledger(exec::Context& ctx, ports::Objects& objects,
                                 const sources::RepoRef& repo);
/// Errors: Conflict where another writer was there since; those of the objects.
Result<void> save_ledger(exec::Context& ctx, ports::Objects& objects, const sources::RepoRef& repo,
                         StoredLedger& stored);
Result<void> remove_ledger(exec::Context& ctx, ports::Objects& objects,
                           const sources::RepoRef& repo);

}  // namespace forgehouse::collect
