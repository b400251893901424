#include "git/patch_id.h"

#include <algorithm>
#include <charconv>
#include <span>
#include <utility>

#include "base/text.h"
#include "git/line_bytes.h"

namespace forgehouse::git {
namespace {

/// The count of `-1,3` or `+1,3`; 1 where none is written.
std::uint64_t lines_of(std::string_view range) noexcept {
    const auto comma = range.find(',');
    if (comma == range.npos) return 1;
    std::uint64_t lines = 0;
    std::from_chars(range.data() + comma + 1, range.data() + range.size(), lines);
    return lines;
}

}  // namespace

PatchId::PatchId(ObjectFormat format)
    : digest_(format == ObjectFormat::Sha1 ? Digest::Kind::Sha1 : Digest::Kind::Sha256) {}

void PatchId::add(std::string_view patch) {
    for_each_line(patch, [&](std::size_t begin, std::size_t end) {
        const auto line = patch.substr(begin, end - begin);
        const auto text = line.substr(0, line.find('\0'));  // git reads no further
        if (!goes_on_) counts_ = begin_line(text);
        if (counts_) take(text);
        counts_ = counts_ && text.size() == line.size();
        goes_on_ = line.back() != '\n';
    });
}

/// Whether the line is part of the answer.
bool PatchId::begin_line(std::string_view line) {
    if (line.starts_with("\\ ")) return false;
    if (line.starts_with("diff ") && place_ == Place::Hunks && before_ == 0 && after_ == 0) {
        flush();
        place_ = Place::Head;
    }
    switch (place_) {
        case Place::Head: return begin_line_of_head(line);
        case Place::Hunks: return begin_line_of_hunks(line);
        case Place::Binary: break;
    }
    // As git does, which leaves this line out behind a binary file.
    if (line.starts_with("diff ")) place_ = Place::Head;
    return false;
}

/// A file without hunks is summed up with the next one.
bool PatchId::begin_line_of_head(std::string_view line) {
    if (line.starts_with("Binary files")) {
        take(old_blob_);
        take(new_blob_);
        flush();
        place_ = Place::Binary;
        return false;
    }
    if (line.starts_with("index ")) {
        const auto dots = line.find("..");
        if (dots == line.npos) return false;  // not a patch of git's
        const auto end = std::min(line.find(' ', dots), line.size() - 1);
        old_blob_ = line.substr(6, dots - 6);
        new_blob_ = line.substr(dots + 2, end - dots - 2);
        return false;
    }
    if (line.starts_with("--- ")) {
        place_ = Place::Hunks;
        before_ = 0;  // this one looks like a removed line, and the next like an added one
        after_ = 1;
    }
    return true;
}

bool PatchId::begin_line_of_hunks(std::string_view line) {
    if (before_ == 0 && after_ == 0) {
        const auto plus = line.find(" +");
        if (plus == line.npos) return false;  // not a patch of git's
        before_ = lines_of(line.substr(0, plus));
        after_ = lines_of(line.substr(plus + 2, line.find(" @@") - plus - 2));
        return false;
    }
    if (line.starts_with('-') || line.starts_with(' ')) --before_;
    if (line.starts_with('+') || line.starts_with(' ')) --after_;
    return true;
}

/// Takes all but white space, which to git does not include vertical tabs and form feeds.
void PatchId::take(std::string_view part) {
    dense_.resize_and_overwrite(part.size(), [part](char* bytes, std::size_t) {
        auto* end = bytes;
        for (const char c : part) {
            *end = c;
            end += c != ' ' && c != '\t' && c != '\n' && c != '\r';
        }
        return static_cast<std::size_t>(end - bytes);
    });
    digest_.add(dense_);
    is_empty_ = false;
}

/// Adds the digest of what has been read to the sum, so that the order of files does not matter.
void PatchId::flush() {
    unsigned carry = 0;
    const auto digest = digest_.finish();
    for (std::size_t i = 0; i < digest.size(); ++i) {
        carry += unsigned{sum_[i]} + digest[i];
        sum_[i] = static_cast<std::uint8_t>(carry);
        carry >>= 8;
    }
    size_ = digest.size();
}

std::optional<std::string> PatchId::finish() {
    const bool is_empty = std::exchange(is_empty_, true);
    flush();
    place_ = Place::Head;
    before_ = after_ = 0;
    goes_on_ = false;
    const auto hex = text::to_hex(std::span(sum_).first(size_));
    sum_ = {};
    return is_empty ? std::nullopt : std::optional(hex);
}

}  // namespace forgehouse::git
