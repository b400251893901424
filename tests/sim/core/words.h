// Words: what the people of an organisation are called and what they write, with all that makes
// collectors stumble: other scripts, tickets, and what looks like tickets and is none.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/core/random.h"

namespace forgehouse::sim::words {

struct PersonName {
    std::string name;
    std::string login;
};
/// The n-th person; different for each n.
PersonName person(std::size_t n);
/// `Grüße an München` and the like; different for each n.
std::string repository_name(std::size_t n);
/// Lower case with dashes, as a forge makes it of a name.
std::string slug(std::string_view name);

/// A title of a few words. `tickets`: the projects whose tickets it may name, at times.
std::string title(Random& random, const std::vector<std::string>& tickets);
/// One or more paragraphs.
std::string text(Random& random, const std::vector<std::string>& tickets);
std::string comment(Random& random);
std::string commit_message(Random& random, const std::vector<std::string>& tickets);
/// `feature/ABC-12-faster-reader` and the like, different for each n.
std::string branch(Random& random, const std::vector<std::string>& tickets, std::size_t n);
/// `ABC-12`.
std::string ticket(Random& random, const std::vector<std::string>& tickets);

/// A path that a new file may have, different for each n.
std::string path(Random& random, std::size_t n);
/// What a file of that path may hold.
std::shared_ptr<const std::string> content(Random& random, const std::string& path);
/// The same with a few lines changed.
std::shared_ptr<const std::string> changed(Random& random, const std::string& old);

}  // namespace forgehouse::sim::words
