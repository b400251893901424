#include "api/rest_v2/collection.h"

#include "net/http_server.h"

namespace forgehouse::api::rest_v2 {
namespace {

/// The address that was asked for, without its query.
std::string address_of(const Call& call) {
    const auto parts = split_target(call.request().target);
    return call.origin() + std::string(parts ? parts->first : "");
}

}  // namespace

Result<Collection> Collection::of(Call& call, QueryFields fields) {
    Collection made;
    TRY_LET(page, parse_page(call.query()));
    made.page_ = std::move(page);
    TRY_LET(filter_text, call.query().one("q"));
    if (filter_text) {
        TRY_LET(filter, Filter::parse(*filter_text, fields));
        made.filter_ = std::move(filter);
    }
    TRY_LET(sort_text, call.query().one("sort"));
    if (sort_text && !sort_text->empty()) {
        TRY_LET(sort, Sort::parse(*sort_text, fields));
        made.sort_ = sort;
    }
    TRY(check_cursor(made.page_, made.sort_ ? made.sort_->text() : "", made.sort_ ? 2 : 1));
    return made;
}

forge::Listing Collection::listing() const {
    forge::Listing listing;
    listing.where = [this](ports::Sql& sql, Literal id) {
        if (!filter_.matches_all()) {
            sql.add(" AND ");
            filter_.add_to(sql);
        }
        if (!page_.behind) return;
        sql.add(" AND ");
        if (sort_) {
            sort_->add_after(sql, id, page_.behind->values[0], page_.behind->values[1]);
        } else {
            sql.add(id).add(" > ").bind(page_.behind->values[0]);
        }
    };
    if (sort_) listing.order = [this](ports::Sql& sql, Literal id) { sort_->add_order(sql, id); };
    listing.skip = page_.behind ? 0 : page_.offset();
    listing.most = page_.length + 1;
    return listing;
}

std::string Collection::token(std::int64_t number, std::optional<ports::SqlValue> value) const {
    Cursor cursor{.order = sort_ ? sort_->text() : "", .page = page_.page + 1, .values = {}};
    if (value) cursor.values.push_back(std::move(*value));
    cursor.values.emplace_back(number);
    return cursor.token();
}

Answer Collection::page(Call& call, std::string values, std::size_t count,
                        const std::string& next) const {
    PageEnvelope envelope{.size = {}, .page = page_.page, .length = page_.length};
    const std::string address = address_of(call);
    if (!next.empty()) envelope.next = page_url(address, call.query(), next);
    // How many there are is told where it is known without counting.
    if (next.empty() && !page_.behind && (count > 0 || page_.page == 1))
        envelope.size = page_.offset() + static_cast<std::int64_t>(count);
    if (page_.page > 1 && !page_.behind)
        envelope.previous = page_url(address, call.query(), std::to_string(page_.page - 1));
    return Answer::json(envelope.json(values));
}

}  // namespace forgehouse::api::rest_v2
