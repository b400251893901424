#include "config/dotenv.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

namespace forgehouse::config {
namespace {

namespace fs = std::filesystem;

std::string value(std::string_view text, std::string_view name) {
    const DotEnv parsed = parse_dotenv(text);
    const DotEnv::Entry* entry = parsed.find(name);
    return entry == nullptr ? "(none)" : entry->value;
}

TEST(DotEnv, ReadsWhatPeopleWrite) {
    EXPECT_EQ(value("A=b", "A"), "b");
    EXPECT_EQ(value("\n# x\n  export A = b c # comment\r\n", "A"), "b c");
    EXPECT_EQ(value("A=b#c", "A"), "b#c");
    EXPECT_EQ(value("A='b # $c \\n' # x", "A"), "b # $c \\n");
    EXPECT_EQ(value("A=\"b\\n\\\"c\\\" \\$d \\e\"", "A"), "b\n\"c\" $d \\e");
    EXPECT_EQ(value("A=1\nA=2", "A"), "2");
    EXPECT_EQ(value("A=", "A"), "(none)");
    EXPECT_EQ(value("A=$HOME`id`", "A"), "$HOME`id`");
}

TEST(DotEnv, SaysWhichLinesItLeavesOutAndNeverWhatIsInThem) {
    const DotEnv parsed = parse_dotenv("A=1\nsecret\nB='open\n1C=x\n=y\n");
    EXPECT_EQ(parsed.entries.size(), 1u);
    ASSERT_EQ(parsed.remarks.size(), 4u);
    EXPECT_TRUE(parsed.remarks[0].starts_with(".env:2: "));
    for (const std::string& remark : parsed.remarks) {
        EXPECT_EQ(remark.find("secret"), std::string::npos);
        EXPECT_EQ(remark.find("open"), std::string::npos);
    }
}

class DotEnvFile : public testing::Test {
protected:
    DotEnvFile() {
        std::string name = (fs::temp_directory_path() / "forgehouse-dotenv-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        std::ofstream(folder_ / ".env") << "A=1\n";
    }
    ~DotEnvFile() override { fs::remove_all(folder_); }
    fs::path folder_;
};

TEST_F(DotEnvFile, IsReadWhereItIsTheUsersOwn) {
    EXPECT_NE(read_dotenv(folder_).find("A"), nullptr);
    EXPECT_TRUE(read_dotenv(folder_ / "nowhere").remarks.empty());
}

TEST_F(DotEnvFile, IsLeftOutWhereOthersMayWriteIt) {
    for (const ::mode_t mode : {0620U, 0602U}) {
        ::chmod((folder_ / ".env").c_str(), mode);
        const DotEnv read = read_dotenv(folder_);
        EXPECT_EQ(read.find("A"), nullptr);
        EXPECT_EQ(read.remarks.size(), 1u);
    }
}

TEST_F(DotEnvFile, IsLeftOutWhereItIsALinkOrNoFile) {
    fs::rename(folder_ / ".env", folder_ / "real");
    fs::create_symlink("real", folder_ / ".env");
    EXPECT_EQ(read_dotenv(folder_).find("A"), nullptr);
    fs::remove(folder_ / ".env");
    ASSERT_EQ(::mkfifo((folder_ / ".env").c_str(), 0600), 0);
    EXPECT_EQ(read_dotenv(folder_).find("A"), nullptr);
}

}  // namespace
}  // namespace forgehouse::config
