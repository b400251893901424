#include <algorithm>
#include <climits>
#include <cstdlib>
#include <optional>

#include "base/text.h"
#include "git/store/mapped_file.h"
#include "git/store/object_store.h"

namespace forgehouse::git {
namespace {

constexpr int kMostDepth = 5;  // as git
constexpr std::size_t kMostFolders = 1000;

/// A path in quotes, as C writes strings: `"a\tb\303"`; nullopt where the quotes do not end.
std::optional<std::string> unquoted(std::string_view line) {
    std::string out;
    for (std::size_t i = 1; i < line.size(); ++i) {
        if (line[i] == '"') return out;
        if (line[i] != '\\') {
            out += line[i];
            continue;
        }
        if (++i == line.size()) return std::nullopt;
        constexpr std::string_view kNames = "abtnvfr\"\\";
        constexpr std::string_view kMeant = "\a\b\t\n\v\f\r\"\\";
        if (const auto at = kNames.find(line[i]); at != std::string_view::npos) {
            out += kMeant[at];
            continue;
        }
        unsigned code = 0;
        for (std::size_t end = i + 3; i < end; ++i) {
            if (i >= line.size() || line[i] < '0' || line[i] > '7') return std::nullopt;
            code = code * 8 + static_cast<unsigned>(line[i] - '0');
        }
        --i;
        out += static_cast<char>(code);
    }
    return std::nullopt;
}

/// The folder that a line names; nullopt where there is none.
std::optional<std::string> folder_in(std::string_view line, const std::string& objects) {
    std::string path(line);
    if (line.starts_with('"')) path = unquoted(line).value_or(path);
    if (!path.starts_with('/')) path = objects + "/" + path;
    char buffer[PATH_MAX];
    if (::realpath(path.c_str(), buffer) == nullptr) return std::nullopt;
    return std::string(buffer);
}

void add(const std::string& objects, int depth, std::vector<std::string>& found) {
    // Mapped, because that waits for no pipe.
    const auto file = MappedFile::open(objects + "/info/alternates");
    if (!file) return;
    const std::string_view lines(reinterpret_cast<const char*>(file->bytes().data()),
                                 file->bytes().size());
    std::vector<std::string> mine;
    std::size_t looked_at = 0;
    for (const auto line : text::split(lines, '\n')) {
        if (line.empty() || line.starts_with('#')) continue;
        if (++looked_at > kMostFolders || found.size() > kMostFolders) break;
        auto folder = folder_in(line, objects);
        if (!folder || std::ranges::find(found, *folder) != found.end()) continue;
        found.push_back(*folder);
        mine.push_back(std::move(*folder));
    }
    if (depth >= kMostDepth) return;
    for (const auto& folder : mine) add(folder, depth + 1, found);
}

}  // namespace

std::vector<std::string> alternates_of(const std::string& objects) {
    char buffer[PATH_MAX];
    std::vector<std::string> found{::realpath(objects.c_str(), buffer) != nullptr ? buffer
                                                                                  : objects};
    add(found.front(), 0, found);
    found.erase(found.begin());
    return found;
}

}  // namespace forgehouse::git
