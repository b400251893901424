// Ticket keys in a text, by Jira's rule, found by other means than the product's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace forgehouse::sim {

/// Each once, in the order of their first appearance.
std::vector<std::string> tickets_in(std::string_view text);

}  // namespace forgehouse::sim
