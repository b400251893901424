// Pages as Bitbucket Server makes them: `limit` is a wish, `nextPageStart` counts in the whole
// list, also what the asker may not see.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/json.h"
#include "sim/core/exchange.h"
#include "sim/core/faults.h"
#include "sim/core/settings.h"

namespace forgehouse::sim::bitbucket_server {

/// Writes the n-th item of a list.
using WriteItem = std::function<void(json::Writer&, std::size_t)>;
/// Whether the n-th item is shown.
using IsShown = std::function<bool(std::size_t)>;

struct PageOrder {
    std::size_t start = 0;
    std::size_t limit = 25;
    bool holes = false;      ///< every fourth place of the list is hidden
    bool misshapen = false;  ///< the first item is none
    bool endless = false;    ///< each page names a further one, with nothing on it behind the end
};

PageOrder page_order(const Asked& asked, const Settings& settings, const Plan& plan);

/// The page of a list of `size` items.
std::string page(const PageOrder& order, std::size_t size, const IsShown& is_shown,
                 const WriteItem& write);
std::string page(const PageOrder& order, std::size_t size, const WriteItem& write);

/// `{"errors":[…]}`.
std::string error_body(std::string_view message, std::string_view exception);

}  // namespace forgehouse::sim::bitbucket_server
