#include "api/rest_v2/filter.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "api/rest_v2/sort.h"

namespace forgehouse::api {
namespace {

constexpr FieldChoice kStates[] = {
    {"OPEN", "open"}, {"MERGED", "merged"}, {"DECLINED", "declined"}};
constexpr QueryField kFields[] = {
    {.name = "id", .kind = FieldKind::Integer, .column = "p.id", .nullable = false},
    {.name = "title", .column = "p.title"},
    {.name = "source.branch.name", .column = "p.source_branch"},
    {.name = "draft", .kind = FieldKind::Flag, .column = "p.draft", .nullable = false},
    {.name = "created_on", .kind = FieldKind::Time, .column = "p.created_on"},
    {.name = "author.uuid", .kind = FieldKind::Uuid, .column = "u.uuid"},
    {.name = "state",
     .kind = FieldKind::Choice,
     .column = "p.state",
     .choices = kStates,
     .nullable = false},
    {.name = "reviewers.nickname",
     .column = "r.nickname",
     .within = "EXISTS (SELECT 1 FROM reviewers r WHERE r.pr = p.id AND "},
};

std::string shown(const ports::SqlValue& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value.get()))
        return std::to_string(*number);
    if (const auto* text = std::get_if<std::string>(&value.get())) return *text;
    return "null";
}

/// The statement, and behind a bar what is bound.
std::string sql_of(const ports::Sql& sql) {
    std::string out(sql.text());
    for (const ports::SqlValue& value : sql.values()) out += " | " + shown(value);
    return out;
}

std::string lowered(std::string_view text) {
    const auto filter = Filter::parse(text, kFields);
    if (!filter) return filter.error().describe();
    ports::Sql sql("");
    filter->add_to(sql);
    return sql_of(sql);
}

struct Case {
    const char* filter;
    const char* sql;
};

TEST(Filter, BecomesSqlWithBoundValues) {
    for (const auto& [filter, sql] : std::initializer_list<Case>{
             {"", "1 = 1"},
             {"  ", "1 = 1"},
             {"id = 7", "((p.id = $1)) | 7"},
             {"id=7", "((p.id = $1)) | 7"},
             {"id != 7", "((p.id <> $1)) | 7"},
             {"title = \"a\"", "((p.title = $1)) | a"},
             {"title != \"a\"", "((p.title <> $1 OR p.title IS NULL)) | a"},
             {R"(title = "a \"b\" \\")", R"(((p.title = $1)) | a "b" \)"},
             {"title = \"x' OR 1=1 --\"", "((p.title = $1)) | x' OR 1=1 --"},
             {"title ~ \"50%_!\"", "((lower(p.title) LIKE lower($1) ESCAPE '!')) | %50!%!_!!%"},
             {"title !~ \"a\"",
              "((p.title IS NULL OR lower(p.title) NOT LIKE lower($1) ESCAPE '!')) | %a%"},
             {"title = null", "((p.title IS NULL))"},
             {"title != NULL", "((p.title IS NOT NULL))"},
             {"title IN (\"a\", null)", "((p.title = $1 OR p.title IS NULL)) | a"},
             {"title not in (\"a\", null, \"b\")", "((p.title NOT IN ($1, $2))) | a | b"},
             {"id in (1, 2)", "((p.id IN ($1, $2))) | 1 | 2"},
             {"id < 1.5", "((p.id <= $1)) | 1"},
             {"id >= -1.5", "((p.id > $1)) | -2"},
             {"id <= 2.0", "((p.id <= $1)) | 2"},
             {"id = 1.5", "((0 = 1))"},
             {"id != 1.5", "((1 = 1))"},
             {"draft = true", "((p.draft = $1)) | 1"},
             {"created_on > 2015-11-11T00:00:00-07:00", "((p.created_on > $1)) | 1447225200000"},
             {"created_on <= 2015-03-04", "((p.created_on <= $1)) | 1425427200000"},
             {"created_on < \"2015-03-04T14:08:59.123+02:00\"",
              "((p.created_on < $1)) | 1425470939123"},
             {"author.uuid = \"{D301AAFA-d676-4ee0-88be-962be7417567}\"",
              "((u.uuid = $1)) | d301aafa-d676-4ee0-88be-962be7417567"},
             {"state = \"open\"", "((p.state = $1)) | open"},
             {"state > \"OPEN\"", "((p.state IN ($1, $2))) | merged | declined"},
             {"state < \"OPEN\"", "((0 = 1))"},
             {"state ~ \"ED\"", "((p.state IN ($1, $2))) | merged | declined"},
             {"state !~ \"ED\"", "((p.state NOT IN ($1, $2))) | merged | declined"},
             {"reviewers.nickname = \"e\"",
              "((EXISTS (SELECT 1 FROM reviewers r WHERE r.pr = p.id AND r.nickname = $1))) | e"},
             {"reviewers.nickname != \"e\"",
              "((NOT EXISTS (SELECT 1 FROM reviewers r WHERE r.pr = p.id AND r.nickname = $1))) | "
              "e"},
             {"reviewers.nickname = null",
              "((NOT EXISTS (SELECT 1 FROM reviewers r WHERE r.pr = p.id AND 1 = 1)))"},
             {"id = 1 or id = 2 and id = 3 AND id = 4",
              "((p.id = $1) OR ((p.id = $2) AND (p.id = $3) AND (p.id = $4))) | 1 | 2 | 3 | 4"},
             {"(id = 1 OR id = 2) AND (((draft = false)))",
              "(((p.id = $1) OR (p.id = $2)) AND (p.draft = $3)) | 1 | 2 | 0"},
         })
        EXPECT_EQ(lowered(filter), sql) << filter;
}

