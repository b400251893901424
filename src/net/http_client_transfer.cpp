#include "net/http_client_transfer.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

#include "base/text.h"
#include "net/http_client_tls.h"

namespace forgehouse::net {
namespace {

// All fields of an answer together. Far more than any forge sends.
constexpr std::size_t kFieldLimit = 256 * 1024;
// Longest messages between curl and us: fewer, larger reads and writes.
constexpr long kReceiveBuffer = 256 * 1024;
constexpr long kSendBuffer = 512 * 1024;

// curl 7.88 opens sockets that children would inherit; a git child must not hold our connections.
curl_socket_t open_socket(void*, curlsocktype, curl_sockaddr* address) {
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

void wipe(curl_slist* list) {
    for (; list != nullptr; list = list->next) ::explicit_bzero(list->data, strlen(list->data));
}

bool is_connecting(CURLcode code) {
    switch (code) {
        case CURLE_COULDNT_RESOLVE_PROXY:
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_CONNECT:
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_PROXY: return true;
        default: return false;
    }
}

bool is_nonsense(CURLcode code) {
    switch (code) {
        case CURLE_WEIRD_SERVER_REPLY:
        case CURLE_UNSUPPORTED_PROTOCOL:  // HTTP/0.9; our own URLs are checked before
        case CURLE_BAD_CONTENT_ENCODING:
        case CURLE_OUT_OF_MEMORY: return true;  // what curl 7.88 says to a line over 100 KB
        default: return false;
    }
}

}  // namespace

Result<std::unique_ptr<Transfer>> Transfer::make(Exchange& exchange,
                                                 const HttpClient::Settings& settings) {
    std::unique_ptr<Transfer> transfer(new Transfer(exchange));
    transfer->easy_.reset(curl_easy_init());
    if (!transfer->easy_ || !transfer->configure(settings))
        return Failure(Error(Errc::Unavailable, "cannot set a transfer up")
                           .with("host", exchange.host)
                           .with("stage", "connect"));
    return transfer;
}

Transfer::~Transfer() {
    easy_.reset();
    wipe(fields_);
    curl_slist_free_all(fields_);
}

bool Transfer::configure(const HttpClient::Settings& settings) {
    CURL* easy = easy_.get();
    const Request& request = exchange_.request;
    bool good = true;
    const auto set = [&](CURLoption option, auto value) {
        good = good && curl_easy_setopt(easy, option, value) == CURLE_OK;
    };
    set(CURLOPT_URL, request.url.c_str());
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    if (!request.unix_socket.empty()) set(CURLOPT_UNIX_SOCKET_PATH, request.unix_socket.c_str());
    good = good && configure_route(settings);
    set(CURLOPT_USERAGENT, settings.user_agent.c_str());
    if (request.accept_packed) set(CURLOPT_ACCEPT_ENCODING, "");
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(settings.connect_timeout.count()));
    set(CURLOPT_LOW_SPEED_LIMIT, 1L);
    set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(settings.longest_silence.count()));
    set(CURLOPT_PATH_AS_IS, 1L);  // a repository may be called `..`
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_QUICK_EXIT, 1L);  // a dropped transfer does not wait for its name lookup
    set(CURLOPT_TCP_KEEPALIVE, 1L);
    set(CURLOPT_BUFFERSIZE, kReceiveBuffer);
    set(CURLOPT_OPENSOCKETFUNCTION, &open_socket);
    set(CURLOPT_ERRORBUFFER, reason_.data());
    set(CURLOPT_PRIVATE, this);
    set(CURLOPT_HEADERFUNCTION, &Transfer::on_field);
    set(CURLOPT_HEADERDATA, this);
    set(CURLOPT_WRITEFUNCTION, &Transfer::on_body);
    set(CURLOPT_WRITEDATA, this);
    good = good && configure_body() && add_fields();
    set(CURLOPT_HTTPHEADER, fields_);
    return good;
}

