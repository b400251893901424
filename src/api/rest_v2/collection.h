// Collection: what a request asks of a list (`q`, `sort`, `page`, `pagelen`), as a Listing for the
// forge, and the page that is answered. The next page is named by what this one ends with.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "api/call.h"
#include "api/rest_v2/filter.h"
#include "api/rest_v2/page.h"
#include "api/rest_v2/sort.h"
#include "forge/listing.h"

namespace forgehouse::api::rest_v2 {

/// Refers to the call's query and to the fields; lives no longer.
class Collection {
public:
    /// Without fields it can neither be filtered nor sorted. Errors: Invalid for what is asked.
    static Result<Collection> of(Call& call, QueryFields fields = {});

    /// One more than the page holds is asked for: whether there is a next page is known then.
    /// The collection lives longer.
    forge::Listing listing() const;

    /// The page of what was listed. `render` writes one; `place` says where it is: its number, and
    /// its value of the field that is sorted by.
    template <class Item, class Render, class Number, class Value>
    Answer answer(Call& call, std::vector<Item>& items, Render render, Number number,
                  Value value) const {
        const bool goes_on = std::ssize(items) > page_.length;
        if (goes_on) items.resize(static_cast<std::size_t>(page_.length));
        json::Writer out;
        out.array();
        for (const Item& item : items) render(out, item);
        out.end();
        std::string next;
        if (goes_on && !items.empty())
            next = token(
                number(items.back()),
                sort_ ? std::optional(value(items.back(), sort_->field().name)) : std::nullopt);
        return page(call, out.take(), items.size(), next);
    }
    /// The same for what is in the order of its numbers only.
    template <class Item, class Render, class Number>
    Answer answer(Call& call, std::vector<Item>& items, Render render, Number number) const {
        return answer(call, items, render, number,
                      [](const Item&, std::string_view) { return ports::SqlValue(std::nullopt); });
    }

    const Filter& filter() const noexcept { return filter_; }
    const std::optional<Sort>& sort() const noexcept { return sort_; }
    const PageRequest& page() const noexcept { return page_; }

private:
    std::string token(std::int64_t number, std::optional<ports::SqlValue> value) const;
    Answer page(Call& call, std::string values, std::size_t count, const std::string& next) const;

    Filter filter_;
    std::optional<Sort> sort_;
    PageRequest page_;
};

}  // namespace forgehouse::api::rest_v2