TEST(Filter, SaysWhereItCannotBeReadAndWhatWasExpected) {
    for (const auto& [filter, hint] : std::initializer_list<Case>{
             {"id", "at position 2: expected one of = != ~ !~ > >= < <= IN, found the end"},
             {"id =", "at position 4: expected a value, found the end"},
             {"id = )", "at position 5: expected a value, found \")\""},
             {"id = open",
              "at position 5: expected a value (texts stand in double quotes), found \"open\""},
             {"id = 1 id = 2", "at position 7: expected AND, OR or the end, found \"id\""},
             {"(id = 1", "at position 7: expected AND, OR or ), found the end"},
             {"id = 1 AND", "at position 10: expected a field or (, found the end"},
             {"title = \"a", "at position 10: expected a closing quote, found the end"},
             {"title = \"a\\n\"",
              "at position 10: expected \\\" or \\\\ behind a backslash, found \"n\""},
             {"id not 3", "at position 7: expected IN, found \"3\""},
             {"id in 3", "at position 6: expected (, found \"3\""},
             {"id in (3 4)", "at position 9: expected , or ), found \"4\""},
             {"id in ()", "at position 7: expected a value, found \")\""},
             {"a..b = 1", "at position 0: expected a field or (, found \"a..b\""},
             {"id = 1; drop",
              "at position 6: expected a field, a value or an operator, found \";\""},
         }) {
        const auto refused = Filter::parse(filter, kFields);
        ASSERT_FALSE(refused) << filter;
        EXPECT_EQ(refused.error().code(), Errc::Invalid);
        EXPECT_EQ(refused.error().hint(), hint) << filter;
    }
}

TEST(Filter, RefusesWhatItsFieldsDoNotTake) {
    for (const char* filter :
         {"id ~ \"1\"", "id = \"1\"", "draft > true", "draft = 1", "title = 1", "title > null",
          "title ~ null", "created_on = \"soon\"", "created_on = 5", "author.uuid = \"x\"",
          "author.uuid > \"d301aafa-d676-4ee0-88be-962be7417567\"", "state = \"new\"", "state = 1",
          "\x80 = 1"})
        EXPECT_FALSE(Filter::parse(filter, kFields)) << filter;
    const auto unknown = Filter::parse("id = 1 AND tittle = \"a\"", kFields);
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().hint(), "did you mean title?");
    EXPECT_EQ(unknown.error().field("position"), "11");
}