bool Transfer::configure_route(const HttpClient::Settings& settings) {
    CURL* easy = easy_.get();
    bool good = true;
    const auto set = [&](CURLoption option, const std::string& value) {
        if (!value.empty())
            good = good && curl_easy_setopt(easy, option, value.c_str()) == CURLE_OK;
    };
    proxy_ = settings.proxy;
    // Also where it is empty: the environment's is not ours to use.
    good = curl_easy_setopt(easy, CURLOPT_PROXY, settings.proxy.c_str()) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_NOPROXY, "") == CURLE_OK;
    set(CURLOPT_PROXYUSERNAME, settings.proxy_user);
    set(CURLOPT_PROXYPASSWORD, std::string(settings.proxy_password.reveal()));
    set(CURLOPT_CAINFO, settings.ca_file);
    set(CURLOPT_PROXY_CAINFO, settings.ca_file);
    if (settings.client_certificate.empty()) return good;
    set(CURLOPT_SSLCERT, settings.client_certificate);
    set(CURLOPT_SSLKEY,
        settings.client_key.empty() ? settings.client_certificate : settings.client_key);
    // An empty passphrase: without one OpenSSL would ask for it on the terminal.
    return good && curl_easy_setopt(easy, CURLOPT_KEYPASSWD, "") == CURLE_OK;
}

bool Transfer::configure_body() {
    CURL* easy = easy_.get();
    const Request& request = exchange_.request;
    bool good = true;
    const auto set = [&](CURLoption option, auto value) {
        good = good && curl_easy_setopt(easy, option, value) == CURLE_OK;
    };
    const bool bodiless = std::holds_alternative<std::monostate>(request.body);
    if (bodiless && request.method == "HEAD") {
        set(CURLOPT_NOBODY, 1L);
        return good;
    }
    set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
    const bool wants_length = request.method == "POST" || request.method == "PUT";
    if (bodiless && !wants_length) return good;
    curl_off_t size = 0;
    if (const auto* parts = std::get_if<BodyParts>(&request.body))
        for (const std::string_view part : *parts) size += static_cast<curl_off_t>(part.size());
    if (std::holds_alternative<BodyProducer>(request.body)) size = -1;
    set(CURLOPT_UPLOAD, 1L);
    set(CURLOPT_UPLOAD_BUFFERSIZE, kSendBuffer);
    set(CURLOPT_INFILESIZE_LARGE, size);
    set(CURLOPT_READFUNCTION, &Transfer::on_need);
    set(CURLOPT_READDATA, this);
    set(CURLOPT_SEEKFUNCTION, &Transfer::on_rewind);
    set(CURLOPT_SEEKDATA, this);
    return good;
}

bool Transfer::add_fields() {
    const auto add = [&](std::string line) {
        curl_slist* longer = curl_slist_append(fields_, line.c_str());
        ::explicit_bzero(line.data(), line.size());
        if (longer == nullptr) return false;
        fields_ = longer;
        return true;
    };
    if (!add("Expect:")) return false;  // a round trip saved; we stop when the peer answers early
    for (const Header& field : exchange_.request.headers) {
        const auto* open = std::get_if<std::string>(&field.value);
        const std::string_view value =
            open != nullptr ? std::string_view(*open) : std::get<Secret>(field.value).reveal();
        // curl's way to say that a field is empty.
        if (!add(value.empty() ? field.name + ";" : fmt::format("{}: {}", field.name, value)))
            return false;
    }
    return true;
}

void Transfer::resume() {
    curl_easy_pause(easy_.get(), CURLPAUSE_CONT);
}

std::size_t Transfer::on_field(char* bytes, std::size_t size, std::size_t count, void* self) {
    const std::string_view line(bytes, size * count);
    return static_cast<Transfer*>(self)->take_field(line) ? line.size() : 0;
}

bool Transfer::take_field(std::string_view line) {
    field_bytes_ += line.size();
    if (field_bytes_ > kFieldLimit) {
        too_long_ = true;
        return false;
    }
    line = text::trim(line);
    const bool begins = line.starts_with("HTTP/");
    const auto colon = line.find(':');
    if (!begins && colon == std::string_view::npos) return true;
    exchange_.state.with([&](Exchange::State& state) {
        if (begins) {  // also after an interim answer such as 103
            state.response.headers.clear();
            long status = 0;
            curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
            state.response.status = static_cast<int>(status);
        } else {
            state.response.headers.emplace_back(text::lower_ascii(line.substr(0, colon)),
                                                text::trim(line.substr(colon + 1)));
        }
    });
    return true;
}

std::size_t Transfer::on_body(char* bytes, std::size_t size, std::size_t count, void* self) {
    return static_cast<Transfer*>(self)->take_body({bytes, size * count});
}

