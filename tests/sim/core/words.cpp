#include "sim/core/words.h"

#include <fmt/format.h>

#include <array>

#include "base/text.h"

namespace forgehouse::sim::words {
namespace {

using namespace std::string_view_literals;

constexpr auto kGivenNames = std::to_array<std::string_view>(
    {"Ada",   "Grace", "Jörg",   "Łukasz", "Zoë",   "Nguyễn", "Søren", "Olga", "Iñigo", "Ayşe",
     "Björk", "Chloé", "Dmitri", "Élodie", "Fatma", "Gábor",  "李",    "山田", "Ольга", "Renée"});
constexpr auto kFamilyNames = std::to_array<std::string_view>(
    {"Lovelace", "Hopper", "Müller", "Żak", "O'Brien", "Văn An", "Kierkegaard", "d'Arc", "Peña",
     "Yılmaz", "Smith-Jones", "雷", "太郎", "Иванова", "van der Berg", "Ærø"});
constexpr auto kAsciiGiven = std::to_array<std::string_view>(
    {"ada",   "grace", "joerg",  "lukasz", "zoe",   "nguyen", "soren", "olga",   "inigo", "ayse",
     "bjork", "chloe", "dmitri", "elodie", "fatma", "gabor",  "li",    "yamada", "olga2", "renee"});

constexpr auto kNouns = std::to_array<std::string_view>(
    {"reader", "index",   "ledger",   "mirror",  "archive", "scheduler", "parser",
     "cache",  "queue",   "Überlauf", "naïveté", "データ",  "таблица",   "branch",
     "token",  "encoder", "socket",   "retry",   "budget",  "report"});
constexpr auto kVerbs =
    std::to_array<std::string_view>({"speed up", "mend", "split", "document", "test", "rename",
                                     "drop", "bound", "simplify", "harden"});
// What looks like a ticket: nearly all are none (encodings, digests, standards, too short, zero).
constexpr auto kLookAlikes = std::to_array<std::string_view>(
    {"UTF-8", "SHA-256", "ISO-8601", "A-1", "AB-0", "AB-012", "ab-12", "CVE-2021-44228", "RFC-2119",
     "xAB-7y", "AES-128", "X86-64", "MD-5"});
constexpr auto kPlaces = std::to_array<std::string_view>(
    {"src/", "src/core/", "lib/", "docs/", "tests/", "web/app/", "größe/", "日本/", "a b/", ""});
constexpr auto kEndings = std::to_array<std::string_view>(
    {".cpp", ".h", ".py", ".md", ".ts", ".java", ".go", ".txt", ".yaml", ".sql", ".png", ""});

template <std::size_t N>
std::string_view one(Random& random, const std::array<std::string_view, N>& list) {
    return list[random.below(N)];
}

// Each draw is a statement of its own: compilers evaluate arguments in orders of their own, and the
// same seed has to give the same bytes.
std::string phrase(Random& random) {
    const std::string_view verb = one(random, kVerbs);
    return fmt::format("{} the {}", verb, one(random, kNouns));
}

std::string line(Random& random) {
    const std::string_view noun = one(random, kNouns);
    const std::size_t number = random.below(1000);
    return fmt::format("{} {} {}", noun, number, one(random, kNouns));
}

std::string binary(Random& random) {
    std::string bytes = "\x89PNG\r\n";
    for (std::size_t i = 0; i < 60 + random.below(60); ++i)
        bytes += static_cast<char>(random.below(256));
    return bytes + std::string(2, '\0');
}

}  // namespace

PersonName person(std::size_t n) {
    const std::size_t given = n % kGivenNames.size();
    const std::size_t family = (n / kGivenNames.size() + n) % kFamilyNames.size();
    return {.name = fmt::format("{} {}", kGivenNames[given], kFamilyNames[family]),
            .login = fmt::format("{}{}", kAsciiGiven[given], n)};
}

std::string repository_name(std::size_t n) {
    constexpr auto first = std::to_array<std::string_view>(
        {"Backend", "Größenrechner", "data.tools", "Mobile App", "infra", "日本語サイト",
         "Legacy_Core", "Zahlungen", "search", "Отчёты"});
    constexpr auto second = std::to_array<std::string_view>({"", " API", " Web", " Kit"});
    return fmt::format("{}{} {}", first[n % first.size()],
                       second[(n / first.size()) % second.size()], n + 1);
}

std::string slug(std::string_view name) {
    std::string out;
    for (const char c : text::lower_ascii(name)) {
        const bool kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_';
        if (kept)
            out += c;
        else if (!out.empty() && out.back() != '-')
            out += '-';
    }
    return out;
}

std::string ticket(Random& random, const std::vector<std::string>& tickets) {
    const std::string& project = tickets[random.below(tickets.size())];
    return fmt::format("{}-{}", project, random.between(1, 400));
}

std::string title(Random& random, const std::vector<std::string>& tickets) {
    std::string out = phrase(random);
    if (random.chance(45)) out = ticket(random, tickets) + ": " + out;
    if (random.chance(15)) out += fmt::format(" ({})", one(random, kLookAlikes));
    if (random.chance(10)) out = fmt::format("[{}] {}", ticket(random, tickets), out);
    if (random.chance(4)) out += " \"quoted\" \\ <b>&amp;</b> 🚀";
    return out;
}

std::string text(Random& random, const std::vector<std::string>& tickets) {
    std::string out = fmt::format("{}.\n", phrase(random));
    if (random.chance(40)) out += fmt::format("\nCloses {}.", ticket(random, tickets));
    if (random.chance(30)) {
        out += fmt::format("\r\n* {}\r\n", phrase(random));
        out += fmt::format("* reads {} and ", one(random, kLookAlikes));
        out += fmt::format("{}\r\n", one(random, kLookAlikes));
    }
    if (random.chance(10)) out += "\n```\nint x = 1;\t// tab\n```\n";
    return out;
}

std::string comment(Random& random) {
    std::string out = fmt::format("Could you {}?", phrase(random));
    if (random.chance(20)) out += " 👍🏽";
    if (random.chance(20)) {
        out += fmt::format("\n\n> {}", phrase(random));
        out += fmt::format("\n\nSee {}.", line(random));
    }
    return out;
}

std::string commit_message(Random& random, const std::vector<std::string>& tickets) {
    std::string out = title(random, tickets);
    if (random.chance(35)) out += "\n\n" + text(random, tickets);
    if (random.chance(20)) {
        const PersonName with = person(random.below(12));
        out += fmt::format("\n\nCo-authored-by: {} <{}@example.com>", with.name, with.login);
    }
    return out + "\n";
}

std::string branch(Random& random, const std::vector<std::string>& tickets, std::size_t n) {
    constexpr auto kinds =
        std::to_array<std::string_view>({"feature/", "bugfix/", "hotfix/", "user/ada/", ""});
    constexpr auto ends = std::to_array<std::string_view>(
        {"faster-reader", "UTF-8-paths", "größe", "fix#42", "a+b", "データ", "clean.up"});
    const std::string key = random.chance(50) ? ticket(random, tickets) + "-" : std::string();
    const std::string_view kind = one(random, kinds);
    return fmt::format("{}{}{}-{}", kind, key, one(random, ends), n);
}

std::string path(Random& random, std::size_t n) {
    // Latin-1, which is no UTF-8: git has it, JSON cannot say it.
    if (random.chance(1)) return fmt::format("caf\xe9-{}.txt", n);
    const std::string_view ending = one(random, kEndings);
    const std::string_view place = one(random, kPlaces);
    return fmt::format("{}{}{}{}", place, one(random, kNouns), n, ending);
}

std::shared_ptr<const std::string> content(Random& random, const std::string& path) {
    if (path.ends_with(".png")) return std::make_shared<const std::string>(binary(random));
    std::string out;
    for (std::size_t i = 0, lines = 3 + random.below(20); i < lines; ++i)
        out += line(random) + '\n';
    if (random.chance(10)) out.pop_back();  // no newline at the end
    return std::make_shared<const std::string>(std::move(out));
}

std::shared_ptr<const std::string> changed(Random& random, const std::string& old) {
    if (old.find('\0') != std::string::npos)
        return std::make_shared<const std::string>(old + static_cast<char>(random.below(256)));
    std::string out;
    for (const std::string_view kept : text::split(old, '\n')) {
        if (random.chance(15)) continue;
        if (!kept.empty()) out.append(kept) += '\n';
        if (random.chance(20)) out += line(random) + '\n';
    }
    out += line(random) + '\n';
    return std::make_shared<const std::string>(std::move(out));
}

}  // namespace forgehouse::sim::words
