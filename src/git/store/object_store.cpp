#include "git/store/object_store.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>
#include <utility>

namespace forgehouse::git {
namespace {

namespace fs = std::filesystem;

using Packs = std::map<std::string, std::shared_ptr<const Pack>, std::less<>>;

/// The paths of the packs in a folder, without their endings, the newest first: what is asked for
/// is mostly new.
std::vector<std::string> stems_in(const std::string& folder) {
    std::vector<std::pair<fs::file_time_type, std::string>> found;
    std::error_code failed;
    for (fs::directory_iterator file(folder, failed), end; !failed && file != end;
         file.increment(failed)) {
        const auto& path = file->path();
        std::error_code ignored;
        if (path.extension() == ".idx")
            found.emplace_back(file->last_write_time(ignored), path.string());
    }
    std::ranges::sort(found, std::greater<>());
    std::vector<std::string> stems;
    for (auto& [time, path] : found) stems.push_back(path.substr(0, path.size() - 4));
    return stems;
}

/// Makes one picture of the folders; packs that an earlier one holds are taken from there.
class Looking {
public:
    Looking(ObjectFormat format, const ObjectFolders* before) : format_(format) {
        if (before == nullptr) return;
        for (const auto& pack : before->packs) known_[pack->stem()] = pack;
        for (const auto& indexed : before->indexed)
            for (const auto& pack : indexed.packs) known_[pack->stem()] = pack;
    }

    ObjectFolders look(const std::string& objects) {
        ObjectFolders out;
        out.folders = alternates_of(objects);
        out.folders.insert(out.folders.begin(), objects);
        for (const auto& folder : out.folders) look_into(folder + "/pack", out);
        return out;
    }

private:
    void look_into(const std::string& folder, ObjectFolders& out) {
        Packs packs;
        std::vector<std::string> order;
        for (const auto& stem : stems_in(folder)) {
            if (auto pack = open(stem)) {
                packs.emplace(stem, std::move(pack));
                order.push_back(stem);
            }
        }
        if (auto index = MultiPackIndex::open(folder + "/multi-pack-index", format_))
            take_indexed(folder, std::move(*index), packs, out);
        for (const auto& stem : order)
            if (const auto left = packs.find(stem); left != packs.end())
                out.packs.push_back(left->second);
    }

    /// Of an index over packs that are gone nothing is believed: it is older than they are.
    static void take_indexed(const std::string& folder, MultiPackIndex index, Packs& packs,
                             ObjectFolders& out) {
        ObjectFolders::Indexed indexed{.index = std::move(index), .packs = {}};
        std::vector<std::string> stems;
        for (const auto name : indexed.index.packs()) {
            const auto dot = name.rfind('.');
            stems.push_back(folder + "/" + std::string(name.substr(0, dot)));
            const auto pack = packs.find(stems.back());
            if (pack == packs.end()) return;
            indexed.packs.push_back(pack->second);
        }
        for (const auto& stem : stems) packs.erase(stem);
        out.indexed.push_back(std::move(indexed));
    }

    std::shared_ptr<const Pack> open(const std::string& stem) {
        if (const auto known = known_.find(stem); known != known_.end()) return known->second;
        auto pack = Pack::open(stem, format_);
        return pack ? std::make_shared<const Pack>(std::move(*pack)) : nullptr;
    }

    ObjectFormat format_;
    Packs known_;
};

}  // namespace

struct ObjectStore::State {
    std::string objects;
    ObjectFormat format = ObjectFormat::Sha1;
    exec::Guarded<std::shared_ptr<const ObjectFolders>> current;
};

ObjectStore::ObjectStore(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
ObjectStore::ObjectStore(ObjectStore&&) noexcept = default;
ObjectStore& ObjectStore::operator=(ObjectStore&&) noexcept = default;
ObjectStore::~ObjectStore() = default;

Result<ObjectStore> ObjectStore::open(const std::string& objects, ObjectFormat format) {
    if (::access(objects.c_str(), R_OK | X_OK) != 0)
        return Failure(Error(errno == EACCES ? Errc::Denied : Errc::NotFound,
                             "the objects of the repository cannot be read")
                           .with("folder", objects)
                           .with("reason", std::string(std::strerror(errno))));
    auto state = std::make_unique<State>();
    state->objects = objects;
    state->format = format;
    auto first = std::make_shared<const ObjectFolders>(Looking(format, nullptr).look(objects));
    state->current.with([&first](auto& current) { current = std::move(first); });
    return ObjectStore(std::move(state));
}

std::shared_ptr<const ObjectFolders> ObjectStore::folders() const {
    return state_->current.with([](const auto& current) { return current; });
}

std::shared_ptr<const ObjectFolders> ObjectStore::newer_than(
    const std::shared_ptr<const ObjectFolders>& seen) {
    if (auto now = folders(); now != seen) return now;
    auto next = std::make_shared<const ObjectFolders>(
        Looking(state_->format, seen.get()).look(state_->objects));
    state_->current.with([&next](auto& current) { current = next; });
    return next;
}

}  // namespace forgehouse::git
