#include "sources/bitbucket_server/metadata.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "base/text.h"

namespace forgehouse::sources::bitbucket_server {
namespace {

// What depends on who asks, on when, or repeats another member as HTML.
bool is_volatile(std::string_view member) noexcept {
    constexpr std::array<std::string_view, 8> kNames{
        "permittedOperations", "mergeResult",       "avatarUrl",     "html",
        "htmlDescription",     "descriptionAsHtml", "statusMessage", "lastAuthenticationTimestamp"};
    return std::ranges::find(kNames, member) != kNames.end();
}

bool is_volatile_or_nested(std::string_view member) noexcept {
    return member == "comments" || member == "tasks" || member == "anchor" ||
           member == "pullRequest" || is_volatile(member);
}

// An object that is written member by member.
class Rewritten {
public:
    void member(std::string_view name, const json::Value& value) {
        json::print(open(name), value, is_volatile);
    }
    std::string& open(std::string_view name) {
        out_ += out_.size() == 1 ? "" : ",";
        out_ += text::json_quoted(name);
        return out_ += ':';
    }
    std::string take() { return std::move(out_ += '}'); }

private:
    std::string out_ = "{";
};

void copy(Rewritten& to, const json::Value& from, std::string_view name) {
    if (const auto value = from.find(name)) to.member(name, *value);
}

std::string reduced_project(const json::Value& project) {
    Rewritten out;
    copy(out, project, "id");
    copy(out, project, "key");
    return out.take();
}

// Enough to find it again: all else changes without the pull request.
std::string reduced_repository(const json::Value& repository) {
    Rewritten out;
    copy(out, repository, "id");
    copy(out, repository, "slug");
    if (const auto project = repository.find("project"))
        out.open("project") += reduced_project(*project);
    return out.take();
}

// Calls `change` for each member that is not volatile; where it declines, the member is copied.
template <class Change>
std::string rewritten(const json::Value& thing, Change&& change) {
    const auto members = thing.members();
    if (!members) return plain_metadata(thing);
    Rewritten out;
    for (const auto& [name, value] : *members)
        if (!is_volatile(name) && !change(out, name, value)) out.member(name, value);
    return out.take();
}

std::string reduced_side(const json::Value& side) {
    return rewritten(side, [](Rewritten& out, std::string_view name, const json::Value& value) {
        if (name == "repository") out.open(name) += reduced_repository(value);
        return name == "repository";
    });
}

}  // namespace

std::string pull_request_metadata(const json::Value& item) {
    return rewritten(item, [](Rewritten& out, std::string_view name, const json::Value& value) {
        const bool is_side = name == "fromRef" || name == "toRef";
        if (is_side) out.open(name) += reduced_side(value);
        return is_side;
    });
}

std::string event_metadata(const json::Value& activity) {
    return rewritten(activity, [](Rewritten& out, std::string_view name, const json::Value& value) {
        if (name == "comment") {
            Rewritten comment;
            copy(comment, value, "id");
            out.open(name) += comment.take();
        }
        return name == "comment" || name == "commentAnchor" || name == "diff";
    });
}

std::string comment_metadata(const json::Value& comment, const std::optional<json::Value>& anchor) {
    std::string out;
    json::print(out, comment, is_volatile_or_nested);
    if (!anchor) return out;
    out.back() = ',';
    out += "\"anchor\":";
    json::print(out, *anchor, is_volatile_or_nested);
    return out += '}';
}

std::string repository_metadata(const json::Value& repository) {
    return rewritten(repository,
                     [](Rewritten& out, std::string_view name, const json::Value& value) {
                         if (name == "project") out.open(name) += reduced_project(value);
                         if (name == "origin") out.open(name) += reduced_repository(value);
                         return name == "project" || name == "origin";
                     });
}

std::string plain_metadata(const json::Value& thing) {
    std::string out;
    json::print(out, thing, is_volatile);
    return out;
}

}  // namespace forgehouse::sources::bitbucket_server
