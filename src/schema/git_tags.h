#pragma once

#include "schema/table.h"

namespace forgehouse::schema {

/// One tag.
struct GitTag {
    Word data_source;
    std::string project_key;
    std::string repo_slug;
    std::string tag_name;
    std::string target_hash;
    bool is_annotated;
    std::optional<std::string> tagger_name;
    std::optional<std::string> tagger_email;
    std::optional<Time> tagged_on;
    std::optional<std::string> message;
    Time collected_at;
    std::uint64_t _version;
    std::uint8_t is_deleted;
};

inline constexpr auto git_tags =
    table<GitTag>("git_tags", "One tag of a repository, as last seen.", repository_key("tag_name"),
                  "", column<&GitTag::tag_name>("Short name, without refs/tags/, as git's bytes."),
                  column<&GitTag::target_hash>(
                      "Full id of the object that it names in the end, tag objects peeled off."),
                  column<&GitTag::is_annotated>("Whether it is a tag object of its own."),
                  column<&GitTag::tagger_name>("Who tagged; NULL on a lightweight tag."),
                  column<&GitTag::tagger_email>("Who tagged; NULL on a lightweight tag."),
                  column<&GitTag::tagged_on>("When it was tagged; NULL on a lightweight tag."),
                  column<&GitTag::message>("The message; NULL on a lightweight tag."));

}  // namespace forgehouse::schema
