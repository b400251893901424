// Fuzzes what reads git's files of objects. The first byte says which: any bytes give an answer or
// an error, and every position that an index gives can be asked for.
#include <cstring>
#include <string>
#include <vector>

#include "base/check.h"
#include "git/history/tree_paths.h"
#include "git/store/delta.h"
#include "git/store/inflater.h"
#include "git/store/loose_object.h"
#include "git/store/multi_pack_index.h"
#include "git/store/pack.h"
#include "git/store/pack_index.h"
#include "git/tree_diff.h"

namespace {

using namespace forgehouse;
using Bytes = std::span<const std::uint8_t>;

constexpr std::size_t kMostBytes = 1u << 20;

void read_index(Bytes bytes, git::ObjectFormat format) {
    const auto index = git::PackIndex::over(bytes, format, "fuzz.idx");
    if (!index) return;
    CHECK(index->pack_checksum().size() == git::id_size(format));
    for (std::uint32_t i = 0; i < index->size(); ++i) {
        const auto id = index->id_at(i);
        CHECK(id.bytes().size() == git::id_size(format));
        static_cast<void>(index->find(id));
        static_cast<void>(index->offset_at(i));
    }
}

void read_multi_index(Bytes bytes, git::ObjectFormat format) {
    const auto index = git::MultiPackIndex::over(bytes, format, "fuzz");
    if (!index) return;
    for (std::uint32_t i = 0; i < index->size(); ++i)
        if (const auto place = index->find(index->id_at(i)))
            CHECK(place->pack < index->packs().size());
}

void read_entry(Bytes bytes, git::ObjectFormat format) {
    for (std::uint64_t offset = 12; offset < std::min<std::size_t>(bytes.size(), 64); ++offset) {
        const auto entry = git::parse_pack_entry(bytes, offset, format);
        if (!entry) continue;
        CHECK(entry->is_delta() == (entry->base_offset || entry->base_id));
        CHECK(!entry->base_offset || (*entry->base_offset >= 12 && *entry->base_offset < offset));
        if (entry->size > kMostBytes) continue;
        git::Inflater inflater;
        std::string out(entry->size, '\0');
        static_cast<void>(inflater.exactly(entry->stream, out));
    }
}

/// The first two bytes are the length of the base.
void read_delta(Bytes bytes) {
    if (bytes.size() < 2) return;
    const std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const auto base = all.substr(2, bytes[0] | std::size_t{bytes[1]} << 8);
    auto delta = all.substr(2 + base.size());
    const auto sizes = git::take_delta_sizes(delta);
    if (!sizes || sizes->result > kMostBytes) return;
    std::string out(sizes->result, '\0');
    static_cast<void>(git::apply_delta(base, delta, out));
}

void read_loose(Bytes bytes) {
    git::Inflater inflater;
    const auto object = git::parse_loose_object(bytes, inflater, kMostBytes);
    if (!object) return;
    CHECK(object->size <= kMostBytes);
    CHECK(object->type != git::ObjectType::Missing);
}

void read_tree(Bytes bytes, git::ObjectFormat format) {
    const std::string_view whole(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    static_cast<void>(git::tree_of_commit(whole, bytes.size() % 3));
    static_cast<void>(git::find_entry(whole, "name", git::id_size(format)));
    std::vector<git::TreeEntry> entries;
    for (auto tree = whole; !tree.empty();) {
        const auto before = tree.size();
        const auto entry = git::take_tree_entry(tree, git::id_size(format));
        if (!entry) return;
        CHECK(!entry->name.empty() && entry->mode != 0);
        CHECK(before - tree.size() > entry->name.size() + git::id_size(format));
        CHECK(git::compare_entries(*entry, *entry) == 0);
        entries.push_back(*entry);
    }
    for (const auto& entry : entries) {
        const auto found = git::find_entry(whole, entry.name, git::id_size(format));
        const auto* first = &entries.front();
        while (first->name != entry.name) ++first;
        CHECK(found && found->mode == first->mode && found->id == first->id);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    // Exactly as long as they are, so that reading beyond is seen.
    const std::vector<std::uint8_t> bytes(data + 1, data + size);
    const auto format = (data[0] & 8) == 0 ? git::ObjectFormat::Sha1 : git::ObjectFormat::Sha256;
    switch (data[0] % 6) {
        case 0: read_index(bytes, format); break;
        case 1: read_multi_index(bytes, format); break;
        case 2: read_entry(bytes, format); break;
        case 3: read_delta(bytes); break;
        case 4: read_loose(bytes); break;
        default: read_tree(bytes, format); break;
    }
    return 0;
}