std::size_t Transfer::take_body(std::string_view bytes) {
    return exchange_.state.with([&](Exchange::State& state) -> std::size_t {
        if (exchange_.streaming && state.response.ok()) {
            if (!state.inbound.empty() && state.inbound.size() + bytes.size() > kExchangeBuffer) {
                state.inbound_full = true;
                return CURL_WRITEFUNC_PAUSE;
            }
            state.inbound += bytes;
            return bytes.size();
        }
        if (bytes.size() > exchange_.request.answer_limit - state.response.body.size()) {
            too_long_ = true;
            return 0;
        }
        state.response.body += bytes;
        return bytes.size();
    });
}

std::size_t Transfer::on_need(char* buffer, std::size_t size, std::size_t count, void* self) {
    auto* transfer = static_cast<Transfer*>(self);
    const std::span<char> room(buffer, size * count);
    return std::holds_alternative<BodyProducer>(transfer->exchange_.request.body)
               ? transfer->give_produced(room)
               : transfer->give_part(room);
}

std::size_t Transfer::give_part(std::span<char> buffer) {
    const auto* parts = std::get_if<BodyParts>(&exchange_.request.body);
    std::size_t given = 0;
    while (parts != nullptr && part_ < parts->size() && given < buffer.size()) {
        const std::string_view rest = (*parts)[part_].substr(part_offset_);
        const std::size_t n = std::min(rest.size(), buffer.size() - given);
        std::copy_n(rest.data(), n, buffer.data() + given);
        given += n;
        part_offset_ += n;
        if (n == rest.size()) {
            ++part_;
            part_offset_ = 0;
        }
    }
    return given;
}

std::size_t Transfer::give_produced(std::span<char> buffer) {
    return exchange_.state.with([&](Exchange::State& state) -> std::size_t {
        if (state.outbound.empty()) {
            if (state.outbound_ended) return 0;
            state.outbound_wanted = true;
            return CURL_READFUNC_PAUSE;
        }
        const std::size_t n = std::min(state.outbound.size(), buffer.size());
        std::copy_n(state.outbound.data(), n, buffer.data());
        state.outbound.erase(0, n);
        return n;
    });
}

int Transfer::on_rewind(void* self, curl_off_t offset, int origin) {
    auto* transfer = static_cast<Transfer*>(self);
    if (offset != 0 || origin != SEEK_SET) return CURL_SEEKFUNC_CANTSEEK;
    if (std::holds_alternative<BodyProducer>(transfer->exchange_.request.body))
        return CURL_SEEKFUNC_FAIL;
    transfer->part_ = 0;
    transfer->part_offset_ = 0;
    return CURL_SEEKFUNC_OK;
}

std::optional<Error> Transfer::outcome(CURLcode code) const {
    if (code == CURLE_OK) return std::nullopt;
    const std::string host = exchange_.host;
    const std::string reason = reason_[0] != '\0' ? reason_.data() : curl_easy_strerror(code);
    if (too_long_)
        return Error(Errc::Corrupt, "the answer is longer than we accept").with("host", host);
    if (auto refused = tls_failure(handle(), code, reason))
        return std::move(*refused).with("host", host).with("reason", reason);
    if (is_nonsense(code))
        return Error(Errc::Corrupt, "the answer is not HTTP")
            .with("host", host)
            .with("reason", reason);
    curl_off_t connected = 0;
    curl_easy_getinfo(handle(), CURLINFO_PRETRANSFER_TIME_T, &connected);
    long proxy_answer = 0;
    curl_easy_getinfo(handle(), CURLINFO_HTTP_CONNECTCODE, &proxy_answer);
    if (proxy_answer == 407)
        return Error(Errc::Denied, "the proxy wants a user and a password")
            .with("host", host)
            .with("reason", reason)
            .hint("check proxy_user and proxy_password of the source");
    const bool connecting =
        is_connecting(code) || (code == CURLE_OPERATION_TIMEDOUT && connected == 0);
    if (connecting) {
        Error error(Errc::Unavailable, "no connection");
        error.with("host", host).with("stage", "connect").with("reason", reason);
        if (!proxy_.empty())
            error.with("proxy", proxy_).hint("check the proxy's address, and whether it is up");
        return error;
    }
    if (code == CURLE_OPERATION_TIMEDOUT)
        return Error(Errc::Unavailable, "the peer accepted the connection and fell silent")
            .with("host", host)
            .with("stage", "transfer")
            .with("reason", reason)
            .hint("check whether it, or what stands in front of it, hangs");
    return Error(Errc::Unavailable, "the connection broke")
        .with("host", host)
        .with("stage", "transfer")
        .with("reason", reason);
}

}  // namespace forgehouse::net
