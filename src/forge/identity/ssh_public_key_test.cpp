#include "forge/identity/ssh_public_key.h"

#include <gtest/gtest.h>

#include <fstream>

namespace forgehouse::forge {
namespace {

TEST(SshPublicKey, IsTakenOrRefusedAsTheCasesSay) {
    std::ifstream file(FORGEHOUSE_ROOM_DIR "/testdata/ssh_keys.cases");
    std::string said, line;
    int cases = 0;
    while (std::getline(file, said)) {
        if (said.empty() || said.starts_with('#')) continue;
        ASSERT_TRUE(std::getline(file, line));
        ++cases;
        const auto key = parse_ssh_public_key(line);
        if (said.starts_with("! ")) {
            ASSERT_FALSE(key) << line;
            EXPECT_EQ(key.error().code(), Errc::Invalid);
            EXPECT_EQ(key.error().text(), said.substr(2)) << line;
            EXPECT_FALSE(key.error().hint().empty());
            continue;
        }
        ASSERT_TRUE(key) << line << "\n" << key.error().describe();
        EXPECT_EQ(fmt::format("= {} {} {}", key->type, key->bits, key->fingerprint()), said);
        EXPECT_EQ(key->line(), line);
        EXPECT_EQ(key->in_hardware, key->type.starts_with("sk-"));
        // However it was pasted it is the same.
        const auto pasted = parse_ssh_public_key("\n  " + line + " \r\n");
        ASSERT_TRUE(pasted);
        EXPECT_EQ(pasted->line(), line);
    }
    EXPECT_GT(cases, 50);
}

TEST(SshPublicKey, IsOneLine) {
    const std::string key =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJLTwgQdz89LAZh4s+G6NmQF4O8n4rwoMFvk3wCfau4a";
    const auto text = [](std::string_view line) {
        const auto parsed = parse_ssh_public_key(line);
        return parsed ? std::string("taken") : std::string(parsed.error().text());
    };
    EXPECT_EQ(text(key), "taken");
    EXPECT_EQ(text(key + "\n" + key), "an SSH key is one line");
    EXPECT_EQ(text(key.substr(0, 40) + "\n" + key.substr(40)), "an SSH key is one line");
    EXPECT_EQ(text(""), "there is no SSH key");
    EXPECT_EQ(text(" \n"), "there is no SSH key");
    EXPECT_EQ(text(std::string(20'000, 'a')), "the SSH key is too long");
    EXPECT_EQ(text(key + " " + std::string(2'000, 'a')),
              "the comment of the SSH key is too long or no text");
    EXPECT_EQ(text(key + " caf\xe9"), "the comment of the SSH key is too long or no text");
    EXPECT_EQ(text(key + std::string(" a\0b", 4)),
              "the comment of the SSH key is too long or no text");
    EXPECT_EQ(parse_ssh_public_key(key + "\t a  b ")->comment, "a  b");
}

TEST(SshPublicKey, OfAPrivateKeyTellsNothing) {
    const auto refused = parse_ssh_public_key(
        "-----BEGIN RSA PRIVATE KEY-----\nhush\n-----END RSA PRIVATE KEY-----");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().text(), "this is a private key");
    EXPECT_EQ(refused.error().describe().find("hush"), std::string::npos);
}

}  // namespace
}  // namespace forgehouse::forge
