// Branch restrictions of a repository: what pushes and merges must keep to. They are kept here;
// whoever takes a push or a merge asks check_branch().
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

/// What somebody is about to do with a branch.
enum class BranchAct : std::uint8_t { Push, Force, Delete, Merge };
/// Whether the restrictions let the actor do that. Errors: Denied, with fields `restriction`, its
/// number, and `kind`, and a hint; those of Metadb.
Result<void> check_branch(const Deps& deps, const exec::Context& ctx, const RepoWrite& repository,
                          std::string_view branch, BranchAct act);

}  // namespace forgehouse::forge
