#include "collect/api/read_list.h"

namespace forgehouse::collect {
namespace {

// Places that are hidden from us may empty a page, and a list that moves shows items again.
constexpr unsigned kMostWithoutNews = 100;
// With a hundred items a page, ten million.
constexpr unsigned kMostPages = 100'000;

}  // namespace

Result<void> ListProgress::look_at(const sources::Page& page, Brought brought) {
    without_news_ = brought == Brought::News ? 0 : without_news_ + 1;
    if (++pages_ <= kMostPages && without_news_ <= kMostWithoutNews) return {};
    return Failure(Error(Errc::Corrupt, "the server's list does not come to its end")
                       .with("target", page.call.target)
                       .with("pages", std::int64_t{pages_})
                       .hint("Ask its administrators: each page names a further one, and none "
                             "brings anything new."));
}

}  // namespace forgehouse::collect
