#include "sources/bitbucket_server/source.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/digest.h"
#include "sources/bitbucket_server/client.h"
#include "sources/bitbucket_server/map.h"
#include "sources/bitbucket_server/metadata.h"
#include "sources/bitbucket_server/refusal.h"

namespace forgehouse::sources::bitbucket_server {
namespace {

// What a server has ever been seen to grant.
constexpr std::uint32_t kLargestLimit = 1000;

RowStamp stamp_of(const Page& page, const SourceInfo& info) {
    return {
        .data_source = info.data_source, .collected_at = page.received, .version = page.version};
}

Error&& in_page(Error&& error, const Page& page) {
    return std::move(error).with("target", page.call.target);
}

// What all list readers do: parse once, read the frame, map each value.
struct OpenPage {
    json::Document document;
    wire::Paging paging;
    std::optional<Call> next;
};

Result<OpenPage> open_page(const Page& page) {
    auto document = json::Document::parse(page.body);
    if (!document) return Failure(in_page(std::move(document).error(), page));
    auto paging = wire::parse_paging(document->root());
    if (!paging) return Failure(in_page(std::move(paging).error(), page));
    OpenPage out{.document = std::move(*document), .paging = std::move(*paging), .next = {}};
    if (out.paging.next) out.next = call_from(page.call, *out.paging.next);
    return out;
}

template <class T>
struct Entries {
    std::vector<T> items;
    std::vector<Unreadable> unreadable;
};

template <class T, class Parse, class Map>
Entries<T> map_each(const Page& page, const OpenPage& opened, Parse&& parse, Map&& map) {
    Entries<T> out;
    out.items.reserve(opened.paging.values.size());
    for (std::size_t i = 0; i < opened.paging.values.size(); ++i) {
        auto parsed = parse(opened.paging.values[i]);
        if (parsed)
            out.items.push_back(map(*parsed));
        else
            out.unreadable.push_back(
                {.index = i,
                 .error = in_page(std::move(parsed).error().with("index", std::int64_t(i)), page)});
    }
    return out;
}

// Where one that is missing would make the others wrong.
template <class T, class Parse, class Map>
Result<std::vector<T>> map_all(const Page& page, const OpenPage& opened, Parse&& parse, Map&& map) {
    Entries<T> entries =
        map_each<T>(page, opened, std::forward<Parse>(parse), std::forward<Map>(map));
    if (!entries.unreadable.empty()) return Failure(std::move(entries.unreadable.front().error));
    return std::move(entries.items);
}

// All activities of one pull request. The views point into the documents, which stay where they
// are.
struct Activities {
    std::vector<json::Document> documents;
    std::vector<wire::Activity> all;
};

// A list that grows at its front while it is paged shows the same activity again on a later page:
// that one was read last, and tells of its comments as they are now.
void keep_last_of_each(std::vector<wire::Activity>& all) {
    std::set<std::int64_t> seen;
    std::vector<wire::Activity> kept;
    for (auto it = all.rbegin(); it != all.rend(); ++it)
        if (seen.insert(it->id).second) kept.push_back(std::move(*it));
    if (kept.size() == all.size()) std::ranges::reverse(kept);
    all = std::move(kept);
}

Result<Activities> read_activities(const std::vector<Page>& pages) {
    Activities out;
    out.documents.reserve(pages.size());
    for (const Page& page : pages) {
        TRY_LET(opened, open_page(page));
        TRY_LET(activities, map_all<wire::Activity>(page, opened, wire::parse_activity,
                                                    [](wire::Activity& one) -> wire::Activity&& {
                                                        return std::move(one);
                                                    }));
        std::ranges::move(activities, std::back_inserter(out.all));
        out.documents.push_back(std::move(opened.document));
    }
    if (pages.size() > 1) keep_last_of_each(out.all);
    return out;
}

ListedPullRequest list_item(const wire::ListedItem& item, const Call& call) {
    RepoRef destination = call.repo;
    if (is_outgoing(call) && item.destination) {
        destination.project_key = item.destination->project_key;
        destination.repo_slug = item.destination->slug;
    }
    std::string raw;
    json::print(raw, item.raw);
    const bool elsewhere = destination != call.repo;
    return {.id = item.id,
            .is_open = item.is_open,
            .updated = item.updated,
            .fingerprint = sha256_hex(pull_request_metadata(item.raw)),
            .raw = std::move(raw),
            .source_hash = std::string(item.source_hash),
            .destination_hash = std::string(item.destination_hash),
            .ref = fmt::format("refs/pull-requests/{}/from", item.id),
            .destination = std::move(destination),
            .elsewhere = elsewhere};
}

class BitbucketServer final : public Forge {
public:
    BitbucketServer(SourceInfo info, std::string address, Input access, std::uint32_t limit)
        : info_(std::move(info)),
          address_(std::move(address)),
          access_(std::move(access)),
          limit_(std::clamp<std::uint32_t>(limit, 1, kLargestLimit)) {}

