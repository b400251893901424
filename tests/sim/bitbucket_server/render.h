// Render: the organisation in the words of Bitbucket Server's REST API. Knows one thing at a time;
// pages are `routes.cpp`'s.
#pragma once

#include <string>

#include "base/json.h"
#include "sim/core/model.h"
#include "sim/core/settings.h"

namespace forgehouse::sim::bitbucket_server {

class Render {
public:
    Render(const Organisation& organisation, const Settings& settings, std::string base_url)
        : organisation_(organisation), settings_(settings), base_(std::move(base_url)) {}

    void user(json::Writer& out, Index person, bool with_links = true) const;
    void project(json::Writer& out, const Project& project) const;
    void repository(json::Writer& out, const Repository& repository, bool with_origin = true) const;
    /// `in`: the repository that it is to go into.
    void pull_request(json::Writer& out, const Repository& in, const PullRequest& pull) const;
    void activity(json::Writer& out, const Repository& in, const PullRequest& pull,
                  const Activity& activity) const;
    void comment(json::Writer& out, const Repository& in, const Comment& comment) const;
    void commit(json::Writer& out, const Repository& in, Index commit) const;
    void minimal_commit(json::Writer& out, const std::string& hash) const;
    void branch(json::Writer& out, const Repository& in, const std::string& name) const;
    void tag(json::Writer& out, const Repository& in, const std::string& name) const;
    void build(json::Writer& out, const Build& build) const;
    /// `{"components":[…],"parent":…,"name":…,"extension":…,"toString":…}`.
    static void path(json::Writer& out, const std::string& path);

    std::size_t diff_cap() const noexcept { return settings_.diff_cap; }
    /// The address of a person's page, and so on.
    std::string user_page(const Person& person) const;
    std::string project_page(const Project& project) const;
    std::string repository_page(const Repository& repository) const;
    std::string pull_page(const Repository& in, const PullRequest& pull) const;

private:
    void time(json::Writer& out, Time time) const;
    void ref(json::Writer& out, const Repository& in, const std::string& branch,
             Index commit) const;
    void participant(json::Writer& out, const Reviewer& who, std::string_view role) const;
    void counts(json::Writer& out, const PullRequest& pull) const;
    void signature(json::Writer& out, const Signature& who) const;
    void task(json::Writer& out, const Comment& task) const;
    void anchor(json::Writer& out, const Repository& in, const Anchor& anchor) const;
    void commits(json::Writer& out, const Repository& in, const std::vector<Index>& list) const;

    const Organisation& organisation_;
    const Settings& settings_;
    std::string base_;
};

/// Comments that are no tasks, open tasks, resolved tasks.
struct CommentCounts {
    std::size_t comments = 0;
    std::size_t open_tasks = 0;
    std::size_t resolved_tasks = 0;
};
CommentCounts count_comments(const PullRequest& pull);

}  // namespace forgehouse::sim::bitbucket_server
