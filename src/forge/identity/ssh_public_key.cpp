#include "forge/identity/ssh_public_key.h"

#include <algorithm>
#include <array>
#include <bit>
#include <optional>

#include "base/digest.h"
#include "base/text.h"

namespace forgehouse::forge {
namespace {

constexpr std::size_t kLongestLine = 16UL * 1024, kLongestComment = 1024;
constexpr unsigned kLeastRsaBits = 2048, kMostRsaBits = 16'384;
constexpr std::size_t kEd25519Bytes = 32;
// The application of a security key: `ssh:` and what its owner calls it.
constexpr std::size_t kLongestApplication = 255;

enum class Form : std::uint8_t { Ed25519, Ecdsa, Rsa };
struct Type {
    std::string_view name;
    Form form;
    std::string_view curve;
    unsigned bits;
    bool in_hardware;
};
constexpr std::array<Type, 7> kTypes{{
    {"ssh-ed25519", Form::Ed25519, "", 256, false},
    {"ecdsa-sha2-nistp256", Form::Ecdsa, "nistp256", 256, false},
    {"ecdsa-sha2-nistp384", Form::Ecdsa, "nistp384", 384, false},
    {"ecdsa-sha2-nistp521", Form::Ecdsa, "nistp521", 521, false},
    {"ssh-rsa", Form::Rsa, "", 0, false},
    {"sk-ssh-ed25519@openssh.com", Form::Ed25519, "", 256, true},
    {"sk-ecdsa-sha2-nistp256@openssh.com", Form::Ecdsa, "nistp256", 256, true},
}};

Failure refused(Literal text, std::string_view hint) {
    return Failure(Error(Errc::Invalid, text).hint(std::string(hint)));
}

/// Of what is pasted instead of a line, the usual.
Result<void> check_form(std::string_view text) {
    constexpr std::string_view paste = "paste the one line of the .pub file";
    if (text.empty()) return refused("there is no SSH key", paste);
    if (text.size() > kLongestLine) return refused("the SSH key is too long", paste);
    if ((text.starts_with("-----BEGIN ") && text.find("PRIVATE KEY") != std::string_view::npos) ||
        text.starts_with("PuTTY-User-Key-File"))
        return refused("this is a private key",
                       "keep it to yourself, and make a new one if others have seen it; paste the "
                       ".pub file");
    if (text.starts_with("----"))
        return refused("this is another form of public key",
                       "ssh-keygen -i -f FILE prints the form that is wanted (-m PKCS8 before -f "
                       "for BEGIN PUBLIC KEY)");
    if (text.find_first_of("\r\n") != std::string_view::npos)
        return refused("an SSH key is one line", "paste one key, without line breaks");
    return {};
}

Result<Type> type_named(std::string_view name) {
    const auto found = std::ranges::find(kTypes, name, &Type::name);
    if (found != kTypes.end()) return *found;
    constexpr std::string_view make = "make another: ssh-keygen -t ed25519";
    if (name == "ssh-dss") return refused("DSA keys are too weak", make);
    if (name.find("-cert-v01@openssh.com") != std::string_view::npos)
        return refused("this is a certificate",
                       "paste the key itself: the .pub file without -cert");
    return refused("the SSH key is of no type that we know",
                   "a line begins with ssh-ed25519, ecdsa-sha2-nistp256, ssh-rsa or the like, "
                   "without options before it");
}

/// Reads the fields of the wire; nothing is left behind the last one.
class Fields {
public:
    explicit Fields(std::string_view bytes) : rest_(bytes) {}

