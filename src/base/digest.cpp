#include "base/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>

#include "base/check.h"
#include "base/text.h"

namespace forgehouse {
namespace {

// Fetched once: EVP_sha256() looks the algorithm up again at every use, which costs more than the
// digest of a short text itself.
const EVP_MD* algorithm(Digest::Kind kind) {
    static const std::array<const EVP_MD*, 2> fetched{EVP_MD_fetch(nullptr, "SHA1", nullptr),
                                                      EVP_MD_fetch(nullptr, "SHA256", nullptr)};
    const auto* const found = fetched[static_cast<std::size_t>(kind)];
    CHECK(found != nullptr);
    return found;
}

}  // namespace

void Digest::Free::operator()(evp_md_ctx_st* context) const noexcept {
    EVP_MD_CTX_free(context);
}

Digest::Digest(Kind kind) : kind_(kind), context_(EVP_MD_CTX_new()) {
    CHECK(context_ != nullptr);
    CHECK(EVP_DigestInit_ex2(context_.get(), algorithm(kind_), nullptr) == 1);
}

void Digest::add(std::string_view bytes) {
    CHECK(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1);
}

std::span<const std::uint8_t> Digest::finish() {
    unsigned size = 0;
    CHECK(EVP_DigestFinal_ex(context_.get(), digest_.data(), &size) == 1);
    CHECK(EVP_DigestInit_ex2(context_.get(), algorithm(kind_), nullptr) == 1);
    return std::span(digest_).first(size);
}

std::array<std::uint8_t, 32> sha256(std::string_view bytes) {
    thread_local Digest digest(Digest::Kind::Sha256);
    digest.add(bytes);
    std::array<std::uint8_t, 32> result;
    std::ranges::copy(digest.finish(), result.begin());
    return result;
}

std::string sha256_hex(std::string_view bytes) {
    return text::to_hex(sha256(bytes));
}

bool same_bytes(std::string_view one, std::string_view other) noexcept {
    return one.size() == other.size() && CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

std::string hmac(Digest::Kind kind, std::string_view key, std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> code{};
    unsigned size = 0;
    CHECK(HMAC(algorithm(kind), key.data(), static_cast<int>(key.size()),
               reinterpret_cast<const unsigned char*>(text.data()), text.size(), code.data(),
               &size) != nullptr);
    return {reinterpret_cast<const char*>(code.data()), size};
}

}  // namespace forgehouse
