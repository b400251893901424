#include "base/digest.h"

#include <openssl/evp.h>

#include <memory>

#include "base/check.h"
#include "base/text.h"

namespace forgehouse {
namespace {

struct FreeContext {
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};

// Fetched once: EVP_sha256() looks the algorithm up again at every use, which costs more than the
// digest of a short text itself.
const EVP_MD* algorithm() {
    static const EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    CHECK(fetched != nullptr);
    return fetched;
}

}  // namespace

std::array<std::uint8_t, 32> sha256(std::string_view bytes) {
    thread_local const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
    CHECK(context != nullptr);
    std::array<std::uint8_t, 32> digest;
    CHECK(EVP_DigestInit_ex2(context.get(), algorithm(), nullptr) == 1);
    CHECK(EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) == 1);
    CHECK(EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) == 1);
    return digest;
}

std::string sha256_hex(std::string_view bytes) {
    return text::to_hex(sha256(bytes));
}

}  // namespace forgehouse
