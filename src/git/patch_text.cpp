#include "git/patch_text.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "git/file_content.h"

namespace forgehouse::git {
namespace {

constexpr std::size_t kMostHeading = 80;

bool is_letter(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_space(char c) noexcept {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// What of a line is shown as a heading; empty where it is none.
std::string_view heading_of(std::string_view line) noexcept {
    if (line.empty() || (!is_letter(line[0]) && line[0] != '_' && line[0] != '$')) return {};
    line = line.substr(0, kMostHeading);
    while (is_space(line.back())) line.remove_suffix(1);
    while (!text::is_utf8(line)) line.remove_suffix(1);  // git stops where it cannot read on
    return line;
}

void append_number(std::string& out, std::uint64_t number) {
    char digits[20];
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    out.append(digits, end);
}

/// `1,3`; one line is `1`, and none stand behind the line before.
void append_lines(std::string& out, std::uint32_t first, std::uint32_t lines) {
    append_number(out, std::uint64_t{first} + (lines == 0 ? 0 : 1));
    if (lines == 1) return;
    out += ',';
    append_number(out, lines);
}

void append_marked(std::string& out, char mark, const IndexedText& text, std::uint32_t begin,
                   std::uint32_t end) {
    for (auto i = begin; i < end; ++i) {
        const auto line = text[i];
        out += mark;
        out += line;
        if (line.empty() || line.back() != '\n') out += "\n\\ No newline at end of file\n";
    }
}

void append_mode(std::string& out, std::string_view name, std::uint32_t mode) {
    char digits[8];
    const auto end = std::to_chars(digits, digits + sizeof digits, mode, 8).ptr;
    out.append(name).append(digits, end).append("\n");
}

void append_index(std::string& out, const FileChange& file) {
    if (file.old_blob == file.new_blob) return;
    out.append("index ").append(file.old_blob.hex()).append("..").append(file.new_blob.hex());
    if (file.old_mode == file.new_mode)
        append_mode(out, " ", file.new_mode);
    else
        out += '\n';
}

/// The name of a side: `a/path`, or where it is not there `/dev/null`.
std::string label(std::string_view prefix, std::string_view path, const ObjectId& blob) {
    return blob.is_null() ? "/dev/null" : patch_path(prefix, path);
}

std::string_view old_path_of(const FileChange& file) noexcept {
    return file.old_path.empty() ? file.path : file.old_path;
}

void append_name(std::string& out, std::string_view mark, const std::string& label) {
    // Tools that read patches take a blank for the end of a name, unless a tab follows.
    out.append(mark).append(label).append(label.find(' ') != label.npos ? "\t\n" : "\n");
}

void append_hunks(std::string& out, const LineDiff& diff, const std::string& old_label,
                  const std::string& new_label, std::uint32_t context) {
    if (diff.changes().empty()) return;
    append_name(out, "--- ", old_label);
    append_name(out, "+++ ", new_label);
    for (const auto& hunk : hunks_of(diff, context)) append_hunk(out, diff, hunk);
}

void append_differ(std::string& out, const std::string& old_label, const std::string& new_label) {
    out.append("Binary files ").append(old_label).append(" and ").append(new_label);
    out += " differ\n";
}

}  // namespace

std::vector<Hunk> hunks_of(const LineDiff& diff, std::uint32_t context) {
    std::vector<Hunk> hunks;
    const auto changes = diff.changes();
    const auto& before = diff.before();
    const auto& after = diff.after();
    std::string_view heading;
    std::size_t looked_up_to = 0;  // lines before this one were looked at for a heading
    for (std::size_t first = 0, end; first < changes.size(); first = end) {
        end = first + 1;
        const auto gap = [&](std::size_t i) {
            return changes[i].before - changes[i - 1].before - changes[i - 1].removed;
        };
        while (end < changes.size() && gap(end) <= std::uint64_t{2} * context) ++end;
        const auto& begin = changes[first];
        const auto& last = changes[end - 1];
        const auto before_end = last.before + last.removed, after_end = last.after + last.added;
        const auto lead_before = std::min(begin.before, context);
        const auto lead_after = std::min(begin.after, context);
        const auto rest = std::min(before.size() - before_end, after.size() - after_end);
        const auto tail = static_cast<std::uint32_t>(std::min<std::size_t>(rest, context));
        Hunk hunk{.before = begin.before - lead_before,
                  .before_lines = 0,
                  .after = begin.after - lead_after,
                  .after_lines = 0,
                  .changes = changes.subspan(first, end - first),
                  .heading = {}};
        hunk.before_lines = before_end + tail - hunk.before;
        hunk.after_lines = after_end + tail - hunk.after;
        for (std::size_t line = hunk.before; line-- > looked_up_to;)
            if (const auto found = heading_of(before[line]); !found.empty()) {
                heading = found;
                break;
            }
        looked_up_to = hunk.before;
        hunk.heading = heading;
        hunks.push_back(hunk);
    }
    return hunks;
}

void append_hunk_head(std::string& out, const Hunk& hunk) {
    out += "@@ -";
    append_lines(out, hunk.before, hunk.before_lines);
    out += " +";
    append_lines(out, hunk.after, hunk.after_lines);
    out += " @@";
    if (!hunk.heading.empty()) out.append(" ").append(hunk.heading);
    out += '\n';
}

void append_hunk(std::string& out, const LineDiff& diff, const Hunk& hunk) {
    append_hunk_head(out, hunk);
    auto line = hunk.before;
    for (const auto& change : hunk.changes) {
        append_marked(out, ' ', diff.before(), line, change.before);
        line = change.before + change.removed;
        append_marked(out, '-', diff.before(), change.before, line);
        append_marked(out, '+', diff.after(), change.after, change.after + change.added);
    }
    append_marked(out, ' ', diff.before(), line, hunk.before + hunk.before_lines);
}

std::string patch_path(std::string_view prefix, std::string_view path) {
    const auto is_plain = [](char c) { return c >= ' ' && c < 0x7f && c != '"' && c != '\\'; };
    if (std::ranges::all_of(path, is_plain)) return std::string(prefix).append(path);
    std::string quoted = "\"" + std::string(prefix);
    for (const char c : path) {
        constexpr std::string_view kNamed = "\a\b\t\n\v\f\r\"\\", kNames = "abtnvfr\"\\";
        const auto byte = static_cast<unsigned char>(c);
        if (is_plain(c)) {
            quoted += c;
        } else if (const auto at = kNamed.find(c); at != kNamed.npos) {
            quoted.append("\\").append(1, kNames[at]);
        } else {
            quoted.append("\\").append(1, static_cast<char>('0' + (byte >> 6)));
            quoted.append(1, static_cast<char>('0' + ((byte >> 3) & 7)));
            quoted.append(1, static_cast<char>('0' + (byte & 7)));
        }
    }
    return quoted + "\"";
}

bool has_changed_kind(const FileChange& file) noexcept {
    const bool has_both = !file.old_blob.is_null() && !file.new_blob.is_null();
    return has_both && !are_of_one_kind(file.old_mode, file.new_mode);
}

void append_patch_head(std::string& out, const FileChange& file) {
    const auto old_path = old_path_of(file);
    out.append("diff --git ").append(patch_path("a/", old_path));
    out.append(" ").append(patch_path("b/", file.path)).append("\n");
    if (file.old_blob.is_null()) {
        append_mode(out, "new file mode ", file.new_mode);
    } else if (file.new_blob.is_null()) {
        append_mode(out, "deleted file mode ", file.old_mode);
    } else if (file.old_mode != file.new_mode) {
        append_mode(out, "old mode ", file.old_mode);
        append_mode(out, "new mode ", file.new_mode);
    }
    if (file.change == ChangeType::Renamed || file.change == ChangeType::Copied) {
        const auto verb = file.change == ChangeType::Renamed ? "rename" : "copy";
        out += "similarity index ";
        append_number(out, file.similarity);
        out.append("%\n").append(verb).append(" from ").append(patch_path("", old_path));
        out.append("\n").append(verb).append(" to ").append(patch_path("", file.path));
        out += '\n';
    }
    append_index(out, file);
}

void append_patch(std::string& out, const FileChange& file, std::string_view before,
                  std::string_view after, LineDiff& diff, std::uint32_t context) {
    if (has_changed_kind(file)) {
        auto removed = file, added = file;
        removed.new_blob = added.old_blob = ObjectId::null(file.new_blob.format());
        removed.new_mode = added.old_mode = 0;
        append_patch(out, removed, before, {}, diff, context);
        append_patch(out, added, {}, after, diff, context);
        return;
    }
    append_patch_head(out, file);
    if (file.old_blob == file.new_blob) return;
    const auto old_label = label("a/", old_path_of(file), file.old_blob);
    const auto new_label = label("b/", file.path, file.new_blob);
    if (is_binary(before) || is_binary(after)) return append_differ(out, old_label, new_label);
    diff.compare(before, after);
    append_hunks(out, diff, old_label, new_label, context);
}

void append_binary_patch(std::string& out, const FileChange& file) {
    append_patch_head(out, file);
    append_differ(out, label("a/", old_path_of(file), file.old_blob),
                  label("b/", file.path, file.new_blob));
}

}  // namespace forgehouse::git
