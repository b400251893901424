#include "base/signing.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <array>

#include "base/check.h"
#include "base/digest.h"
#include "base/text.h"

namespace forgehouse::signing {
namespace {

constexpr int kLeastRsaBits = 2048, kMostRsaBits = 8192, kMostExponentBits = 33;
constexpr std::size_t kCoordinate = 32;  // of P-256, and the whole key of Ed25519
constexpr std::size_t kLongestPem = 64UL * 1024;

template <auto Free>
struct With {
    template <class T>
    void operator()(T* what) const noexcept {
        Free(what);
    }
};
template <class T, auto Free>
using Owned = std::unique_ptr<T, With<Free>>;
using Context = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using Number = Owned<BIGNUM, BN_free>;
using Params = Owned<OSSL_PARAM, OSSL_PARAM_free>;
using Builder = Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using Signature = Owned<ECDSA_SIG, ECDSA_SIG_free>;
using DigestContext = Owned<EVP_MD_CTX, EVP_MD_CTX_free>;
using Stream = Owned<BIO, BIO_free>;

using Handle = std::shared_ptr<evp_pkey_st>;
Handle handle(EVP_PKEY* key) {
    return Handle(key, [](EVP_PKEY* one) { EVP_PKEY_free(one); });
}

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

Error refused(Literal text) {
    ERR_clear_error();  // it is of this thread, and would be told of another's failure
    return Error(Errc::Invalid, text);
}

Error failed(Literal text) {
    const unsigned long code = ERR_get_error();
    ERR_clear_error();
    const char* const reason = ERR_reason_error_string(code);
    return Error(Errc::Unavailable, text).with("reason", reason != nullptr ? reason : "unknown");
}

/// Never asks at the terminal, as libcrypto would.
int no_password(char*, int, int, void*) {
    return 0;
}

Number number_of(const EVP_PKEY* key, const char* name) {
    BIGNUM* number = nullptr;
    CHECK(EVP_PKEY_get_bn_param(key, name, &number) == 1);
    return Number(number);
}

std::string bytes_of(const BIGNUM* number, std::size_t size) {
    std::string out(size, '\0');
    CHECK(BN_bn2binpad(number, reinterpret_cast<unsigned char*>(out.data()),
                       static_cast<int>(size)) >= 0);
    return out;
}

std::string least_bytes_of(const EVP_PKEY* key, const char* name) {
    const Number number = number_of(key, name);
    return bytes_of(number.get(), static_cast<std::size_t>(BN_num_bytes(number.get())));
}

std::string coordinate_of(const EVP_PKEY* key, const char* name) {
    return bytes_of(number_of(key, name).get(), kCoordinate);
}

std::string raw_ed25519(const EVP_PKEY* key) {
    std::string out(kCoordinate, '\0');
    std::size_t size = out.size();
    CHECK(EVP_PKEY_get_raw_public_key(key, reinterpret_cast<unsigned char*>(out.data()), &size) ==
          1);
    return out;
}

bool usable_rsa(const EVP_PKEY* key) {
    const int bits = EVP_PKEY_get_bits(key);
    if (bits < kLeastRsaBits || bits > kMostRsaBits) return false;
    const Number modulus = number_of(key, OSSL_PKEY_PARAM_RSA_N);
    const Number exponent = number_of(key, OSSL_PKEY_PARAM_RSA_E);
    return BN_is_odd(modulus.get()) && BN_is_odd(exponent.get()) && !BN_is_one(exponent.get()) &&
           BN_num_bits(exponent.get()) <= kMostExponentBits;
}

bool is_p256(const EVP_PKEY* key) {
    std::array<char, 64> group{};
    std::size_t size = 0;
    return EVP_PKEY_get_group_name(key, group.data(), group.size(), &size) == 1 &&
           std::string_view(group.data(), size) == "prime256v1";
}

std::optional<Algorithm> algorithm_of(const EVP_PKEY* key) {
    if (EVP_PKEY_is_a(key, "RSA") == 1 && usable_rsa(key)) return Algorithm::Rs256;
    if (EVP_PKEY_is_a(key, "EC") == 1 && is_p256(key)) return Algorithm::Es256;
    if (EVP_PKEY_is_a(key, "ED25519") == 1) return Algorithm::EdDsa;
    return std::nullopt;
}

Handle built(const char* type, OSSL_PARAM_BLD* builder) {
    const Params params(OSSL_PARAM_BLD_to_param(builder));
    const Context context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    CHECK(params != nullptr && context != nullptr);
    EVP_PKEY* key = nullptr;
    if (EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1)
        return nullptr;
    return handle(key);
}

Handle rsa_of(std::string_view modulus, std::string_view exponent) {
    const auto number = [](std::string_view bytes) {
        return Number(BN_bin2bn(bytes_of(bytes), static_cast<int>(bytes.size()), nullptr));
    };
    if (modulus.size() > kMostRsaBits / 8 || exponent.size() > 8) return nullptr;
    const Number n = number(modulus), e = number(exponent);
    const Builder builder(OSSL_PARAM_BLD_new());
    CHECK(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) == 1);
    CHECK(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) == 1);
    return built("RSA", builder.get());
}

