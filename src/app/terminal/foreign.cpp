#include "app/terminal/foreign.h"

#include "base/text.h"

namespace forgehouse::app::terminal {
namespace {

std::size_t length_by(unsigned char lead) {
    if (lead >= 0xF0 && lead <= 0xF4) return 4;
    if (lead >= 0xE0 && lead < 0xF0) return 3;
    return lead >= 0xC2 && lead < 0xE0 ? 2 : 1;
}

/// How many bytes at the end begin a character whose rest is not there.
std::size_t cut_off(std::string_view text) {
    for (std::size_t back = 1; back <= std::min<std::size_t>(3, text.size()); ++back) {
        const auto byte = static_cast<unsigned char>(text[text.size() - back]);
        if ((byte & 0xC0) == 0x80) continue;
        return length_by(byte) > back ? back : 0;
    }
    return 0;
}

}  // namespace

std::string made_visible(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find_first_of("\n\t"), text.size());
        out += text::printable(text.substr(0, end));
        if (end < text.size()) out += text[end];
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

Result<void> Foreign::write(std::string_view bytes) {
    if (!terminal_) return print_(bytes);
    rest_ += bytes;
    const std::size_t whole = rest_.size() - cut_off(rest_);
    const std::string shown = made_visible(std::string_view(rest_).substr(0, whole));
    rest_.erase(0, whole);
    return shown.empty() ? Result<void>() : print_(shown);
}

Result<void> Foreign::finish() {
    if (rest_.empty()) return {};
    return print_(made_visible(std::exchange(rest_, {})));
}

}  // namespace forgehouse::app::terminal
