#include "git/hosted/ref_name.h"

#include <string>
#include <vector>

#include "git/testing/scratch.h"

namespace forgehouse::git {
namespace {

using testing::Git;

class RefNameTest : public testing::Scratch {
protected:
    /// A few hundred names: every byte in every place, and what the rules have words for.
    static std::vector<std::string> names() {
        std::vector<std::string> out{
            "",         "/",      "a",         "@",           "a/@",   "@/a",      "a@",
            "@{",       "a@{b",   "a/@{b",     "a@/{b",       "a..b",  "a./b",     "a.",
            "a/b.",     "a/.",    "a/..",      ".a",          "a/.b",  "a/b.lock", "a.lock/b",
            "a/.lock",  "a/lock", "a.locks",   "a//b",        "/a/b",  "a/b/",     "-a",
            "a/-",      "HEAD",   "a/HEAD",    "a...b",       "a.b.c", "a.lock",   "ünïcode/名前",
            "a/b.LOCK", "a.b",    "a/b.lock.", "refs/heads/x"};
        for (int byte = 1; byte < 256; ++byte)
            for (const std::string_view around : {"a?b", "?b", "a?", "?"}) {
                std::string name(around);
                name[name.find('?')] = static_cast<char>(byte);
                out.push_back(std::move(name));
            }
        return out;
    }
};

TEST_F(RefNameTest, TakesWhatGitTakes) {
    const auto git = init("r");
    for (const auto& name : names()) {
        if (name.find_first_of(" \n") != std::string::npos || name.empty()) {
            EXPECT_FALSE(is_ref_name("refs/x/" + name)) << name;
            continue;
        }
        SCOPED_TRACE(::testing::PrintToString(name));
        EXPECT_EQ(is_ref_name("refs/x/" + name),
                  git.code({"check-ref-format", "refs/x/" + name}) == 0);
    }
}

TEST_F(RefNameTest, TakesNoNameOfOnePart) {
    const auto git = init("r");
    for (const std::string name : {"a", "HEAD", "/a", "a/", "a/b", "@", "x/@"}) {
        SCOPED_TRACE(name);
        EXPECT_EQ(is_ref_name(name), git.code({"check-ref-format", name}) == 0);
    }
    EXPECT_FALSE(is_ref_name(std::string_view("a/b\0c", 5)));
    EXPECT_TRUE(is_ref_name("a/" + std::string(250, 'x')));
    EXPECT_FALSE(is_ref_name("a/" + std::string(251, 'x')));
    std::string deep = "a";
    for (std::size_t parts = 1; parts < kMostRefParts; ++parts) deep += "/x";
    EXPECT_TRUE(is_ref_name(deep));
    EXPECT_FALSE(is_ref_name(deep + "/x"));
}

TEST_F(RefNameTest, BranchesLookLikeNoOption) {
    const auto git = init("r");
    for (const std::string name : {"main", "a/b", "-", "-a", "--all", "HEAD", "a/HEAD", "a b", "@",
                                   "head", "x/-y", "refs/heads/x"}) {
        SCOPED_TRACE(name);
        // `@` stands for HEAD there; as a name git refuses it.
        const bool expected = name != "@" && git.code({"check-ref-format", "--branch", name}) == 0;
        EXPECT_EQ(is_branch_name(name), expected);
    }
    EXPECT_FALSE(is_branch_name("@{-1}"));
    EXPECT_FALSE(is_branch_name(""));
}

}  // namespace
}  // namespace forgehouse::git
