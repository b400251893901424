// Transfer: an Exchange bound to its curl handle. Lives and dies on the curl thread.
#pragma once

#include <curl/curl.h>

#include <array>
#include <memory>
#include <optional>

#include "net/http_client_exchange.h"

namespace forgehouse::net {

class Transfer {
public:
    /// Makes the handle ready; Unavailable where curl has no memory for it.
    static Result<std::unique_ptr<Transfer>> make(Exchange& exchange,
                                                  const HttpClient::Settings& settings);
    /// Frees the handle; the exchange must still be there.
    ~Transfer();
    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;

    CURL* handle() const noexcept { return easy_.get(); }
    Exchange& exchange() const noexcept { return exchange_; }
    void resume();
    /// What curl's result means; nullopt for success.
    std::optional<Error> outcome(CURLcode code) const;

private:
    struct FreeEasy {
        void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
    };

    explicit Transfer(Exchange& exchange) : exchange_(exchange) {}
    bool configure(const HttpClient::Settings& settings);
    bool configure_route(const HttpClient::Settings& settings);
    bool add_fields();
    bool configure_body();

    static std::size_t on_field(char* bytes, std::size_t size, std::size_t count, void* self);
    static std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* self);
    static std::size_t on_need(char* buffer, std::size_t size, std::size_t count, void* self);
    static int on_rewind(void* self, curl_off_t offset, int origin);

    bool take_field(std::string_view line);
    std::size_t take_body(std::string_view bytes);
    std::size_t give_part(std::span<char> buffer);
    std::size_t give_produced(std::span<char> buffer);

    Exchange& exchange_;
    std::unique_ptr<CURL, FreeEasy> easy_;
    curl_slist* fields_ = nullptr;
    std::size_t field_bytes_ = 0;
    std::size_t part_ = 0;  ///< of a body in parts: the next one to send, and where in it
    std::size_t part_offset_ = 0;
    std::string proxy_;
    bool too_long_ = false;  ///< the answer exceeded its limit
    std::array<char, CURL_ERROR_SIZE> reason_{};
};

}  // namespace forgehouse::net
