// The branching model of a repository or a project: which branches are what.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "forge/deps.h"
#include "forge/permission.h"

namespace forgehouse::forge {

inline constexpr std::array<std::string_view, 4> kBranchTypes{"feature", "bugfix", "release",
                                                              "hotfix"};

struct BranchingModel {
    struct Branch {
        bool use_mainbranch = true;
        std::optional<std::string> name = {};
        bool is_enabled = true;  ///< production only: it need not be there
    };
    struct Type {
        std::string kind;  ///< one of kBranchTypes
        std::string prefix;
        bool is_enabled = true;
    };
    Branch development = {};
    std::optional<Branch> production = {};
    std::vector<Type> types = {};  ///< each kind once
    bool is_default = true;        ///< nobody has set it
};

/// The branch that one of a model is in a repository; "" for none.
std::string branch_of(const BranchingModel::Branch& branch, const Repository& repository);
/// Whether a branch is of that type, or the development or the production branch.
bool is_of_type(const BranchingModel& model, const Repository& repository, std::string_view type,
                std::string_view branch);

/// That of the repository, or of its project, or the usual one.
struct EffectiveModel {
    BranchingModel model;
    bool is_of_project = false;
};

/// Errors of all: those of Metadb; Corrupt for a stored one that cannot be read.
Result<EffectiveModel> branching_model(const Deps& deps, const exec::Context& ctx,
                                       const RepoRead& repository);
Result<BranchingModel> branching_model(const Deps& deps, const exec::Context& ctx,
                                       const ProjectRead& project);
/// Errors: Invalid, with field `field`: prefixes of types that are enabled begin names of branches,
/// and none of them begins another one.
Result<void> set_branching_model(Deps& deps, const exec::Context& ctx, const RepoAdmin& repository,
                                 const BranchingModel& model);
Result<void> set_branching_model(Deps& deps, const exec::Context& ctx, const ProjectAdmin& project,
                                 const BranchingModel& model);
/// From now on the repository has that of its project.
Result<void> inherit_branching_model(Deps& deps, const exec::Context& ctx,
                                     const RepoAdmin& repository);

}  // namespace forgehouse::forge
