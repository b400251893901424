// Front: what happens to every request before and after the function that answers it: probes, who
// asks, how many requests they have left, which line of the table is meant, whether the token's
// scopes will do, the wanted part of the answer, validators, errors and the log.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "api/quota.h"
#include "api/router.h"
#include "api/services.h"
#include "exec/context.h"
#include "net/http_server.h"

namespace forgehouse::api {

/// Threads: handle() and greet() may be called from many threads at once.
class Front {
public:
    struct Options {
        /// `https://forge.example.org`: what links begin with; "": what the client's Host says.
        std::string origin = {};
        /// Whether `X-Forwarded-For` and `X-Forwarded-Proto` are believed: behind a proxy only.
        bool trusts_proxy = false;
        std::uint32_t requests_an_hour = 1000;          ///< of each user; 0: no bound
        std::uint32_t anonymous_requests_an_hour = 60;  ///< of each address; 0: no bound
        /// What /metrics says, in Prometheus' text form.
        std::function<std::string()> metrics = {};
    };

    Front(Services& services, const Router& router, Options options);

    /// For net::HttpServer. On the thread of the sockets: /healthz.
    std::optional<net::HttpAnswer> greet(const net::HttpRequest& request) const;
    void handle(exec::Context& ctx, const net::HttpRequest& request, net::BodyReader& body,
                net::ResponseWriter& response);

    /// From now on /readyz says no: before the server leaves.
    void leave() noexcept { leaving_ = true; }

    std::uint64_t requests() const noexcept { return requests_; }
    std::uint64_t failures() const noexcept { return failures_; }

private:
    struct Caller;
    Answer answer(exec::Context& ctx, const net::HttpRequest& request, net::BodyReader& body,
                  const std::string& id);
    Answer probe(const exec::Context& ctx, std::string_view path);
    Result<forge::Actor> who(const exec::Context& ctx, const net::HttpRequest& request,
                             std::string_view address) const;
    Answer enter(exec::Context& ctx, const net::HttpRequest& request, net::BodyReader& body,
                 const forge::Actor& actor, const Path& path, std::size_t from,
                 std::string_view query, const std::string& id);
    Result<Answer> finished(Call& call, Answer answer) const;
    std::string address_of(const net::HttpRequest& request) const;
    std::string origin_of(const net::HttpRequest& request) const;

    Services& services_;
    const Router& router_;
    const Options options_;
    Quota users_, anonymous_;
    std::atomic<bool> leaving_ = false;
    std::atomic<std::uint64_t> requests_ = 0, failures_ = 0;
};

}  // namespace forgehouse::api
