#include <algorithm>
#include <climits>
#include <cstdlib>
#include <fstream>
#include <optional>

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

void add(const std::string& objects, int depth, std::vector<std::string>& found) {
    std::ifstream in(objects + "/info/alternates", std::ios::binary);
    std::vector<std::string> mine;
    for (std::string line; std::getline(in, line) && found.size() < kMostFolders;) {
        if (line.empty() || line.starts_with('#')) continue;
        std::string path = line;
        if (line.starts_with('"')) path = unquoted(line).value_or(line);
        if (!path.starts_with('/')) path = objects + "/" + path;
        char buffer[PATH_MAX];
        if (::realpath(path.c_str(), buffer) == nullptr) continue;
        if (std::ranges::find(found, buffer) != found.end()) continue;
        found.emplace_back(buffer);
        mine.emplace_back(buffer);
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
