#include "net/http_client_loop.h"

#include <pthread.h>
#include <signal.h>

#include "base/check.h"
#include "net/http_client_transfer.h"

namespace forgehouse::net {
namespace {

// Nothing has to happen by itself: every order wakes the loop, and curl knows its own timers.
constexpr int kLongestNapMs = 60'000;
constexpr long kKeptConnections = 64;

void initialize_curl() {
    static std::once_flag once;  // curl's own state is of the process
    std::call_once(once, [] { CHECK(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK); });
}

// Signals are for the main thread. SIGPIPE too: OpenSSL writes without MSG_NOSIGNAL.
void block_signals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

void end(Exchange& exchange, std::optional<Error> error) {
    exchange.state.with([&](Exchange::State& state) {
        state.error = std::move(error);
        state.over = true;
    });
}

Error dropped(const Exchange& exchange) {
    return Error(Errc::Cancelled, "the transfer was dropped").with("host", exchange.host);
}

}  // namespace

struct HttpClient::Loop::Multi {
    CURLM* handle = curl_multi_init();
    Multi() { CHECK(handle != nullptr); }
    ~Multi() { curl_multi_cleanup(handle); }
    Multi(const Multi&) = delete;
    Multi& operator=(const Multi&) = delete;
};

HttpClient::Loop::Loop(Settings settings) : settings_(std::move(settings)) {}

HttpClient::Loop::~Loop() {
    if (!thread_.joinable()) return;
    thread_.request_stop();
    curl_multi_wakeup(multi_->handle);
    thread_.join();
}

void HttpClient::Loop::start() {
    initialize_curl();
    multi_ = std::make_unique<Multi>();
    curl_multi_setopt(multi_->handle, CURLMOPT_MAX_HOST_CONNECTIONS,
                      settings_.connections_per_host);
    curl_multi_setopt(multi_->handle, CURLMOPT_MAXCONNECTS, kKeptConnections);
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void HttpClient::Loop::post(Order order, Exchange& exchange) {
    std::call_once(started_, [this] { start(); });
    orders_.with([&](auto& orders) { orders.emplace_back(order, &exchange); });
    curl_multi_wakeup(multi_->handle);
}

void HttpClient::Loop::run(const std::stop_token& stop) {
    pthread_setname_np(pthread_self(), "curl");
    block_signals();
    while (!stop.stop_requested()) {
        obey();
        int running = 0;
        curl_multi_perform(multi_->handle, &running);
        collect_finished();
        curl_multi_poll(multi_->handle, nullptr, 0, kLongestNapMs, nullptr);
    }
    for (auto& [_, transfer] : transfers_) {
        Exchange& exchange = transfer->exchange();
        curl_multi_remove_handle(multi_->handle, transfer->handle());
        transfer.reset();
        end(exchange, dropped(exchange));
    }
    transfers_.clear();
}

void HttpClient::Loop::obey() {
    for (const auto& [order, exchange] :
         orders_.with([](auto& orders) { return std::exchange(orders, {}); })) {
        if (order == Order::Start) {
            begin(*exchange);
            continue;
        }
        const auto found = transfers_.find(exchange);
        if (found == transfers_.end()) continue;
        if (order == Order::Resume) {
            found->second->resume();
        } else {
            curl_multi_remove_handle(multi_->handle, found->second->handle());
            transfers_.erase(found);
            end(*exchange, dropped(*exchange));
        }
    }
}

void HttpClient::Loop::begin(Exchange& exchange) {
    auto transfer = Transfer::make(exchange, settings_);
    if (!transfer) return end(exchange, std::move(transfer).error());
    CHECK(curl_multi_add_handle(multi_->handle, (*transfer)->handle()) == CURLM_OK);
    transfers_.emplace(&exchange, std::move(*transfer));
}

void HttpClient::Loop::collect_finished() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_->handle, &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        Transfer* transfer = nullptr;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
        const CURLcode code = message->data.result;
        Exchange& exchange = transfer->exchange();
        auto error = transfer->outcome(code);
        curl_multi_remove_handle(multi_->handle, transfer->handle());
        transfers_.erase(&exchange);
        end(exchange, std::move(error));
    }
}

}  // namespace forgehouse::net
