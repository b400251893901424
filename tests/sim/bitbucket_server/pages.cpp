#include "sim/bitbucket_server/pages.h"

#include <algorithm>

#include "base/text.h"

namespace forgehouse::sim::bitbucket_server {

PageOrder page_order(const Asked& asked, const Settings& settings, const Plan& plan) {
    const auto number = [&](const std::string& name, std::int64_t otherwise) {
        const auto value = text::to_int(asked.value(name));
        return static_cast<std::size_t>(value && *value >= 0 ? *value : otherwise);
    };
    PageOrder out{.start = number("start", 0),
                  .limit = number("limit", 25),
                  .holes = plan.holes,
                  .misshapen = plan.misshapen,
                  .endless = plan.endless};
    out.limit = std::min(std::max<std::size_t>(out.limit, 1), settings.page_cap);
    if (plan.cap) out.limit = std::min(out.limit, *plan.cap);
    return out;
}

std::string page(const PageOrder& order, std::size_t size, const IsShown& is_shown,
                 const WriteItem& write) {
    // With holes the list has more places than items: place 4k + 3 is always hidden.
    const std::size_t places = order.holes ? size + size / 3 : size;
    const auto item_at = [&](std::size_t place) { return order.holes ? place - place / 4 : place; };
    const auto shown = [&](std::size_t place) {
        if (order.holes && place % 4 == 3) return false;
        return item_at(place) < size && is_shown(item_at(place));
    };
    json::Writer out;
    out.object().name("values").array();
    std::size_t count = 0;
    std::size_t place = order.start;
    for (; place < places && count < order.limit; ++place) {
        if (!shown(place)) continue;
        if (order.misshapen && count == 0)
            out.object().name("id").text("none").end();
        else
            write(out, item_at(place));
        ++count;
    }
    out.end();
    bool is_last = !order.endless;
    for (std::size_t rest = place; rest < places && is_last; ++rest) is_last = !shown(rest);
    out.name("size").count(count).name("limit").count(order.limit);
    out.name("start").count(order.start).name("isLastPage").flag(is_last);
    if (!is_last) out.name("nextPageStart").count(std::max(place, order.start + 1));
    return out.end().take();
}

std::string page(const PageOrder& order, std::size_t size, const WriteItem& write) {
    return page(order, size, [](std::size_t) { return true; }, write);
}

std::string error_body(std::string_view message, std::string_view exception) {
    json::Writer out;
    out.object().name("errors").array().object().name("context").null();
    out.name("message").text(message).name("exceptionName");
    out.text(exception).end().end();
    return out.end().take();
}

}  // namespace forgehouse::sim::bitbucket_server
