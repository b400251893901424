// Runs every testdata/<case>.yaml and compares what comes of it with <case>.expected: the problems
// and remarks where there are any, else the effective settings with their origins. UPDATE_GOLDEN=1
// accepts a reviewed change. Comment lines at the head of a case set the stage:
//   # env NAME=VALUE      # flag KEY=VALUE      # by chance (as if merely found there)
//   # dotenv LINE (of .env in the working directory)
#include "config/load.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/text.h"
#include "config/options.h"
#include "config/print.h"

namespace forgehouse::config {
namespace {

namespace fs = std::filesystem;

const fs::path kCases = fs::path(FORGEHOUSE_ROOM_DIR) / "testdata";

std::string content(const fs::path& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

class Folder {
public:
    Folder() {
        std::string name = (fs::temp_directory_path() / "forgehouse-config-XXXXXX").string();
        path = ::mkdtemp(name.data());
    }
    ~Folder() { fs::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    void write(const fs::path& name, std::string_view text) const {
        fs::create_directories((path / name).parent_path());
        std::ofstream(path / name, std::ios::binary) << text;
    }
    fs::path path;
};

Inputs staged(const std::string& text) {
    Inputs inputs{.file = "forgehouse.yaml",
                  .environment = {{"HOME", "/home/ada"}},
                  .folder = {},
                  .overrides = {}};
    for (const std::string_view line : text::split(text, '\n')) {
        if (!line.starts_with("# ")) break;
        const auto value = line.find('=');
        if (line == "# by chance") inputs.file.reset();
        if (line.starts_with("# env "))
            inputs.environment.insert_or_assign(std::string(line.substr(6, value - 6)),
                                                std::string(line.substr(value + 1)));
        if (line.starts_with("# flag "))
            inputs.overrides.push_back({std::string(line.substr(7, value - 7)),
                                        std::string(line.substr(value + 1)), "--flag"});
    }
    return inputs;
}

std::string dotenv_of(const std::string& text) {
    std::string out;
    for (const std::string_view line : text::split(text, '\n'))
        if (line.starts_with("# dotenv ")) out += fmt::format("{}\n", line.substr(9));
    return out;
}

std::string outcome(const Loaded& loaded) {
    std::string out;
    for (const Error& problem : loaded.problems) {
        out += fmt::format("{}: {}", problem.field("at"), problem.text());
        for (const auto& [key, value] : problem.fields())
            if (key.view() != "at") out += fmt::format(" {}={}", key.view(), value);
        out += fmt::format("\n    {}\n", problem.hint());
    }
    for (const std::string& remark : loaded.remarks) out += fmt::format("remark: {}\n", remark);
    return loaded.problems.empty() ? out + print_yaml(loaded) : out;
}

/// The temporary folder has a name of its own in each run, and columns move with its length.
std::string stable(std::string text, const std::string& folder) {
    for (auto at = text.find(folder); at != text.npos; at = text.find(folder, at))
        text.replace(at, folder.size(), "/folder");
    for (auto at = text.find("   #"); at != text.npos; at = text.find("   #")) text.erase(at, 1);
    return text;
}

class Case : public testing::TestWithParam<std::string> {};

TEST_P(Case, GivesWhatIsExpected) {
    const std::string text = content(kCases / (GetParam() + ".yaml"));
    const fs::path golden = kCases / (GetParam() + ".expected");
    const Folder folder;
    folder.write("forgehouse.yaml", text);
    folder.write(".env", dotenv_of(text));
    Inputs inputs = staged(text);
    inputs.folder = folder.path;
    const std::string got = stable(outcome(load(inputs)), folder.path.string());
    if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(golden, std::ios::binary) << got;
    EXPECT_EQ(got, content(golden)) << "UPDATE_GOLDEN=1 accepts it";
}

std::vector<std::string> cases() {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(kCases))
        if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
    std::ranges::sort(names);
    return names;
}

INSTANTIATE_TEST_SUITE_P(Config, Case, testing::ValuesIn(cases()),
                         [](const auto& one) { return one.param; });

Inputs inputs_in(const Folder& folder) {
    return {.file = {},
            .environment = {{"HOME", (folder.path / "home").string()}},
            .folder = folder.path,
            .overrides = {}};
}

TEST(Load, TakesTheFirstFileThatIsNamedOrFound) {
    const Folder folder;
    Inputs inputs = inputs_in(folder);
    EXPECT_EQ(load(inputs).file, std::nullopt);
    folder.write("home/.config/forgehouse/forgehouse.yaml", "database: home\n");
    EXPECT_EQ(load(inputs).settings.database, "home");
    folder.write("xdg/forgehouse/forgehouse.yaml", "database: xdg\n");
    inputs.environment["XDG_CONFIG_HOME"] = (folder.path / "xdg").string();
    EXPECT_EQ(load(inputs).settings.database, "xdg");
    folder.write("forgehouse.yaml", "database: here\n");
    EXPECT_EQ(load(inputs).settings.database, "here");
    folder.write("named.yaml", "database: named\n");
    inputs.environment["FORGEHOUSE_CONFIG"] = "named.yaml";
    EXPECT_EQ(load(inputs).settings.database, "named");
    folder.write("flag.yaml", "database: flag\n");
    inputs.file = "flag.yaml";
    EXPECT_EQ(load(inputs).settings.database, "flag");
}

TEST(Load, SaysWhenANamedFileIsMissing) {
    const Folder folder;
    Inputs inputs = inputs_in(folder);
    inputs.file = "nowhere.yaml";
    const Loaded loaded = load(inputs);
    ASSERT_EQ(loaded.problems.size(), 1u);
    EXPECT_EQ(loaded.problems[0].code(), Errc::NotFound);
    EXPECT_EQ(loaded.problems[0].field("at"), "nowhere.yaml");
}

TEST(Load, RefusesAFoundFileThatOthersMayWrite) {
    const Folder folder;
    folder.write("forgehouse.yaml", "database: trap\n");
    fs::permissions(folder.path / "forgehouse.yaml", fs::perms::others_write,
                    fs::perm_options::add);
    const Loaded loaded = load(inputs_in(folder));
    ASSERT_EQ(loaded.problems.size(), 1u);
    EXPECT_EQ(loaded.problems[0].code(), Errc::Denied);
    EXPECT_EQ(loaded.settings.database, "default");
}

TEST(Load, LetsAFileOfAWorkingTreeUseNoSecrets) {
    constexpr const char* kText =
        "warehouse:\n  url: https://evil.example\n  password: {env: TOKEN}\n"
        "sources:\n  - name: a\n    urls: [https://evil.example/a.git]\n"
        "    password: {file: /etc/hostname}\n";
    const Folder folder;
    folder.write("forgehouse.yaml", kText);
    EXPECT_TRUE(load(inputs_in(folder)).problems.empty());
    fs::create_directories(folder.path / ".git");
    folder.write("below/forgehouse.yaml", kText);
    for (const fs::path& where : {folder.path, folder.path / "below"}) {
        Inputs inputs = inputs_in(folder);
        inputs.folder = where;
        const Loaded loaded = load(inputs);
        ASSERT_EQ(loaded.problems.size(), 2u);
        EXPECT_EQ(loaded.problems[0].code(), Errc::Denied);
        EXPECT_EQ(loaded.problems[0].field("key"), "warehouse.password");
        EXPECT_EQ(loaded.problems[1].field("key"), "sources[0].password");
        EXPECT_TRUE(loaded.settings.warehouse.password.empty());
        EXPECT_TRUE(loaded.settings.sources[0].password.empty());
        inputs.file = "forgehouse.yaml";  // named: trusted
        EXPECT_TRUE(load(inputs).problems.empty());
    }
}

TEST(Load, LetsAFileThatAGroupMayWriteUseNoSecrets) {
    const Folder folder;
    folder.write("forgehouse.yaml", "warehouse: {password: {env: TOKEN}}\n");
    fs::permissions(folder.path / "forgehouse.yaml", fs::perms::group_write, fs::perm_options::add);
    ASSERT_EQ(load(inputs_in(folder)).problems.size(), 1u);
}

TEST(Load, SendsNoPasswordOfTheEnvironmentToAnAddressOfAWorkingTree) {
    const Folder folder;
    folder.write("forgehouse.yaml", "warehouse: {url: https://evil.example}\n");
    Inputs inputs = inputs_in(folder);
    inputs.environment["FORGEHOUSE_WAREHOUSE_PASSWORD"] = "hunter2";
    EXPECT_TRUE(load(inputs).problems.empty());
    fs::create_directories(folder.path / ".git");
    const Loaded loaded = load(inputs);
    ASSERT_EQ(loaded.problems.size(), 1u);
    EXPECT_EQ(loaded.problems[0].field("at"), "forgehouse.yaml:1");
    inputs.environment["FORGEHOUSE_WAREHOUSE_URL"] = "https://mine.example";
    EXPECT_TRUE(load(inputs).problems.empty());
}

TEST(Load, BoundsWhatItReads) {
    const Folder folder;
    folder.write("forgehouse.yaml", std::string(kMostBytes + 1, '#'));
    const Loaded large = load(inputs_in(folder));
    ASSERT_EQ(large.problems.size(), 1u);
    EXPECT_EQ(large.problems[0].text(), "the file is too large for a configuration");

    folder.write("forgehouse.yaml", std::string(5000, '['));
    EXPECT_EQ(load(inputs_in(folder)).problems.size(), 1u);
    folder.write("forgehouse.yaml", "data: " + std::string(40, '[') + std::string(40, ']') + "\n");
    const Loaded deep = load(inputs_in(folder));
    ASSERT_EQ(deep.problems.size(), 1u);
    EXPECT_EQ(deep.problems[0].text(), "the file is nested too deeply");
}

TEST(Load, RefusesWhatIsNotUtf8) {
    const auto root = parse_yaml("data: /log.\xff\n", "x");
    ASSERT_FALSE(root);
    EXPECT_EQ(root.error().text(), "the file is not written in UTF-8");
    EXPECT_FALSE(parse_yaml(std::string_view("\xff\xfe"
                                             "d\0:\0",
                                             6),
                            "x"));
}

TEST(Load, StopsAliasesThatUnfoldWithoutEnd) {
    std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 9; ++i)
        bomb += fmt::format("a{0}: &a{0} [*a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}]\n", i,
                            i - 1);
    const auto root = parse_yaml(bomb, "bomb");
    ASSERT_FALSE(root);
    EXPECT_EQ(root.error().text(), "the file has too many values");
}

TEST(Reference, IsTheOneThatIsCommitted) {
    const fs::path golden = fs::path(FORGEHOUSE_SOURCE_DIR) / "docs/generated/config.md";
    if (std::getenv("UPDATE_GOLDEN") != nullptr) {
        fs::create_directories(golden.parent_path());
        std::ofstream(golden, std::ios::binary) << reference_markdown();
    }
    EXPECT_EQ(reference_markdown(), content(golden)) << "UPDATE_GOLDEN=1 writes it anew";
}

TEST(Print, ShowsNoSecretAndWhereEachValueComesFrom) {
    const Folder folder;
    folder.write(
        "forgehouse.yaml",
        "warehouse:\n  password: {env: CH_PASSWORD}\nsources:\n  - name: a\n    paths: [x]\n"
        "    password: {file: token}\n");
    Inputs inputs = inputs_in(folder);
    inputs.environment["CH_PASSWORD"] = "hunter2";
    const Loaded loaded = load(inputs);
    ASSERT_TRUE(loaded.problems.empty());
    for (const std::string& printed : {print_yaml(loaded), print_json(loaded)}) {
        EXPECT_EQ(printed.find("hunter2"), printed.npos);
        EXPECT_NE(printed.find("(set)"), printed.npos);
        EXPECT_NE(printed.find("forgehouse.yaml:2"), printed.npos);
    }
}

TEST(Options, HaveDefaultsThatTheirOwnReadersAccept) {
    const Folder folder;
    EXPECT_TRUE(load(inputs_in(folder)).problems.empty());
    for (const auto& option : options()) {
        if (option.declared.example.empty()) continue;
        const auto node = parse_yaml(option.declared.example, "example");
        ASSERT_TRUE(node) << option.declared.key;
        Settings settings;
        EXPECT_TRUE(option.read(settings, *node, option.declared, {"/", "/"}))
            << option.declared.key;
    }
}

}  // namespace
}  // namespace forgehouse::config
