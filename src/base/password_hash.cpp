#include "base/password_hash.h"

#include <argon2.h>
#include <sys/random.h>

#include <array>

#include "base/text.h"

namespace forgehouse {
namespace {

constexpr std::uint32_t kMemoryKib = 19 * 1024, kPasses = 2, kLanes = 1;
constexpr std::uint32_t kSaltBytes = 16, kHashBytes = 32;
constexpr std::int64_t kMostMemoryKib = 256 * 1024, kMostPasses = 16, kMostLanes = 8;
// As base64 without padding: 8 and 16 bytes, the least that the reference library accepts or that
// is of any use.
constexpr std::size_t kLeastSalt = 11, kLeastHash = 22, kMostPart = 128;

bool is_base64(std::string_view part, std::size_t least) {
    return part.size() >= least && part.size() <= kMostPart &&
           part.find_first_not_of(
               "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") ==
               std::string_view::npos;
}

/// The number of `m=19456`, where it lies within its bounds.
bool in_bounds(std::string_view part, std::string_view name, std::int64_t least,
               std::int64_t most) {
    if (!part.starts_with(name)) return false;
    const auto number = text::to_int(part.substr(name.size()));
    return number && *number >= least && *number <= most;
}

}  // namespace

Result<std::string> hash_password(const Secret& password) {
    if (password.empty()) return Failure(Error(Errc::Invalid, "the password is empty"));
    if (password.reveal().size() > kMostPassword)
        return Failure(Error(Errc::Invalid, "the password is too long")
                           .with("most_bytes", std::int64_t{kMostPassword}));
    std::array<std::uint8_t, kSaltBytes> salt{};
    if (::getrandom(salt.data(), salt.size(), 0) != static_cast<ssize_t>(salt.size()))
        return Failure(Error(Errc::Unavailable, "the kernel gives no random bytes"));
    std::array<char, 256> encoded{};
    const std::string_view bytes = password.reveal();
    const int done = ::argon2id_hash_encoded(kPasses, kMemoryKib, kLanes, bytes.data(),
                                             bytes.size(), salt.data(), salt.size(), kHashBytes,
                                             encoded.data(), encoded.size());
    if (done != ARGON2_OK)
        return Failure(Error(Errc::Unavailable, "the password cannot be hashed")
                           .with("reason", ::argon2_error_message(done)));
    return std::string(encoded.data());
}

Result<void> check_password_hash(std::string_view encoded) {
    const auto parts = text::split(encoded, '$');
    const auto refuse = [](const char* reason) {
        return Failure(Error(Errc::Invalid, "this is no usable hash of a password")
                           .with("reason", reason)
                           .hint("make one: forgehouse engine --hash-password"));
    };
    if (parts.size() != 6 || !parts[0].empty() || parts[1] != "argon2id" || parts[2] != "v=19")
        return refuse("it is not of the form $argon2id$v=19$m=…,t=…,p=…$SALT$HASH");
    const auto costs = text::split(parts[3], ',');
    if (costs.size() != 3 || !in_bounds(costs[0], "m=", 64, kMostMemoryKib) ||
        !in_bounds(costs[1], "t=", 1, kMostPasses) || !in_bounds(costs[2], "p=", 1, kMostLanes))
        return refuse("its costs are to be within m=64…262144, t=1…16, p=1…8");
    if (!is_base64(parts[4], kLeastSalt) || !is_base64(parts[5], kLeastHash))
        return refuse("its salt or its hash is cut or misspelled");
    return {};
}

bool password_matches(const std::string& encoded, const Secret& password) {
    const std::string_view bytes = password.reveal();
    return ::argon2id_verify(encoded.c_str(), bytes.data(), bytes.size()) == ARGON2_OK;
}

}  // namespace forgehouse
