#include "net/tls_server.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>

#include <algorithm>
#include <cstring>

namespace forgehouse::net {
namespace {

// A record of TLS; what is written is put together up to that.
constexpr std::size_t kRecord = 16 * 1024;

template <auto free>
struct Freed {
    template <class T>
    void operator()(T* object) const {
        free(object);
    }
};
using Bio = std::unique_ptr<BIO, Freed<BIO_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Method = std::unique_ptr<BIO_METHOD, Freed<BIO_meth_free>>;
using Session = std::unique_ptr<SSL, Freed<SSL_free>>;

Error unusable(Literal text, std::string hint) {
    const unsigned long code = ERR_get_error();
    ERR_clear_error();
    Error out(Errc::Invalid, text);
    if (const char* reason = ERR_reason_error_string(code)) out.with("reason", reason);
    return std::move(out).hint(std::move(hint));
}

Bio memory(std::string_view bytes) {
    return Bio(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

/// A key that wants a password must not make OpenSSL ask for one at the terminal.
int no_password(char*, int, int, void*) {
    return -1;
}

// --- the wire as OpenSSL wants it ---------------------------------------------------------------

ByteStream& wire_of(BIO* bio) {
    return *static_cast<ByteStream*>(BIO_get_data(bio));
}

int wire_read(BIO* bio, char* into, int size) {
    BIO_clear_retry_flags(bio);
    const IoResult got =
        wire_of(bio).read_some(std::span(into, static_cast<std::size_t>(std::max(size, 0))));
    if (got.state == IoState::WouldBlock) BIO_set_retry_read(bio);
    return got.state == IoState::Some ? static_cast<int>(got.bytes) : -1;
}

int wire_write(BIO* bio, const char* from, int size) {
    BIO_clear_retry_flags(bio);
    const iovec part{.iov_base = const_cast<char*>(from),  // NOLINT: not written to
                     .iov_len = static_cast<std::size_t>(std::max(size, 0))};
    const IoResult put = wire_of(bio).write_some(std::span(&part, 1));
    if (put.state == IoState::WouldBlock) BIO_set_retry_write(bio);
    return put.state == IoState::Some ? static_cast<int>(put.bytes) : -1;
}

long wire_control(BIO*, int what, long, void*) {
    return what == BIO_CTRL_FLUSH ? 1 : 0;
}

/// One for the process: connections may outlive the certificate that they began with.
const BIO_METHOD* wire_method() {
    static const Method kMethod = [] {
        Method method(BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "forgehouse"));
        if (!method) return method;
        BIO_meth_set_read(method.get(), wire_read);
        BIO_meth_set_write(method.get(), wire_write);
        BIO_meth_set_ctrl(method.get(), wire_control);
        return method;
    }();
    return kMethod.get();
}

// --- a connection -------------------------------------------------------------------------------

class TlsStream final : public ByteStream {
public:
    TlsStream(Session session, std::unique_ptr<ByteStream> wire)
        : wire_(std::move(wire)), session_(std::move(session)) {}

    IoResult read_some(std::span<char> into) override {
        std::size_t done = 0;
        // As long as a whole record fits: the rest of one that does not would be hidden from
        // poll().
        do {
            std::size_t got = 0;
            ERR_clear_error();
            const int ok =
                SSL_read_ex(session_.get(), into.data() + done, into.size() - done, &got);
            if (ok != 1) return outcome(ok, done);
            waits_for_ = POLLIN;
            done += got;
        } while (into.size() - done >= kRecord);
        return {IoState::Some, done};
    }

    IoResult write_some(std::span<const iovec> from) override {
        if (broken_) return {IoState::Closed, 0};
        std::size_t put = 0;
        ERR_clear_error();
        const std::string_view bytes = gathered(from);
        const int ok = SSL_write_ex(session_.get(), bytes.data(), bytes.size(), &put);
        if (ok != 1) return outcome(ok, 0);
        return {IoState::Some, put};
    }

    void shut_write() override {
        ERR_clear_error();
        // Says that nothing more comes; the peer's own word is not waited for.
        if (!broken_ && SSL_is_init_finished(session_.get()) == 1) SSL_shutdown(session_.get());
        wire_->shut_write();
    }

    int fd() const noexcept override { return wire_->fd(); }
    short waits_for(short) const noexcept override { return waits_for_; }

private:
    /// What did not go out is offered again by the caller, byte for byte: OpenSSL insists on that.
    std::string_view gathered(std::span<const iovec> from) {
        const auto text = [](const iovec& part) {
            return std::string_view(static_cast<const char*>(part.iov_base), part.iov_len);
        };
        if (from.size() == 1 || (!from.empty() && from.front().iov_len >= kRecord))
            return text(from.front());
        together_.clear();
        for (const iovec& part : from)
            together_ += text(part).substr(0, kRecord - together_.size());
        return together_;
    }

    IoResult outcome(int returned, std::size_t done) {
        const int why = SSL_get_error(session_.get(), returned);
        waits_for_ = why == SSL_ERROR_WANT_WRITE ? POLLOUT : POLLIN;
        const bool waits = why == SSL_ERROR_WANT_WRITE || why == SSL_ERROR_WANT_READ;
        broken_ = broken_ || (!waits && why != SSL_ERROR_ZERO_RETURN);
        ERR_clear_error();
        if (done > 0) return {IoState::Some, done};
        return {waits ? IoState::WouldBlock : IoState::Closed, 0};
    }

    std::unique_ptr<ByteStream> wire_;  // outlives the session, which writes to it
    Session session_;
    std::string together_;
    short waits_for_ = POLLIN;
    bool broken_ = false;  // a session that failed may not be used or ended any more
};

int choose_protocol(SSL*, const unsigned char** out, unsigned char* size,
                    const unsigned char* offered, unsigned offered_size, void*) {
    constexpr std::string_view kOurs = "\x08http/1.1";
    unsigned char* chosen = nullptr;
    const int found =
        SSL_select_next_proto(&chosen, size, reinterpret_cast<const unsigned char*>(kOurs.data()),
                              static_cast<unsigned>(kOurs.size()), offered, offered_size);
    *out = chosen;
    return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

}  // namespace

struct TlsServer::Context {
    std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>> ssl{SSL_CTX_new(TLS_server_method())};
};

TlsServer::TlsServer(std::unique_ptr<Context> context) : context_(std::move(context)) {}
TlsServer::~TlsServer() = default;

namespace {

Result<void> use_certificates(SSL_CTX* ssl, std::string_view pem) {
    const Bio bytes = memory(pem);
    const Certificate own(PEM_read_bio_X509_AUX(bytes.get(), nullptr, no_password, nullptr));
    if (!own || SSL_CTX_use_certificate(ssl, own.get()) != 1)
        return Failure(unusable("the certificate cannot be used",
                                "give a file of PEM: -----BEGIN CERTIFICATE-----"));
    for (;;) {
        Certificate more(PEM_read_bio_X509(bytes.get(), nullptr, no_password, nullptr));
        if (!more) break;
        if (SSL_CTX_add0_chain_cert(ssl, more.get()) != 1)
            return Failure(unusable("a certificate of the chain cannot be used", ""));
        (void)more.release();  // the context's from here on
    }
    const unsigned long end = ERR_peek_last_error();
    if (ERR_GET_LIB(end) != ERR_LIB_PEM || ERR_GET_REASON(end) != PEM_R_NO_START_LINE)
        return Failure(unusable("the chain of certificates is broken",
                                "give the whole file, as the authority sent it"));
    ERR_clear_error();
    return {};
}

Result<void> use_key(SSL_CTX* ssl, const Secret& pem) {
    const Bio bytes = memory(pem.reveal());
    const Key key(PEM_read_bio_PrivateKey(bytes.get(), nullptr, no_password, nullptr));
    if (!key)
        return Failure(unusable("the key of the certificate cannot be read",
                                "give it as PEM and without a password: `openssl pkey -in KEY` "
                                "takes one off"));
    if (SSL_CTX_use_PrivateKey(ssl, key.get()) != 1 || SSL_CTX_check_private_key(ssl) != 1)
        return Failure(unusable("the key does not belong to the certificate",
                                "take the two files that were made together"));
    return {};
}

}  // namespace

Result<std::shared_ptr<const TlsServer>> TlsServer::from_pem(std::string_view certificates,
                                                             const Secret& key) {
    auto context = std::make_unique<Context>();
    SSL_CTX* const ssl = context->ssl.get();
    if (ssl == nullptr || wire_method() == nullptr)
        return Failure(unusable("TLS cannot be begun", "look at the installation of OpenSSL"));
    ERR_clear_error();
    SSL_CTX_set_min_proto_version(ssl, TLS1_2_VERSION);
    SSL_CTX_set_options(ssl, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                 SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_mode(ssl, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                              SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_alpn_select_cb(ssl, choose_protocol, nullptr);
    SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_OFF);  // tickets hold what is to be kept
    TRY(use_certificates(ssl, certificates));
    TRY(use_key(ssl, key));
    return std::shared_ptr<const TlsServer>(new TlsServer(std::move(context)));
}

std::unique_ptr<ByteStream> TlsServer::wrap(std::unique_ptr<ByteStream> wire) const {
    Session session(SSL_new(context_->ssl.get()));
    BIO* const bio = BIO_new(wire_method());
    if (!session || bio == nullptr) {
        BIO_free(bio);
        return nullptr;
    }
    BIO_set_data(bio, wire.get());
    BIO_set_init(bio, 1);
    SSL_set_bio(session.get(), bio, bio);
    SSL_set_accept_state(session.get());
    return std::make_unique<TlsStream>(std::move(session), std::move(wire));
}

}  // namespace forgehouse::net
