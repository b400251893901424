// Listing: which part of a list is asked for, and in which order.
#pragma once

#include <cstdint>
#include <functional>

#include "base/literal.h"
#include "ports/metadb.h"

namespace forgehouse::forge {

struct Listing {
    /// Appends to a statement; `id` is the column of the list's number.
    using Append = std::function<void(ports::Sql&, Literal id)>;

    Append where = {};  ///< ` AND …`; may be empty
    Append order = {};  ///< ` ORDER BY …`, total; empty: by the number
    std::int64_t skip = 0;
    std::int64_t most = 10;
};

/// Appends the rest of a statement that stands in its WHERE: conditions, order and bounds.
inline void add_listing(ports::Sql& sql, const Listing& listing, Literal id) {
    if (listing.where) listing.where(sql, id);
    if (listing.order)
        listing.order(sql, id);
    else
        sql.add(" ORDER BY ").add(id);
    sql.add(" LIMIT ").bind(listing.most).add(" OFFSET ").bind(listing.skip);
}

}  // namespace forgehouse::forge
