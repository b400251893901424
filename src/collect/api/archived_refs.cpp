#include "collect/api/archived_refs.h"

#include "base/json.h"

namespace forgehouse::collect {

void append_history_line(std::string& lines, const ArchivedHistory& history,
                         const sources::RowStamp& stamp, const sources::RepoRef& repo,
                         std::string_view run_id) {
    json::Writer out;
    out.object().name("over_api").flag(history.over_api).name("pull_requests").object();
    for (const auto& [ref, hash] : history.pull_requests) out.name(ref).text(hash);
    append_line(
        lines, kHistory,
        {.call = {.stream = sources::Stream::Commits, .repo = repo, .item = {}, .target = {}},
         .body = out.end().end().take(),
         .received = stamp.collected_at,
         .version = stamp.version},
        run_id);
}

Result<ArchivedHistory> read_history_line(std::string_view body) {
    TRY_LET(document, json::Document::parse(body));
    TRY_LET(way, document.root().at("over_api"));
    TRY_LET(over_api, way.flag());
    TRY_LET(heads, document.root().at("pull_requests"));
    TRY_LET(members, heads.members());
    ArchivedHistory out{.over_api = over_api};
    for (const auto& [ref, value] : members) {
        TRY_LET(hash, value.text());
        out.pull_requests.emplace(ref, hash);
    }
    return out;
}

}  // namespace forgehouse::collect
