#include <algorithm>
#include <utility>

#include "git/hosted/served_repository.h"

namespace forgehouse::git {
namespace {

std::uint64_t inode_of(const std::string& folder) {
    return RefSnapshot::Stamp::of(folder + "/objects").file;
}

}  // namespace

Result<std::shared_ptr<ServedRepository>> ServedRepositories::open(const std::string& folder) {
    const auto inode = inode_of(folder);
    std::vector<Open> closed;  // freed without the lock
    const auto find = [&](Table& table) -> std::shared_ptr<ServedRepository> {
        const auto found = std::ranges::find(table.open, folder, &Open::folder);
        if (found == table.open.end()) return nullptr;
        if (found->inode == inode) {
            found->last_use = ++table.uses;
            return found->repository;
        }
        closed.push_back(std::move(*found));
        table.open.erase(found);
        return nullptr;
    };
    if (auto known = table_.with(find)) return known;
    TRY_LET(opened, ServedRepository::open(*tool_, folder, limits_));
    return table_.with([&](Table& table) {
        // Another thread may have been faster: all share what is there.
        if (auto known = find(table)) return known;
        table.open.push_back(
            {.folder = folder, .inode = inode, .repository = opened, .last_use = ++table.uses});
        if (table.open.size() > most_) {
            const auto oldest = std::ranges::min_element(table.open, {}, &Open::last_use);
            closed.push_back(std::move(*oldest));
            table.open.erase(oldest);
        }
        return opened;
    });
}

void ServedRepositories::close(const std::string& folder) {
    std::vector<Open> closed;
    table_.with([&](Table& table) {
        const auto found = std::ranges::find(table.open, folder, &Open::folder);
        if (found == table.open.end()) return;
        closed.push_back(std::move(*found));
        table.open.erase(found);
    });
}

std::size_t ServedRepositories::size() const {
    return table_.with([](const Table& table) { return table.open.size(); });
}

}  // namespace forgehouse::git
