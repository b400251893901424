#include "config/dotenv.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "config/yaml.h"

namespace forgehouse::config {
namespace {

constexpr std::string_view kName = ".env";
constexpr std::size_t kMostEntries = 1000;

bool is_name(std::string_view name) {
    const auto fits = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               c == '_';
    };
    return !name.empty() && !(name.front() >= '0' && name.front() <= '9') &&
           std::ranges::all_of(name, fits);
}

/// What follows a closing quote: nothing, or a comment.
bool is_end(std::string_view rest) {
    rest = text::trim(rest);
    return rest.empty() || rest.starts_with('#');
}

std::optional<std::string> double_quoted(std::string_view text) {
    std::string out;
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '"') return is_end(text.substr(i + 1)) ? std::optional(out) : std::nullopt;
        if (text[i] != '\\' || i + 1 == text.size()) {
            out += text[i];
            continue;
        }
        ++i;
        if (text[i] == 'n')
            out += '\n';
        else if (text[i] == 't')
            out += '\t';
        else if (text[i] == '"' || text[i] == '\\' || text[i] == '$')
            out += text[i];
        else
            out.append(1, '\\').append(1, text[i]);
    }
    return std::nullopt;
}

std::optional<std::string> value_of(std::string_view text) {
    text = text::trim(text);
    if (text.starts_with('"')) return double_quoted(text);
    if (text.starts_with('\'')) {
        const auto end = text.find('\'', 1);
        if (end == text.npos || !is_end(text.substr(end + 1))) return std::nullopt;
        return std::string(text.substr(1, end - 1));
    }
    for (std::size_t at = 0; (at = text.find('#', at)) != text.npos; ++at)
        if (at == 0 || text[at - 1] == ' ' || text[at - 1] == '\t')
            return std::string(text::trim(text.substr(0, at)));
    return std::string(text);
}

std::string place(int line) {
    return fmt::format("{}:{}", kName, line);
}

}  // namespace

const DotEnv::Entry* DotEnv::find(std::string_view name) const {
    const auto at = entries.find(name);
    return at == entries.end() || at->second.value.empty() ? nullptr : &at->second;
}

DotEnv parse_dotenv(std::string_view content) {
    DotEnv out;
    int number = 0;
    for (std::string_view line : text::split(content, '\n')) {
        ++number;
        line = text::trim(line);
        if (line.empty() || line.starts_with('#')) continue;
        if (line.starts_with("export ")) line = text::trim(line.substr(7));
        const auto equals = line.find('=');
        const std::string_view name = text::trim(line.substr(0, equals));
        const auto value = equals == line.npos ? std::nullopt : value_of(line.substr(equals + 1));
        // The line itself is not repeated: it may hold a secret.
        if (!is_name(name) || !value || value->contains('\0'))
            out.remarks.push_back(place(number) + ": a line that is not NAME=value is not used");
        else if (out.entries.size() < kMostEntries || out.entries.contains(name))
            out.entries.insert_or_assign(std::string(name), DotEnv::Entry{*value, number});
        else
            out.remarks.push_back(place(number) + ": a line too many is not used");
        if (out.remarks.size() > 20) break;  // whatever this file is for, it is not for us
    }
    return out;
}

DotEnv read_dotenv(const std::filesystem::path& folder) {
    DotEnv none;
    const std::string path = (folder / kName).string();
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file < 0) return none;
    struct ::stat facts{};
    std::string content(kMostBytes + 1, '\0');
    const bool known = ::fstat(file, &facts) == 0 && S_ISREG(facts.st_mode);
    const bool own = facts.st_uid == ::geteuid() && (facts.st_mode & (S_IWGRP | S_IWOTH)) == 0;
    const ssize_t read = known && own ? ::read(file, content.data(), content.size()) : 0;
    ::close(file);
    content.resize(read > 0 ? static_cast<std::size_t>(read) : 0);
    if (!known) return none;
    if (!own)
        none.remarks.push_back(
            ".env is not read, since it is not yours alone: take it over, and take the right to "
            "write it away from others");
    else if (content.size() > kMostBytes)
        none.remarks.push_back(".env is not read, since it is larger than a configuration");
    else
        return parse_dotenv(content);
    return none;
}

}  // namespace forgehouse::config
