#include "sim/bitbucket_server/render_diff.h"

#include <algorithm>

#include "base/text.h"
#include "sim/bitbucket_server/render.h"

namespace forgehouse::sim::bitbucket_server {
namespace {

// Reads git's patch line by line and writes the product's tree of files, hunks and segments.
class DiffWriter {
public:
    explicit DiffWriter(std::size_t cap) : cap_(cap) {}

    void line(std::string_view text) {
        if (text.starts_with("diff --git ")) {
            close_file();
            in_file_ = true;
            in_hunk_ = false;
            return;
        }
        if (in_hunk_ && !text.starts_with("@@")) return body(text);
        if (text.starts_with("--- ")) source_ = path_of(text.substr(4));
        if (text.starts_with("+++ ")) destination_ = path_of(text.substr(4));
        if (text.starts_with("rename from ")) source_ = text.substr(12);
        if (text.starts_with("rename to ")) destination_ = text.substr(10);
        if (text.starts_with("Binary files ")) binary(text);
        if (text.starts_with("@@ ")) hunk(text);
    }

    std::string finish(const std::string& hash) {
        close_file();
        json::Writer out;
        out.object().name("fromHash").null().name("toHash").text(hash);
        out.name("contextLines").integer(10).name("whitespace").text("SHOW");
        out.name("diffs").raw("[" + files_ + "]").name("truncated").flag(cut_anywhere_);
        return out.end().take();
    }

private:
    static std::string path_of(std::string_view text) {
        if (text == "/dev/null") return {};
        if (text.ends_with('\t')) text.remove_suffix(1);  // git ends names with blanks so
        return std::string(text.substr(2));
    }

    void binary(std::string_view text) {
        is_binary_ = true;
        text.remove_prefix(std::string_view("Binary files ").size());
        const auto between = text.find(" and ");
        source_ = path_of(text.substr(0, between));
        std::string_view rest = text.substr(between + 5);
        destination_ = path_of(rest.substr(0, rest.rfind(" differ")));
    }

    // `@@ -1,2 +3,4 @@ context`
    void hunk(std::string_view text) {
        close_hunk();
        const auto words = text::split(text, ' ');
        const auto span = [](std::string_view range) {
            const auto comma = range.find(',');
            const std::int64_t first = text::to_int(range.substr(1, comma - 1)).value_or(0);
            const std::int64_t count = comma == std::string_view::npos
                                           ? 1
                                           : text::to_int(range.substr(comma + 1)).value_or(0);
            return std::pair(first, count);
        };
        std::tie(source_line_, source_span_) = span(words[1]);
        std::tie(destination_line_, destination_span_) = span(words[2]);
        source_at_ = source_line_;
        destination_at_ = destination_line_;
        in_hunk_ = true;
    }

    void body(std::string_view text) {
        if (text.empty() || text.front() == '\\') return;
        const std::string_view type = text.front() == '+'   ? "ADDED"
                                      : text.front() == '-' ? "REMOVED"
                                                            : "CONTEXT";
        if (++lines_ > cap_) {
            cut_hunk_ = cut_file_ = cut_anywhere_ = true;
            return;
        }
        if (type != type_) {
            close_segment();
            type_ = type;
        }
        json::Writer out;
        out.object().name("source").integer(source_at_).name("destination");
        out.integer(destination_at_).name("line").text(text.substr(1));
        out.name("truncated").flag(false).end();
        segment_ += (segment_.empty() ? "" : ",") + out.take();
        if (type != "ADDED") ++source_at_;
        if (type != "REMOVED") ++destination_at_;
    }

    void close_segment() {
        if (segment_.empty()) return;
        json::Writer out;
        out.object().name("type").text(type_).name("lines").raw("[" + segment_ + "]");
        out.name("truncated").flag(false).end();
        segments_ += (segments_.empty() ? "" : ",") + out.take();
        segment_.clear();
    }

    void close_hunk() {
        close_segment();
        type_ = {};
        if (!in_hunk_) return;
        json::Writer out;
        out.object().name("sourceLine").integer(source_line_).name("sourceSpan");
        out.integer(source_span_).name("destinationLine").integer(destination_line_);
        out.name("destinationSpan").integer(destination_span_).name("segments");
        out.raw("[" + segments_ + "]").name("truncated").flag(cut_hunk_).end();
        hunks_ += (hunks_.empty() ? "" : ",") + out.take();
        segments_.clear();
        in_hunk_ = cut_hunk_ = false;
    }

    void close_file() {
        close_hunk();
        if (!in_file_) return;
        json::Writer out;
        const auto side = [&](std::string_view name, const std::string& path) {
            out.name(name);
            if (path.empty())
                out.null();
            else
                Render::path(out, path);
        };
        out.object();
        side("source", source_);
        side("destination", destination_);
        if (is_binary_)
            out.name("binary").flag(true);
        else
            out.name("hunks").raw("[" + hunks_ + "]");
        out.name("truncated").flag(cut_file_).end();
        files_ += (files_.empty() ? "" : ",") + out.take();
        hunks_.clear();
        source_.clear();
        destination_.clear();
        in_file_ = is_binary_ = cut_file_ = false;
    }

    const std::size_t cap_;
    std::size_t lines_ = 0;
    std::string files_, hunks_, segments_, segment_, source_, destination_;
    std::string_view type_;
    std::int64_t source_line_ = 0, source_span_ = 0, destination_line_ = 0, destination_span_ = 0;
    std::int64_t source_at_ = 0, destination_at_ = 0;
    bool in_file_ = false, in_hunk_ = false, is_binary_ = false;
    bool cut_hunk_ = false, cut_file_ = false, cut_anywhere_ = false;
};

}  // namespace

void change(json::Writer& out, const FileCount& file, const std::string& page) {
    const std::string_view type = file.status == 'A'   ? "ADD"
                                  : file.status == 'D' ? "DELETE"
                                  : file.status == 'R' ? "MOVE"
                                  : file.status == 'C' ? "COPY"
                                                       : "MODIFY";
    out.object().name("contentId").text(file.new_blob).name("fromContentId").text(file.old_blob);
    out.name("path");
    Render::path(out, file.path);
    if (!file.old_path.empty()) {
        out.name("srcPath");
        Render::path(out, file.old_path);
    }
    out.name("executable").flag(false).name("percentUnchanged").integer(-1);
    out.name("type").text(type).name("nodeType").text("FILE").name("srcExecutable").flag(false);
    out.name("links").object().name("self").array().object().name("href");
    out.text(page + "#" + file.path).end().end().end();
    out.name("properties").object().name("gitChangeType").text(type).end().end();
}

std::string diff(std::string_view patch, const std::string& hash, std::size_t cap) {
    DiffWriter writer(cap);
    for (const std::string_view line : text::split(patch, '\n')) writer.line(line);
    return writer.finish(hash);
}

}  // namespace forgehouse::sim::bitbucket_server
