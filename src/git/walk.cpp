#include "git/walk.h"

#include <algorithm>

#include "base/text.h"
#include "git/frontier.h"
#include "git/repository.h"
#include "git/rev_list_line.h"
#include "git/stream.h"

namespace forgehouse::git {
namespace {

/// The refs that lead to commits, best name first.
std::vector<const Ref*> by_rank(const Refs& refs) {
    std::vector<const Ref*> ranked;
    for (const auto* list : {&refs.refs, &refs.detached_heads})
        for (const auto& ref : *list)
            if (ref.is_commit()) ranked.push_back(&ref);
    const auto best = refs.default_branch();
    std::ranges::sort(ranked, {}, [best](const Ref* ref) {
        const bool is_default = !best.empty() && ref->name == best;
        return std::tuple(!is_default, ref->kind, std::string_view(ref->name));
    });
    return ranked;
}

Result<void> all_there(const Repository& repository, const Refs& refs) {
    for (const auto* list : {&refs.refs, &refs.detached_heads})
        for (const auto& ref : *list)
            if (ref.peeled_type == ObjectType::Missing)
                return Failure(
                    Error(Errc::Corrupt, "a ref points at an object that is not there")
                        .with("ref", text::printable(text::replace_invalid_utf8(ref.name)))
                        .with("object", ref.peeled.hex())
                        .with("repository", repository.location().common_dir)
                        .hint("Run `git fsck` there: fetch it again or restore a backup; delete "
                              "the ref only if it alone is at fault."));
    return {};
}

}  // namespace

struct Walk::State {
    const Repository* repository = nullptr;
    std::vector<std::string> branches;
    bool has_default = false;
    Frontier frontier;
    std::optional<Stream> stream;  ///< none once the walk has ended
};

Walk::Walk(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
Walk::Walk(Walk&&) noexcept = default;
Walk& Walk::operator=(Walk&&) noexcept = default;
Walk::~Walk() = default;

const std::vector<std::string>& Walk::branches() const noexcept {
    return state_->branches;
}

Result<Walk> Walk::start(const exec::Context& ctx, const Repository& repository, const Refs& refs) {
    TRY(ctx.check());
    TRY(all_there(repository, refs));
    auto state = std::make_unique<State>();
    state->repository = &repository;
    state->has_default = !refs.default_branch().empty();
    std::string tips;
    for (const auto* ref : by_rank(refs)) {
        state->frontier.lower(ref->peeled, static_cast<std::uint32_t>(state->branches.size()));
        state->branches.emplace_back(short_name(ref->name));
        tips.append(ref->peeled.hex()).append("\n");
    }
    if (tips.empty()) return Walk(std::move(state));
    auto command = repository.command(commands::kRevList);
    command.input = true;
    TRY_LET(process, exec::Process::spawn(std::move(command)));
    process.feed(tips);
    process.finish_input();
    state->stream.emplace(std::move(process));
    return Walk(std::move(state));
}

Result<std::optional<WalkedCommit>> Walk::next(const exec::Context& ctx) {
    if (!state_->stream) return std::nullopt;
    auto& stream = *state_->stream;
    TRY_LET(line, stream.until(ctx, '\n'));
    if (!line) {
        TRY_LET(exit, stream.process().finish(ctx));
        const auto said = stream.process().error_text();
        state_->stream.reset();
        if (!exit.ok()) return Failure(state_->repository->failure(commands::kRevList, exit, said));
        return std::nullopt;
    }
    WalkedCommit commit;
    const bool is_sound = parse_rev_list_line(*line, commit);
    const auto rank = is_sound ? state_->frontier.take(commit.id) : std::nullopt;
    if (!rank)
        return Failure(Error(Errc::Corrupt, "git walks in an unknown form")
                           .with("line", text::json_quoted(line->substr(0, 200)))
                           .with("repository", state_->repository->location().common_dir)
                           .hint("Run `git fsck` there; a broken commit graph is rewritten by "
                                 "`git commit-graph write --reachable`."));
    for (const auto& parent : commit.parents) state_->frontier.lower(parent, *rank);
    commit.branch = *rank;
    commit.is_in_default_branch = state_->has_default && *rank == 0;
    return commit;
}

bool parse_rev_list_line(std::string_view line, WalkedCommit& out) {
    out.parents.clear();
    bool is_first = true;
    for (const auto part : text::split(line, ' ')) {
        const auto id = ObjectId::from_hex(part);
        if (!id) return false;
        if (is_first)
            out.id = *id;
        else
            out.parents.push_back(*id);
        is_first = false;
    }
    return !is_first;
}

}  // namespace forgehouse::git
