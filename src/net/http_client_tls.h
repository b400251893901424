// What went wrong with certificates, in words that say whose. Inside net only.
#pragma once

#include <curl/curl.h>

#include <optional>
#include <string>

#include "base/result.h"

namespace forgehouse::net {

/// A failure of certificates on either side; nullopt for every other one. `reason` is curl's text.
std::optional<Error> tls_failure(CURL* easy, CURLcode code, const std::string& reason);

}  // namespace forgehouse::net
