#include "git/store/commit_graph_chain.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "git/store/mapped_file.h"
#include "git/store/object_store.h"

namespace forgehouse::git {
namespace {

// git makes a handful. More are somebody's joke.
constexpr std::size_t kMostFiles = 256;
// Above this a parent's position means something else in the file.
constexpr std::uint64_t kMostCommits = 0x7000'0000;

/// The files of a chain, lowest first, as far as they are there.
std::vector<CommitGraphFile> files_of_chain(const std::string& folder, std::string_view list,
                                            std::span<const std::string> folders,
                                            ObjectFormat format) {
    std::vector<CommitGraphFile> files;
    for (const auto line : text::split(list, '\n')) {
        const auto name = ObjectId::from_hex(line);
        if (!name || files.size() == kMostFiles) break;
        const auto file = "/info/commit-graphs/graph-" + name->hex() + ".graph";
        auto graph = CommitGraphFile::open(folder + file, format);
        // A chain may build upon files of a repository that this one borrows from.
        for (auto other = folders.begin(); !graph && other != folders.end(); ++other)
            graph = CommitGraphFile::open(*other + file, format);
        if (!graph || !std::ranges::equal(graph->name(), name->bytes())) break;
        files.push_back(std::move(*graph));
    }
    return files;
}

CommitGraphChain read_in(const std::string& folder, std::span<const std::string> folders,
                         ObjectFormat format) {
    std::vector<CommitGraphFile> files;
    if (auto single = CommitGraphFile::open(folder + "/info/commit-graph", format)) {
        files.push_back(std::move(*single));
        auto chain = CommitGraphChain::of(std::move(files));
        if (chain.size() > 0) return chain;
    }
    const auto list = MappedFile::open(folder + "/info/commit-graphs/commit-graph-chain");
    if (!list) return CommitGraphChain::of({});
    const auto bytes = list->bytes();
    return CommitGraphChain::of(files_of_chain(
        folder, {reinterpret_cast<const char*>(bytes.data()), bytes.size()}, folders, format));
}

/// Whether the file says that it stands upon these.
bool stands_upon(const CommitGraphFile& file, std::span<const CommitGraphFile> beneath) {
    return std::ranges::equal(file.beneath(), beneath, [](const auto& name, const auto& other) {
        return std::ranges::equal(name, other.name());
    });
}

}  // namespace

std::shared_ptr<const CommitGraphChain> CommitGraphChain::find(const std::string& objects,
                                                               ObjectFormat format) {
    auto folders = alternates_of(objects);
    folders.insert(folders.begin(), objects);
    for (const auto& folder : folders) {
        auto chain = read_in(folder, folders, format);
        if (chain.size() > 0) return std::make_shared<const CommitGraphChain>(std::move(chain));
    }
    return nullptr;
}

CommitGraphChain CommitGraphChain::of(std::vector<CommitGraphFile> files) {
    CommitGraphChain chain;
    std::size_t count = 0;
    while (count < files.size() && stands_upon(files[count], std::span(files).first(count)))
        ++count;
    files.resize(count);
    // Corrected dates and levels are not to be compared with each other: either all have them.
    chain.has_corrected_dates_ =
        std::ranges::all_of(files, [](const auto& file) { return file.has_corrected_dates(); });
    std::vector<std::uint64_t> generations;
    for (auto& file : files) {
        if (std::uint64_t{chain.size_} + file.size() > kMostCommits) break;
        chain.layers_.push_back({.file = std::move(file), .begin = chain.size_});
        chain.size_ += chain.layers_.back().file.size();
        if (chain.fits(chain.layers_.back(), generations)) continue;
        chain.size_ = chain.layers_.back().begin;
        chain.layers_.pop_back();
        break;
    }
    return chain;
}

/// Of a commit of the layer; nullopt where the file does not have one.
std::optional<std::uint64_t> CommitGraphChain::generation_in(const Layer& layer,
                                                             std::uint32_t row) const noexcept {
    if (has_corrected_dates_) return layer.file.corrected_date_at(row);
    const auto level = layer.file.level_at(row);
    return level == 0 ? std::nullopt : std::optional<std::uint64_t>(level);
}

/// Whether every commit of the layer is in no other, its parents are in it or beneath it and of a
/// lower generation, and no two share the list of their parents: short files would be long walks.
/// Adds the generations of its commits to those of the ones beneath it: parents are anywhere, and
/// to look there for each in the file would be most of the work.
bool CommitGraphChain::fits(const Layer& layer, std::vector<std::uint64_t>& generations) const {
    if (!layer.file.finds_all()) return false;
    for (const auto& other : std::span(layers_).first(layers_.size() - 1))
        for (std::uint32_t row = 0; row < layer.file.size(); ++row)
            if (other.file.find(layer.file.id_at(row))) return false;
    for (std::uint32_t row = 0; row < layer.file.size(); ++row) {
        const auto generation = generation_in(layer, row);
        if (!generation) return false;
        generations.push_back(*generation);
    }
    std::size_t edges = 0;
    for (std::uint32_t row = 0; row < layer.file.size(); ++row) {
        const auto generation = generations[layer.begin + row];
        bool is_sound = true;
        std::size_t parents = 0;
        const bool is_whole = layer.file.each_parent(row, [&](Position parent) {
            ++parents;
            is_sound = is_sound && parent < size_ && generations[parent] < generation;
        });
        if (parents > 2) edges += parents - 1;
        if (!is_whole || !is_sound || edges > layer.file.edges()) return false;
    }
    return true;
}

std::optional<CommitGraphChain::Position> CommitGraphChain::find(
    const ObjectId& id) const noexcept {
    for (auto layer = layers_.rbegin(); layer != layers_.rend(); ++layer)
        if (const auto row = layer->file.find(id)) return layer->begin + *row;
    return std::nullopt;
}

}  // namespace forgehouse::git
