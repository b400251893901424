#include "git/testing/scratch.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "base/text.h"

namespace forgehouse::git::testing {
namespace {

std::string row(std::string_view hash, std::string_view counts, std::string_view old_path,
                std::string_view path) {
    return fmt::format("{} {} {} {}", hash, counts,
                       text::json_quoted(text::latin1_to_utf8(old_path)),
                       text::json_quoted(text::latin1_to_utf8(path)));
}

}  // namespace

Git::Git(std::string folder) : folder_(std::move(folder)) {}

exec::Output Git::output(std::vector<std::string> arguments, std::string_view input) const {
    exec::Command command{
        .program = "/usr/bin/git",
        .arguments = std::move(arguments),
        .environment = {"PATH=/usr/bin:/bin", "HOME=/nonexistent", "LC_ALL=C", "TZ=UTC",
                        "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@x",
                        "GIT_COMMITTER_NAME=Ben", "GIT_COMMITTER_EMAIL=ben@x",
                        "GIT_AUTHOR_DATE=1000000000 +0200", "GIT_COMMITTER_DATE=1000000001 +0000",
                        "GIT_CONFIG_COUNT=2", "GIT_CONFIG_KEY_0=safe.directory",
                        "GIT_CONFIG_VALUE_0=*", "GIT_CONFIG_KEY_1=protocol.file.allow",
                        "GIT_CONFIG_VALUE_1=always"},
        .directory = folder_,
        .lent = {},
        .input = false,
        .on_error_text = {}};
    auto said = exec::run({}, std::move(command), input, std::size_t{1} << 30);
    if (said) return std::move(*said);
    ADD_FAILURE() << said.error().describe();
    return {.exit = {.code = -1, .signal = 0}, .out = {}, .error = {}};
}

std::string Git::run(std::vector<std::string> arguments, std::string_view input) const {
    const auto shown = fmt::format("{}", fmt::join(arguments, " "));
    auto said = output(std::move(arguments), input);
    EXPECT_EQ(said.exit.code, 0) << "git " << shown << ": " << said.error;
    while (said.out.ends_with('\n')) said.out.pop_back();
    return std::move(said.out);
}

int Git::code(std::vector<std::string> arguments, std::string_view input) const {
    return output(std::move(arguments), input).exit.code;
}

void Git::import(std::string_view stream) const {
    run({"fast-import", "--quiet", "--force"}, stream);
}

std::string Git::write_object(std::string_view type, std::string_view content) const {
    return run({"hash-object", "--literally", "-w", "--stdin", "-t", std::string(type)}, content);
}

Scratch::Scratch() {
    auto folder = (std::filesystem::temp_directory_path() / "forgehouse-test-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr) ADD_FAILURE() << "no temporary folder";
    root_ = folder;
    auto opened = Tool::open(
        ctx_, {.environment = {"PATH=/usr/local/bin:/usr/bin:/bin"}, .scratch_parent = folder});
    if (opened)
        tool_.emplace(std::move(*opened));
    else
        ADD_FAILURE() << opened.error().describe();
}

Scratch::~Scratch() {
    tool_.reset();
    EXPECT_EQ(exec::Process::alive(), 0) << "a child has leaked";
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
}

Git Scratch::init(std::string_view name, std::vector<std::string> flags) const {
    const auto folder = root_ / name;
    std::filesystem::create_directories(folder);
    Git git(folder.string());
    flags.insert(flags.begin(), {"init", "--quiet", "--initial-branch=main"});
    git.run(std::move(flags));
    return git;
}

ObjectStore Scratch::store_of(const Repository& repository) const {
    auto store = open_store(repository);
    if (!store) ADD_FAILURE() << store.error().describe();
    return std::move(*store);
}

std::string bytes_of(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void write_file(const std::filesystem::path& path, std::string_view bytes) {
    std::filesystem::remove(path);
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
}

Repository Scratch::open(const std::string& path) const {
    auto opened = Repository::open(ctx_, tool(), path);
    if (!opened) ADD_FAILURE() << opened.error().describe();
    return std::move(opened.value());
}

Result<void> Collected::files(const Commit& commit, std::span<FileChange> part) {
    EXPECT_FALSE(part.empty());
    EXPECT_FALSE(commit.id.is_null());
    for (auto& file : part) pending_.push_back(std::move(file));
    return {};
}

Result<void> Collected::commit(Commit&& commit) {
    EXPECT_EQ(commit.files_changed, pending_.size());
    entries.push_back({.commit = std::move(commit), .files = std::exchange(pending_, {})});
    return {};
}

std::vector<WalkedCommit> walk_all(const Repository& repository,
                                   std::vector<std::string>* branches) {
    const exec::Context ctx;
    std::vector<WalkedCommit> out;
    auto refs = list_refs(ctx, repository);
    if (!refs) {
        ADD_FAILURE() << refs.error().describe();
        return out;
    }
    auto walk = Walk::start(ctx, repository, *refs);
    if (!walk) {
        ADD_FAILURE() << walk.error().describe();
        return out;
    }
    for (;;) {
        auto next = walk->next(ctx);
        if (!next) ADD_FAILURE() << next.error().describe();
        if (!next || !*next) break;
        out.push_back(std::move(**next));
    }
    if (branches != nullptr) *branches = walk->branches();
    return out;
}

CommitSource source_of(std::vector<ObjectId> ids) {
    return
        [ids = std::move(ids), at = std::size_t{0}]() mutable -> Result<std::optional<ObjectId>> {
            if (at == ids.size()) return std::nullopt;
            return ids[at++];
        };
}

std::vector<std::string> rows_by_reader(const Repository& repository, const ReadOptions& options) {
    std::vector<ObjectId> ids;
    for (const auto& commit : walk_all(repository)) ids.push_back(commit.id);
    Collected sink;
    const auto stats = read_history({}, repository, options, source_of(ids), sink);
    if (!stats) ADD_FAILURE() << stats.error().describe();
    std::vector<std::string> rows;
    for (std::size_t i = 0; i < sink.entries.size(); ++i) {
        const auto& entry = sink.entries[i];
        EXPECT_EQ(entry.commit.id, ids[i]) << "the order is not that of the request";
        for (const auto& file : entry.files)
            rows.push_back(row(
                entry.commit.id.hex(),
                file.is_binary ? "- -" : fmt::format("{} {}", file.lines_added, file.lines_removed),
                file.old_path, file.path));
    }
    std::ranges::sort(rows);
    return rows;
}

std::vector<std::string> rows_by_git_log(const Git& git) {
    const auto out = git.run({"-c", "core.attributesFile=/dev/null", "log", "--all", "-M",
                              "--numstat", "-z", "--diff-merges=first-parent", "--format=%x01%H"});
    std::vector<std::string> rows;
    std::string hash;
    const auto tokens = text::split(out, '\0');
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        auto token = tokens[i];
        while (token.starts_with('\n') || token.starts_with('\x01')) {
            if (token.starts_with('\x01')) {
                const auto end = token.find_first_of("\n\x01", 1);
                hash = token.substr(1, end == std::string_view::npos ? end : end - 1);
                token.remove_prefix(std::min(end, token.size()));
            } else {
                token.remove_prefix(1);
            }
        }
        if (token.empty()) continue;
        const auto first = token.find('\t'), second = token.find('\t', first + 1);
        const auto counts = std::string(token.substr(0, first)) + " " +
                            std::string(token.substr(first + 1, second - first - 1));
        const auto path = token.substr(second + 1);
        if (!path.empty()) {
            rows.push_back(row(hash, counts, "", path));
        } else {
            rows.push_back(row(hash, counts, tokens[i + 1], tokens[i + 2]));
            i += 2;
        }
    }
    std::ranges::sort(rows);
    return rows;
}

}  // namespace forgehouse::git::testing
