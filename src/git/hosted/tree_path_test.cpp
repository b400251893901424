#include "git/hosted/tree_path.h"

#include <string>
#include <vector>

#include "git/testing/scratch.h"

namespace forgehouse::git {
namespace {

using testing::Git;

class TreePathTest : public testing::Scratch {
protected:
    /// Forms of a name that some file system takes for it, and some that none does.
    static std::vector<std::string> forms(const std::string& name) {
        std::vector<std::string> out;
        std::string upper = name, mixed = name;
        for (auto& c : upper) c = static_cast<char>(std::toupper(c));
        mixed[2] = upper[2];
        for (const auto& form : {name, upper, mixed})
            for (const std::string end : {"", " ", ".", " . .", "::$INDEX_ALLOCATION", ":x", "\\x",
                                          "\\..\\y", "x", " x", "~1", "-", "/"})
                out.push_back(form + end);
        for (const std::string letter : {"\u200c", "\u200d", "\u200e", "\u200f", "\u202a", "\u202e",
                                         "\u206a", "\u206f", "\ufeff", "\u200b", "\u2070"}) {
            out.push_back(letter + name);
            out.push_back(name + letter);
            out.push_back(name.substr(0, 2) + letter + name.substr(2));
        }
        out.push_back("x\\" + name);
        out.push_back("x\\" + upper + "\\y");
        out.push_back("x" + name);
        out.push_back(name.substr(1));
        out.push_back(name.substr(1) + "~1");
        return out;
    }
    static std::vector<std::string> paths() {
        std::vector<std::string> out{"/",           ".",
                                     "..",          "a//b",
                                     "/a",          "a/",
                                     "./a",         "a/.",
                                     "a/..",        "../a",
                                     "a/../b",      "...",
                                     "a/.../b",     "..a",
                                     "a..",         ".a",
                                     "GIT~1",       "git~1",
                                     "git~1 ",      "git~1.x",
                                     "git~2",       "GIT~10",
                                     "git~1:x",     "a/git~1",
                                     "GITMOD~1",    "gitmod~4",
                                     "gitmod~5",    "gitmod~",
                                     "GI7EBA~1",    "gi7eba~9",
                                     "gi7eb~10",    "gi7e~123",
                                     "gi7eba~0",    "g~123456",
                                     "~1234567",    "gi7eba~1 ",
                                     "gi7eba~1x",   "a b",
                                     "-a",          "a\nb",
                                     "\"q\"",       "latin\xe9",
                                     "a\\b",        "\\",
                                     "C:\\x",       "a:b",
                                     ".gitignore",  ".gitattributes",
                                     ".git/config", "a/.git/config",
                                     "a/.GIT",      ".g\xe2\x80"};
        for (const auto& form : forms(".git")) {
            out.push_back(form);
            out.push_back("a/" + form + "/b");
        }
        for (const auto& form : forms(".gitmodules")) {
            out.push_back(form);
            out.push_back("a/" + form);
            out.push_back(form + "/b");
        }
        return out;
    }
};

TEST_F(TreePathTest, TakesWhatGitTakes) {
    const auto git = init("r");
    const auto blob = git.write_object("blob", "x");
    for (const auto& [mode, text] : {std::pair{0100644u, "100644"}, {0120000u, "120000"}})
        for (const auto& path : paths()) {
            SCOPED_TRACE(::testing::PrintToString(path) + " " + text);
            const bool taken =
                git.code({"-c", "core.protectHFS=true", "-c", "core.protectNTFS=true",
                          "update-index", "--add", "--cacheinfo",
                          std::string(text) + "," + blob + "," + path}) == 0;
            std::filesystem::remove(std::filesystem::path(git.folder()) / "index");
            // Of a symlink's folders git looks at some forms of .gitmodules only.
            if (mode == 0120000 && taken && path.ends_with("/b"))
                EXPECT_TRUE(is_tree_path(path, 0100644));
            else
                EXPECT_EQ(is_tree_path(path, mode), taken);
        }
}

TEST_F(TreePathTest, TakesNoNulAndNothingTooLong) {
    EXPECT_FALSE(is_tree_path("", 0100644));
    EXPECT_FALSE(is_tree_path(std::string_view("a\0b", 3), 0100644));
    EXPECT_FALSE(is_tree_path(std::string_view(".git\0", 5), 0100644));
    EXPECT_TRUE(is_tree_path(std::string(255, 'x'), 0100644));
    EXPECT_FALSE(is_tree_path(std::string(256, 'x'), 0100644));
    std::string deep = "a";
    for (int i = 0; i < 3000; ++i) deep += "/x";
    EXPECT_FALSE(is_tree_path(deep, 0100644));
}

}  // namespace
}  // namespace forgehouse::git
