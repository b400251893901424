#include "forge/identity/jwt.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/digest.h"
#include "base/text.h"

namespace forgehouse::forge {
namespace {

constexpr std::size_t kLongestToken = 16UL * 1024, kLongestSet = 256UL * 1024;
constexpr std::size_t kMostKeys = 64, kLongestSubject = 1024;
constexpr double kLatestSeconds = 1e11;  // the year 5138; milliseconds would be beyond

Error no_token(Literal reason) {
    return Error(Errc::Invalid, reason);
}

Error wrong_claim(Literal reason, std::string_view claim) {
    return Error(Errc::Denied, reason).with("claim", std::string(claim));
}

/// An object whose members have a name each: of two the one that we read might not be the one that
/// another reads.
Result<json::Document> object_of(std::string_view coded) {
    const auto text = text::from_base64url(coded);
    if (!text) return Failure(no_token("a part of the token is not base64url"));
    auto document = json::Document::parse(*text);
    if (!document) return Failure(no_token("a part of the token is not JSON"));
    const auto members = document->root().members();
    if (!members) return Failure(no_token("a part of the token is no JSON object"));
    std::set<std::string_view> names;
    for (const auto& [name, value] : *members)
        if (!names.insert(name).second)
            return Failure(no_token("a part of the token has a name twice"));
    return std::move(*document);
}

std::string_view word(const json::Value& object, std::string_view name) {
    const auto value = object.find(name);
    return value ? value->text().value_or("") : "";
}

struct Parts {
    std::string_view head, claims, signature;
    std::string_view signed_text;
};

Result<Parts> take_apart(std::string_view token) {
    if (token.size() > kLongestToken) return Failure(no_token("the token is too long"));
    const auto first = token.find('.');
    const auto second = first == std::string_view::npos ? first : token.find('.', first + 1);
    if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos)
        return Failure(no_token("the token has not three parts"));
    return Parts{.head = token.substr(0, first),
                 .claims = token.substr(first + 1, second - first - 1),
                 .signature = token.substr(second + 1),
                 .signed_text = token.substr(0, second)};
}

struct Head {
    signing::Algorithm algorithm;
    std::string key_id;
};

Result<Head> head_of(std::string_view coded) {
    TRY_LET(document, object_of(coded));
    const json::Value head = document.root();
    const auto algorithm = signing::algorithm_named(word(head, "alg"));
    if (!algorithm)
        return Failure(no_token("the algorithm of the token is none that we take")
                           .hint("RS256, ES256 and EdDSA are taken"));
    // Extensions that have to be understood; null is one too.
    const auto members = head.members();
    for (const auto& [name, value] : *members)
        if (name == "crit") return Failure(no_token("the token asks for an extension"));
    const std::string type = text::lower_ascii(word(head, "typ"));
    if (head.find("typ") && type != "jwt" && type != "application/jwt" && type != "at+jwt")
        return Failure(no_token("the token is of another type"));
    if (const auto id = head.find("kid"); id && !id->text())
        return Failure(no_token("the key's id in the token is no text"));
    return Head{.algorithm = *algorithm, .key_id = std::string(word(head, "kid"))};
}

Result<void> check_signature(const Parts& parts, const Head& head, const KeySet& keys) {
    const auto signature = text::from_base64url(parts.signature);
    if (!signature) return Failure(no_token("a part of the token is not base64url"));
    bool tried = false;
    for (const PublishedKey& one : keys.keys()) {
        if (one.key.algorithm() != head.algorithm) continue;
        if (!head.key_id.empty() && one.id != head.key_id) continue;
        tried = true;
        if (one.key.verify(parts.signed_text, *signature)) return {};
    }
    if (tried) return Failure(Error(Errc::Denied, "the signature of the token is wrong"));
    return Failure(Error(Errc::NotFound, "no key that we know has signed the token"));
}

/// Seconds since 1970, with a fraction or not; nullopt where the claim is not there.
Result<std::optional<Time>> time_of(const json::Value& claims, std::string_view name) {
    const auto value = claims.find(name);
    if (!value) return std::nullopt;
    const auto seconds = value->number();
    if (!seconds || !std::isfinite(*seconds) || *seconds < 0 || *seconds > kLatestSeconds)
        return Failure(wrong_claim("a time of the token is none", name));
    return Time::from_ms(static_cast<std::int64_t>(*seconds * 1000));
}

Result<Time> check_times(const json::Value& claims, const JwtDemands& demands) {
    TRY_LET(expires, time_of(claims, "exp"));
    TRY_LET(not_before, time_of(claims, "nbf"));
    TRY_LET(issued, time_of(claims, "iat"));
    if (!expires) return Failure(wrong_claim("the token never expires", "exp"));
    if (demands.now >= expires->plus(demands.leeway))
        return Failure(wrong_claim("the token has expired", "exp"));
    const Time latest = demands.now.plus(demands.leeway);
    if (not_before && *not_before > latest)
        return Failure(wrong_claim("the token is not good yet", "nbf"));
    if (issued && *issued > latest)
        return Failure(wrong_claim("the token comes from the future", "iat"));
    return *expires;
}

bool is_for(const json::Value& claims, std::string_view audience) {
    const auto value = claims.find("aud");
    if (!value) return false;
    if (const auto one = value->text()) return *one == audience;
    const auto several = value->items();
    if (!several) return false;
    // All have to be texts: half a list that is understood is not understood.
    return std::ranges::all_of(*several, [](const auto& one) { return one.text().has_value(); }) &&
           std::ranges::any_of(*several, [&](const auto& one) { return *one.text() == audience; });
}

Result<void> check_parties(const json::Value& claims, const JwtDemands& demands) {
    if (demands.issuer.empty() || word(claims, "iss") != demands.issuer)
        return Failure(wrong_claim("the token is of another issuer", "iss"));
    if (demands.audience.empty() || !is_for(claims, demands.audience))
        return Failure(wrong_claim("the token is for another audience", "aud"));
    if (claims.find("azp") && word(claims, "azp") != demands.audience)
        return Failure(wrong_claim("the token was made for another party", "azp"));
    if (demands.nonce && !same_bytes(word(claims, "nonce"), *demands.nonce))
        return Failure(wrong_claim("the token belongs to another login", "nonce"));
    const std::string_view subject = word(claims, "sub");
    if (subject.empty() || subject.size() > kLongestSubject)
        return Failure(wrong_claim("the token does not say whose it is", "sub"));
    return {};
}

bool is_for_signatures(const json::Value& key) {
    if (key.find("use") && word(key, "use") != "sig") return false;
    const auto ops = key.find("key_ops");
    if (!ops) return true;
    const auto items = ops->items();
    return items && std::ranges::any_of(*items, [](const json::Value& one) {
               return one.text().value_or("") == "verify";
           });
}

std::optional<PublishedKey> published(const json::Value& object) {
    if (!is_for_signatures(object)) return std::nullopt;
    auto key = signing::PublicKey::from_jwk(object);
    if (!key) return std::nullopt;
    if (object.find("alg") && word(object, "alg") != signing::name_of(key->algorithm()))
        return std::nullopt;
    return PublishedKey{.id = std::string(word(object, "kid")), .key = std::move(*key)};
}

}  // namespace

