// Renames: people who are shown otherwise than when pull requests were read. No list of pull
// requests tells of it, so the readings of those that name them are forgotten, and this run reads
// them again.
#pragma once

#include <set>
#include <span>
#include <string>

#include "ports/objects.h"
#include "ports/warehouse.h"
#include "schema/git_users.h"

namespace forgehouse::collect {

/// What is searched for: ids, and texts that objects about these people hold.
struct ShownOtherwise {
    std::set<std::string> uuids;
    std::set<std::string> texts;  ///< JSON texts: quoted logins and addresses, old and new

    void add(std::string_view uuid, std::string_view login, std::string_view email);
    bool empty() const noexcept { return uuids.empty(); }
};

/// Holds the users that are listed now, and the ids of those that are not any more, against what is
/// stored of them. Who is not stored yet is named nowhere. Errors: the warehouse's.
Result<ShownOtherwise> shown_otherwise(exec::Context& ctx, ports::Warehouse& warehouse,
                                       const std::string& data_source,
                                       std::span<const schema::GitUser> listed,
                                       const std::set<std::string>& gone);

/// Makes the ledgers forget what the stored pull requests that name these people looked like.
/// Returns how many. Safe to repeat; to be done before the new names are stored, since these end
/// the difference. Errors: the warehouse's; those of the ledgers.
Result<std::uint64_t> forget_readings(exec::Context& ctx, ports::Warehouse& warehouse,
                                      ports::Objects& checkpoints, const std::string& data_source,
                                      const ShownOtherwise& people);

}  // namespace forgehouse::collect
