#include "sources/repository_filter.h"

#include <gtest/gtest.h>

namespace forgehouse::sources {
namespace {

std::vector<NamePattern> patterns(std::initializer_list<std::string_view> texts) {
    std::vector<NamePattern> out;
    for (const auto text : texts)
        if (auto parsed = NamePattern::parse(text)) out.push_back(std::move(*parsed));
    EXPECT_EQ(out.size(), texts.size());
    return out;
}

TEST(RepositoryFilter, AcceptsAllWhereNothingIsSaid) {
    EXPECT_TRUE(RepositoryFilter().accepts("~MAX", "notes"));
}

TEST(RepositoryFilter, IncludesByProjectAndByRepository) {
    RepositoryFilter filter;
    filter.projects = patterns({"TEAM", "/^OPS[0-9]$/"});
    filter.repositories = patterns({"lib-*", "team/app"});
    EXPECT_TRUE(filter.accepts("TEAM", "app"));
    EXPECT_TRUE(filter.accepts("OPS1", "lib-x"));
    EXPECT_FALSE(filter.accepts("OPS1", "app"));
    EXPECT_FALSE(filter.accepts("OTHER", "lib-x"));
}

TEST(RepositoryFilter, AnExcludeWins) {
    RepositoryFilter filter;
    filter.projects = patterns({"*"});
    filter.exclude_projects = patterns({"~*"});
    filter.exclude_repositories = patterns({"*-archive", "TEAM/secret"});
    EXPECT_TRUE(filter.accepts("TEAM", "app"));
    EXPECT_FALSE(filter.accepts("~MAX", "app"));
    EXPECT_FALSE(filter.accepts("TEAM", "old-archive"));
    EXPECT_FALSE(filter.accepts("team", "SECRET"));
}

}  // namespace
}  // namespace forgehouse::sources
