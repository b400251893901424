#include "app/secrets.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace forgehouse::app {
namespace {

namespace fs = std::filesystem;
using config::SecretRef;

class Secrets : public testing::Test {
protected:
    Secrets() {
        std::string name = (fs::temp_directory_path() / "forgehouse-secret-XXXXXX").string();
        root_ = ::mkdtemp(name.data());
    }
    ~Secrets() override { fs::remove_all(root_); }

    std::string file(std::string_view text, ::mode_t mode) const {
        const fs::path path = root_ / "secret";
        std::ofstream(path) << text;
        ::chmod(path.c_str(), mode);
        return path.string();
    }
    /// The secret, or `refused: ` and why.
    std::string resolved(const SecretRef& reference) {
        const auto secret =
            resolve_secret(ctx_, reference, {.environment = environment_, .dotenv = dotenv_},
                           "warehouse.password");
        if (secret) return std::string(secret->reveal());
        EXPECT_EQ(secret.error().field("key"), "warehouse.password");
        EXPECT_FALSE(secret.error().hint().empty());
        return fmt::format("refused: {}", secret.error().describe());
    }

    fs::path root_;
    exec::Context ctx_;
    config::Environment environment_{{"TOKEN", "hunter2"}, {"PATH", "/usr/bin:/bin"}};
    config::DotEnv dotenv_ = config::parse_dotenv("TOKEN=lurks\nOTHER=here\n");
};

TEST_F(Secrets, ComeFromTheEnvironment) {
    EXPECT_EQ(resolved({}), "");
    EXPECT_EQ(resolved({SecretRef::From::Environment, "TOKEN", {}}), "hunter2");
    EXPECT_TRUE(resolved({SecretRef::From::Environment, "NONE", {}}).starts_with("refused"));
}

TEST_F(Secrets, ComeFromDotEnvBehindTheEnvironment) {
    EXPECT_EQ(resolved({SecretRef::From::Environment, "OTHER", {}}), "here");
    EXPECT_EQ(resolved({SecretRef::From::DotEnv, "TOKEN", {}}), "lurks");
    EXPECT_TRUE(resolved({SecretRef::From::DotEnv, "PATH", {}}).starts_with("refused"));
}

TEST_F(Secrets, ComeFromTheFirstLineOfAPrivateFile) {
    EXPECT_EQ(resolved({SecretRef::From::File, file("hunter2\r\nmore\n", 0600), {}}), "hunter2");
    EXPECT_TRUE(resolved({SecretRef::From::File, file("", 0600), {}}).starts_with("refused"));
    const std::string open = resolved({SecretRef::From::File, file("hunter2\n", 0644), {}});
    EXPECT_TRUE(open.starts_with("refused: everybody may read")) << open;
    EXPECT_TRUE(resolved({SecretRef::From::File, "/nowhere", {}}).starts_with("refused"));
}

TEST_F(Secrets, ComeFromACommandAndNothingOfItIsShown) {
    EXPECT_EQ(resolved({SecretRef::From::Command, {}, {"printf", "hunter2\nmore"}}), "hunter2");
    const std::string failed =
        resolved({SecretRef::From::Command, {}, {"sh", "-c", "echo hunter2; echo no >&2; exit 3"}});
    EXPECT_TRUE(failed.starts_with("refused")) << failed;
    EXPECT_EQ(failed.find("hunter2"), failed.npos);
    EXPECT_NE(failed.find("exit_code=3"), failed.npos);
    EXPECT_TRUE(
        resolved({SecretRef::From::Command, {}, {"no-such-program"}}).starts_with("refused"));
}

}  // namespace
}  // namespace forgehouse::app
