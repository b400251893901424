// Reads raw commit and tag objects. Pure functions over foreign bytes: whatever the bytes are, they
// give a commit; what is not as git writes it is kept beside (Signature::malformed,
// Text::original).
#pragma once

#include <string_view>
#include <vector>

#include "git/commit.h"
#include "git/refs.h"

namespace forgehouse::git {

/// `bytes` as text: by `encoding` where that is a name that iconv knows and the bytes fit it, as
/// UTF-8 where they are, else as Latin-1.
Text make_text(std::string_view bytes, std::string_view encoding = {});

/// The value of an `author`, `committer` or `tagger` header.
Signature parse_signature(std::string_view line, std::string_view encoding = {});

/// The trailers of a message, by the rule of git-interpret-trailers.
std::vector<Trailer> parse_trailers(std::string_view message);

/// A commit object's content. Totals are 0.
Commit parse_commit(const ObjectId& id, std::string_view content);

/// A tag object's content, and what it points at; nullopt target where it names none.
struct ParsedTag {
    TagObject tag;
    std::optional<ObjectId> target;
};
ParsedTag parse_tag(const ObjectId& id, std::string_view content);

}  // namespace forgehouse::git
