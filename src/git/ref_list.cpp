#include "git/ref_list.h"

#include "base/text.h"

namespace forgehouse::git {

ObjectType object_type(std::string_view name) noexcept {
    if (name == "commit") return ObjectType::Commit;
    if (name == "tree") return ObjectType::Tree;
    if (name == "blob") return ObjectType::Blob;
    if (name == "tag") return ObjectType::Tag;
    return ObjectType::Missing;
}

Result<std::vector<Ref>> parse_ref_list(std::string_view output) {
    std::vector<Ref> refs;
    for (const auto line : text::split(output, '\n')) {
        if (line.empty()) continue;
        const auto parts = text::split(line, ' ');
        const auto object = parts.size() == 3 ? ObjectId::from_hex(parts[0]) : std::nullopt;
        if (!object || !parts[1].starts_with("refs/"))
            return Failure(Error(Errc::Corrupt, "git lists a ref in an unknown form")
                               .with("line", text::json_quoted(line.substr(0, 200))));
        refs.push_back({.name = std::string(parts[1]),
                        .symref = std::string(parts[2]),
                        .object = *object,
                        .type = ObjectType::Missing,
                        .peeled = *object,
                        .peeled_type = ObjectType::Missing,
                        .tag = std::nullopt,
                        .kind = kind_of(parts[1])});
    }
    return refs;
}

HeadFile parse_head_file(std::string_view content) {
    constexpr std::string_view kRef = "ref:";
    const auto line = text::trim(content.substr(0, content.find('\n')));
    if (line.starts_with(kRef))
        return {.branch = std::string(text::trim(line.substr(kRef.size()))), .detached = {}};
    return {.branch = {}, .detached = ObjectId::from_hex(line)};
}

RefKind kind_of(std::string_view full_name) noexcept {
    if (full_name.starts_with("refs/heads/")) return RefKind::Head;
    if (full_name.starts_with("refs/remotes/")) return RefKind::RemoteBranch;
    if (full_name.starts_with("refs/tags/")) return RefKind::Tag;
    for (const std::string_view prefix :
         {"refs/pull/", "refs/pull-requests/", "refs/merge-requests/", "refs/changes/"})
        if (full_name.starts_with(prefix)) return RefKind::PullRequest;
    return RefKind::Other;
}

std::string_view short_name(std::string_view full_name) noexcept {
    constexpr std::string_view kHeads = "refs/heads/";
    return full_name.starts_with(kHeads) ? full_name.substr(kHeads.size()) : full_name;
}

}  // namespace forgehouse::git
