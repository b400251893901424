#include "api/rest_v2/source_listing.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/rest_v2/common.h"
#include "api/rest_v2/filter.h"
#include "api/rest_v2/sort.h"

namespace forgehouse::api::rest_v2 {
namespace {

using git::SnapshotEntry;

constexpr std::int64_t kDeepest = 1000;
constexpr std::uint32_t kSymlink = 0120000, kExecutable = 0100755;

constexpr QueryField kFields[]{
    {.name = "path"},
    {.name = "type"},
    {.name = "size", .kind = FieldKind::Integer},
    {.name = "attributes"},
};

std::string_view attribute_of(std::uint32_t mode) {
    return mode == kSymlink              ? "link"
           : mode == git::kSubmoduleMode ? "subrepository"
           : mode == kExecutable         ? "executable"
                                         : "";
}

std::string_view type_of(const SnapshotEntry& entry) {
    return entry.mode == git::kFolderMode ? "commit_directory" : "commit_file";
}

FieldValue value_of(const SnapshotEntry& entry, std::string_view field) {
    if (field == "path") return entry.path;
    if (field == "type") return std::string(type_of(entry));
    if (field == "attributes") return std::string(attribute_of(entry.mode));
    if (!entry.bytes) return FieldValue();
    return static_cast<std::int64_t>(*entry.bytes);
}

struct Asked {
    PageRequest page;
    Filter filter;
    std::optional<Sort> sort;
    git::ListRequest list;
};

Result<Asked> asked_in(const Call& call, const std::string& path) {
    Asked asked;
    TRY_LET(page, parse_page(call.query()));
    TRY(check_cursor(page, "", 0));
    asked.page = std::move(page);
    TRY_LET(filter_text, call.query().one("q"));
    TRY_LET(filter, Filter::parse(filter_text.value_or(""), kFields));
    asked.filter = std::move(filter);
    TRY_LET(sort_text, call.query().one("sort"));
    if (sort_text && !sort_text->empty()) {
        TRY_LET(sort, Sort::parse(*sort_text, kFields));
        asked.sort = sort;
    }
    TRY_LET(depth, call.query().number("max_depth", 1, kDeepest));
    asked.list = {.path = path,
                  .most_depth = static_cast<unsigned>(depth.value_or(1)),
                  .with_folders = true,
                  .with_sizes = true};
    return asked;
}

/// The entries that match: all of them where they are to be sorted, else up to one behind the page.
Result<std::vector<SnapshotEntry>> entries_of(Call& call, const OpenRepository& in,
                                              const git::ObjectId& commit, const Asked& asked) {
    const auto enough = asked.page.offset() + asked.page.length + 1;
    std::vector<SnapshotEntry> found;
    bool has_enough = false;
    const auto listed =
        in.git->list(call.ctx(), commit, asked.list, [&](SnapshotEntry&& entry) -> Result<void> {
            if (!asked.filter.matches(
                    [&](const QueryField& field) { return value_of(entry, field.name); }))
                return {};
            found.push_back(std::move(entry));
            has_enough = !asked.sort && std::ssize(found) == enough;
            if (has_enough) return Failure(Error(Errc::Cancelled, "the page is full"));
            return {};
        });
    if (!listed && !has_enough) return Failure(listed.error());
    if (asked.sort)
        std::ranges::sort(found, [&](const SnapshotEntry& one, const SnapshotEntry& other) {
            const FieldValue a = value_of(one, asked.sort->field().name);
            const FieldValue b = value_of(other, asked.sort->field().name);
            return a == b ? one.path < other.path : asked.sort->before(a, b);
        });
    return found;
}

}  // namespace

void attributes(json::Writer& out, std::uint32_t mode, bool is_binary) {
    out.array();
    if (const std::string_view one = attribute_of(mode); !one.empty()) out.text(one);
    if (is_binary) out.text("binary");
    out.end();
}

void tree_entry(json::Writer& out, const Call& call, const OpenRepository& in,
                const git::ObjectId& commit, const SnapshotEntry& entry, bool is_binary) {
    const bool is_folder = entry.mode == git::kFolderMode;
    const std::string in_path = path_in_address(entry.path);
    const std::string address = fmt::format("{}/src/{}/{}{}", in.api_address(call), commit.hex(),
                                            in_path, is_folder && !entry.path.empty() ? "/" : "");
    out.object();
    out.name("type").text(type_of(entry));
    out.name("path").text(entry.path);
    if (!is_folder) {
        out.name("escaped_path").text(in_path);
        out.name("attributes");
        attributes(out, entry.mode, is_binary);
        out.name("size");
        if (entry.bytes)
            out.count(*entry.bytes);
        else
            out.null();
    }
    out.name("commit");
    commit_condensed(out, call, in, commit);
    out.name("links").object();
    link(out, "self", address);
    link(out, "meta", address + "?format=meta");
    if (!is_folder)
        link(out, "history",
             fmt::format("{}/filehistory/{}/{}", in.api_address(call), commit.hex(), in_path));
    out.end().end();
}

Result<Answer> list_folder(Call& call, const OpenRepository& in, const git::ObjectId& commit,
                           const std::string& path) {
    TRY_LET(asked, asked_in(call, path));
    TRY_LET(found, entries_of(call, in, commit, asked));
    const auto from = std::min(asked.page.offset(), std::ssize(found));
    const auto to = std::min(from + asked.page.length, std::ssize(found));
    json::Writer out;
    out.array();
    for (auto i = from; i < to; ++i)
        tree_entry(out, call, in, commit, found[static_cast<std::size_t>(i)]);
    out.end();
    PageEnvelope envelope =
        numbered_page(asked_address(call), call.query(), asked.page, std::ssize(found));
    // How many there are is not known before the last page has been read.
    if (!asked.sort && to < std::ssize(found)) envelope.size.reset();
    return Answer::json(envelope.json(out.take()));
}

}  // namespace forgehouse::api::rest_v2
