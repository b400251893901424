// Pages of a collection: what `page` and `pagelen` ask for, and the envelope of the answer.
//
// A page is asked for by its number or by a Cursor: an opaque text that names the last row of the
// page before, so that the database goes on behind that row (rest_v2/sort.h) and the thousandth
// page costs as much as the first. Clients follow `next` and need not know which it is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/query_string.h"
#include "base/result.h"
#include "ports/metadb.h"

namespace forgehouse::api {

/// A place in an ordered collection. Nothing in it is trusted: its values are bound, and name no
/// more than a place among what the reader may see anyway.
struct Cursor {
    std::string order;      ///< what the collection was sorted by: a cursor is good for no other
    std::int64_t page = 2;  ///< the number of the page that it leads to
    std::vector<ports::SqlValue> values{};  ///< of the last row before it: null, integers, texts

    /// Letters, digits, `-` and `_`; begins with a letter, so that it is no number.
    std::string token() const;
    /// Errors: Invalid for what token() has not written: another version, over 2 KiB, over 8
    /// values.
    static Result<Cursor> parse(std::string_view token);
};

struct PageRequest {
    std::int64_t page = 1;
    std::int64_t length = 10;        ///< most values on the page
    std::optional<Cursor> behind{};  ///< where it was asked for by a cursor; `page` is its page

    /// How many rows stand before the page, where it was asked for by its number.
    std::int64_t offset() const noexcept { return (page - 1) * length; }
};

/// Reads `page` and `pagelen`. A collection may have another usual length than 10 and allow other
/// lengths than 1 to 100. Errors: Invalid with Bitbucket's texts, `Invalid page`, `Invalid
/// pagelen`.
Result<PageRequest> parse_page(const QueryString& query, std::int64_t usual = 10,
                               std::int64_t most = 100);

/// Holds the cursor, where there is one, against the order that is asked for and the number of
/// its values. Errors: Invalid, `Invalid page`.
Result<void> check_cursor(const PageRequest& request, std::string_view order, std::size_t values);

/// What stands around the values. What is nullopt or "" is left out.
struct PageEnvelope {
    std::optional<std::int64_t> size{};  ///< of the whole collection
    std::optional<std::int64_t> page{};
    std::int64_t length = 10;
    std::string next{};
    std::string previous{};

    /// The JSON of the page. `values` is the JSON of the array.
    std::string json(std::string_view values) const;
};

/// The URL of another page: `url` without its query, and all parameters but `page` as they are.
std::string page_url(std::string_view url, const QueryString& query, std::string_view page);

/// The envelope of a page by its number, out of how many there are.
PageEnvelope numbered_page(std::string_view url, const QueryString& query,
                           const PageRequest& request, std::int64_t size);

}  // namespace forgehouse::api
