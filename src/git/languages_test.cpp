#include "git/languages.h"

#include <gtest/gtest.h>

namespace forgehouse::git {
namespace {

TEST(Languages, KnowWholeNamesBeforeExtensions) {
    EXPECT_EQ(language_of("CMakeLists.txt"), "CMake");
    EXPECT_EQ(language_of("sub/dir/Makefile"), "Makefile");
    EXPECT_EQ(language_of("Dockerfile"), "Dockerfile");
    EXPECT_EQ(language_of(".gitignore"), "Ignore List");
}

TEST(Languages, TakeTheLongestExtension) {
    EXPECT_EQ(language_of("a/config.h.in"), "C");
    EXPECT_EQ(language_of("x.blade.php"), "Blade");
    EXPECT_EQ(language_of("x.php"), "PHP");
    EXPECT_EQ(language_of("foo.unknown.py"), "Python");
}

TEST(Languages, DecideSharedExtensionsByTheRule) {
    EXPECT_EQ(language_of("a.h"), "C");
    EXPECT_EQ(language_of("a.hh"), "C++");
    EXPECT_EQ(language_of("a.md"), "Markdown");
    EXPECT_EQ(language_of("a.yml"), "YAML");
    EXPECT_EQ(language_of("a.rs"), "Rust");
    EXPECT_EQ(language_of("a.ts"), "TypeScript");
    EXPECT_EQ(language_of("a.json"), "JSON");
    EXPECT_EQ(language_of("a.cs"), "C#");
    EXPECT_EQ(language_of("a.inc"), "");
}

TEST(Languages, SayNothingAboutWhatTheyDoNotKnow) {
    EXPECT_EQ(language_of(""), "");
    EXPECT_EQ(language_of("a."), "");
    EXPECT_EQ(language_of("dir.py/file"), "");
    EXPECT_EQ(language_of("\xFF\xFE.\x80"), "");
}

TEST(Languages, ReadExtensionsInAnyCase) {
    EXPECT_EQ(language_of("A.CPP"), "C++");
    EXPECT_EQ(file_extension("a.tar.GZ"), "gz");
    EXPECT_EQ(file_extension("dir.d/Makefile"), "");
    EXPECT_EQ(file_extension(".bashrc"), "");
    EXPECT_EQ(file_extension("a/.x.y"), "y");
    EXPECT_EQ(file_extension("a."), "");
}

}  // namespace
}  // namespace forgehouse::git
