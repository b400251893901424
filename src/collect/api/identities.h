// Identities: which repository stood under which name, by the forge's own id, so that renames,
// moves, deletions and names that are used again are seen.
//
//   identities/<source>.json.zst
#pragma once

#include "collect/api/discovery.h"
#include "collect/checkpoints.h"

namespace forgehouse::collect {

struct IdentityParts {
    const Deps& deps;
    const sources::Forge& forge;
    Fetcher& fetcher;
    RunArchive& archive;
    Checkpoints& checkpoints;
    std::uint64_t version;  ///< of the tombstones: less than that of anything read after
};

/// What became of repositories that earlier runs had collected.
struct Moves {
    std::uint64_t renamed = 0;
    std::uint64_t deleted = 0;
};

/// `listed`: all that the forge lists now, fresh. A repository under another name: the rows under
/// the old one are buried, its checkpoints go, its mirror moves along. One that is not listed any
/// more and that the forge does not know: buried; where the forge only refuses it, it stays.
/// Safe to repeat after a death anywhere. Errors: the warehouse's, the objects', the API's but for
/// a refusal.
Result<Moves> follow_moves(exec::Context& ctx, const IdentityParts& parts,
                           const std::vector<sources::ListedRepo>& listed);

/// Remembers those that are collected now. Errors: the objects'.
Result<void> remember(exec::Context& ctx, ports::Objects& objects, std::string_view data_source,
                      const std::vector<sources::ListedRepo>& collected);

}  // namespace forgehouse::collect
