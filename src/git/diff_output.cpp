#include "git/diff_output.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "git/repository.h"

namespace forgehouse::git {
namespace {

Error unknown_form(std::string_view token) {
    return Error(Errc::Corrupt, "git compares in an unknown form")
        .with("bytes", text::json_quoted(token.substr(0, 200)));
}

bool parse_mode(std::string_view digits, std::uint32_t& mode) noexcept {
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), mode, 8);
    return error == std::errc() && end == digits.data() + digits.size();
}

/// A letter, and behind that of a rename or copy how similar the files are.
bool parse_status(std::string_view status, FileChange& file) noexcept {
    file.similarity = 0;
    if (status.size() > 1) {
        const auto digits = status.substr(1);
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), file.similarity);
        if (error != std::errc() || end != digits.data() + digits.size()) return false;
    }
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

std::optional<LineCounts> parse_numstat(std::string_view token) noexcept {
    const auto first = token.find('\t');
    if (first == std::string_view::npos) return std::nullopt;
    const auto second = token.find('\t', first + 1);
    if (second == std::string_view::npos) return std::nullopt;
    const auto added = token.substr(0, first);
    const auto removed = token.substr(first + 1, second - first - 1);
    if (added == "-" && removed == "-") return LineCounts{.is_binary = true};
    LineCounts counts;
    if (!parse_count(added, counts.added) || !parse_count(removed, counts.removed))
        return std::nullopt;
    return counts;
}

Result<DiffOutput> DiffOutput::start(const Repository& repository, bool ends_with_thread) {
    auto command = repository.command(commands::kDiffStructure);
    command.input = true;
    command.ends_with_thread = ends_with_thread;
    TRY_LET(process, exec::Process::spawn(std::move(command)));
    return DiffOutput(std::move(process));
}

Error DiffOutput::failure(const exec::Context& ctx, const Repository& repository) {
    auto exit = process().finish(ctx);
    if (!exit) return std::move(exit).error();
    return repository.failure(commands::kDiffStructure, *exit, process().error_text());
}

Result<void> DiffOutput::read_path(const exec::Context& ctx, std::string& path) {
    TRY_LET(token, stream_.until(ctx, '\0'));
    is_cut_ = is_cut_ || !token;
    path.assign(token.value_or(std::string_view()));
    return {};
}

Result<DiffOutput::Step> DiffOutput::take_file(const exec::Context& ctx, std::string_view token) {
    if (!parse_raw_entry(token, file_)) return Failure(unknown_form(token));
    file_.old_path.clear();
    TRY(read_path(ctx, file_.path));
    if (has_two_paths(file_.change)) {
        file_.old_path.swap(file_.path);
        TRY(read_path(ctx, file_.path));
    }
    return is_cut_ ? Step::EndOfOutput : Step::File;
}

Result<DiffOutput::Step> DiffOutput::next(const exec::Context& ctx) {
    TRY_LET(first, stream_.peek(ctx));
    if (!first) return Step::EndOfOutput;
    if (*first == kMark.front()) {
        TRY(stream_.exactly(ctx, kMark.size()));
        return Step::EndOfBatch;
    }
    TRY_LET(token, stream_.until(ctx, '\0'));
    // Cut off in the middle: git has died, and its exit status says why.
    if (!token) return Step::EndOfOutput;
    if (token->starts_with(':')) return take_file(ctx, *token);
    const auto id = ObjectId::from_hex(*token);
    if (!id) return Failure(unknown_form(*token));
    commit_ = *id;
    return Step::Commit;
}

}  // namespace forgehouse::git
