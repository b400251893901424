// Commits and their differences, for repositories whose git cannot be reached.
#include "sources/bitbucket_server/fields.h"
#include "sources/bitbucket_server/wire_parts.h"

namespace forgehouse::sources::bitbucket_server::wire {
namespace {

bool is_cut(Fields& fields) {
    return fields.flag("truncated").value_or(false);
}

Result<std::optional<std::string>> parse_side_path(const std::optional<json::Value>& path) {
    if (!path) return std::optional<std::string>();
    TRY_LET(text, parse_path(*path));
    return std::optional(std::move(text));
}

struct Counting {
    FileDiff file;
    bool truncated = false;
};

void count_segment(const json::Value& segment, Counting& counting, Fields& errors) {
    Fields fields(segment, "segment");
    const std::string_view type = fields.need_text("type");
    const auto lines = fields.array("lines");
    counting.truncated |= is_cut(fields);
    for (const json::Value& line : lines) {
        const auto cut = line.find("truncated");
        counting.truncated |= cut && cut->flag() == true;
    }
    if (type == "ADDED") counting.file.added += static_cast<std::uint32_t>(lines.size());
    if (type == "REMOVED") counting.file.removed += static_cast<std::uint32_t>(lines.size());
    if (auto wrong = fields.done(); !wrong) errors.note(std::move(wrong).error());
}

Result<Counting> parse_file(const json::Value& diff) {
    Fields fields(diff, "diff");
    Counting out{.file = {.source = fields.part(parse_side_path(diff.find("source"))),
                          .destination = fields.part(parse_side_path(diff.find("destination"))),
                          .added = 0,
                          .removed = 0,
                          .binary = fields.flag("binary").value_or(false)},
                 .truncated = is_cut(fields)};
    if (!out.file.source && !out.file.destination)
        fields.note(Error(Errc::Corrupt, "a difference names no file"));
    for (const json::Value& hunk : fields.array("hunks")) {
        Fields inner(hunk, "hunk");
        out.truncated |= is_cut(inner);
        for (const json::Value& segment : inner.array("segments"))
            count_segment(segment, out, fields);
        if (auto wrong = inner.done(); !wrong) fields.note(std::move(wrong).error());
    }
    TRY(fields.done());
    return out;
}

}  // namespace

Result<Commit> parse_commit(const json::Value& commit) {
    Fields fields(commit, "commit");
    Commit out{.id = fields.need_text("id"),
               .author = fields.part(parse_optional_user(fields.object("author"))),
               .committer = fields.part(parse_optional_user(fields.object("committer"))),
               .authored = {},
               .committed = {},
               .message = fields.text("message").value_or(""),
               .parents = {},
               .raw = commit};
    const auto authored = fields.time("authorTimestamp");
    const auto committed = fields.time("committerTimestamp");
    if (!authored && !committed) fields.need_time("authorTimestamp");
    out.authored = authored ? *authored : committed.value_or(Time());
    out.committed = committed.value_or(out.authored);
    for (const json::Value& parent : fields.array("parents")) {
        Fields inner(parent, "parent");
        out.parents.push_back(inner.need_text("id"));
        if (auto wrong = inner.done(); !wrong) fields.note(std::move(wrong).error());
    }
    TRY(fields.done());
    return out;
}

Result<Diff> parse_diff(const json::Value& diff) {
    Fields fields(diff, "difference");
    Diff out{.files = {}, .truncated = is_cut(fields)};
    for (const json::Value& item : fields.need_array("diffs")) {
        TRY_LET(file, parse_file(item));
        out.truncated |= file.truncated;
        out.files.push_back(std::move(file.file));
    }
    TRY(fields.done());
    return out;
}

Result<Change> parse_change(const json::Value& change) {
    Fields fields(change, "change");
    auto path = fields.part(parse_side_path(fields.need_object("path")));
    Change out{.path = path.value_or(""),
               .source = fields.part(parse_side_path(change.find("srcPath"))),
               .type = fields.need_text("type")};
    TRY(fields.done());
    return out;
}

}  // namespace forgehouse::sources::bitbucket_server::wire
