#include "git/commit_parser.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "base/text.h"
#include "git/encoding.h"

namespace forgehouse::git {
namespace {

bool is_blank(char c) noexcept {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f';
}
bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

std::string_view trimmed(std::string_view value) noexcept {
    while (!value.empty() && is_blank(value.front())) value.remove_prefix(1);
    while (!value.empty() && is_blank(value.back())) value.remove_suffix(1);
    return value;
}

/// An identity line cut into its parts; what is missing is empty.
struct Identity {
    std::string_view name, email, seconds, zone;
};

/// `123456 +0200` at the front of `tail`, one or both.
void cut_date(std::string_view tail, Identity& identity) noexcept {
    tail = trimmed(tail);
    std::size_t end = !tail.empty() && tail.front() == '-' ? 1 : 0;
    const auto digits = end;
    while (end < tail.size() && is_digit(tail[end])) ++end;
    if (end == digits) return;
    identity.seconds = tail.substr(0, end);
    const auto zone = trimmed(tail.substr(end));
    if (zone.size() < 2 || (zone.front() != '+' && zone.front() != '-')) return;
    std::size_t zone_end = 1;
    while (zone_end < zone.size() && is_digit(zone[zone_end])) ++zone_end;
    if (zone_end > 1) identity.zone = zone.substr(0, zone_end);
}

/// Where ` 123456 +0200` begins at the end of a line that has no `>`; npos where there is none.
std::size_t find_date(std::string_view line) noexcept {
    const auto zone = line.rfind(' ');
    if (zone == std::string_view::npos || zone + 2 >= line.size()) return std::string_view::npos;
    if (line[zone + 1] != '+' && line[zone + 1] != '-') return std::string_view::npos;
    const auto date = zone == 0 ? std::string_view::npos : line.rfind(' ', zone - 1);
    if (date == std::string_view::npos || date + 1 == zone) return std::string_view::npos;
    auto digits = line.substr(date + 1, zone - date - 1);
    if (digits.front() == '-') digits.remove_prefix(1);
    return !digits.empty() && std::ranges::all_of(digits, is_digit) ? date : std::string_view::npos;
}

/// As git cuts: the e-mail stands between the first `<` and the next `>`, the date after the last
/// `>`. Dates before 1970, which git does not read, are read too.
Identity cut(std::string_view line) noexcept {
    Identity identity;
    const auto open = line.find('<');
    const auto last = line.rfind('>');
    if (last != std::string_view::npos && open != std::string_view::npos && last > open) {
        identity.name = trimmed(line.substr(0, open));
        identity.email = line.substr(open + 1, line.find('>', open) - open - 1);
        cut_date(line.substr(last + 1), identity);
        return identity;
    }
    const auto date = find_date(line);
    if (date != std::string_view::npos) cut_date(line.substr(date), identity);
    const auto person = line.substr(0, date);
    const auto from = person.find('<');
    identity.name = trimmed(person.substr(0, from));
    if (from != std::string_view::npos) identity.email = trimmed(person.substr(from + 1));
    return identity;
}

std::int32_t zone_minutes(std::string_view zone) noexcept {
    if (zone.empty()) return 0;
    // Saturates as far as it matters: no zone of more than seven digits means anything.
    std::int32_t value = 0;
    const auto digits = zone.substr(1, 7);
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    const auto minutes = value / 100 * 60 + value % 100;
    return zone.front() == '-' ? -minutes : minutes;
}

void set_time(std::string_view seconds, Signature& out) noexcept {
    std::int64_t value = 0;
    const auto [end, error] =
        std::from_chars(seconds.data(), seconds.data() + seconds.size(), value);
    out.date = DateState::Unreadable;
    out.time = Time::from_seconds(0);
    if (seconds.empty() || error != std::errc() || end != seconds.data() + seconds.size()) return;
    // Compared as seconds: milliseconds of what a line can hold do not fit 64 bits.
    if (value < kEarliestTime.seconds()) {
        out.time = kEarliestTime;
        out.date = DateState::Clamped;
    } else if (value > kLatestTime.seconds()) {
        out.time = kLatestTime;
        out.date = DateState::Clamped;
    } else {
        out.time = Time::from_seconds(value);
        out.date = DateState::Exact;
    }
}

bool is_as_written(const Identity& identity, std::string_view line) {
    std::string again(identity.name);
    if (!again.empty()) again += ' ';
    again.append("<").append(identity.email).append("> ");
    again.append(identity.seconds).append(" ").append(identity.zone);
    return again == line && !identity.zone.empty();
}

SignatureKind kind_of_armor(std::string_view armor) noexcept {
    if (armor.starts_with("-----BEGIN PGP")) return SignatureKind::Gpg;
    if (armor.starts_with("-----BEGIN SSH SIGNATURE")) return SignatureKind::Ssh;
    if (armor.starts_with("-----BEGIN SIGNED MESSAGE")) return SignatureKind::X509;
    return SignatureKind::Other;
}

/// One header of a commit or tag with its continuation lines.
struct Header {
    std::string_view key, value;
};

/// Takes the next header off `content`; false at the blank line, which it takes too, or the end.
bool next_header(std::string_view& content, Header& header) noexcept {
    if (content.empty()) return false;
    auto end = std::min(content.find('\n'), content.size());
    if (end == 0) {
        content.remove_prefix(1);
        return false;
    }
    const auto key_end = std::min(content.substr(0, end).find(' '), end);
    while (end + 1 < content.size() && content[end + 1] == ' ')
        end = std::min(content.find('\n', end + 1), content.size());
    const auto value_at = std::min(key_end + 1, end);
    header = {.key = content.substr(0, key_end), .value = content.substr(value_at, end - value_at)};
    content.remove_prefix(std::min(end + 1, content.size()));
    return true;
}

}  // namespace

std::string_view name_of(SignatureKind kind) noexcept {
    switch (kind) {
        case SignatureKind::None: return "";
        case SignatureKind::Gpg: return "gpg";
        case SignatureKind::Ssh: return "ssh";
        case SignatureKind::X509: return "x509";
        case SignatureKind::Other: return "other";
    }
    return "";
}

Text make_text(std::string_view bytes, std::string_view encoding) {
    Text out;
    if (!means_utf8(encoding)) {
        if (auto converted = to_utf8(bytes, encoding)) {
            out.utf8 = std::move(*converted);
            if (out.utf8 != bytes) out.original = bytes;
            return out;
        }
    }
    if (text::is_utf8(bytes)) {
        out.utf8 = bytes;
        return out;
    }
    out.utf8 = text::latin1_to_utf8(bytes);
    out.original = bytes;
    return out;
}

Signature parse_signature(std::string_view line, std::string_view encoding) {
    const auto identity = cut(line);
    Signature out;
    out.name = make_text(identity.name, encoding);
    out.email = make_text(identity.email, encoding);
    set_time(identity.seconds, out);
    out.zone_minutes = zone_minutes(identity.zone);
    out.zone = identity.zone;
    if (!is_as_written(identity, line)) out.malformed = line;
    return out;
}

Commit parse_commit(const ObjectId& id, std::string_view content) {
    Commit commit;
    commit.id = id;
    std::string_view author, committer;
    for (Header header; next_header(content, header);) {
        if (header.key == "parent") {
            if (auto parent = ObjectId::from_hex(header.value)) commit.parents.push_back(*parent);
        } else if (header.key == "author" && author.empty()) {
            author = header.value;
        } else if (header.key == "committer" && committer.empty()) {
            committer = header.value;
        } else if (header.key == "encoding") {
            commit.encoding = make_text(header.value).utf8;
        } else if (header.key == "gpgsig" || header.key == "gpgsig-sha256") {
            commit.signature = kind_of_armor(header.value);
        }
    }
    commit.author = parse_signature(author, commit.encoding);
    commit.committer = parse_signature(committer, commit.encoding);
    commit.message = make_text(content, commit.encoding);
    commit.trailers = parse_trailers(commit.message.utf8);
    return commit;
}

ParsedTag parse_tag(const ObjectId& id, std::string_view content) {
    ParsedTag out;
    out.tag.id = id;
    std::string_view tagger, encoding;
    for (Header header; next_header(content, header);) {
        if (header.key == "object") out.target = ObjectId::from_hex(header.value);
        if (header.key == "tagger") tagger = header.value;
        if (header.key == "encoding") encoding = header.value;
    }
    if (!tagger.empty()) out.tag.tagger = parse_signature(tagger, encoding);
    const auto armor = content.starts_with("-----BEGIN ") ? 0 : content.find("\n-----BEGIN ");
    if (armor != std::string_view::npos) {
        const auto at = armor == 0 && content.front() == '-' ? 0 : armor + 1;
        out.tag.signature = kind_of_armor(content.substr(at));
        if (out.tag.signature != SignatureKind::Other)
            content = content.substr(0, at);
        else
            out.tag.signature = SignatureKind::None;
    }
    out.tag.message = make_text(content, encoding);
    return out;
}

}  // namespace forgehouse::git
