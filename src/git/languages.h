// Languages: what a file is written in, by its name alone, as GitHub's linguist names it.
#pragma once

#include <string>
#include <string_view>

namespace forgehouse::git {

/// linguist's name of the language: by the whole file name first, then by the longest extension.
/// An extension that several languages share is given to one of them by the rule in README.md.
/// "" where unknown. The result lives as long as the program.
std::string_view language_of(std::string_view path) noexcept;

/// What follows the last dot of the file name, in lower case; "" where there is none: `.bashrc` and
/// `Makefile` have none, `a.tar.GZ` has `gz`.
std::string file_extension(std::string_view path);

}  // namespace forgehouse::git
