#include "forge/identity/secret_box.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "base/text.h"
#include "forge/identity/secret_key_file.h"

namespace forgehouse::forge {
namespace {

constexpr SecretPlace kPlace{.table = "variables", .column = "value", .row = "7"};

template <std::size_t N>
std::array<std::uint8_t, N> bytes(std::uint8_t value) {
    std::array<std::uint8_t, N> out;
    out.fill(value);
    return out;
}
const auto kNonce = bytes<SecretBox::kNonce>(9);

std::string line(std::string_view id, char fill) {
    return std::string(id) + " " + text::to_base64(std::string(32, fill)) + "\n";
}

SecretBox box(const std::string& file) {
    auto made = SecretBox::parse(file);
    EXPECT_TRUE(made) << made.error().describe();
    return std::move(*made);
}

TEST(SecretBox, OpensWhatItSealed) {
    const SecretBox keys = box(line("k1", 'a'));
    for (const std::string& value :
         {std::string(), std::string("hush"), std::string(70'000, '\0')}) {
        const std::string sealed = keys.seal(Secret(value), kPlace, kNonce);
        EXPECT_TRUE(sealed.starts_with("fhs1:k1:"));
        EXPECT_EQ(sealed.find("hush"), std::string::npos);
        const auto opened = keys.open(sealed, kPlace);
        ASSERT_TRUE(opened);
        EXPECT_EQ(opened->reveal(), value);
    }
}

TEST(SecretBox, RefusesWhatWasMovedOrAltered) {
    const SecretBox keys = box(line("k1", 'a'));
    const std::string sealed = keys.seal(Secret("hush"), kPlace, kNonce);
    for (const SecretPlace& other : std::vector<SecretPlace>{{"variables", "value", "8"},
                                                             {"variables", "valu", "e7"},
                                                             {"mirrors", "value", "7"},
                                                             {"variables", "", "7"},
                                                             {"variables", "value7", ""}}) {
        const auto opened = keys.open(sealed, other);
        ASSERT_FALSE(opened);
        EXPECT_EQ(opened.error().code(), Errc::Corrupt);
    }
    for (std::size_t i = 0; i + 2 < sealed.size(); ++i) {  // the last two carry padding bits
        std::string altered = sealed;
        altered[i] = altered[i] == 'A' ? 'B' : 'A';
        EXPECT_FALSE(keys.open(altered, kPlace)) << i;
        EXPECT_FALSE(keys.open(sealed.substr(0, i), kPlace)) << i;
    }
    // The same id with another key.
    EXPECT_EQ(box(line("k1", 'b')).open(sealed, kPlace).error().code(), Errc::Corrupt);
    const auto foreign = box(line("k2", 'a')).open(sealed, kPlace);
    ASSERT_FALSE(foreign);
    EXPECT_EQ(foreign.error().code(), Errc::NotFound);
    EXPECT_EQ(foreign.error().field("key"), "k1");
}

TEST(SecretBox, SealsWithTheNewestKeyAndResealsTheOthers) {
    const SecretBox old = box(line("k1", 'a'));
    const SecretBox both = box("# newest first\n" + line("k2", 'b') + "\n" + line("k1", 'a'));
    EXPECT_EQ(both.newest(), "k2");
    const std::string sealed = old.seal(Secret("hush"), kPlace, kNonce);
    EXPECT_EQ(both.open(sealed, kPlace)->reveal(), "hush");
    const auto again = both.reseal(sealed, kPlace, kNonce);
    ASSERT_TRUE(again && *again);
    EXPECT_EQ(box(line("k2", 'b')).open(**again, kPlace)->reveal(), "hush");
    EXPECT_EQ(both.reseal(**again, kPlace, kNonce)->has_value(), false);
    EXPECT_FALSE(both.reseal(sealed, {"other", "value", "7"}, kNonce));
}

TEST(SecretBox, SaysWhichLineOfTheKeysIsWrong) {
    const std::string good = line("k1", 'a');
    for (const auto& [file, number] : std::vector<std::pair<std::string, std::string>>{
             {"", "1"},
             {"# nothing\n\n", "3"},
             {"k1\n", "1"},
             {good + "k2 AAAA\n", "2"},
             {good + "k2 *" + std::string(43, 'A') + "\n", "2"},
             {good + "\n" + good, "3"},
             {"k/1 " + std::string(43, 'A'), "1"},
             {std::string(33, 'k') + good.substr(2), "1"},
             {good + line("k2", 'b').insert(4, "\0", 1), "2"}}) {
        const auto wrong = SecretBox::parse(file);
        ASSERT_FALSE(wrong) << file;
        EXPECT_EQ(wrong.error().code(), Errc::Invalid);
        EXPECT_EQ(wrong.error().field("line"), number) << file;
        EXPECT_EQ(wrong.error().describe().find("AAAA"), std::string::npos);
    }
    EXPECT_TRUE(SecretBox::parse("k1\t" + std::string(43, 'A') + "\r\n"));  // by whatever editor
}

struct Folder {
    std::string path = ::testing::TempDir() + "secret_keys_XXXXXX";
    Folder() { EXPECT_NE(::mkdtemp(path.data()), nullptr); }
    ~Folder() { std::filesystem::remove_all(path); }
    std::string file() const { return path + "/keys"; }
    auto entries() const {
        return std::ranges::distance(std::filesystem::directory_iterator(path),
                                     std::filesystem::directory_iterator());
    }
};

TEST(SecretKeyFile, IsMadeOnceOurs) {
    const Folder folder;
    EXPECT_EQ(read_secret_keys(folder.file()).error().code(), Errc::NotFound);
    const auto first = open_secret_keys(folder.file(), bytes<SecretBox::kKeyRandomness>(1));
    ASSERT_TRUE(first) << first.error().describe();
    const auto second = open_secret_keys(folder.file(), bytes<SecretBox::kKeyRandomness>(2));
    ASSERT_TRUE(second);
    EXPECT_EQ(first->newest(), second->newest());
    EXPECT_EQ(second->open(first->seal(Secret("x"), kPlace, kNonce), kPlace)->reveal(), "x");
    EXPECT_EQ(std::filesystem::status(folder.file()).permissions(), std::filesystem::perms(0600));
    EXPECT_EQ(folder.entries(), 1);
    EXPECT_FALSE(open_secret_keys(folder.path + "/no/keys", bytes<SecretBox::kKeyRandomness>(1)));
}

TEST(SecretKeyFile, IsRotated) {
    const Folder folder;
    const auto first = open_secret_keys(folder.file(), bytes<SecretBox::kKeyRandomness>(1));
    ASSERT_TRUE(first);
    const auto second = rotate_secret_keys(folder.file(), bytes<SecretBox::kKeyRandomness>(2));
    ASSERT_TRUE(second) << second.error().describe();
    EXPECT_NE(first->newest(), second->newest());
    EXPECT_EQ(second->open(first->seal(Secret("x"), kPlace, kNonce), kPlace)->reveal(), "x");
    EXPECT_EQ(std::filesystem::status(folder.file()).permissions(), std::filesystem::perms(0600));
    EXPECT_EQ(folder.entries(), 1);
    // Twice the same id would make the file unreadable: it stays as it was.
    EXPECT_FALSE(rotate_secret_keys(folder.file(), bytes<SecretBox::kKeyRandomness>(2)));
    ASSERT_TRUE(read_secret_keys(folder.file()));
    std::ofstream(folder.file() + ".new") << "";
    const auto refused = rotate_secret_keys(folder.file(), bytes<SecretBox::kKeyRandomness>(3));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Errc::Conflict);
}

TEST(SecretKeyFile, IsRefusedWhereItIsNotOursAlone) {
    const Folder folder;
    ASSERT_TRUE(open_secret_keys(folder.file(), bytes<SecretBox::kKeyRandomness>(1)));
    for (const mode_t mode : {0644, 0640, 0604, 0660, 0610}) {
        ASSERT_EQ(::chmod(folder.file().c_str(), mode), 0);
        const auto refused = open_secret_keys(folder.file(), bytes<SecretBox::kKeyRandomness>(1));
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code(), Errc::Invalid);
        EXPECT_EQ(refused.error().field("mode"), fmt::format("{:04o}", mode));
    }
    ASSERT_EQ(::chmod(folder.file().c_str(), 0400), 0);
    EXPECT_TRUE(read_secret_keys(folder.file()));
    EXPECT_EQ(read_secret_keys(folder.path).error().code(), Errc::Invalid);
    std::ofstream(folder.path + "/long") << std::string(70'000, '#');
    ::chmod((folder.path + "/long").c_str(), 0600);
    EXPECT_EQ(read_secret_keys(folder.path + "/long").error().code(), Errc::Invalid);
}

}  // namespace
}  // namespace forgehouse::forge
