#include "api/rest_v2/partial.h"

#include <gtest/gtest.h>

namespace forgehouse::api {
namespace {

constexpr const char* kUser =
    R"({"name":"e","links":{"self":{"href":"s"},"html":{"href":"h"}},"tags":["x",1],"owner":null})";
constexpr const char* kPage =
    R"({"next":"n","values":[{"id":1,"links":{"self":1},"reviewers":[{"nickname":"a","id":2}]},{"id":3,"links":{"self":4},"reviewers":[]}]})";

std::string part(const char* json, std::string_view fields) {
    const auto partial = Partial::parse(fields);
    if (!partial) return partial.error().describe();
    const auto out = partial->apply(json);
    return out ? *out : out.error().describe();
}

TEST(Partial, LeavesOutAndPicks) {
    struct Case {
        const char* json;
        const char* fields;
        const char* part;
    };
    for (
        const auto& [json, fields, wanted] : std::initializer_list<Case>{
            {kUser, "", kUser},
            {kUser, "*", kUser},
            {kUser, "+reviewers", kUser},
            {kUser, "-links", R"({"name":"e","tags":["x",1],"owner":null})"},
            {kUser, "-links.*", R"({"name":"e","links":{},"tags":["x",1],"owner":null})"},
            {kUser, "-links.html,-tags",
             R"({"name":"e","links":{"self":{"href":"s"}},"owner":null})"},
            {kUser, "name", R"({"name":"e"})"},
            {kUser, "links.self.href,name", R"({"name":"e","links":{"self":{"href":"s"}}})"},
            {kUser, "links.*.href", R"({"links":{"self":{"href":"s"},"html":{"href":"h"}}})"},
            {kUser, "tags", R"({"tags":["x",1]})"},
            {kUser, "tags.x", R"({"tags":[]})"},
            {kUser, "owner.name", R"({"owner":null})"},
            {kUser, "name.first", "{}"},
            {kUser, "nothing", "{}"},
            {kUser, "-*", "{}"},
            {kUser, "-*,+name,+tags", R"({"name":"e","tags":["x",1]})"},
            {kUser, "-*, +links.self", R"({"links":{"self":{"href":"s"}}})"},
            {kUser, "links,-links.self", R"({"links":{"html":{"href":"h"}}})"},
            {kUser, "+links.self,-links", R"({"name":"e","tags":["x",1],"owner":null})"},
            {kPage, "values.id,next", R"({"next":"n","values":[{"id":1},{"id":3}]})"},
            {kPage, "-values.links,-values.reviewers.id",
             R"({"next":"n","values":[{"id":1,"reviewers":[{"nickname":"a"}]},{"id":3,"reviewers":[]}]})"},
            {kPage, "values.reviewers.nickname",
             R"({"values":[{"reviewers":[{"nickname":"a"}]},{"reviewers":[]}]})"},
            {kPage, "-values", R"({"next":"n"})"},
            {R"([{"a":1,"b":2}])", "a", R"([{"a":1}])"},
            {R"("text")", "-a", R"("text")"},
        })
        EXPECT_EQ(part(json, fields), wanted) << fields;
}

TEST(Partial, CostsNothingUnasked) {
    EXPECT_EQ(part("no JSON at all", ""), "no JSON at all");
    EXPECT_TRUE(Partial().wants_everything());
}

TEST(Partial, RefusesWhatIsEmptyOrOverItsBounds) {
    std::string many = "a";
    for (int i = 1; i < 200; ++i) many += ",a";
    EXPECT_TRUE(Partial::parse(many));
    for (const std::string& bad :
         {many + ",a", std::string(",a"), std::string("a,"), std::string("a..b"), std::string("-"),
          std::string("+.a"), std::string(5000, 'a'),
          std::string("a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a")})
        EXPECT_FALSE(Partial::parse(bad)) << bad;
}

TEST(Partial, SaysWhatIsAskedForByName) {
    const auto asks = [](std::string_view fields, std::string_view path) {
        return Partial::parse(fields)->asks_for(path);
    };
    EXPECT_TRUE(asks("+values.reviewers", "values.reviewers"));
    EXPECT_TRUE(asks("values.reviewers.nickname", "values.reviewers"));
    EXPECT_TRUE(asks("+values", "values.reviewers"));
    EXPECT_TRUE(asks("*", "reviewers"));
    EXPECT_TRUE(asks("values.*", "values.reviewers"));
    EXPECT_TRUE(asks("-*,+reviewers", "reviewers"));
    EXPECT_FALSE(asks("", "reviewers"));
    EXPECT_FALSE(asks("-links", "reviewers"));
    EXPECT_FALSE(asks("values.id", "values.reviewers"));
    EXPECT_FALSE(asks("+reviewers,-*", "reviewers"));
}

}  // namespace
}  // namespace forgehouse::api