    const SourceInfo& info() const noexcept override { return info_; }
    const std::string& address() const noexcept override { return address_; }

    Result<Call> first(Stream stream, const RepoRef& repo, std::string_view item) const override {
        TRY_LET(call, first_call(stream, repo, item, limit_));
        call.repo.data_source = info_.data_source;
        return call;
    }

    Result<RepoListing> read_repositories(const Page& page) const override {
        TRY_LET(opened, open_page(page));
        const RowStamp stamp = stamp_of(page, info_);
        auto entries = map_each<ListedRepo>(
            page, opened, wire::parse_repository, [&](const wire::Repository& repository) {
                return map_repository(repository, address_, access_, stamp);
            });
        return RepoListing{.repositories = std::move(entries.items),
                           .next = std::move(opened.next),
                           .unreadable = std::move(entries.unreadable)};
    }

    Result<UserListing> read_users(const Page& page) const override {
        TRY_LET(opened, open_page(page));
        const RowStamp stamp = stamp_of(page, info_);
        auto entries = map_each<schema::GitUser>(
            page, opened, wire::parse_user,
            [&](const wire::User& user) { return map_user(user, stamp); });
        return UserListing{.users = std::move(entries.items),
                           .next = std::move(opened.next),
                           .unreadable = std::move(entries.unreadable)};
    }

    Result<PullRequestListing> read_pull_requests(const Page& page) const override {
        if (page.call.stream == Stream::PullRequest) return read_single(page);
        TRY_LET(opened, open_page(page));
        auto entries = map_each<ListedPullRequest>(
            page, opened, wire::parse_listed_item,
            [&](const wire::ListedItem& item) { return list_item(item, page.call); });
        return PullRequestListing{.items = std::move(entries.items),
                                  .next = std::move(opened.next),
                                  .limit = opened.paging.limit,
                                  .unreadable = std::move(entries.unreadable)};
    }

    Result<std::optional<Call>> next_page(const Page& page) const override {
        if (page.call.stream == Stream::PullRequest) return std::optional<Call>();
        if (page.call.stream == Stream::CommitFiles) {
            TRY_LET(listing, read_commit_files(page));
            return std::move(listing.next);
        }
        TRY_LET(opened, open_page(page));
        return std::move(opened.next);
    }

    Result<MergeFacts> merge_facts(const PullRequestPages& pages) const override {
        TRY_LET(document, json::Document::parse(pages.item));
        TRY_LET(item, wire::parse_pull_request(document.root()));
        TRY_LET(activities, read_activities(pages.activities));
        return MergeFacts{.merge_commit = merge_commit_of(item, activities.all)};
    }

    Result<PullRequestRows> map_pull_request(const PullRequestPages& pages,
                                             const RowStamp& stamp) const override {
        TRY_LET(document, json::Document::parse(pages.item));
        TRY_LET(item, wire::parse_pull_request(document.root()));
        TRY_LET(activities, read_activities(pages.activities));
        return bitbucket_server::map_pull_request(item, activities.all, pages.git,
                                                  {.repo = pages.repo, .stamp = stamp});
    }

    Result<StatusListing> read_statuses(const Page& page) const override {
        TRY_LET(opened, open_page(page));
        const RowStamp stamp = stamp_of(page, info_);
        auto entries = map_each<schema::GitCommitStatus>(
            page, opened, wire::parse_build_status, [&](const wire::BuildStatus& status) {
                return map_status(status, page.call.item, {.repo = page.call.repo, .stamp = stamp});
            });
        return StatusListing{.statuses = std::move(entries.items),
                             .next = std::move(opened.next),
                             .unreadable = std::move(entries.unreadable)};
    }

