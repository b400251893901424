// Server: the forge put together: its databases, keys and repositories, and the functions of the
// API over them. `serve` answers requests with it, `admin` uses it in passing.
#pragma once

#include <memory>
#include <string>

#include "api/front.h"
#include "base/result.h"
#include "forge/deps.h"
#include "forge/permission.h"
#include "forge/sign_in.h"

namespace forgehouse::app {

class World;

/// Threads: what its functions return may be used from many threads at once.
class Server {
public:
    /// Opens the databases and brings them to this version, and makes what is missing in the data
    /// directory. The world outlives it. Errors: those of metadb, of the secret keys, of git::Tool;
    /// Invalid for a configuration that cannot be.
    static Result<std::unique_ptr<Server>> open(World& world);
    ~Server();

    forge::Deps& deps() noexcept;
    forge::SignIn& sign_in() noexcept;
    const forge::Permissions& permissions() const noexcept;
    api::Front& front() noexcept;

    /// Who acts when an administrator of the machine does: no user, who may do everything.
    static forge::Actor operator_of_the_machine();

    /// Makes the user `admin` where there is no user at all, with the password of
    /// FORGEHOUSE_ADMIN_PASSWORD or a new one. Returns what to tell the operator; "" where there
    /// are users already.
    Result<std::string> make_first_admin(World& world);

private:
    struct Parts;
    explicit Server(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace forgehouse::app
