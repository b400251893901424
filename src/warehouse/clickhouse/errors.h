// What ClickHouse says when it refuses, in our words: its code decides what to do, and a person is
// told how to mend it.
#pragma once

#include <string_view>

#include "base/result.h"
#include "net/http_client.h"

namespace forgehouse::warehouse::clickhouse {

/// Whether the same statement may do better when it is sent again. Meaningful for Unavailable only.
enum class Again : unsigned char {
    Yes,         ///< a passing trouble: whoever asked may ask again
    WritesOnly,  ///< a write should wait and try again; for a read, the statement is too heavy
};

/// The error for `Code: 62. DB::Exception: … (SYNTAX_ERROR) (version …)`, in this spelling and
/// those of older servers: fields `code`, `name` (both where they are said) and `message`. For a
/// text that is none of them, Invalid with `message` alone.
Error error_from_exception(std::string_view text);

/// The error for an answer that is not 2xx: from its exception where it has one, else from its
/// status (a proxy's, say).
Error error_from_answer(const net::Response& answer);

/// The error's `code` decides; Yes for errors that are not ClickHouse's.
Again again_of(const Error& error) noexcept;

}  // namespace forgehouse::warehouse::clickhouse
