#include "git/diff_output.h"

#include <charconv>
#include <functional>

#include "base/text.h"

namespace forgehouse::git {
namespace {

constexpr std::size_t kBlockBytes = 64u << 10;

Error unknown_form(std::string_view token) {
    return Error(Errc::Corrupt, "git compares in an unknown form")
        .with("bytes", text::json_quoted(token.substr(0, 200)));
}

std::uint32_t hash_of(std::string_view path) noexcept {
    return static_cast<std::uint32_t>(std::hash<std::string_view>()(path));
}

bool parse_mode(std::string_view digits, std::uint32_t& mode) noexcept {
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), mode, 8);
    return error == std::errc() && end == digits.data() + digits.size();
}

bool parse_status(std::string_view status, FileChange& file) noexcept {
    switch (status.empty() ? '\0' : status.front()) {
        case 'A': file.change = ChangeType::Added; return true;
        case 'M': file.change = ChangeType::Modified; return true;
        case 'T': file.change = ChangeType::Modified; return true;
        case 'D': file.change = ChangeType::Deleted; return true;
        case 'R': file.change = ChangeType::Renamed; return true;
        case 'C': file.change = ChangeType::Copied; return true;
        default: return false;
    }
}

bool has_two_paths(ChangeType change) noexcept {
    return change == ChangeType::Renamed || change == ChangeType::Copied;
}

bool parse_count(std::string_view digits, std::uint64_t& count) noexcept {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
    return error == std::errc() && end == digits.data() + digits.size();
}

template <class T>
void append_bytes(std::string& out, const T& value) {
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    out.append(bytes, sizeof value);
}

template <class T>
T load(const char* from) noexcept {
    T value;
    std::memcpy(&value, from, sizeof value);
    return value;
}

void append_id(std::string& out, const ObjectId& id) {
    for (const auto byte : id.bytes()) out += static_cast<char>(byte);
}

ObjectId load_id(const char* from, std::size_t size) noexcept {
    std::array<std::uint8_t, 32> bytes{};
    std::memcpy(bytes.data(), from, size);
    return ObjectId::from_bytes(std::span(bytes).first(size));
}

}  // namespace

bool parse_raw_entry(std::string_view token, FileChange& file) noexcept {
    if (!token.starts_with(':')) return false;
    std::array<std::string_view, 5> parts;
    std::size_t count = 0, from = 1;
    while (count < parts.size()) {
        const auto to = std::min(token.find(' ', from), token.size());
        parts[count++] = token.substr(from, to - from);
        from = to + 1;
        if (from > token.size()) break;
    }
    if (count != parts.size() || from <= token.size()) return false;
    const auto old_blob = ObjectId::from_hex(parts[2]), new_blob = ObjectId::from_hex(parts[3]);
    if (!old_blob || !new_blob || old_blob->bytes().size() != new_blob->bytes().size() ||
        !parse_mode(parts[0], file.old_mode) || !parse_mode(parts[1], file.new_mode) ||
        !parse_status(parts[4], file))
        return false;
    file.old_blob = *old_blob;
    file.new_blob = *new_blob;
    file.is_binary = false;
    file.lines_added = file.lines_removed = 0;
    return true;
}

bool parse_numstat(std::string_view token, FileChange& file, std::string_view& path) noexcept {
    const auto first = token.find('\t');
    if (first == std::string_view::npos) return false;
    const auto second = token.find('\t', first + 1);
    if (second == std::string_view::npos) return false;
    const auto added = token.substr(0, first);
    const auto removed = token.substr(first + 1, second - first - 1);
    path = token.substr(second + 1);
    file.is_binary = added == "-" && removed == "-";
    file.lines_added = file.lines_removed = 0;
    return file.is_binary ||
           (parse_count(added, file.lines_added) && parse_count(removed, file.lines_removed));
}

