// YAML, read into a plain tree that remembers its lines. The only door to yaml-cpp.
//
// What comes in is foreign bytes: size, depth and the number of nodes that aliases may unfold to
// are bounded, a key given twice is an error, and no tag has a meaning.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace forgehouse::config {

inline constexpr std::size_t kMostBytes = 256 * 1024;
inline constexpr std::size_t kMostNodes = 20'000;
inline constexpr std::size_t kMostDepth = 32;

struct Node {
    enum class Kind : unsigned char { Null, Scalar, List, Map };

    Kind kind = Kind::Null;
    std::string key;  ///< where it is a member of a map
    std::string scalar;
    std::vector<Node> items;  ///< of a list, or the members of a map
    int line = 0;             ///< from 1, the key's for a member; 0 where it comes from no file

    static Node of_scalar(std::string text) {
        Node node;
        node.kind = Kind::Scalar;
        node.scalar = std::move(text);
        return node;
    }
};

/// The one document in `text`; a Null node where it is empty. Errc::Invalid for what is not YAML,
/// exceeds a bound, or gives a key twice; its field `at` is `name:line`.
Result<Node> parse_yaml(std::string_view text, std::string_view name);

}  // namespace forgehouse::config