Result<KeySet> KeySet::parse(std::string_view text) {
    if (text.size() > kLongestSet) return Failure(Error(Errc::Corrupt, "a key set is too long"));
    TRY_LET(document, json::Document::parse(text));
    TRY_LET(list, document.root().at("keys"));
    TRY_LET(objects, list.items());
    if (objects.size() > kMostKeys)
        return Failure(Error(Errc::Corrupt, "a key set has too many keys")
                           .with("keys", static_cast<std::int64_t>(objects.size())));
    KeySet set({});
    for (const json::Value& object : objects) {
        if (auto key = published(object))
            set.keys_.push_back(std::move(*key));
        else
            ++set.left_out_;
    }
    return set;
}

std::string KeySet::print() const {
    json::Writer out;
    out.object().name("keys").array();
    for (const PublishedKey& one : keys_) out.raw(one.key.jwk(one.id));
    out.end().end();
    return out.take();
}

Result<std::string> sign_jwt(const signing::PrivateKey& key, std::string_view key_id,
                             std::string_view claims) {
    json::Writer head;
    head.object().name("alg").text(signing::name_of(key.algorithm()));
    head.name("typ").text("JWT").name("kid").text(key_id).end();
    std::string token = text::to_base64url(head.take()) + "." + text::to_base64url(claims);
    TRY_LET(signature, key.sign(token));
    return token + "." + text::to_base64url(signature);
}

Result<VerifiedJwt> verify_jwt(std::string_view token, const KeySet& keys,
                               const JwtDemands& demands) {
    TRY_LET(parts, take_apart(token));
    TRY_LET(head, head_of(parts.head));
    // Nothing of the claims is looked at before they are known to be the issuer's.
    TRY(check_signature(parts, head, keys));
    TRY_LET(document, object_of(parts.claims));
    TRY(check_parties(document.root(), demands));
    TRY_LET(expires, check_times(document.root(), demands));
    std::string subject(word(document.root(), "sub"));
    return VerifiedJwt(std::move(document), std::move(subject), expires);
}

}  // namespace forgehouse::forge
