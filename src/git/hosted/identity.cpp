#include "git/hosted/identity.h"

#include <fmt/format.h>

#include <cstdlib>

#include "base/text.h"
#include "git/environment.h"

namespace forgehouse::git {
namespace {

constexpr std::int32_t kMostZone = 14 * 60;

std::string date_of(const Identity& identity) {
    const auto minutes = std::abs(identity.zone_minutes);
    return fmt::format("{} {}{:02}{:02}", identity.time.seconds(),
                       identity.zone_minutes < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

bool is_writable(std::string_view text) {
    return text.find_first_of(std::string_view("<>\n\0", 4)) == std::string_view::npos;
}

/// git takes these off the ends of a name; one of nothing else is none to it.
bool has_letters(std::string_view name) {
    return std::ranges::any_of(name, [](char c) {
        return static_cast<unsigned char>(c) > ' ' &&
               std::string_view(".,:;\"\\'").find(c) == std::string_view::npos;
    });
}

}  // namespace

Result<void> check_identity(const Identity& identity) {
    const auto wrong = [&identity](Literal what) {
        return Failure(
            Error(Errc::Invalid, what)
                .with("identity", text::json_quoted(identity.name + " <" + identity.email + ">")));
    };
    if (!has_letters(identity.name)) return wrong("a name has no letters");
    if (!is_writable(identity.name) || !is_writable(identity.email))
        return wrong("a name or address has characters that git cannot keep");
    if (identity.time.ms() < 0) return wrong("a time is before 1970");
    if (std::abs(identity.zone_minutes) > kMostZone) return wrong("there is no such time zone");
    return {};
}

std::string signature_of(const Identity& identity) {
    return fmt::format("{} <{}> {}", identity.name, identity.email, date_of(identity));
}

void set_committer(exec::Command& command, const Identity& identity) {
    set_value(command.environment, "GIT_COMMITTER_NAME", identity.name);
    set_value(command.environment, "GIT_COMMITTER_EMAIL", identity.email);
    set_value(command.environment, "GIT_COMMITTER_DATE", "@" + date_of(identity));
}

}  // namespace forgehouse::git
