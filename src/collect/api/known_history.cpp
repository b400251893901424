#include "collect/api/known_history.h"

#include "collect/amendments.h"
#include "collect/queries.h"
#include "schema/batch_reader.h"

namespace forgehouse::collect {
namespace {

constexpr std::string_view kOfApi = "api+";

}  // namespace

std::string fingerprint_over_api(const git::Refs& refs, const sources::ListedRepo& listed) {
    return std::string(kOfApi) + refs.fingerprint() + '+' + fingerprint_of(listed);
}

bool is_over_api(std::string_view fingerprint) noexcept {
    return fingerprint.starts_with(kOfApi);
}

Result<KnownHistory> KnownHistory::load(exec::Context& ctx, const Deps& deps,
                                        const sources::RepoRef& repo) {
    KnownHistory out;
    TRY(deps.warehouse.read(
        ctx, ports::Query(kStoredHistory, parameters_of(repo)), kStoredHistoryShape,
        [&](const schema::Batch& block) -> Result<void> {
            TRY_LET(rows, schema::BatchReader::open(block));
            std::vector<git::ObjectId> parents;
            for (std::size_t i = 0; i < rows.rows(); ++i) {
                const auto id = git::ObjectId::from_hex(rows["commit_hash"].text(i));
                if (!id) continue;
                parents.clear();
                for (const std::string_view hex : rows["parents"].texts(i))
                    if (const auto parent = git::ObjectId::from_hex(hex))
                        parents.push_back(*parent);
                out.graph.learn(*id, parents);
                out.stored_.emplace(
                    *id, CommitPlace{.branch = out.names_.number_of(rows["branch"].text(i)),
                                     .is_in_default_branch = rows["is_in_default_branch"].flag(i),
                                     .is_reachable = rows["is_reachable"].flag(i)});
            }
            return {};
        }));
    return out;
}

void KnownHistory::head(const git::Refs& refs, const git::Ref& ref) {
    heads_.push_back(names_.number_of(git::short_name(ref.name)));
    const auto number = static_cast<std::uint32_t>(heads_.size());
    if (ref.name == refs.head.branch) default_head_ = number;
    graph.head(number, ref.peeled);
}

HistoryPlace KnownHistory::place(const git::ObjectId& id) const {
    const std::uint32_t head = graph.reached_by(id);
    if (head == 0) return {};
    return {.branch = names_.name(heads_[head - 1]),
            .is_in_default_branch = head == default_head_,
            .is_reachable = true};
}

Result<std::uint64_t> KnownHistory::amend(exec::Context& ctx, ports::Warehouse& warehouse,
                                          const Stamp& stamp, bool all) const {
    Amendments amendments(warehouse, stamp);
    for (const auto& [id, was] : stored_) {
        const HistoryPlace now = place(id);
        if (!now.is_reachable && !all) continue;
        if (names_.name(was.branch) == now.branch &&
            was.is_in_default_branch == now.is_in_default_branch &&
            was.is_reachable == now.is_reachable)
            continue;
        TRY(amendments.add(ctx, id.hex(),
                           {.branch = now.branch,
                            .is_in_default_branch = now.is_in_default_branch,
                            .is_reachable = now.is_reachable}));
    }
    TRY(amendments.flush(ctx));
    return amendments.count();
}

}  // namespace forgehouse::collect