    std::optional<std::string_view> next() {
        if (rest_.size() < 4) return std::nullopt;
        std::size_t size = 0;
        for (std::size_t i = 0; i < 4; ++i) size = size << 8 | static_cast<unsigned char>(rest_[i]);
        if (rest_.size() - 4 < size) return std::nullopt;
        const std::string_view field = rest_.substr(4, size);
        rest_.remove_prefix(4 + size);
        return field;
    }
    /// A positive number in its shortest form, without the sign's byte.
    std::optional<std::string_view> next_number() {
        auto field = next();
        if (!field || field->empty()) return std::nullopt;
        const auto top = [&](std::size_t i) { return static_cast<unsigned char>((*field)[i]); };
        if (top(0) >= 0x80) return std::nullopt;
        if (top(0) != 0) return field;
        if (field->size() < 2 || top(1) < 0x80) return std::nullopt;
        return field->substr(1);
    }
    bool at_end() const noexcept { return rest_.empty(); }

private:
    std::string_view rest_;
};

bool is_odd(std::string_view number) {
    return (static_cast<unsigned char>(number.back()) & 1) != 0;
}

/// The bits of its modulus; nullopt where the fields are none of an RSA key.
std::optional<unsigned> rsa_bits(Fields& fields) {
    const auto exponent = fields.next_number(), modulus = fields.next_number();
    if (!exponent || !modulus || !is_odd(*exponent) || !is_odd(*modulus)) return std::nullopt;
    if (exponent->size() > 8 || *exponent == "\x01") return std::nullopt;
    const auto top = static_cast<unsigned char>(modulus->front());
    return static_cast<unsigned>((modulus->size() - 1) * 8) +
           static_cast<unsigned>(std::bit_width(static_cast<unsigned>(top)));
}

bool is_point(std::string_view field, unsigned bits) {
    return field.size() == 1 + 2 * ((bits + 7) / 8) && field.front() == '\x04';
}

/// The bits of the key; nullopt where the bytes are no key of that type.
std::optional<unsigned> bits_of(const Type& type, std::string_view blob) {
    Fields fields(blob);
    if (fields.next() != type.name) return std::nullopt;
    unsigned bits = type.bits;
    switch (type.form) {
        case Form::Ed25519:
            if (const auto key = fields.next(); !key || key->size() != kEd25519Bytes)
                return std::nullopt;
            break;
        case Form::Ecdsa: {
            if (fields.next() != type.curve) return std::nullopt;
            const auto point = fields.next();
            if (!point || !is_point(*point, bits)) return std::nullopt;
            break;
        }
        case Form::Rsa: {
            const auto found = rsa_bits(fields);
            if (!found) return std::nullopt;
            bits = *found;
            break;
        }
    }
    if (type.in_hardware) {
        const auto application = fields.next();
        if (!application || application->empty() || application->size() > kLongestApplication)
            return std::nullopt;
    }
    return fields.at_end() ? std::optional(bits) : std::nullopt;
}

std::string_view take_word(std::string_view& text) {
    const auto end = std::min(text.find_first_of(" \t"), text.size());
    const std::string_view word = text.substr(0, end);
    text = text::trim(text.substr(end));
    return word;
}

bool is_comment(std::string_view text) {
    return text.size() <= kLongestComment && text::is_utf8(text) && text::printable(text) == text;
}

}  // namespace

std::string SshPublicKey::line() const {
    return type + " " + text::to_base64(blob) + (comment.empty() ? "" : " " + comment);
}

std::string SshPublicKey::fingerprint() const {
    const auto digest = sha256(blob);
    std::string out =
        "SHA256:" + text::to_base64({reinterpret_cast<const char*>(digest.data()), digest.size()});
    out.erase(out.find_last_not_of('=') + 1);
    return out;
}

Result<SshPublicKey> parse_ssh_public_key(std::string_view line) {
    line = text::trim(line);
    TRY(check_form(line));
    TRY_LET(type, type_named(take_word(line)));
    const std::string_view coded = take_word(line);
    auto blob = text::from_base64(coded);
    // The bytes spelled as everybody does, or one key would look like two.
    if (!blob || blob->empty() || text::to_base64(*blob) != coded)
        return refused("the SSH key is cut or misspelled", "paste the whole line of the .pub file");
    const auto bits = bits_of(type, *blob);
    if (!bits)
        return refused("the SSH key is not what its type says",
                       "paste the whole line of the .pub file");
    if (type.form == Form::Rsa && (*bits < kLeastRsaBits || *bits > kMostRsaBits)) {
        Error error(Errc::Invalid, "the RSA key is too short, or longer than anybody needs");
        error.with("bits", static_cast<std::int64_t>(*bits));
        return Failure(std::move(error).hint(
            "RSA wants 2048 to 16384 bits; better make another: ssh-keygen -t ed25519"));
    }
    if (!is_comment(line))
        return refused("the comment of the SSH key is too long or no text", "leave it out");
    return SshPublicKey{.type = std::string(type.name),
                        .blob = std::move(*blob),
                        .comment = std::string(line),
                        .bits = *bits,
                        .in_hardware = type.in_hardware};
}

}  // namespace forgehouse::forge
