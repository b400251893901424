#include <algorithm>
#include <array>

#include "base/text.h"
#include "git/commit_parser.h"

namespace forgehouse::git {
namespace {

bool is_blank_line(std::string_view line) noexcept {
    return text::trim(line).empty();
}

bool starts_with_blank(std::string_view line) noexcept {
    return !line.empty() && (line.front() == ' ' || line.front() == '\t');
}

/// Where the key ends in `Key: value`; npos for a line that is no trailer.
std::size_t separator(std::string_view line) noexcept {
    bool blank_seen = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (c == ':') return i >= 1 ? i : std::string_view::npos;
        const bool key_char =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
        if (!blank_seen && key_char) continue;
        if (i > 0 && (c == ' ' || c == '\t')) {
            blank_seen = true;
            continue;
        }
        return std::string_view::npos;
    }
    return std::string_view::npos;
}

/// Lines that git itself writes; one of them vouches for a paragraph that also holds other text.
bool is_written_by_git(std::string_view line) noexcept {
    return line.starts_with("Signed-off-by: ") || line.starts_with("(cherry picked from commit ");
}

/// The lines of the last paragraph, if it is not the first one, too.
std::vector<std::string_view> last_paragraph(std::string_view message) {
    auto lines = text::split(message, '\n');
    while (!lines.empty() && is_blank_line(lines.back())) lines.pop_back();
    const auto blank = std::find_if(lines.rbegin(), lines.rend(), is_blank_line);
    if (blank == lines.rend()) return {};
    // Blank lines in front of the title do not make it a second paragraph.
    if (std::all_of(blank, lines.rend(), is_blank_line)) return {};
    return {blank.base(), lines.end()};
}

/// Whether the paragraph holds trailers, by the rule of git-interpret-trailers: nothing else, or a
/// line of git's own and at most three other lines for each trailer.
bool is_trailer_block(const std::vector<std::string_view>& lines) noexcept {
    std::size_t trailers = 0, others = 0, possible = 0;
    bool vouched = false;
    // From the end, so that a line that continues is counted with the line that it belongs to.
    for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
        if (line->starts_with('#')) {
            others += possible;
            possible = 0;
        } else if (is_written_by_git(*line)) {
            ++trailers;
            vouched = true;
            possible = 0;
        } else if (!starts_with_blank(*line) && separator(*line) != std::string_view::npos) {
            ++trailers;
            possible = 0;
        } else if (starts_with_blank(*line)) {
            ++possible;
        } else {
            others += 1 + possible;
            possible = 0;
        }
    }
    others += possible;
    return trailers > 0 && (others == 0 || (vouched && trailers * 3 >= others));
}

}  // namespace

std::vector<Trailer> parse_trailers(std::string_view message) {
    const auto lines = last_paragraph(message);
    if (!is_trailer_block(lines)) return {};
    std::vector<Trailer> out;
    bool is_open = false;
    for (const auto line : lines) {
        if (starts_with_blank(line) && is_open) {
            out.back().value.append(" ").append(text::trim(line));
            continue;
        }
        const auto colon = line.starts_with('#') ? std::string_view::npos : separator(line);
        is_open = colon != std::string_view::npos;
        if (is_open)
            out.push_back({.key = std::string(text::trim(line.substr(0, colon))),
                           .value = std::string(text::trim(line.substr(colon + 1)))});
    }
    return out;
}

}  // namespace forgehouse::git
