#include "forge/identity/secret_box.h"

#include <sodium.h>

#include <algorithm>

#include "base/check.h"
#include "base/text.h"
#include "forge/identity/base32.h"

namespace forgehouse::forge {
namespace {

constexpr std::string_view kMark = "fhs1:";
constexpr std::size_t kKeyBytes = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t kLongestId = 32, kIdBytes = 5;
static_assert(SecretBox::kNonce == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
static_assert(SecretBox::kKeyRandomness == kKeyBytes + kIdBytes);

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::string_view text_of(std::span<const std::uint8_t> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool is_id(std::string_view text) {
    return !text.empty() && text.size() <= kLongestId && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_';
    });
}

/// What the text is bound to. With lengths: no two places make one.
std::string bound_to(std::string_view key, const SecretPlace& place) {
    std::string out(kMark);
    for (const std::string_view part : {key, place.table, place.column, place.row})
        (out += std::to_string(part.size()) + ":") += part;
    return out;
}

Error wrong_line(Literal text, std::int64_t line) {
    return Error(Errc::Invalid, text)
        .with("line", line)
        .hint("a line is ID BASE64, 32 bytes as base64, the newest key first");
}

struct Parts {
    std::string_view key;
    std::string bytes;  ///< nonce and cipher
};

Result<Parts> take_apart(std::string_view sealed) {
    const auto refused = Failure(Error(Errc::Corrupt, "this is no sealed secret"));
    if (!sealed.starts_with(kMark)) return refused;
    sealed.remove_prefix(kMark.size());
    const auto colon = sealed.find(':');
    if (colon == std::string_view::npos || !is_id(sealed.substr(0, colon))) return refused;
    const auto bytes = text::from_base64(sealed.substr(colon + 1));
    if (!bytes || bytes->size() < SecretBox::kNonce + kTagBytes) return refused;
    Parts parts;
    parts.key = sealed.substr(0, colon);
    parts.bytes = *bytes;
    return parts;
}

}  // namespace

Result<SecretBox> SecretBox::parse(std::string_view file) {
    CHECK(sodium_init() >= 0);  // chooses what is fast on this processor; safe to repeat
    std::vector<Key> keys;
    std::int64_t number = 0;
    for (const std::string_view raw : text::split(file, '\n')) {
        ++number;
        const std::string_view line = text::trim(raw);
        if (line.empty() || line.starts_with('#')) continue;
        const auto blank = line.find_first_of(" \t");
        const std::string_view id = line.substr(0, blank);
        if (blank == std::string_view::npos || !is_id(id))
            return Failure(wrong_line("a line of the key file has no id and key", number));
        auto bytes = text::from_base64(text::trim(line.substr(blank)));
        const std::size_t size = bytes ? bytes->size() : 0;
        Secret key(bytes ? std::move(*bytes) : std::string());
        if (size != kKeyBytes)
            return Failure(wrong_line("a key of the key file is not 32 bytes as base64", number));
        if (std::ranges::find(keys, id, &Key::id) != keys.end())
            return Failure(wrong_line("two keys of the key file have one id", number));
        keys.push_back({.id = std::string(id), .bytes = std::move(key)});
    }
    if (keys.empty()) return Failure(wrong_line("the key file has no key", number));
    return SecretBox(std::move(keys));
}

Secret SecretBox::new_key(std::span<const std::uint8_t, kKeyRandomness> random) {
    const Secret key(text::to_base64(text_of(random.subspan(kIdBytes))));
    std::string line;
    line.reserve(64);  // or what it grows out of would stay in memory
    ((line += to_base32(random.first(kIdBytes))) += ' ') += key.reveal();
    return Secret(std::move(line += '\n'));
}

std::string SecretBox::seal(const Secret& value, const SecretPlace& place,
                            std::span<const std::uint8_t, kNonce> nonce) const {
    const Key& key = keys_.front();
    const std::string_view plain = value.reveal();
    const std::string bound = bound_to(key.id, place);
    std::string out(text_of(nonce));
    out.resize(kNonce + plain.size() + kTagBytes);
    unsigned long long size = 0;
    CHECK(crypto_aead_xchacha20poly1305_ietf_encrypt(
              reinterpret_cast<unsigned char*>(out.data()) + kNonce, &size, bytes_of(plain),
              plain.size(), bytes_of(bound), bound.size(), nullptr, nonce.data(),
              bytes_of(key.bytes.reveal())) == 0);
    return std::string(kMark) + key.id + ":" + text::to_base64(out);
}

Result<Secret> SecretBox::open(std::string_view sealed, const SecretPlace& place) const {
    TRY_LET(parts, take_apart(sealed));
    const auto key = std::ranges::find(keys_, parts.key, &Key::id);
    if (key == keys_.end())
        return Failure(Error(Errc::NotFound, "the key that a secret was sealed with is missing")
                           .with("key", std::string(parts.key))
                           .hint("put the line of that key back into the key file"));
    const std::string bound = bound_to(parts.key, place);
    const std::string_view cipher = std::string_view(parts.bytes).substr(kNonce);
    std::string plain(cipher.size() - kTagBytes, '\0');
    unsigned long long size = 0;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(
            reinterpret_cast<unsigned char*>(plain.data()), &size, nullptr, bytes_of(cipher),
            cipher.size(), bytes_of(bound), bound.size(), bytes_of(parts.bytes),
            bytes_of(key->bytes.reveal())) != 0)
        return Failure(Error(Errc::Corrupt, "a sealed secret was altered or moved")
                           .with("key", std::string(parts.key))
                           .hint("set the secret anew; where all fail, a key of the key file has "
                                 "been replaced under its old id"));
    return Secret(std::move(plain));
}

Result<std::optional<std::string>> SecretBox::reseal(
    std::string_view sealed, const SecretPlace& place,
    std::span<const std::uint8_t, kNonce> nonce) const {
    TRY_LET(value, open(sealed, place));
    TRY_LET(parts, take_apart(sealed));
    if (parts.key == newest()) return std::nullopt;
    return std::optional(seal(value, place, nonce));
}

}  // namespace forgehouse::forge
