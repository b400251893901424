#include "collect/api/git_facts.h"

#include "collect/queries.h"
#include "git/ranges.h"
#include "schema/batch_reader.h"

namespace forgehouse::collect {
namespace {

using TicketKeys = std::unordered_map<git::ObjectId, std::vector<std::string>>;

// Of all commits that name a ticket; the others, nearly all of them, take no memory.
Result<TicketKeys> keys_of_commits(exec::Context& ctx, ports::Warehouse& warehouse,
                                   const sources::RepoRef& repo, const TicketFinder& tickets) {
    TicketKeys keys;
    TRY(warehouse.read(ctx, ports::Query(kTicketMessages, parameters_of(repo)),
                       kTicketMessagesShape, [&](const schema::Batch& block) -> Result<void> {
                           TRY_LET(rows, schema::BatchReader::open(block));
                           const auto& hash = rows["commit_hash"];
                           const auto& message = rows["message"];
                           for (std::size_t i = 0; i < rows.rows(); ++i)
                               if (const auto id = git::ObjectId::from_hex(hash.text(i)))
                                   keys[*id] = tickets.find(message.text(i));
                           return {};
                       }));
    return keys;
}

class Mirrored {
public:
    Mirrored(KeptRepository kept, TicketKeys keys)
        : kept_(std::move(kept)), keys_(std::move(keys)) {}

    Result<void> load(const exec::Context& ctx) {
        TRY_LET(ranges, git::Ranges::open(ctx, kept_.open.repository, kept_.refs));
        ranges_.emplace(std::move(ranges));
        return {};
    }

    Result<PullRequestFacts> ask(exec::Context& ctx, const sources::ListedPullRequest& item,
                                 const sources::MergeFacts& merge) const {
        const auto source = git::ObjectId::from_hex(item.source_hash);
        const auto destination = git::ObjectId::from_hex(item.destination_hash);
        if (!source || !destination) return PullRequestFacts{};
        git::RangeRequest request{.destination = *destination, .source = *source};
        if (merge.merge_commit) request.merge_commit = git::ObjectId::from_hex(*merge.merge_commit);
        TRY_LET(range, ranges_->read(ctx, request));
        if (!range || !range->size) return PullRequestFacts{};
        return facts_of(*range);
    }

private:
    PullRequestFacts facts_of(const git::ChangeRange& range) const {
        PullRequestFacts facts;
        sources::PullRequestGit& git = facts.git.emplace();
        git.size = {.files_changed = static_cast<std::uint32_t>(range.size->files_changed),
                    .lines_added = static_cast<std::uint32_t>(range.size->lines_added),
                    .lines_removed = static_cast<std::uint32_t>(range.size->lines_removed)};
        git.commits.reserve(range.commits.size());
        for (const git::ObjectId& id : range.commits) {
            git.commits.push_back(id.hex());
            const auto found = keys_.find(id);
            if (found == keys_.end()) continue;
            for (const std::string& key : found->second)
                if (std::ranges::find(facts.tickets, key) == facts.tickets.end())
                    facts.tickets.push_back(key);
        }
        return facts;
    }

    const KeptRepository kept_;
    const TicketKeys keys_;
    std::optional<git::Ranges> ranges_;  // stands on kept_
};

}  // namespace

Result<AskGit> git_facts_of(exec::Context& ctx, const Deps& deps, const sources::RepoRef& repo,
                            KeptRepository kept, const TicketFinder& tickets) {
    TRY_LET(keys, keys_of_commits(ctx, deps.warehouse, repo, tickets));
    const auto mirrored = std::make_shared<Mirrored>(std::move(kept), std::move(keys));
    TRY(mirrored->load(ctx));
    return AskGit([mirrored](exec::Context& asking, const sources::ListedPullRequest& item,
                             const sources::MergeFacts& merge) {
        return mirrored->ask(asking, item, merge);
    });
}

}  // namespace forgehouse::collect
