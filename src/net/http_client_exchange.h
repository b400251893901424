// Exchange: one request on its way, as the calling thread and the curl thread share it. Inside net
// only.
#pragma once

#include <optional>
#include <string>

#include "exec/monitor.h"
#include "net/http_client.h"

namespace forgehouse::net {

/// Bytes that wait between the two threads, each way.
inline constexpr std::size_t kExchangeBuffer = 1024 * 1024;

struct Exchange {
    struct State {
        Response response;          ///< `body` only where it is not streamed
        std::string inbound;        ///< received, waits for the caller's sink
        bool inbound_full = false;  ///< the transfer is paused until `inbound` is taken
        std::string outbound;       ///< made by the caller's producer, waits to be sent
        bool outbound_wanted = false;
        bool outbound_ended = false;
        bool over = false;           ///< the curl thread has let go of this object
        std::optional<Error> error;  ///< with `over`: why it failed
    };

    const Request& request;
    const bool streaming;
    const std::string host;  ///< for errors
    exec::Monitor<State> state{};
};

/// The host and scheme of a URL that we accept; Invalid for any other, without quoting it.
Result<std::string> checked_host(const Request& request);

}  // namespace forgehouse::net
