#include "git/store/abbreviation.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>

#include "base/text.h"

namespace forgehouse::git {
namespace {

namespace fs = std::filesystem;

template <class Index>
void add_indexed(const Index& index, const ObjectId& lowest, std::string_view hex, std::size_t most,
                 std::set<ObjectId>& found) {
    for (auto at = index.lower_bound(lowest); at < index.size() && found.size() < most; ++at) {
        const auto id = index.id_at(at);
        if (!id.hex().starts_with(hex)) return;
        found.insert(id);
    }
}

void add_loose(const std::string& objects, std::string_view hex, std::size_t most,
               std::set<ObjectId>& found) {
    const auto first = std::string(hex.substr(0, 2));
    std::error_code failed;
    for (fs::directory_iterator file(objects + "/" + first, failed), end; !failed && file != end;
         file.increment(failed)) {
        const auto name = first + file->path().filename().string();
        if (!name.starts_with(hex) || found.size() >= most) continue;
        if (const auto id = ObjectId::from_hex(name)) found.insert(*id);
    }
}

}  // namespace

std::vector<ObjectId> ids_beginning(ObjectStore& store, ObjectFormat format, std::string_view hex,
                                    std::size_t most) {
    const auto digits = 2 * id_size(format);
    if (hex.size() < 2 || hex.size() > digits) return {};
    const auto wanted = text::lower_ascii(hex);
    const auto lowest = ObjectId::from_hex(wanted + std::string(digits - wanted.size(), '0'));
    if (!lowest) return {};
    std::set<ObjectId> found;
    const auto folders = store.newer_than(store.folders());
    for (const auto& indexed : folders->indexed)
        add_indexed(indexed.index, *lowest, wanted, most, found);
    for (const auto& pack : folders->packs)
        add_indexed(pack->index(), *lowest, wanted, most, found);
    for (const auto& folder : folders->folders) add_loose(folder, wanted, most, found);
    return {found.begin(), found.end()};
}

}  // namespace forgehouse::git
