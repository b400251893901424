#include "git/store/loose_object.h"

#include <algorithm>
#include <charconv>

#include "git/ref_list.h"

namespace forgehouse::git {
namespace {

// `commit 18446744073709551615\0` is shorter.
constexpr std::size_t kMostHeader = 32;
constexpr std::size_t kFirstGuess = 4096;

Error damaged() {
    return Error(Errc::Corrupt, "a loose object is damaged")
        .hint("Run `git fsck` there; fetch the object again or restore a backup.");
}

/// Reads `TYPE SIZE\0` before the content; the content must be just as long.
Result<StoredObject> with_header(std::shared_ptr<const char[]> bytes, std::size_t size) {
    const std::string_view all(bytes.get(), size);
    const auto end = all.substr(0, kMostHeader).find('\0');
    const auto blank = all.substr(0, kMostHeader).find(' ');
    if (end == std::string_view::npos || blank >= end) return Failure(damaged());
    std::uint64_t said = 0;
    const auto number = all.substr(blank + 1, end - blank - 1);
    const auto [rest, failed] = std::from_chars(number.data(), number.data() + number.size(), said);
    const auto type = object_type(all.substr(0, blank));
    if (failed != std::errc() || rest != number.data() + number.size() || said != size - end - 1 ||
        type == ObjectType::Missing)
        return Failure(damaged());
    const char* content = bytes.get() + end + 1;
    return StoredObject{.type = type,
                        .bytes = std::shared_ptr<const char[]>(std::move(bytes), content),
                        .size = said};
}

}  // namespace

std::string loose_path(const std::string& objects, const ObjectId& id) {
    const auto hex = id.hex();
    return objects + "/" + hex.substr(0, 2) + "/" + hex.substr(2);
}

Result<StoredObject> parse_loose_object(std::span<const std::uint8_t> file, Inflater& inflater,
                                        std::size_t most_bytes) {
    const auto most = std::min<std::uint64_t>(most_inflated(file.size()), most_bytes + kMostHeader);
    // The size stands within the stream, so it is guessed, and doubled while that was too little.
    for (std::uint64_t room = std::max(kFirstGuess, file.size() * 4);; room *= 2) {
        room = std::min(room, most);
        auto bytes = std::make_shared_for_overwrite<char[]>(room);
        bool is_too_small = false;
        const auto size = inflater.up_to(file, {bytes.get(), room}, is_too_small);
        if (size) return with_header(std::move(bytes), *size);
        if (!is_too_small) return Failure(damaged());
        if (room == most && most < most_inflated(file.size()))
            return Failure(Error(Errc::Invalid, "an object is larger than is read here")
                               .with("most_bytes", static_cast<std::int64_t>(most_bytes)));
        if (room == most) return Failure(damaged());
    }
}

}  // namespace forgehouse::git
