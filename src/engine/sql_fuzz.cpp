// Everything of the engine that reads a client's bytes before the database does: targets, SQL
// tokens, the heads of inserts, canonical statements, headers of parts.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "engine/clauses.h"
#include "engine/native_version.h"
#include "engine/policy.h"
#include "engine/request.h"
#include "engine/statement.h"
#include "engine/tokens.h"

namespace {

void demand(bool held) {
    if (!held) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace forgehouse::engine;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    static const auto outside = outside_functions({"file", "url", "numbers"});

    if (const auto target = parse_target(text)) {
        forgehouse::net::HttpRequest request;
        (void)parse_query_request(*target, request);
    }
    if (const auto tokens = tokenize(text)) {
        for (const Token& token : *tokens) {
            demand(!token.text.empty() && token.end_in(text) <= text.size());
            // A name that we can read and quote again is the same name.
            if (const auto name = name_of(token); name && token.kind == Token::Kind::Name) {
                const std::string quoted = quoted_name(*name);
                const auto again = tokenize(quoted);
                demand(again && again->size() == 1 && *name_of(again->front()) == *name);
            }
        }
    }
    const InsertSearch insert = find_insert(text, true);
    demand(insert.found != InsertSearch::Found::NeedMore);
    if (insert.found == InsertSearch::Found::Data)
        demand(insert.head.data_offset <= text.size() && !insert.head.format.empty());
    (void)find_insert(text, false);
    (void)shape_of(text);
    for (const char* format :
         {"CSVWithNames", "TSVWithNamesAndTypes", "RowBinaryWithNamesAndTypes"})
        demand(header_length(format, text) <= text.size());
    (void)structure_of(text);
    const QueryLimits limits{.memory_bytes = 1000, .seconds = 10, .threads = 1};
    if (check_write(text, "default", outside, limits)) {
        // Whatever is allowed names none of our tables as its target's first word.
        const auto tokens = tokenize(text);
        demand(tokens && !tokens->empty());
        demand(check_read(text, outside).has_value());
    }
    (void)may_reach_outside(text, outside);
    (void)native_of_version(text, 54460);
    (void)set_statement(text);
    (void)use_statement(text);
    (void)kill_statement(text);
    if (const auto lifted = lift_settings(text))
        demand(lifted->statement.size() < text.size() && !lifted->settings.empty());
    if (reads_settings_alone(text))
        demand(!may_reach_outside(text, outside) || text.find('(') == text.npos);
    if (values_stay_inside(text, outside)) demand(text.find('"') == text.npos);
    return 0;
}
