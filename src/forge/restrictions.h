// Branch restrictions and the branching model of a repository: what pushes and merges must keep to.
// They are kept here; whoever takes a push or a merge asks allows().
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "forge/deps.h"
#include "forge/listing.h"
#include "forge/permission.h"

namespace forgehouse::forge {

/// A kind of restriction, and what it says with it.
struct RestrictionKind {
    Literal name;
    bool has_value;     ///< a number: of approvals, builds, …
    bool has_subjects;  ///< users and groups who are excepted
};
std::span<const RestrictionKind> restriction_kinds() noexcept;

struct Restriction {
    std::int64_t id = 0;  ///< counts per repository
    std::string kind = {};
    std::string match_kind = {};   ///< glob, branching_model
    std::string branch_type = {};  ///< feature, bugfix, release, hotfix, development, production
    std::string pattern = {};      ///< a glob
    std::optional<std::int64_t> value = {};
    std::vector<UserId> users = {};
    std::vector<GroupId> groups = {};
};

/// Errors of all: those of Metadb; NotFound, with field `restriction`; Invalid, with field `field`;
/// Conflict where the same kind is there for the same branches.
Result<Restriction> create_restriction(Deps& deps, const exec::Context& ctx, const RepoAdmin& proof,
                                       const Restriction& given);
Result<Restriction> change_restriction(Deps& deps, const exec::Context& ctx, const RepoAdmin& proof,
                                       const Restriction& changed);
Result<void> delete_restriction(Deps& deps, const exec::Context& ctx, const RepoAdmin& proof,
                                std::int64_t id);
Result<Restriction> find_restriction(const Deps& deps, const exec::Context& ctx,
                                     const RepoAdmin& proof, std::int64_t id);
/// `kind` and `pattern`: only those; "" all.
Result<std::vector<Restriction>> restrictions_of(const Deps& deps, const exec::Context& ctx,
                                                 const RepoAdmin& proof, std::string_view kind,
                                                 std::string_view pattern, const Listing& listing);

/// The branching model: which branches are what.
struct BranchingModel {
    struct Branch {
        bool use_mainbranch = true;
        std::optional<std::string> name;
        bool is_enabled = true;  ///< production only: it need not be there
    };
    struct Type {
        std::string kind;  ///< feature, bugfix, release, hotfix
        std::string prefix;
        bool is_enabled = true;
    };
    Branch development;
    std::optional<Branch> production;
    std::vector<Type> types;
    bool is_default = true;  ///< nobody has set it
};

/// That of the repository, or of its project, or the usual one.
struct EffectiveModel {
    BranchingModel model;
    bool is_of_project = false;
};
Result<EffectiveModel> branching_model(const Deps& deps, const exec::Context& ctx,
                                       const RepoRead& repository);
Result<BranchingModel> branching_model(const Deps& deps, const exec::Context& ctx,
                                       const ProjectRead& project);
/// Errors: Invalid, with field `field`.
Result<void> set_branching_model(Deps& deps, const exec::Context& ctx, const RepoAdmin& repository,
                                 const BranchingModel& model);
Result<void> set_branching_model(Deps& deps, const exec::Context& ctx, const ProjectAdmin& project,
                                 const BranchingModel& model);

/// What somebody is about to do with a branch.
enum class BranchAct : std::uint8_t { Push, Force, Delete, Merge };
/// Whether the restrictions let the actor do that. Errors: Denied, with fields `restriction`, its
/// number, and `kind`, and a hint; those of Metadb.
Result<void> check_branch(const Deps& deps, const exec::Context& ctx, const RepoWrite& repository,
                          std::string_view branch, BranchAct act);

}  // namespace forgehouse::forge
