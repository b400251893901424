// Where OAuth sends a browser back to, with what, and PKCE (RFC 6749, 7636, 8252, 9700). A redirect
// that is not exactly the client's own hands the code to somebody else, so nothing here guesses.
//
// Pure functions. Threads: from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace forgehouse::forge {

/// Whether a client may register that URI: https, http on this machine (localhost, 127.0.0.1,
/// [::1]; anywhere with `plain_http`, for networks without TLS), or a scheme of the client's own
/// that has a dot in it (RFC 8252, 7.1). Absolute, without user, fragment, or anything that
/// browsers read otherwise than it is written. Errors: Invalid.
Result<void> check_redirect_uri(std::string_view uri, bool plain_http = false);

/// Where to send the browser: the URI of the request, which has to be a registered one to the byte,
/// save that the port of http on 127.0.0.1 and [::1] is free (RFC 8252, 7.3). Without one in the
/// request: the registered one, where there is one alone. Errors: Invalid; then the browser is sent
/// nowhere, and the page says what is wrong.
Result<std::string> choose_redirect(std::span<const std::string> registered,
                                    std::optional<std::string_view> requested);

enum class AnswerIn : std::uint8_t { Query, Fragment };

/// The URI with the answer, percent-coded, behind what it has already. `state` comes back byte for
/// byte once it is decoded.
std::string redirect_with(std::string_view uri, AnswerIn place,
                          std::span<const std::pair<std::string_view, std::string_view>> answer,
                          std::optional<std::string_view> state);

/// PKCE: what the client committed itself to when it asked for the code. Kept with the code.
struct CodeChallenge {
    enum class Method : std::uint8_t { Plain, S256 };
    Method method = Method::S256;
    std::string text;

    /// Parameters of a request; no method means `plain`, which is refused unless `plain_allowed`.
    /// Errors: Invalid.
    static Result<CodeChallenge> read(std::string_view challenge,
                                      std::optional<std::string_view> method,
                                      bool plain_allowed = false);
    /// Whether the verifier, 43 to 128 characters, is the one. In constant time.
    bool met_by(std::string_view verifier) const;
};

}  // namespace forgehouse::forge
