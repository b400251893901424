// Bitbucket: the dialect of Bitbucket Server and Data Center, REST 1.0 and git over HTTP.
#pragma once

#include <memory>
#include <string>

#include "sim/bitbucket_server/pages.h"
#include "sim/bitbucket_server/render.h"
#include "sim/core/dialect.h"
#include "sim/core/world.h"

namespace forgehouse::sim::bitbucket_server {

inline constexpr std::string_view kAdminToken = "sim-admin";
inline constexpr std::string_view kExpiredToken = "sim-expired";

class Bitbucket final : public Dialect {
public:
    /// `base_url` without a slash at its end. The world must outlive it.
    Bitbucket(World& world, std::string base_url) : world_(world), base_url_(std::move(base_url)) {}

    std::string kind_of(const Asked& asked) const override;
    std::variant<Viewer, Answer> let_in(const Asked& asked, bool is_expired) const override;
    Answer answer(const exec::Context& ctx, const Asked& asked, Viewer viewer,
                  const Plan& plan) const override;
    Answer failure(unsigned status) const override;
    std::optional<std::variant<GitPlace, Answer>> git_place(const Asked& asked,
                                                            Viewer viewer) const override;
    void drift(const exec::Context& ctx, const Asked& asked) override;
    Result<Manifest> manifest(const exec::Context& ctx) const override;

private:
    World& world_;
    const std::string base_url_;
};

/// What all endpoints get.
struct Call {
    const exec::Context& ctx;
    const Asked& asked;
    Viewer viewer;
    PageOrder order;
    const Organisation& organisation;
    const GitStore& store;
    const Render& render;

    /// The n-th part of the path; "" beyond its end.
    std::string_view part(std::size_t n) const {
        return n < asked.parts.size() ? std::string_view(asked.parts[n]) : std::string_view();
    }
};

Answer error(unsigned status, std::string_view message, std::string_view exception);
Answer no_such(std::string_view what, std::string_view name, std::string_view exception);
Answer not_permitted();

bool may_see(const Call& call, const Project& project);
const Project* find_project(const Organisation& organisation, std::string_view key);
const Repository* find_repository(const Organisation& organisation, std::string_view key,
                                  std::string_view slug);

// `routes_lists.cpp`
Answer list_users(const Call& call);
Answer list_projects(const Call& call);
Answer list_repositories(const Call& call, const Project* project);
Answer list_branches(const Call& call, const Repository& at);
Answer default_branch(const Call& call, const Repository& at);
Answer list_tags(const Call& call, const Repository& at);
// `routes_pulls.cpp`
Answer pull_requests(const Call& call, const Repository& at, std::size_t depth);
// `routes_commits.cpp`
Answer commits(const Call& call, const Repository& at, std::size_t depth);
Answer list_builds(const Call& call, std::string_view commit);
Answer list_hashes(const Call& call, const Repository& at, const std::vector<std::string>& hashes);

}  // namespace forgehouse::sim::bitbucket_server
