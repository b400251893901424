// The options of Forgehouse: the list that everything about the configuration is derived from.
#pragma once

#include <span>

#include "config/option.h"

namespace forgehouse::config {

/// A group of options, for the reference.
struct Section {
    std::string_view name;  ///< "" for the keys at the top
    std::string_view doc;
};

std::span<const Section> sections() noexcept;

/// Every option outside the list of sources, in the order of the reference.
std::span<const Option<Settings>> options() noexcept;

/// What an entry of `sources` may say.
std::span<const Option<SourceSettings>> source_options() noexcept;

/// The declaration of a key such as `engine.idle`. CHECKs that there is one.
const Option<Settings>& option_named(std::string_view key);

/// The section's part of a key: `engine` of `engine.idle`, "" of `data`.
std::string_view section_of(std::string_view key) noexcept;

}  // namespace forgehouse::config
