// HttpClient::Loop: the thread that owns all transfers, and curl's only home. Inside net only.
#pragma once

#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>
#include <unordered_map>
#include <vector>

#include "exec/guarded.h"
#include "net/http_client_exchange.h"

namespace forgehouse::net {

class Transfer;  // an Exchange with its curl handle; curl thread only

class HttpClient::Loop {
public:
    explicit Loop(Settings settings);
    ~Loop();

    enum class Order : unsigned char {
        Start,   ///< begin the exchange; it must live until it is over
        Resume,  ///< there is room or food again
        Drop,    ///< end it now; it will be over at once
    };
    /// From any thread. An order for an exchange that is over does nothing.
    void post(Order order, Exchange& exchange);

private:
    struct Multi;  // CURLM

    void start();
    void run(const std::stop_token& stop);
    void obey();
    void begin(Exchange& exchange);
    void collect_finished();

    const Settings settings_;
    exec::Guarded<std::vector<std::pair<Order, Exchange*>>> orders_;
    std::once_flag started_;
    std::unique_ptr<Multi> multi_;
    std::unordered_map<const Exchange*, std::unique_ptr<Transfer>> transfers_;  // curl thread only
    std::jthread thread_;  // last: joined first
};

}  // namespace forgehouse::net
