#include "net/http_client_tls.h"

#include <openssl/x509_vfy.h>

namespace forgehouse::net {
namespace {

/// What OpenSSL thinks of a certificate that did not please it.
Error untrusted(long verdict) {
    switch (verdict) {
        case X509_V_ERR_CERT_HAS_EXPIRED:
            return Error(Errc::Invalid, "the server's certificate has expired")
                .hint("have it renewed; nothing is sent to a server that cannot prove its name");
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return Error(Errc::Invalid, "the server's certificate is not valid yet")
                .hint("check this machine's clock");
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
            return Error(Errc::Invalid, "the server's certificate is from an unknown authority")
                .hint(
                    "name the file with your authority's certificate (ca_file of the source), or "
                    "add it to the system's");
        case X509_V_OK:
        case X509_V_ERR_UNSPECIFIED:  // curl looks at the name first, and says nothing of the rest
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH:
            return Error(Errc::Invalid, "the server's certificate is for another host")
                .hint("write the name that stands in the certificate into the address");
        default:
            return Error(Errc::Invalid, "the server's certificate is not trusted")
                .hint("check the host name, or name the file of your certificate authority");
    }
}

/// An alert of TLS by which a server says that it wants to see a certificate, or another one. curl
/// gives no code for it: OpenSSL's words are all there is.
bool wants_certificate(const std::string& reason) {
    return reason.contains("certificate required") || reason.contains("bad certificate") ||
           reason.contains("unknown ca") || reason.contains("certificate unknown") ||
           reason.contains("handshake failure");
}

/// What OpenSSL says when the first bytes of the answer are no record of TLS, such as those of
/// HTTP.
bool is_no_tls(const std::string& reason) {
    return reason.contains("wrong version number") || reason.contains("packet length too long");
}

}  // namespace

std::optional<Error> tls_failure(CURL* easy, CURLcode code, const std::string& reason) {
    switch (code) {
        case CURLE_PEER_FAILED_VERIFICATION: {
            long verdict = X509_V_OK;
            curl_easy_getinfo(easy, CURLINFO_SSL_VERIFYRESULT, &verdict);
            return untrusted(verdict);
        }
        case CURLE_SSL_CACERT_BADFILE:
            return Error(Errc::Invalid, "the file of certificate authorities cannot be used")
                .hint("check ca_file: it must be readable, and PEM");
        case CURLE_SSL_CERTPROBLEM:
            return Error(Errc::Invalid, "our client certificate or its key cannot be used")
                .hint(
                    "check client_certificate and client_key: both must be readable, PEM, belong "
                    "together, and the key must have no passphrase");
        default: break;
    }
    if (code == CURLE_SSL_CONNECT_ERROR && is_no_tls(reason))
        return Error(Errc::Invalid, "what answers there does not speak TLS")
            .hint("check the port; without TLS the address begins with http://");
    if ((code == CURLE_RECV_ERROR || code == CURLE_SSL_CONNECT_ERROR) && wants_certificate(reason))
        return Error(Errc::Denied, "the server does not accept us without another certificate")
            .hint(
                "name the certificate that it wants to see (client_certificate and client_key of "
                "the source)");
    return std::nullopt;
}

}  // namespace forgehouse::net
