#include "git/languages.h"

#include <algorithm>
#include <cstdint>

#include "base/text.h"

namespace forgehouse::git {
namespace {

struct LanguageOf {
    std::string_view key;
    std::uint16_t language;  ///< index into kLanguages
};

#include "git/languages_table.inc"

template <std::size_t N>
std::string_view find(const LanguageOf (&table)[N], std::string_view key) noexcept {
    const auto* const found = std::ranges::lower_bound(table, key, {}, &LanguageOf::key);
    if (found == std::end(table) || found->key != key) return {};
    return kLanguages[found->language];
}

std::string_view file_name(std::string_view path) noexcept {
    return path.substr(path.rfind('/') + 1);
}

}  // namespace

std::string_view language_of(std::string_view path) noexcept {
    const auto name = file_name(path);
    if (const auto language = find(kFileNames, name); !language.empty()) return language;
    const auto lower = text::lower_ascii(name);
    // From the first dot on, so that the longest extension wins; a leading dot begins a name.
    for (auto dot = lower.find('.', 1); dot != std::string::npos; dot = lower.find('.', dot + 1))
        if (const auto language = find(kExtensions, std::string_view(lower).substr(dot));
            !language.empty())
            return language;
    return {};
}

std::string file_extension(std::string_view path) {
    const auto name = file_name(path);
    const auto dot = name.rfind('.');
    if (dot == std::string_view::npos || dot == 0) return {};
    return text::lower_ascii(name.substr(dot + 1));
}

}  // namespace forgehouse::git