Handle p256_of(std::string_view x, std::string_view y) {
    if (x.size() != kCoordinate || y.size() != kCoordinate) return nullptr;
    const std::string point = "\x04" + std::string(x) + std::string(y);
    const Builder builder(OSSL_PARAM_BLD_new());
    CHECK(OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1",
                                          0) == 1);
    CHECK(OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                           point.size()) == 1);
    return built("EC", builder.get());  // nothing where the point is not on the curve
}

Handle ed25519_of(std::string_view x) {
    if (x.size() != kCoordinate) return nullptr;
    return handle(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(x), x.size()));
}

/// "" where it is missing or misspelled: no key has an empty part.
std::string part(const json::Value& object, std::string_view name) {
    const auto value = object.find(name);
    if (!value) return "";
    const auto text = value->text();
    return text ? text::from_base64url(*text).value_or("") : "";
}

std::string_view word(const json::Value& object, std::string_view name) {
    const auto value = object.find(name);
    return value ? value->text().value_or("") : "";
}

/// JOSE's form of an ECDSA signature out of ASN.1's, and back.
Result<std::string> without_asn1(std::string_view der) {
    const unsigned char* at = bytes_of(der);
    const Signature signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
    if (signature == nullptr) return Failure(failed("a signature cannot be made"));
    return bytes_of(ECDSA_SIG_get0_r(signature.get()), kCoordinate) +
           bytes_of(ECDSA_SIG_get0_s(signature.get()), kCoordinate);
}

std::string with_asn1(std::string_view raw) {
    const auto number = [&](std::size_t at) {
        return BN_bin2bn(bytes_of(raw.substr(at, kCoordinate)), kCoordinate, nullptr);
    };
    const Signature signature(ECDSA_SIG_new());
    CHECK(ECDSA_SIG_set0(signature.get(), number(0), number(kCoordinate)) == 1);  // takes both
    const int size = i2d_ECDSA_SIG(signature.get(), nullptr);
    CHECK(size > 0);
    std::string der(static_cast<std::size_t>(size), '\0');
    auto* at = reinterpret_cast<unsigned char*>(der.data());
    i2d_ECDSA_SIG(signature.get(), &at);
    return der;
}

const EVP_MD* digest_for(Algorithm algorithm) {
    return algorithm == Algorithm::EdDsa ? nullptr : EVP_sha256();
}

std::string text_of(BIO* stream) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(stream, &data);
    return {data, static_cast<std::size_t>(size)};
}

}  // namespace

std::string_view name_of(Algorithm algorithm) noexcept {
    constexpr std::array<std::string_view, 3> names{"RS256", "ES256", "EdDSA"};
    return names[static_cast<std::size_t>(algorithm)];
}

std::optional<Algorithm> algorithm_named(std::string_view name) noexcept {
    for (const Algorithm one : {Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa})
        if (name_of(one) == name) return one;
    return std::nullopt;
}

Result<PublicKey> PublicKey::of(Handle key) {
    const auto algorithm = key != nullptr ? algorithm_of(key.get()) : std::nullopt;
    if (!algorithm)
        return Failure(refused("this is no key that we sign or verify with")
                           .hint("RSA of 2048 to 8192 bits, ECDSA on P-256, Ed25519"));
    return PublicKey(std::move(key), *algorithm);
}

