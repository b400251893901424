#include "app/complain.h"

#include <fmt/format.h>

#include "app/cli/help.h"
#include "base/json.h"
#include "base/text.h"

namespace forgehouse::app {
namespace {

/// Facts that are shown as text of their own, on lines below: what the other side said, the end of
/// a log.
bool long_fact(std::string_view key, std::string_view value) {
    return key == "message" || value.find('\n') != value.npos || text::display_width(value) > 100;
}

/// The lines of a long fact, indented, each made printable.
std::string below(std::string_view value, const terminal::Screen& screen) {
    constexpr std::size_t kMargin = 5;
    const std::size_t width =
        screen.terminal && screen.columns > 20 ? screen.columns - kMargin : std::string::npos;
    std::string out;
    for (const std::string_view line : text::split(text::trim(value), '\n')) {
        const std::string shown = text::printable(line);
        // Blanks count in a short line: it may point at the one above.
        const auto parts =
            text::display_width(shown) <= width ? std::vector{shown} : cli::wrapped(shown, width);
        for (const std::string& part : parts)
            out += fmt::format("  {} {}\n", screen.dim("|"), part);
    }
    return out;
}

}  // namespace

std::string complaint(const Error& error, const terminal::Screen& screen) {
    std::string facts;
    std::string more;
    for (const auto& [key, value] : error.fields()) {
        if (key == "at") continue;
        if (long_fact(key.view(), value))
            more += below(value, screen);
        else
            facts += fmt::format("{}{}={}", facts.empty() ? "" : ", ", key.view(),
                                 text::printable(value));
    }
    const std::string_view at = error.field("at");
    std::string out = fmt::format("{} {}{}{}\n", screen.bold(screen.red("forgehouse:")),
                                  at.empty() ? "" : fmt::format("{}: ", text::printable(at)),
                                  error.text(), facts.empty() ? "" : fmt::format(" ({})", facts));
    out += more;
    const std::string hint = hint_of(error);
    if (hint.empty()) return out;
    const std::size_t width = screen.terminal && screen.columns > 20 ? screen.columns - 2 : 98;
    // Names of a server may stand in a hint, and a server may be hostile.
    for (const std::string& line : cli::wrapped(hint, width))
        out += fmt::format("  {}\n", text::printable(line));
    return out;
}

std::string complaint_json(const Error& error) {
    json::Writer out;
    out.object().name("error").object();
    out.name("code").text(name_of(error.code()));
    out.name("text").text(error.text());
    out.name("fields").object();
    for (const auto& [key, value] : error.fields()) out.name(key.view()).text(value);
    out.end();
    out.name("hint").text(hint_of(error));
    out.end().end();
    return out.take() + '\n';
}

std::string hint_of(const Error& error) {
    std::string hint(error.hint());
    const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
    if (hint.size() > 1 && hint[0] >= 'A' && hint[0] <= 'Z' && is_lower(hint[1]))
        hint[0] = static_cast<char>(hint[0] - 'A' + 'a');
    if (hint.ends_with('.') && !hint.ends_with("..")) hint.pop_back();
    return hint;
}

}  // namespace forgehouse::app