void RawEntries::add(const FileChange& file, std::uint32_t path_hash) {
    if (blocks_.empty() || blocks_.back().size() >= kBlockBytes) {
        blocks_.emplace_back();
        blocks_.back().reserve(kBlockBytes + 128);
    }
    auto& block = blocks_.back();
    append_bytes(block, path_hash);
    append_bytes(block, static_cast<std::uint8_t>(file.change));
    append_bytes(block, static_cast<std::uint8_t>(file.old_blob.bytes().size()));
    append_bytes(block, file.old_mode);
    append_bytes(block, file.new_mode);
    append_id(block, file.old_blob);
    append_id(block, file.new_blob);
}

std::uint32_t RawEntries::front_hash() const noexcept {
    return load<std::uint32_t>(blocks_.front().data() + at_);
}

void RawEntries::take(FileChange& file) {
    const char* from = blocks_.front().data() + at_;
    file.change = static_cast<ChangeType>(from[4]);
    const auto size = static_cast<std::size_t>(from[5]);
    file.old_mode = load<std::uint32_t>(from + 6);
    file.new_mode = load<std::uint32_t>(from + 10);
    file.old_blob = load_id(from + 14, size);
    file.new_blob = load_id(from + 14 + size, size);
    at_ += 14 + 2 * size;
    if (at_ < blocks_.front().size()) return;
    blocks_.pop_front();
    at_ = 0;
}

Result<void> DiffOutput::read_path(const exec::Context& ctx, std::string& path) {
    TRY_LET(token, stream_.until(ctx, '\0'));
    is_cut_ = is_cut_ || !token;
    path.assign(token.value_or(std::string_view()));
    return {};
}

Result<DiffOutput::Step> DiffOutput::take_raw(const exec::Context& ctx, std::string_view token) {
    if (!parse_raw_entry(token, file_)) return Failure(unknown_form(token));
    file_.old_path.clear();
    TRY(read_path(ctx, file_.path));
    if (has_two_paths(file_.change)) {
        file_.old_path.swap(file_.path);
        TRY(read_path(ctx, file_.path));
    }
    if (with_counts_ && !is_cut_) entries_.add(file_, hash_of(file_.path));
    return is_cut_ ? Step::EndOfOutput : Step::File;
}

Result<DiffOutput::Step> DiffOutput::take_counts(const exec::Context& ctx, std::string_view token) {
    std::string_view path;
    if (entries_.empty() || !parse_numstat(token, file_, path)) return Failure(unknown_form(token));
    file_.path.assign(path);
    file_.old_path.clear();
    if (path.empty()) {
        TRY(read_path(ctx, file_.old_path));
        TRY(read_path(ctx, file_.path));
    }
    if (is_cut_) return Step::EndOfOutput;
    if (hash_of(file_.path) != entries_.front_hash()) return Failure(unknown_form(token));
    entries_.take(file_);
    return Step::File;
}

Result<DiffOutput::Step> DiffOutput::next(const exec::Context& ctx) {
    for (;;) {
        TRY_LET(first, stream_.peek(ctx));
        if (!first) return Step::EndOfOutput;
        if (*first == kMark.front()) {
            TRY(stream_.exactly(ctx, kMark.size()));
            return entries_.empty() ? Result<Step>(Step::EndOfBatch)
                                    : Failure(unknown_form("a file has no line counts"));
        }
        TRY_LET(token, stream_.until(ctx, '\0'));
        // Cut off in the middle: git has died, and its exit status says why.
        if (!token) return Step::EndOfOutput;
        if (token->starts_with(':')) {
            TRY_LET(step, take_raw(ctx, *token));
            if (!with_counts_ || step != Step::File) return step;
        } else if (token->find('\t') != std::string_view::npos) {
            return take_counts(ctx, *token);
        } else if (const auto id = ObjectId::from_hex(*token); id && entries_.empty()) {
            commit_ = *id;
            return Step::Commit;
        } else {
            return Failure(unknown_form(*token));
        }
    }
}

}  // namespace forgehouse::git
