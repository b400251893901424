#include "app/command_line.h"

#include <algorithm>
#include <span>
#include <string_view>

#include "base/text.h"

namespace forgehouse::app {
namespace {

/// The part of an address that must not be seen, as a part of `word`; empty where there is none.
std::span<char> secret_part(std::span<char> word) {
    const std::string_view text(word.data(), word.size());
    const auto scheme = text.find("://");
    if (scheme == std::string_view::npos) return {};
    const std::size_t from = scheme + 3;
    const std::size_t end = std::min(text.find_first_of("/?#", from), text.size());
    // A password may hold an @ that should have been encoded: the last one counts.
    const auto at = text.substr(from, end - from).rfind('@');
    if (at == std::string_view::npos) return {};
    const std::size_t user_begin = text.substr(0, scheme).find_last_of("=, ") + 1;
    const std::string name = text::lower_ascii(text.substr(user_begin, scheme - user_begin));
    std::span<char> part = word.subspan(from, at);
    if (name == "http" || name == "https") return part;
    const auto colon = std::ranges::find(part, ':');
    return colon == part.end() ? std::span<char>() : std::span<char>(colon + 1, part.end());
}

}  // namespace

CommandLine take_command_line(int argc, char** argv) {
    CommandLine line;
    for (int i = 0; i < argc; ++i) {
        const std::span<char> word(argv[i], std::string_view(argv[i]).size());
        if (i == 0) {
            line.called.assign(word.begin(), word.end());
            continue;
        }
        line.words.emplace_back(word.begin(), word.end());
        const std::span<char> secret = secret_part(word);
        std::ranges::fill(secret, '*');
        line.held_secret = line.held_secret || !secret.empty();
    }
    return line;
}

}  // namespace forgehouse::app
