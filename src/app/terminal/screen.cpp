#include "app/terminal/screen.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>

#include "base/text.h"

namespace forgehouse::app::terminal {
namespace {

std::string_view variable(const config::Environment& environment, std::string_view name) {
    const auto at = environment.find(name);
    return at == environment.end() ? std::string_view() : std::string_view(at->second);
}

/// Most terminals show UTF-8 even where no locale is set, as in containers. Only a locale that
/// names another encoding says otherwise.
bool shows_unicode(const config::Environment& environment) {
    for (const std::string_view name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        const std::string locale = text::lower_ascii(variable(environment, name));
        if (locale.empty()) continue;
        const auto dot = locale.find('.');
        return dot == locale.npos || locale.find("utf", dot) != locale.npos;
    }
    return true;
}

}  // namespace

std::string Screen::painted(std::string_view code, std::string_view text) const {
    return colour ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
}

std::size_t columns_of(int descriptor, std::size_t fallback) {
    struct ::winsize size{};
    if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return fallback;
    return size.ws_col;
}

Screen look_at(int descriptor, const config::Environment& environment, bool no_colour) {
    Screen screen;
    screen.descriptor = descriptor;
    screen.terminal = ::isatty(descriptor) == 1;
    const std::string_view kind = variable(environment, "TERM");
    screen.moves = screen.terminal && !kind.empty() && kind != "dumb";
    screen.colour = screen.moves && !no_colour && variable(environment, "NO_COLOR").empty();
    screen.unicode = shows_unicode(environment);
    const auto asked = text::to_int(variable(environment, "COLUMNS"));
    screen.columns = asked && *asked >= 20 && *asked <= 10'000 ? static_cast<std::size_t>(*asked)
                                                               : columns_of(descriptor, 80);
    return screen;
}

bool write_all(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

}  // namespace forgehouse::app::terminal