TEST(Filter, HasBounds) {
    const auto nested = [](std::size_t depth) {
        return std::string(depth, '(') + "id=1" + std::string(depth, ')');
    };
    EXPECT_TRUE(Filter::parse(nested(kMostFilterDepth), kFields));
    EXPECT_FALSE(Filter::parse(nested(kMostFilterDepth + 1), kFields));
    std::string many = "id=1";
    for (std::size_t i = 1; i < kMostFilterTerms; ++i) many += " OR id=1";
    EXPECT_TRUE(Filter::parse(many, kFields));
    EXPECT_FALSE(Filter::parse(many + " OR id=1", kFields));
    EXPECT_FALSE(Filter::parse("title=\"" + std::string(kMostFilterBytes, 'x') + "\"", kFields));
}

TEST(Filter, IsAskedOfRowsWithTheSameMeaning) {
    const Filter::Row row = [](const QueryField& field) -> FieldValue {
        if (field.name == "id") return std::int64_t{7};
        if (field.name == "source.branch.name") return "Feature/ABC";
        if (field.name == "draft") return false;
        if (field.name == "created_on") return Time::from_seconds(1425427200);
        if (field.name == "state") return "merged";
        return {};
    };
    struct Answer {
        const char* filter;
        bool matches;
    };
    for (const auto& [text, expected] : std::initializer_list<Answer>{
             {"", true},
             {"id = 7", true},
             {"id > 6.5 and id < 7.5", true},
             {"id > 7", false},
             {"id in (1, 7)", true},
             {"id not in (1, 7)", false},
             {"title = \"a\"", false},
             {"title != \"a\"", true},
             {"title !~ \"a\"", true},
             {"title = null", true},
             {"title != null", false},
             {"title > \"\"", false},
             {"source.branch.name ~ \"e/ab\"", true},
             {"source.branch.name = \"feature/abc\"", false},
             {"draft = false", true},
             {"created_on >= 2015-03-04", true},
             {"created_on > 2015-03-04", false},
             {"state >= \"merged\"", true},
             {"state = \"OPEN\" OR state = \"DECLINED\"", false},
         }) {
        const auto filter = Filter::parse(text, kFields);
        ASSERT_TRUE(filter) << text;
        EXPECT_EQ(filter->matches(row), expected) << text;
    }
}

TEST(Sort, BecomesATotalOrderThatCanBeEnteredAnywhere) {
    const auto order = [](std::string_view text) {
        const auto sort = Sort::parse(text, kFields);
        if (!sort) return sort.error().describe();
        EXPECT_EQ(sort->text(), text);
        ports::Sql sql("");
        sort->add_order(sql, "p.id");
        return sql_of(sql);
    };
    const auto after = [](std::string_view text, ports::SqlValue value) {
        ports::Sql sql("");
        Sort::parse(text, kFields)->add_after(sql, "p.id", std::move(value), 9);
        return sql_of(sql);
    };
    EXPECT_EQ(order("draft"), " ORDER BY p.draft, p.id");
    EXPECT_EQ(order("created_on"), " ORDER BY p.created_on NULLS FIRST, p.id");
    EXPECT_EQ(order("-created_on"), " ORDER BY p.created_on DESC NULLS LAST, p.id DESC");
    EXPECT_EQ(after("created_on", 5), "((p.created_on, p.id) > ($1, $2)) | 5 | 9");
    EXPECT_EQ(after("created_on", std::nullopt),
              "((p.created_on IS NULL AND p.id > $1) OR p.created_on IS NOT NULL) | 9");
    EXPECT_EQ(after("-created_on", 5),
              "((p.created_on, p.id) < ($1, $2) OR p.created_on IS NULL) | 5 | 9");
    EXPECT_EQ(after("-created_on", std::nullopt), "((p.created_on IS NULL AND p.id < $1)) | 9");
    EXPECT_EQ(after("-draft", true), "((p.draft, p.id) < ($1, $2)) | 1 | 9");
}

TEST(Sort, RefusesWhatGivesNoOrder) {
    for (const char* text : {"", "-", "--id", "id,title", "nothing", "reviewers.nickname"})
        EXPECT_FALSE(Sort::parse(text, kFields)) << text;
    EXPECT_EQ(Sort::parse("-titel", kFields).error().hint(), "did you mean title?");
    const auto sort = *Sort::parse("-id", kFields);
    EXPECT_TRUE(sort.before(std::int64_t{2}, std::int64_t{1}));
    EXPECT_FALSE(sort.before({}, std::int64_t{1}));
}

}  // namespace
}  // namespace forgehouse::api
