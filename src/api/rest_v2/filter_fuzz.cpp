// Filters and sorts as a stranger may send them: whatever is read has a place for each value, says
// nothing of the stranger's in its SQL, and can be asked of a row.
#include <cstdint>

#include "api/rest_v2/filter.h"
#include "api/rest_v2/sort.h"
#include "base/check.h"

namespace {

using namespace forgehouse;
using namespace forgehouse::api;

constexpr FieldChoice kChoices[] = {{"OPEN", "open"}, {"MERGED", "merged"}};
constexpr QueryField kFields[] = {
    {.name = "id", .kind = FieldKind::Integer, .column = "c"},
    {.name = "a.b", .column = "c"},
    {.name = "f", .kind = FieldKind::Flag, .column = "c", .nullable = false},
    {.name = "t", .kind = FieldKind::Time, .column = "c"},
    {.name = "u", .kind = FieldKind::Uuid, .column = "c"},
    {.name = "s", .kind = FieldKind::Choice, .column = "c", .choices = kChoices},
    {.name = "w", .column = "c", .within = "EXISTS (SELECT 1 FROM t WHERE "},
};

void check_sql(const ports::Sql& sql) {
    std::size_t places = 0, open = 0;
    for (const char c : sql.text()) {
        places += c == '$';
        open += c == '(';
        open -= c == ')';
    }
    CHECK(places == sql.values().size() && open == 0);
    CHECK(sql.text().find('"') == std::string_view::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto filter = Filter::parse(text, kFields)) {
        ports::Sql sql("");
        filter->add_to(sql);
        check_sql(sql);
        (void)filter->matches([](const QueryField& field) -> FieldValue {
            if (field.kind == FieldKind::Integer) return std::int64_t{1};
            if (field.kind == FieldKind::Flag) return true;
            if (field.kind == FieldKind::Time) return Time::from_ms(1);
            if (field.name == "w") return {};
            return "open";
        });
    }
    if (const auto sort = Sort::parse(text, kFields)) {
        CHECK(sort->text() == text);
        ports::Sql sql("");
        sort->add_order(sql, "id");
        check_sql(sql);
    }
    return 0;
}
