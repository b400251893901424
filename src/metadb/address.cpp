#include "metadb/address.h"

#include "base/text.h"

namespace forgehouse::metadb {
namespace {

Address postgresql_address(std::string_view url, std::string_view rest) {
    std::string_view query;
    if (const auto mark = rest.find('?'); mark != std::string_view::npos) {
        query = rest.substr(mark + 1);
        rest = rest.substr(0, mark);
    }
    // Whatever stands before the last @ may be a password that nobody escaped.
    if (const auto at = rest.rfind('@'); at != std::string_view::npos) rest.remove_prefix(at + 1);
    std::string name = "postgresql://" + std::string(rest);
    char divider = '?';
    for (const std::string_view part : text::split(query, '&')) {
        if (!part.starts_with("host=") && !part.starts_with("port=")) continue;
        name += divider + std::string(part);
        divider = '&';
    }
    return {.kind = Address::Kind::Postgresql, .target = std::string(url), .name = std::move(name)};
}

}  // namespace

Result<Address> parse_address(std::string_view url) {
    constexpr std::string_view kSqlite = "sqlite:";
    if (url.starts_with(kSqlite) && url.size() > kSqlite.size())
        return Address{.kind = Address::Kind::Sqlite,
                       .target = std::string(url.substr(kSqlite.size())),
                       .name = std::string(url)};
    for (const std::string_view scheme : {"postgresql://", "postgres://"})
        if (url.starts_with(scheme)) return postgresql_address(url, url.substr(scheme.size()));
    return Failure(Error(Errc::Invalid, "the database's URL is of no kind that is known")
                       .hint("it is sqlite:PATH or postgresql://USER@HOST/DATABASE"));
}

}  // namespace forgehouse::metadb
