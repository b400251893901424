// Text: the small questions about strings that every room asks. Pure functions, no locale.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace forgehouse::text {

/// Whether the bytes are valid UTF-8 (no overlong forms, no surrogates).
bool is_utf8(std::string_view bytes) noexcept;
/// The same text with every invalid byte read as Latin-1, so that nothing is lost from view.
std::string latin1_to_utf8(std::string_view bytes);
/// The same text with U+FFFD for each invalid sequence.
std::string replace_invalid_utf8(std::string_view bytes);

std::string to_hex(std::span<const std::uint8_t> bytes);
/// nullopt unless `hex` is an even number of hex digits.
std::optional<std::vector<std::uint8_t>> from_hex(std::string_view hex);
std::string to_base64(std::string_view bytes);
/// nullopt unless it is base64, padded or not.
std::optional<std::string> from_base64(std::string_view text);
/// The same with `-` and `_`, and without padding: for URLs and JWTs.
std::string to_base64url(std::string_view bytes);
/// nullopt unless it is what to_base64url() writes: no padding, no bits that are left over. So
/// there is one text only for the same bytes.
std::optional<std::string> from_base64url(std::string_view text);

/// A JSON string with its quotes, harmless on a terminal: control characters, also those beyond
/// ASCII, are escaped. Bytes that are not UTF-8 become U+FFFD.
std::string json_quoted(std::string_view value);

std::string lower_ascii(std::string_view value);
std::string_view trim(std::string_view value) noexcept;
std::vector<std::string_view> split(std::string_view value, char separator);
/// All of `value` as a decimal integer, else nullopt. Accepts a leading '-'.
std::optional<std::int64_t> to_int(std::string_view value) noexcept;

/// Shell-style match of the whole of `value`: `*` any run, `?` one character, `[a-z]` a class.
/// Linear time in the length of `value` for each `*`.
bool glob_match(std::string_view pattern, std::string_view value) noexcept;

/// The candidate that `word` most probably was meant to be; nullopt where none is near.
std::optional<std::string_view> nearest(std::string_view word,
                                        std::span<const std::string_view> candidates);

/// `1,234,567`.
std::string grouped(std::uint64_t number);
/// `3.4 MB` (powers of 1000).
std::string byte_size(std::uint64_t bytes);
/// `0.4 s`, `12 s`, `3 min 04 s`, `2 h 10 min`.
std::string duration(std::int64_t ms);

/// Columns a terminal needs to show UTF-8 text (wide East Asian letters and emoji count two,
/// combining marks none).
std::size_t display_width(std::string_view utf8);
/// At most `columns` wide, with `…` where something was cut.
std::string fit(std::string_view utf8, std::size_t columns);
/// Control characters made visible (`\x1b`), so that data cannot drive a terminal.
std::string printable(std::string_view utf8);

}  // namespace forgehouse::text
