// Logins: whose account an author's e-mail address is, by the forge's list of users.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "exec/context.h"
#include "ports/warehouse.h"
#include "schema/git_users.h"

namespace forgehouse::collect {

/// Threads: find() from many threads at once, once all users are added.
class Logins {
public:
    /// `noreply_host`: addresses there name the account themselves, as `ID+LOGIN@HOST` or
    /// `LOGIN@HOST` (users.noreply.github.com); empty where the forge gives out none.
    explicit Logins(std::string noreply_host = {});

    /// A user without a login or an address is passed over. Of several with one address the least
    /// login counts, whatever their order.
    void add(const schema::GitUser& user);

    /// ASCII case of addresses is ignored; nullopt where nobody has it.
    std::optional<std::string> find(std::string_view email) const;

    /// Equal for equal maps: what stored commits were named by last time.
    std::string fingerprint() const;

private:
    std::string noreply_;                                  ///< `@host` in lower case, or empty
    std::map<std::string, std::string, std::less<>> map_;  ///< login by address in lower case
};

/// Gives the stored commits of a source the logins that their authors have now; returns how many
/// addresses had another one. To be called when Logins::fingerprint() has changed, after the last
/// commit of the run. Reads two columns of all its commits. Errors: the warehouse's.
Result<std::uint64_t> amend_logins(exec::Context& ctx, ports::Warehouse& warehouse,
                                   const std::string& data_source, const Logins& logins,
                                   std::uint64_t version);

}  // namespace forgehouse::collect
