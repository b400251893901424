// Errors as Bitbucket Cloud's API shows them: `{"type":"error","error":{"message":…}}`.
#pragma once

#include "api/call.h"
#include "base/result.h"
#include "forge/identity/scopes.h"

namespace forgehouse::api {

/// The status that a class of failure has; 401 for what signing in may help.
unsigned status_of(const Error& error) noexcept;

/// The whole answer: the text of the error, its fields as details, its hint. What may say something
/// about our machine (paths, texts of the system) is told to nobody: for a status of 500 and above
/// there is but the request's id, by which the log says more.
Answer error_answer(const Error& error, std::string_view request_id);

/// A token that lacks a scope.
Answer scopes_answer(const forge::MissingScopes& missing);

}  // namespace forgehouse::api
