// What a ServedRepository is made of; for its own sources.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "git/hosted/reading_desk.h"
#include "git/hosted/served_repository.h"

namespace forgehouse::git {

struct ServedRepository::State {
    State(std::string at, ObjectFormat objects, Repository opened, ObjectStore found,
          const ServedLimits& limits)
        : folder(std::move(at)),
          format(objects),
          repository(std::move(opened)),
          store(std::move(found)),
          refs(folder, format, store),
          room(repository, store, limits.store, limits.idle_readers) {}

    std::string folder;
    ObjectFormat format;
    Repository repository;
    ObjectStore store;
    RefStore refs;
    ReadingRoom room;
};

/// A desk for the time of one question.
class ServedRepository::Reading {
public:
    Reading(ReadingRoom& room, std::unique_ptr<ReadingDesk> desk)
        : room_(&room), desk_(std::move(desk)) {}
    Reading(Reading&&) noexcept = default;
    Reading& operator=(Reading&&) = delete;
    ~Reading() {
        if (desk_ != nullptr) room_->give_back(std::move(desk_));
    }

    ReadingDesk* operator->() const noexcept { return desk_.get(); }
    ReadingDesk& operator*() const noexcept { return *desk_; }

private:
    ReadingRoom* room_;
    std::unique_ptr<ReadingDesk> desk_;
};

}  // namespace forgehouse::git
