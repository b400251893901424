#include "engine/users.h"

#include <algorithm>

#include "base/password_hash.h"
#include "base/text.h"

namespace forgehouse::engine {
namespace {

constexpr std::size_t kMostUsers = 1000;
constexpr std::size_t kMostName = 128;

std::vector<std::string_view> words_of(std::string_view line) {
    std::vector<std::string_view> words;
    while (true) {
        const auto begin = line.find_first_not_of(" \t\r");
        if (begin == std::string_view::npos) return words;
        line.remove_prefix(begin);
        const auto end = std::min(line.find_first_of(" \t\r"), line.size());
        words.push_back(line.substr(0, end));
        line.remove_prefix(end);
    }
}

/// What Basic authentication and a log line can carry.
bool is_name(std::string_view name) {
    return !name.empty() && name.size() <= kMostName && std::ranges::all_of(name, [](char c) {
        return static_cast<unsigned char>(c) > 0x20 && c != 0x7f && c != ':';
    });
}

Result<void> take_limit(QueryLimits& limits, std::string_view word) {
    const auto equals = word.find('=');
    const std::string_view name = word.substr(0, equals);
    std::uint64_t* const into = name == "max_memory_usage"     ? &limits.memory_bytes
                                : name == "max_execution_time" ? &limits.seconds
                                : name == "max_threads"        ? &limits.threads
                                                               : nullptr;
    if (into == nullptr)
        return Failure(Error(Errc::Invalid, "this is no setting of a user")
                           .with("setting", std::string(name))
                           .hint("there are max_memory_usage, max_execution_time, max_threads"));
    const auto number = equals == std::string_view::npos ? std::optional<std::int64_t>()
                                                         : text::to_int(word.substr(equals + 1));
    if (!number || *number < 1)
        return Failure(Error(Errc::Invalid, "a user's setting is to be a whole number from 1 on")
                           .with("setting", std::string(name)));
    *into = static_cast<std::uint64_t>(*number);
    return {};
}

Result<User> user_of(std::string_view line) {
    const auto words = words_of(line);
    if (words.size() < 3)
        return Failure(Error(Errc::Invalid, "a user's line is NAME read|write HASH"));
    if (!is_name(words[0]))
        return Failure(Error(Errc::Invalid, "this is no name for a user")
                           .hint("take up to 128 letters, without blanks and colons"));
    if (words[1] != "read" && words[1] != "write")
        return Failure(Error(Errc::Invalid, "a user may `read` or `write`")
                           .with("user", std::string(words[0])));
    TRY(check_password_hash(words[2]));
    User user{.name = std::string(words[0]),
              .hash = std::string(words[2]),
              .may_write = words[1] == "write"};
    for (std::size_t i = 3; i < words.size(); ++i) TRY(take_limit(user.limits, words[i]));
    return user;
}

}  // namespace

Result<std::vector<User>> parse_users(std::string_view text) {
    std::vector<User> users;
    std::int64_t number = 0;
    for (const std::string_view raw : text::split(text, '\n')) {
        ++number;
        const std::string_view line = text::trim(raw);
        if (line.empty() || line.starts_with('#')) continue;
        auto user = user_of(line);
        if (!user) return Failure(std::move(user.error()).with("line", number));
        if (std::ranges::find(users, user->name, &User::name) != users.end())
            return Failure(Error(Errc::Invalid, "this user is there already")
                               .with("user", user->name)
                               .with("line", number));
        users.push_back(std::move(*user));
        if (users.size() > kMostUsers)
            return Failure(Error(Errc::Invalid, "there are too many users").with("line", number));
    }
    if (users.empty())
        return Failure(Error(Errc::Invalid, "the file of users names nobody")
                           .hint("write a line `NAME read HASH`, or leave engine.users unset"));
    return users;
}

QueryLimits bounded(const QueryLimits& engine, const QueryLimits& user) {
    const auto lower = [](std::uint64_t most, std::uint64_t wanted) {
        return wanted == 0 ? most : std::min(most, wanted);
    };
    return {.memory_bytes = lower(engine.memory_bytes, user.memory_bytes),
            .seconds = lower(engine.seconds, user.seconds),
            .threads = lower(engine.threads, user.threads)};
}

}  // namespace forgehouse::engine
