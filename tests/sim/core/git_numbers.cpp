// What git says about commits and pull requests, read from its own words.
#include <algorithm>

#include "base/text.h"
#include "sim/core/git_store.h"

namespace forgehouse::sim {
namespace {

// `:100644 100644 OLD NEW M\tPATH`, two paths for renames and copies.
FileCount raw_line(std::string_view line) {
    const auto tabs = text::split(line, '\t');
    const auto words = text::split(tabs[0], ' ');
    FileCount out{.status = words[4].front(),
                  .path = std::string(tabs.back()),
                  .old_path = tabs.size() > 2 ? std::string(tabs[1]) : std::string(),
                  .old_blob = std::string(words[2]),
                  .new_blob = std::string(words[3])};
    return out;
}

void count_line(std::string_view line, FileCount& file) {
    const auto parts = text::split(line, '\t');
    file.is_binary = parts[0] == "-";
    file.added = static_cast<std::uint32_t>(text::to_int(parts[0]).value_or(0));
    file.removed = static_cast<std::uint32_t>(text::to_int(parts[1]).value_or(0));
}

// The raw lines come first, then the counts, in the same order.
class Reading {
public:
    void line(std::string_view text) {
        if (text.starts_with(':'))
            files.push_back(raw_line(text));
        else if (counted_ < files.size())
            count_line(text, files[counted_++]);
    }
    void clear() {
        files.clear();
        counted_ = 0;
    }
    std::vector<FileCount> files;

private:
    std::size_t counted_ = 0;
};

}  // namespace

Result<void> GitStore::each_commit(
    const exec::Context& ctx, const Repository& repository, const std::vector<std::string>& tips,
    const std::function<void(std::string_view, const std::vector<FileCount>&)>& visit) const {
    if (tips.empty()) return {};
    std::string input;
    for (const std::string& tip : tips) input += tip + '\n';
    TRY_LET(said, git(ctx, folder_of(repository),
                      {"log", "--stdin", "--format=@%H", "--raw", "--numstat", "-M", "--no-abbrev",
                       "--root", "--diff-merges=first-parent", "--no-textconv", "--no-ext-diff"},
                      input));
    Reading reading;
    std::string_view commit;
    for (const std::string_view line : text::split(said, '\n')) {
        if (line.empty()) continue;
        if (!line.starts_with('@')) {
            reading.line(line);
            continue;
        }
        if (!commit.empty()) visit(commit, reading.files);
        reading.clear();
        commit = line.substr(1);
    }
    if (!commit.empty()) visit(commit, reading.files);
    return {};
}

Result<std::vector<FileCount>> GitStore::files_of(const exec::Context& ctx,
                                                  const Repository& repository,
                                                  std::string_view hash) const {
    TRY_LET(said, git(ctx, folder_of(repository),
                      {"log", "-1", "--format=", "--raw", "--numstat", "-M", "--no-abbrev",
                       "--root", "--diff-merges=first-parent", "--no-textconv", "--no-ext-diff",
                       std::string(hash)}));
    Reading reading;
    for (const std::string_view line : text::split(said, '\n'))
        if (!line.empty()) reading.line(line);
    return std::move(reading.files);
}

Result<std::string> GitStore::patch_of(const exec::Context& ctx, const Repository& repository,
                                       std::string_view hash, std::int64_t context_lines) const {
    return git(ctx, folder_of(repository),
               {"log", "-1", "--format=", "-p", "-M", "--no-abbrev", "--root",
                "--diff-merges=first-parent", "--no-textconv", "--no-ext-diff",
                fmt::format("-U{}", context_lines), std::string(hash)});
}

Result<std::vector<std::string>> GitStore::range(const exec::Context& ctx,
                                                 const Repository& repository,
                                                 std::string_view from, std::string_view to) const {
    TRY_LET(said, git(ctx, folder_of(repository),
                      {"rev-list", "--topo-order", std::string(from), "^" + std::string(to)}));
    std::vector<std::string> out;
    for (const std::string_view line : text::split(said, '\n'))
        if (!line.empty()) out.emplace_back(line);
    return out;
}

Result<std::vector<FileCount>> GitStore::changes(const exec::Context& ctx,
                                                 const Repository& repository,
                                                 std::string_view from, std::string_view to) const {
    TRY_LET(said, git(ctx, folder_of(repository),
                      {"diff", "--raw", "--numstat", "-M", "--no-abbrev", "--no-textconv",
                       "--no-ext-diff", "--merge-base", std::string(to), std::string(from)}));
    Reading reading;
    for (const std::string_view line : text::split(said, '\n'))
        if (!line.empty()) reading.line(line);
    return std::move(reading.files);
}

}  // namespace forgehouse::sim
