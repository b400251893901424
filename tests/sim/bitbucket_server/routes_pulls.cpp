#include <algorithm>

#include "base/text.h"
#include "sim/bitbucket_server/bitbucket.h"

namespace forgehouse::sim::bitbucket_server {
namespace {

struct Listed {
    const Repository* in;
    const PullRequest* pull;
};

bool has_state(const PullRequest& pull, std::string_view wanted) {
    constexpr std::string_view states[] = {"OPEN", "MERGED", "DECLINED"};
    return text::lower_ascii(wanted) == "all" ||
           text::lower_ascii(states[static_cast<std::size_t>(pull.state)]) ==
               text::lower_ascii(wanted);
}

std::vector<Listed> listed(const Call& call, const Repository& at) {
    const std::string_view state = call.asked.value("state", "OPEN");
    const auto index = static_cast<Index>(&at - call.organisation.repositories.data());
    const bool outgoing = call.asked.value("direction", "INCOMING") == "OUTGOING";
    std::vector<Listed> out;
    for (const Repository& in : call.organisation.repositories) {
        if (in.is_deleted || (!outgoing && &in != &at)) continue;
        // Who reads the source sees its pull requests, wherever they go.
        if (!outgoing && !may_see(call, call.organisation.projects[in.project])) continue;
        for (const PullRequest& pull : in.pulls)
            if (!pull.is_deleted && has_state(pull, state) &&
                (!outgoing || pull.from_repository == index))
                out.push_back({.in = &in, .pull = &pull});
    }
    // NEWEST by the last update, as far as recordings show.
    const bool oldest = call.asked.value("order", "NEWEST") == "OLDEST";
    std::ranges::sort(out, [&](const Listed& a, const Listed& b) {
        const auto key = [](const Listed& l) { return std::pair(l.pull->updated, l.pull->number); };
        return oldest ? key(a) < key(b) : key(b) < key(a);
    });
    return out;
}

Answer list_activities(const Call& call, const Repository& at, const PullRequest& pull) {
    const std::size_t size = pull.activities.size();
    return {.body = page(call.order, size, [&](json::Writer& out, std::size_t n) {
                call.render.activity(out, at, pull, pull.activities[size - 1 - n]);
            })};
}

}  // namespace

Answer pull_requests(const Call& call, const Repository& at, std::size_t depth) {
    if (call.part(depth).empty()) {
        const std::vector<Listed> list = listed(call, at);
        return {.body = page(call.order, list.size(), [&](json::Writer& out, std::size_t n) {
                    call.render.pull_request(out, *list[n].in, *list[n].pull);
                })};
    }
    const auto number = text::to_int(call.part(depth)).value_or(0);
    const bool there = number > 0 && static_cast<std::size_t>(number) <= at.pulls.size() &&
                       !at.pulls[static_cast<std::size_t>(number) - 1].is_deleted;
    if (!there)
        return error(404,
                     fmt::format("Pull request {} does not exist in '{}/{}'.", call.part(depth),
                                 call.organisation.projects[at.project].key, at.slug),
                     "pull.NoSuchPullRequestException");
    const PullRequest& pull = at.pulls[static_cast<std::size_t>(number) - 1];
    const std::string_view what = call.part(depth + 1);
    if (what.empty()) {
        json::Writer out;
        call.render.pull_request(out, at, pull);
        return {.body = out.take()};
    }
    if (what == "activities") return list_activities(call, at, pull);
    if (what == "commits") {
        const auto hashes =
            call.store.range(call.ctx, at, call.organisation.commit(at, pull.from_commit).hash,
                             call.organisation.commit(at, pull.to_commit).hash);
        if (!hashes) return error(500, hashes.error().describe(), "server.GitException");
        return list_hashes(call, at, *hashes);
    }
    return no_such("Resource", call.asked.path, "NoSuchResourceException");
}

}  // namespace forgehouse::sim::bitbucket_server
