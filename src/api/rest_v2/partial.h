// Partial: the parameter `fields=`, by which a client says what of an answer it wants.
//
//   -links                   all but these           owner.display_name,uuid   nothing but these
//   +values.x.y              these too               -*,+foo                   nothing of the root
//   but foo
//
// A name covers what lies beneath it, `*` covers every member of a level, and lists are looked
// through: `values.links` are the links of each value. Where several cover a member, the last one
// says. What leads to something that was asked for is there, with nothing else in it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace forgehouse::api {

class Partial {
public:
    /// Everything is wanted.
    Partial() = default;

    /// "" wants everything. Errors: Invalid for an empty name, and for what is over 4 KiB, 200
    /// names or 16 levels.
    static Result<Partial> parse(std::string_view text);

    bool wants_everything() const noexcept { return names_.empty(); }

    /// Whether a name asks for that path, by itself or by one above or beneath it. For fields that
    /// are told only to who asks for them.
    bool asks_for(std::string_view path) const;

    /// The wanted part of a finished JSON text. The same text where everything is wanted.
    /// Errors: Corrupt where it is no JSON.
    Result<std::string> apply(std::string json) const;

private:
    friend class PartialWriting;
    struct Name {
        bool wanted = true;
        std::vector<std::string> parts{};
    };

    std::vector<Name> names_;
    bool rest_is_wanted_ = true;  ///< what no name covers
};

}  // namespace forgehouse::api
