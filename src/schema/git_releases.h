#pragma once

#include "schema/docs.h"
#include "schema/table.h"

namespace forgehouse::schema {

/// One release.
struct GitRelease {
    Word data_source;
    std::string project_key;
    std::string repo_slug;
    std::string tag_name;
    std::optional<std::string> release_id;
    std::optional<std::string> name;
    std::optional<std::string> body;
    std::optional<bool> is_prerelease;
    std::optional<bool> is_draft;
    std::optional<std::string> author_name;
    std::optional<Time> published_on;
    std::optional<std::string> web_url;
    Json metadata;
    Time collected_at;
    std::uint64_t _version;
    std::uint8_t is_deleted;
};

inline constexpr auto git_releases = table<GitRelease>(
    "git_releases", "One release, as last seen.", repository_key("tag_name"), "",
    column<&GitRelease::tag_name>("The tag that it is made of."),
    column<&GitRelease::release_id>("The forge's own id; NULL where it has none."),
    column<&GitRelease::name>(docs::kName),
    column<&GitRelease::body>("The notes; NULL where there are none."),
    column<&GitRelease::is_prerelease>(
        "Whether it is marked as not final; NULL where the forge does not say."),
    column<&GitRelease::is_draft>(
        "Whether it is not published yet; NULL where the forge does not say."),
    column<&GitRelease::author_name>(docs::kPersonName),
    column<&GitRelease::published_on>("NULL until it is published."),
    column<&GitRelease::web_url>(docs::kWebUrl), column<&GitRelease::metadata>(docs::kMetadata));

}  // namespace forgehouse::schema
