// read_list: a list of a forge from its first page to its last. That it comes to an end is not
// taken on trust: a server whose next page is always another one would hold a run for ever.
#pragma once

#include <optional>
#include <utility>

#include "collect/api/fetcher.h"

namespace forgehouse::collect {

/// What a page was good for.
enum class Brought : unsigned char {
    News,
    Nothing,  ///< only what earlier pages had, or no item at all
    Enough,   ///< the rest of the list is not wanted
};

/// Follows one list. Threads: one at a time.
class ListProgress {
public:
    /// Errors: Corrupt, with a hint, where so many pages came, or so many without news one after
    /// the other, that this is no list.
    Result<void> look_at(const sources::Page& page, Brought brought);

private:
    unsigned pages_ = 0;
    unsigned without_news_ = 0;
};

/// A list whose pages are kept as they are.
struct NextPage {
    std::optional<sources::Call> next;
};

/// Fetches page after page. `read` makes a listing with a member `next` of a page, and is the
/// Fetcher's check: Corrupt asks for the page again. `take` receives page and listing once they are
/// good, and may move out of both; entries that cannot be read are put aside before. Errors: those
/// of Fetcher::fetch, of ListProgress, of `take`.
template <class Read, class Take>
Result<void> read_list(exec::Context& ctx, Fetcher& fetcher, sources::Call first,
                       std::uint64_t version, const Read& read, const Take& take) {
    ListProgress progress;
    for (std::optional<sources::Call> call = std::move(first); call;) {
        decltype(read(std::declval<const sources::Page&>())) listing =
            Failure(Error(Errc::Corrupt, "no page was read"));
        TRY_LET(page, fetcher.fetch(ctx, *call, version,
                                    [&](const sources::Page& answer) -> Result<void> {
                                        listing = read(answer);
                                        if (!listing) return Failure(listing.error());
                                        return {};
                                    }));
        call = std::move(listing->next);
        if constexpr (requires { listing->unreadable; })
            fetcher.put_aside(page, listing->unreadable);
        TRY_LET(brought, take(page, *listing));
        if (brought == Brought::Enough) return {};
        TRY(progress.look_at(page, brought));
    }
    return {};
}

}  // namespace forgehouse::collect
