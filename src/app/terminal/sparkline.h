// Sparkline: a series of counts as one line of bars.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace forgehouse::app::terminal {

/// One character a value, from `▁` to `█`; a blank-like `▁` is kept for 0 only, so that one commit
/// is always seen. ASCII where the screen shows no Unicode.
std::string sparkline(std::span<const std::uint64_t> values, bool unicode);

/// At most `most` values: neighbours are added up, the same number of them each time, counted from
/// the end so that the newest group is whole.
std::vector<std::uint64_t> condensed(std::span<const std::uint64_t> values, std::size_t most);

}  // namespace forgehouse::app::terminal
