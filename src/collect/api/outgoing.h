// Outgoing: pull requests that go to a repository which is hidden from us, out of forks which are
// not. The lists of what leaves those forks tell of them; they are stored under their destination.
// Nothing is asked where no fork's origin is hidden.
//
//   outgoing/<source>.json.zst    hidden repositories with rows, and the forks that showed them
#pragma once

#include <map>

#include "collect/api/fetcher.h"

namespace forgehouse::collect {

/// All that the forge lists, by name: the forge's own id.
using ListedIds = std::map<sources::RepoRef, std::string>;

struct OutgoingParts {
    const Deps& deps;
    const sources::Forge& forge;
    Fetcher& fetcher;
    const Request& request;
    const ListedIds& listed;
    std::uint64_t version;
};

/// What one hidden repository gets out of its forks.
struct HiddenRepository {
    std::vector<sources::ListedPullRequest> items;
    std::vector<sources::ListedRepo> forks;  ///< that showed them, each once
    bool whole = true;                       ///< no fork that may show more of it was left out
};
using HiddenRepositories = std::map<sources::RepoRef, HiddenRepository>;

/// Lists what leaves those of `forks` whose origin is hidden, and keeps what goes to repositories
/// that are not listed and that the request wants. A fork that is not there any more is passed
/// over. Errors: the API's.
Result<HiddenRepositories> list_outgoing(exec::Context& ctx, const OutgoingParts& parts,
                                         const std::vector<sources::ListedRepo>& forks);

/// Remembers which forks show which hidden repositories, before their rows are stored, and adds to
/// `found`, with no items, those that nobody shows any more and that still have rows: neither the
/// forks among `asked`, which have been, nor one that is listed and was not asked. What is listed
/// itself by now is left to its own list. Errors: those of the objects and of the ledgers.
Result<void> keep_shown(exec::Context& ctx, ports::Objects& checkpoints,
                        const std::string& data_source, const ListedIds& listed,
                        const std::vector<sources::ListedRepo>& asked, HiddenRepositories& found);

}  // namespace forgehouse::collect
