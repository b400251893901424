#include "warehouse/clickhouse/views.h"

#include <fmt/format.h>

#include "base/digest.h"
#include "schema/all.h"
#include "schema/version.h"

namespace forgehouse::warehouse::clickhouse {
namespace {

bool in_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// The SELECT with its database before every table of ours: which one, only the layout knows.
std::string qualified(std::string_view select, const Layout& layout) {
    std::string out;
    for (std::size_t i = 0; i < select.size();) {
        std::size_t end = i;
        while (end < select.size() && in_word(select[end])) ++end;
        if (end == i) {
            out += select[i++];
            continue;
        }
        const std::string_view word = select.substr(i, end - i);
        if (schema::find_table(word) != nullptr) out += quoted_name(layout.database) + ".";
        out += word;
        i = end;
    }
    return out;
}

}  // namespace

std::string view_comment(const View& view, const Layout& layout) {
    const std::string print = sha256_hex(qualified(view.select, layout)).substr(0, 16);
    return fmt::format("definition {} (schema {})", print, schema::kSchemaVersion);
}

std::string create_view(const View& view, const Layout& layout) {
    return fmt::format(
        "CREATE OR REPLACE VIEW {}.{}{} AS\n{}\nCOMMENT {}", quoted_name(view.database),
        quoted_name(view.name),
        layout.cluster.empty() ? std::string() : " ON CLUSTER " + quoted_name(layout.cluster),
        qualified(view.select, layout), quoted_text(view_comment(view, layout)));
}

}  // namespace forgehouse::warehouse::clickhouse
