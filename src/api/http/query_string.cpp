#include "api/http/query_string.h"

#include <algorithm>

#include "base/text.h"

namespace forgehouse::api {
namespace {

constexpr std::size_t kMostBytes = 64 * 1024, kMostParameters = 1000;
constexpr std::size_t kMostPathBytes = 8 * 1024, kMostSegments = 256;

bool is_unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

Result<std::string> decoded(std::string_view text, bool plus_is_blank) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '+' && plus_is_blank) c = ' ';
        if (c == '%') {
            const auto byte = text::from_hex(text.substr(i + 1, 2));
            if (!byte || byte->size() != 1)
                return Failure(Error(Errc::Invalid, "the URL has a broken percent code"));
            c = static_cast<char>(byte->front());
            i += 2;
        }
        if (c == '\0') return Failure(Error(Errc::Invalid, "the URL has a NUL"));
        out += c;
    }
    return out;
}

Error unreadable(std::string_view name, std::string expected) {
    return Error(Errc::Invalid, "a parameter has a value that it does not take")
        .with("parameter", std::string(name))
        .with("expected", std::move(expected));
}

}  // namespace

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        if (is_unreserved(c)) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
    return out;
}

Result<QueryString> QueryString::parse(std::string_view text) {
    if (text.size() > kMostBytes)
        return Failure(Error(Errc::Invalid, "the parameters are too long")
                           .with("most_bytes", std::int64_t{kMostBytes}));
    QueryString out;
    for (const std::string_view pair : text::split(text, '&')) {
        if (pair.empty()) continue;
        if (out.pairs_.size() == kMostParameters)
            return Failure(Error(Errc::Invalid, "there are too many parameters")
                               .with("most", std::int64_t{kMostParameters}));
        const auto equals = pair.find('=');
        TRY_LET(name, decoded(pair.substr(0, equals), true));
        TRY_LET(value, decoded(equals == std::string_view::npos ? std::string_view()
                                                                : pair.substr(equals + 1),
                               true));
        if (!text::is_utf8(name) || !text::is_utf8(value))
            return Failure(Error(Errc::Invalid, "a parameter is no text in UTF-8")
                               .with("parameter", text::printable(name)));
        out.pairs_.emplace_back(std::move(name), std::move(value));
    }
    return out;
}

Result<std::optional<std::string_view>> QueryString::one(std::string_view name) const {
    std::optional<std::string_view> found;
    for (const auto& [key, value] : pairs_) {
        if (key != name) continue;
        if (found)
            return Failure(Error(Errc::Invalid, "a parameter stands there more than once")
                               .with("parameter", std::string(name)));
        found = value;
    }
    return found;
}

Result<std::optional<std::int64_t>> QueryString::number(std::string_view name, std::int64_t least,
                                                        std::int64_t most) const {
    TRY_LET(value, one(name));
    if (!value) return std::nullopt;
    const auto number = text::to_int(*value);
    if (!number || *number < least || *number > most)
        return Failure(unreadable(
            name, "a whole number from " + std::to_string(least) + " to " + std::to_string(most)));
    return number;
}

Result<std::optional<bool>> QueryString::flag(std::string_view name) const {
    TRY_LET(value, one(name));
    if (!value) return std::nullopt;
    const std::string lower = text::lower_ascii(*value);
    if (lower == "true" || lower == "1") return true;
    if (lower == "false" || lower == "0") return false;
    return Failure(unreadable(name, "true or false"));
}

std::vector<std::string_view> QueryString::all(std::string_view name) const {
    std::vector<std::string_view> out;
    for (const auto& [key, value] : pairs_)
        if (key == name) out.push_back(value);
    return out;
}

QueryString QueryString::with(std::string_view name, std::optional<std::string_view> value) const {
    QueryString out = *this;
    std::erase_if(out.pairs_, [&](const Pair& pair) { return pair.first == name; });
    if (value) out.pairs_.emplace_back(name, *value);
    return out;
}

std::string QueryString::text() const {
    std::string out;
    for (const auto& [name, value] : pairs_) {
        if (!out.empty()) out += '&';
        out += percent_encoded(name) + "=" + percent_encoded(value);
    }
    return out;
}

Result<Path> Path::parse(std::string_view raw) {
    if (!raw.starts_with('/') || raw.size() > kMostPathBytes)
        return Failure(Error(Errc::Invalid, "the request's target is no path, or too long a one"));
    Path out;
    if (raw.size() == 1) return out;
    raw.remove_prefix(1);
    if (raw.ends_with('/')) raw.remove_suffix(1);
    for (const std::string_view part : text::split(raw, '/')) {
        if (out.segments_.size() == kMostSegments)
            return Failure(Error(Errc::Invalid, "the path has too many segments"));
        TRY_LET(segment, decoded(part, false));
        if (segment.empty()) return Failure(Error(Errc::Invalid, "the path has an empty segment"));
        for (const std::string_view inner : text::split(segment, '/'))
            if (inner == "." || inner == "..")
                return Failure(Error(Errc::Invalid, "the path has a segment that leads elsewhere"));
        out.segments_.push_back(std::move(segment));
    }
    return out;
}

std::string_view Path::text(std::size_t i) const noexcept {
    return i < segments_.size() ? std::string_view(segments_[i]) : std::string_view();
}

Result<std::string_view> Path::plain(std::size_t i) const {
    const std::string_view segment = text(i);
    if (segment.empty() || segment.find('/') != std::string_view::npos)
        return Failure(Error(Errc::NotFound, "there is no such resource")
                           .with("segment", text::printable(segment)));
    return segment;
}

std::string Path::rest(std::size_t i) const {
    std::string out;
    for (; i < segments_.size(); ++i) {
        if (!out.empty()) out += '/';
        out += segments_[i];
    }
    return out;
}

Result<std::pair<std::string_view, std::string_view>> split_target(std::string_view target) {
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (!target.starts_with(scheme)) continue;
        const auto path = target.find_first_of("/?", scheme.size());
        target = path == std::string_view::npos ? "/" : target.substr(path);
    }
    if (!target.starts_with('/'))
        return Failure(Error(Errc::Invalid, "the request's target is no path"));
    const auto question = target.find('?');
    return std::pair(target.substr(0, question), question == std::string_view::npos
                                                     ? std::string_view()
                                                     : target.substr(question + 1));
}

}  // namespace forgehouse::api
