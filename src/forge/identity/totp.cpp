#include "forge/identity/totp.h"

#include <algorithm>

#include "base/digest.h"
#include "base/text.h"
#include "forge/identity/base32.h"

namespace forgehouse::forge {
namespace {

constexpr std::int64_t kStepSeconds = 30, kWindow = 1;
constexpr std::size_t kDigits = 6, kRecoveryDigits = 16, kGroup = 4;
constexpr std::size_t kLongestTyped = 64;

std::span<const std::uint8_t> bytes_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string percent_coded(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
        if (plain)
            out += c;
        else
            out += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
    return out;
}

std::string grouped(std::string_view text, char between) {
    std::string out;
    out.reserve(text.size() + text.size() / kGroup);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (i > 0 && i % kGroup == 0) out += between;
        out += text[i];
    }
    return out;
}

std::string without(std::string_view typed, std::string_view these) {
    std::string out;
    for (const char c : typed.substr(0, kLongestTyped))
        if (these.find(c) == std::string_view::npos) out += c;
    return out;
}

std::string upper(std::string text) {
    for (char& c : text)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return text;
}

}  // namespace

std::string totp_code(std::string_view key, std::int64_t step) {
    std::string counter(8, '\0');
    for (std::size_t i = 0; i < 8; ++i)
        counter[7 - i] = static_cast<char>(static_cast<std::uint64_t>(step) >> 8 * i & 0xFF);
    const std::string code = hmac(Digest::Kind::Sha1, key, counter);
    const auto byte = [&](std::size_t i) {
        return static_cast<std::uint32_t>(static_cast<unsigned char>(code[i]));
    };
    const std::size_t at = byte(19) & 15;  // dynamic truncation, RFC 4226 5.3
    const std::uint32_t number =
        (byte(at) & 0x7F) << 24 | byte(at + 1) << 16 | byte(at + 2) << 8 | byte(at + 3);
    return fmt::format("{:06}", number % 1'000'000);
}

std::int64_t totp_step(Time time) {
    return time.seconds() / kStepSeconds;
}

std::optional<std::int64_t> check_totp(std::string_view key, std::string_view code, Time now,
                                       std::optional<std::int64_t> last_used) {
    const std::string typed = without(code, " ");
    if (typed.size() != kDigits) return std::nullopt;
    std::optional<std::int64_t> found;
    // All of the window, whichever fits: the time does not tell.
    for (std::int64_t step = totp_step(now) - kWindow; step <= totp_step(now) + kWindow; ++step) {
        const bool same = same_bytes(totp_code(key, step), typed);
        if (same && !found && (!last_used || step > *last_used)) found = step;
    }
    return found;
}

Secret totp_uri(std::string_view issuer, std::string_view account, std::string_view key) {
    const std::string by = percent_coded(issuer), of = percent_coded(account);
    const Secret coded(upper(to_base32(bytes_of(key))));
    return Secret(
        fmt::format("otpauth://totp/{}:{}?secret={}&issuer={}&algorithm=SHA1&digits={}&period={}",
                    by, of, coded.reveal(), by, kDigits, kStepSeconds));
}

Secret totp_key_text(std::string_view key) {
    const Secret coded(upper(to_base32(bytes_of(key))));
    return Secret(grouped(coded.reveal(), ' '));
}

Secret make_recovery_code(std::span<const std::uint8_t, kRecoveryRandomness> random) {
    static_assert(kRecoveryRandomness * 8 == kRecoveryDigits * 5);
    const Secret coded(to_base32(random));
    return Secret(grouped(coded.reveal(), '-'));
}

std::optional<Secret> read_recovery_code(std::string_view typed) {
    if (typed.size() > kLongestTyped) return std::nullopt;
    const Secret digits(text::lower_ascii(without(typed, " -")));
    if (digits.reveal().size() != kRecoveryDigits) return std::nullopt;
    if (!from_base32(digits.reveal())) return std::nullopt;
    return Secret(grouped(digits.reveal(), '-'));
}

}  // namespace forgehouse::forge
