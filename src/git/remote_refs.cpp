#include "git/remote_refs.h"

#include <optional>

#include "base/text.h"

namespace forgehouse::git {
namespace {

constexpr std::string_view kSymref = "ref: ";
constexpr std::string_view kHeads = "refs/heads/";

std::string branch_at(const RemoteRefs& remote, const ObjectId& commit) {
    for (const std::string_view name : {"refs/heads/main", "refs/heads/master"}) {
        const auto found = remote.refs.find(std::string(name));
        if (found != remote.refs.end() && found->second == commit) return found->first;
    }
    for (const auto& [name, id] : remote.refs)
        if (name.starts_with(kHeads) && id == commit) return name;
    return {};
}

/// What git itself accepts as a ref name, as far as it matters for a refspec.
bool is_ref_name(std::string_view name) noexcept {
    return name.starts_with("refs/") && name.find("..") == std::string_view::npos &&
           name.find_first_of(" ~^:?*[\\") == std::string_view::npos;
}

}  // namespace

ObjectFormat RemoteRefs::format() const noexcept {
    const bool is_long = !refs.empty() && refs.begin()->second.bytes().size() == 32;
    return is_long ? ObjectFormat::Sha256 : ObjectFormat::Sha1;
}

Result<RemoteRefs> parse_remote_refs(std::string_view output) {
    RemoteRefs out;
    std::optional<ObjectId> head;
    for (const auto line : text::split(output, '\n')) {
        if (line.empty()) continue;
        const auto tab = line.find('\t');
        const auto name = tab == std::string_view::npos ? line : line.substr(tab + 1);
        const auto value = line.substr(0, std::min(tab, line.size()));
        if (value.starts_with(kSymref)) {
            const auto target = value.substr(kSymref.size());
            if (name == "HEAD" && target.starts_with(kHeads) && is_ref_name(target))
                out.head = std::string(target);
            continue;
        }
        const auto id = ObjectId::from_hex(value);
        if (tab == std::string_view::npos || !id)
            return Failure(Error(Errc::Corrupt, "the remote lists its refs in an unknown form")
                               .with("line", text::json_quoted(line.substr(0, 200))));
        if (name == "HEAD")
            head = *id;
        else if (is_ref_name(name))  // leaves out `refs/tags/v1^{}`
            out.refs.emplace(std::string(name), *id);
    }
    if (out.head.empty() && head) out.head = branch_at(out, *head);
    return out;
}

}  // namespace forgehouse::git
