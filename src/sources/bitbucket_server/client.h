// Client: what to ask Bitbucket Server, and how a list goes on. Only addresses: nothing is sent.
#pragma once

#include <cstdint>
#include <string_view>

#include "sources/forge.h"

namespace forgehouse::sources::bitbucket_server {

/// As Forge::first; `limit` items are asked for.
Result<Call> first_call(Stream stream, const RepoRef& repo, std::string_view item,
                        std::uint32_t limit);

/// The same list from `start` on.
Call call_from(const Call& call, std::int64_t start);

/// The files of the commit that `diff` asks about, by name and kind of change: what a difference
/// that was cut leaves out.
Call changes_call(const Call& diff, std::uint32_t limit);

/// What the server says about itself. Answers without authentication too, but refuses a wrong one.
Call hello_call(std::string_view data_source);

/// Whether the call lists the pull requests that leave the repository.
bool is_outgoing(const Call& call) noexcept;

/// Where git is served over HTTP if the server does not say it, or names another host.
std::string git_address(std::string_view address, const RepoRef& repo);

/// The start page's address without slashes at its end. Errors: Invalid where it is no http(s)
/// address, carries a user, or goes on to the API.
Result<std::string> checked_address(std::string_view text);

}  // namespace forgehouse::sources::bitbucket_server
