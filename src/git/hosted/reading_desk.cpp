#include "git/hosted/reading_desk.h"

#include <algorithm>
#include <utility>

namespace forgehouse::git {

ReadingRoom::Files ReadingRoom::files_now() const {
    const auto objects = repository_->location().common_dir + "/objects";
    return {.packs = Stamp::of(objects + "/pack"),
            .graph = Stamp::of(objects + "/info/commit-graph"),
            .chain = Stamp::of(objects + "/info/commit-graphs/commit-graph-chain")};
}

/// Packs that are only added are found when an object of them is asked for, and nothing that has
/// been read need be read again. What has been removed is held by its readers, and takes up disk.
bool ReadingRoom::has_lost_packs() const {
    const auto is_lost = [](const std::shared_ptr<const Pack>& pack) {
        return Stamp::of(pack->stem() + ".pack").size < 0;
    };
    const auto folders = store_->folders();
    return std::ranges::any_of(folders->packs, is_lost) ||
           std::ranges::any_of(folders->indexed, [&is_lost](const auto& indexed) {
               return std::ranges::any_of(indexed.packs, is_lost);
           });
}

void ReadingRoom::look_again(const Files& now) {
    auto [seen, graph] = shelf_.with([](const Shelf& shelf) {
        return std::pair(shelf.edition > 0 ? shelf.files : Files{}, shelf.graph);
    });
    const bool is_lost = has_lost_packs();
    if (is_lost) store_->newer_than(store_->folders());
    const bool has_other_graph = seen.graph != now.graph || seen.chain != now.chain;
    if (has_other_graph)
        graph = CommitGraphChain::find(repository_->location().common_dir + "/objects",
                                       repository_->traits().format);
    std::vector<std::unique_ptr<ReadingDesk>> outdated;  // freed without the lock
    shelf_.with([&](Shelf& shelf) {
        const bool is_first = shelf.edition == 0;
        shelf.files = now;
        if (!is_first && !is_lost && !has_other_graph) return;
        shelf.graph = std::move(graph);
        ++shelf.edition;
        outdated = std::exchange(shelf.idle, {});
    });
}

Result<std::unique_ptr<ReadingDesk>> ReadingRoom::take() {
    const auto now = files_now();
    const bool is_current =
        shelf_.with([&now](const Shelf& shelf) { return shelf.edition > 0 && shelf.files == now; });
    if (!is_current) look_again(now);
    std::unique_ptr<ReadingDesk> desk;
    auto [graph, edition] = shelf_.with([&desk](Shelf& shelf) {
        if (!shelf.idle.empty()) {
            desk = std::move(shelf.idle.back());
            shelf.idle.pop_back();
        }
        return std::pair(shelf.graph, shelf.edition);
    });
    if (desk != nullptr) return desk;
    TRY_LET(history, History::open(*repository_, store_, std::move(graph), limits_));
    desk = std::make_unique<ReadingDesk>(*repository_, *store_, limits_, memo_, std::move(history));
    desk->edition = edition;
    return desk;
}

void ReadingRoom::give_back(std::unique_ptr<ReadingDesk> desk) {
    desk->diff.rest();
    shelf_.with([&](Shelf& shelf) {
        if (desk->edition == shelf.edition && shelf.idle.size() < most_idle_)
            shelf.idle.push_back(std::move(desk));
    });
}

}  // namespace forgehouse::git
