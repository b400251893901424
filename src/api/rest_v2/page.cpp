#include "api/rest_v2/page.h"

#include "base/json.h"
#include "base/text.h"

namespace forgehouse::api {
namespace {

// A token is this and then base64url of `["ORDER",PAGE,VALUE…]`.
constexpr std::string_view kVersion = "c1";
constexpr std::size_t kMostToken = 2048, kMostValues = 8;
constexpr std::int64_t kMostPage = 1'000'000'000;

Error invalid_page() {
    return Error(Errc::Invalid, "Invalid page").with("parameter", "page");
}

}  // namespace

std::string Cursor::token() const {
    json::Writer writer;
    writer.array().text(order).integer(page);
    for (const ports::SqlValue& value : values) {
        if (const auto* const number = std::get_if<std::int64_t>(&value.get()))
            writer.integer(*number);
        else if (const auto* const text = std::get_if<std::string>(&value.get()))
            writer.text(*text);
        else
            writer.null();
    }
    writer.end();
    return std::string(kVersion) + text::to_base64url(writer.take());
}

Result<Cursor> Cursor::parse(std::string_view token) {
    if (!token.starts_with(kVersion) || token.size() > kMostToken) return Failure(invalid_page());
    const auto text = text::from_base64url(token.substr(kVersion.size()));
    if (!text) return Failure(invalid_page());
    const auto document = json::Document::parse(*text);
    if (!document) return Failure(invalid_page());
    const auto items = document->root().items();
    if (!items || items->size() < 2 || items->size() > 2 + kMostValues)
        return Failure(invalid_page());
    const auto order = (*items)[0].text();
    const auto page = (*items)[1].integer();
    if (!order || !page || *page < 1 || *page > kMostPage) return Failure(invalid_page());
    Cursor out{.order = std::string(*order), .page = *page, .values = {}};
    for (std::size_t i = 2; i < items->size(); ++i) {
        const json::Value& item = (*items)[i];
        const auto number = item.integer();
        const auto string = item.text();
        if (number)
            out.values.emplace_back(*number);
        else if (string && string->find('\0') == std::string_view::npos)
            out.values.emplace_back(*string);
        else if (item.is_null())
            out.values.emplace_back(std::nullopt);
        else
            return Failure(invalid_page());
    }
    return out;
}

Result<PageRequest> parse_page(const QueryString& query, std::int64_t usual, std::int64_t most) {
    PageRequest out{.length = usual};
    TRY_LET(length, query.one("pagelen"));
    if (length) {
        const auto number = text::to_int(*length);
        if (!number || *number < 1 || *number > most)
            return Failure(Error(Errc::Invalid, "Invalid pagelen")
                               .with("parameter", "pagelen")
                               .with("most", most));
        out.length = *number;
    }
    TRY_LET(page, query.one("page"));
    if (!page) return out;
    if (const auto number = text::to_int(*page)) {
        if (*number < 1 || *number > kMostPage) return Failure(invalid_page());
        out.page = *number;
        return out;
    }
    TRY_LET(cursor, Cursor::parse(*page));
    out.page = cursor.page;
    out.behind = std::move(cursor);
    return out;
}

Result<void> check_cursor(const PageRequest& request, std::string_view order, std::size_t values) {
    if (request.behind &&
        (request.behind->order != order || request.behind->values.size() != values))
        return Failure(invalid_page());
    return {};
}

std::string PageEnvelope::json(std::string_view values) const {
    json::Writer writer;
    writer.object();
    if (size) writer.name("size").integer(*size);
    if (page) writer.name("page").integer(*page);
    writer.name("pagelen").integer(length);
    if (!next.empty()) writer.name("next").text(next);
    if (!previous.empty()) writer.name("previous").text(previous);
    writer.name("values").raw(values);
    writer.end();
    return writer.take();
}

std::string page_url(std::string_view url, const QueryString& query, std::string_view page) {
    return std::string(url) + "?" + query.with("page", page).text();
}

PageEnvelope numbered_page(std::string_view url, const QueryString& query,
                           const PageRequest& request, std::int64_t size) {
    PageEnvelope out{.size = size, .page = request.page, .length = request.length};
    if (request.page < (size + request.length - 1) / request.length)
        out.next = page_url(url, query, std::to_string(request.page + 1));
    if (request.page > 1) out.previous = page_url(url, query, std::to_string(request.page - 1));
    return out;
}

}  // namespace forgehouse::api
