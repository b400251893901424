// Registry: which adapters there are, by name, and how one is made from what the user said. An
// adapter is a Source (its repositories are named) or a Forge (they are listed over an API).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sources/forge.h"
#include "sources/source.h"

namespace forgehouse::sources {

/// One PATH or URL with what is needed to reach it. A user or password inside a URL wins over
/// these.
struct Input {
    std::string text;
    std::string user;
    Secret password;
};

/// A configured connection.
struct SourceOptions {
    std::string kind = "plain_git";
    std::string data_source;         ///< empty: the kind's default (`insight_git`)
    std::vector<Input> inputs;       ///< of a forge: the address of its start page, alone
    std::uint32_t page_limit = 100;  ///< items that a forge is asked for at once; it may grant less
};

/// The names of all adapters.
std::span<const std::string_view> kinds() noexcept;

/// The `data_source` that a kind writes where nothing else is configured. "" for an unknown kind.
std::string_view default_data_source(std::string_view kind) noexcept;

/// Whether make_forge() makes this kind, and not make_source(). False for an unknown kind.
bool is_forge(std::string_view kind) noexcept;

/// Makes the adapter; does no I/O. Errors: Invalid for an unknown kind (names the nearest), a kind
/// that the other one makes, or options that this kind cannot use.
Result<std::unique_ptr<Source>> make_source(SourceOptions options);
Result<std::unique_ptr<Forge>> make_forge(SourceOptions options);

}  // namespace forgehouse::sources