Result<PublicKey> PublicKey::from_pem(std::string_view pem) {
    if (pem.size() > kLongestPem) return Failure(refused("a key in PEM is too long"));
    const Stream stream(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    return of(handle(PEM_read_bio_PUBKEY(stream.get(), nullptr, no_password, nullptr)));
}

Result<PublicKey> PublicKey::from_jwk(const json::Value& object) {
    const std::string_view type = word(object, "kty"), curve = word(object, "crv");
    if (type == "RSA") return of(rsa_of(part(object, "n"), part(object, "e")));
    if (type == "EC" && curve == "P-256") return of(p256_of(part(object, "x"), part(object, "y")));
    if (type == "OKP" && curve == "Ed25519") return of(ed25519_of(part(object, "x")));
    return of(nullptr);
}

bool PublicKey::verify(std::string_view text, std::string_view signature) const {
    std::string der;
    if (algorithm_ == Algorithm::Es256) {
        if (signature.size() != 2 * kCoordinate) return false;
        der = with_asn1(signature);
        signature = der;
    }
    const DigestContext context(EVP_MD_CTX_new());
    CHECK(EVP_DigestVerifyInit(context.get(), nullptr, digest_for(algorithm_), nullptr,
                               key_.get()) == 1);
    const bool good = EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(),
                                       bytes_of(text), text.size()) == 1;
    ERR_clear_error();
    return good;
}

std::string PublicKey::pem() const {
    const Stream stream(BIO_new(BIO_s_mem()));
    CHECK(PEM_write_bio_PUBKEY(stream.get(), key_.get()) == 1);
    return text_of(stream.get());
}

/// Without the braces; in the order that RFC 7638 wants.
std::string PublicKey::canonical_members() const {
    const auto coded = [](const std::string& bytes) { return text::to_base64url(bytes); };
    switch (algorithm_) {
        case Algorithm::Rs256:
            return fmt::format(R"("e":"{}","kty":"RSA","n":"{}")",
                               coded(least_bytes_of(key_.get(), OSSL_PKEY_PARAM_RSA_E)),
                               coded(least_bytes_of(key_.get(), OSSL_PKEY_PARAM_RSA_N)));
        case Algorithm::Es256:
            return fmt::format(R"("crv":"P-256","kty":"EC","x":"{}","y":"{}")",
                               coded(coordinate_of(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X)),
                               coded(coordinate_of(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y)));
        case Algorithm::EdDsa: break;
    }
    return fmt::format(R"("crv":"Ed25519","kty":"OKP","x":"{}")", coded(raw_ed25519(key_.get())));
}

std::string PublicKey::jwk(std::string_view id) const {
    return "{" + canonical_members() + R"(,"use":"sig","alg":")" +
           std::string(name_of(algorithm_)) + R"(","kid":)" + text::json_quoted(id) + "}";
}

std::string PublicKey::thumbprint() const {
    const auto digest = sha256("{" + canonical_members() + "}");
    return text::to_base64url({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

Result<PrivateKey> PrivateKey::generate(Algorithm algorithm) {
    EVP_PKEY* made = nullptr;
    switch (algorithm) {
        case Algorithm::Rs256: made = EVP_RSA_gen(kLeastRsaBits); break;
        case Algorithm::Es256: made = EVP_EC_gen("P-256"); break;
        case Algorithm::EdDsa: made = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"); break;
    }
    if (made == nullptr) return Failure(failed("a key cannot be made"));
    TRY_LET(key, PublicKey::of(handle(made)));
    return PrivateKey(std::move(key));
}

Result<PrivateKey> PrivateKey::from_pem(const Secret& pem) {
    const std::string_view text = pem.reveal();
    if (text.size() > kLongestPem) return Failure(refused("a key in PEM is too long"));
    const Stream stream(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    TRY_LET(key, PublicKey::of(
                     handle(PEM_read_bio_PrivateKey(stream.get(), nullptr, no_password, nullptr))));
    return PrivateKey(std::move(key));
}

Result<std::string> PrivateKey::sign(std::string_view text) const {
    const DigestContext context(EVP_MD_CTX_new());
    std::size_t size = static_cast<std::size_t>(EVP_PKEY_get_size(public_.key_.get()));
    std::string signature(size, '\0');
    if (EVP_DigestSignInit(context.get(), nullptr, digest_for(algorithm()), nullptr,
                           public_.key_.get()) != 1 ||
        EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                       bytes_of(text), text.size()) != 1)
        return Failure(failed("a signature cannot be made"));
    signature.resize(size);
    if (algorithm() == Algorithm::Es256) return without_asn1(signature);
    return signature;
}

Secret PrivateKey::pem() const {
    const Stream stream(BIO_new(BIO_s_secmem()));  // wiped when it goes
    CHECK(PEM_write_bio_PKCS8PrivateKey(stream.get(), public_.key_.get(), nullptr, nullptr, 0,
                                        nullptr, nullptr) == 1);
    return Secret(text_of(stream.get()));
}

}  // namespace forgehouse::signing