    Result<RefListing> read_refs(const Page& page) const override {
        TRY_LET(opened, open_page(page));
        TRY_LET(entries,
                map_all<RefListing::Entry>(page, opened, wire::parse_ref, [](const wire::Ref& ref) {
                    return RefListing::Entry{.name = std::string(ref.name),
                                             .hash = std::string(ref.hash),
                                             .is_default = ref.is_default,
                                             .tag_object = std::string(ref.tag_object.value_or("")),
                                             .metadata = plain_metadata(ref.raw)};
                }));
        return RefListing{.entries = std::move(entries), .next = std::move(opened.next)};
    }

    Result<CommitListing> read_commits(const Page& page) const override {
        TRY_LET(opened, open_page(page));
        const RowStamp stamp = stamp_of(page, info_);
        TRY_LET(commits, map_all<schema::GitCommit>(
                             page, opened, wire::parse_commit, [&](const wire::Commit& commit) {
                                 return map_commit(commit,
                                                   {.repo = page.call.repo, .stamp = stamp});
                             }));
        return CommitListing{.commits = std::move(commits), .next = std::move(opened.next)};
    }

    Result<FileListing> read_commit_files(const Page& page) const override {
        TRY_LET(document, json::Document::parse(page.body));
        if (document.root().find("values")) return read_changes(page);
        auto diff = wire::parse_diff(document.root());
        if (!diff) return Failure(in_page(std::move(diff).error(), page));
        const RowStamp stamp = stamp_of(page, info_);
        FileListing out{.files = {}, .truncated = diff->truncated, .next = std::nullopt};
        if (diff->truncated) out.next = changes_call(page.call, limit_);
        for (const wire::FileDiff& file : diff->files)
            out.files.push_back(
                map_file(file, page.call.item, {.repo = page.call.repo, .stamp = stamp}));
        return out;
    }

    std::optional<Error> refusal(const Call& call, const ApiAnswer& answer) const override {
        return bitbucket_server::refusal(call, answer, address_);
    }

    Call hello() const override { return hello_call(info_.data_source); }
    Result<std::string> read_hello(const Page& page) const override {
        return bitbucket_server::read_hello(page.body);
    }

private:
    // What follows a difference that was cut: all files, without lines.
    Result<FileListing> read_changes(const Page& page) const {
        TRY_LET(opened, open_page(page));
        const RowStamp stamp = stamp_of(page, info_);
        FileListing out{.files = {}, .truncated = false, .next = std::move(opened.next)};
        TRY_LET(changes, map_all<wire::Change>(
                             page, opened, wire::parse_change,
                             [](wire::Change& one) -> wire::Change&& { return std::move(one); }));
        for (const wire::Change& change : changes) {
            auto row = map_change(change, page.call.item, {.repo = page.call.repo, .stamp = stamp});
            if (!row) return Failure(in_page(std::move(row).error(), page));
            out.files.push_back(std::move(*row));
        }
        return out;
    }

    Result<PullRequestListing> read_single(const Page& page) const {
        TRY_LET(document, json::Document::parse(page.body));
        auto item = wire::parse_listed_item(document.root());
        if (!item) return Failure(in_page(std::move(item).error(), page));
        PullRequestListing out;
        out.items.push_back(list_item(*item, page.call));
        return out;
    }

    const SourceInfo info_;
    const std::string address_;
    const Input access_;
    const std::uint32_t limit_;
};

}  // namespace

Result<std::unique_ptr<Forge>> make(SourceOptions options) {
    if (options.inputs.size() != 1)
        return Failure(Error(Errc::Invalid, "a Bitbucket Server source needs one address")
                           .with("given", std::int64_t(options.inputs.size()))
                           .hint("Give the address of its start page."));
    Input access = std::move(options.inputs.front());
    TRY_LET(address, checked_address(access.text));
    return std::make_unique<BitbucketServer>(
        SourceInfo{.kind = "bitbucket_server", .data_source = std::move(options.data_source)},
        std::move(address), std::move(access), options.page_limit);
}

}  // namespace forgehouse::sources::bitbucket_server
