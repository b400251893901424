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
    std::string out;
    for (const std::string_view line : text::split(text::trim(value), '\n'))
        out += fmt::format("  {} {}\n", screen.dim("|"), text::printable(line));
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
    if (error.hint().empty()) return out;
    const std::size_t width = screen.terminal && screen.columns > 20 ? screen.columns - 2 : 98;
    for (const std::string& line : cli::wrapped(error.hint(), width))
        out += fmt::format("  {}\n", line);
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
    out.name("hint").text(error.hint());
    out.end().end();
    return out.take() + '\n';
}

}  // namespace forgehouse::app
