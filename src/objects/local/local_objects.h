// LocalObjects: an object store in a folder of this machine, one file for each object.
//
// Objects are written beside their place, flushed, renamed and the folder flushed, so a crash
// leaves the old object or the new one. Compare-and-swap holds between processes: it is done under
// a lock on `<root>/.lock`, which the system releases when its holder dies. Unfinished files of
// dead writers lie in `<root>/.new/` and are cleared by the next open().
#pragma once

#include <filesystem>
#include <memory>

#include "ports/objects.h"

namespace forgehouse::objects {

class LocalObjects final : public ports::Objects {
public:
    /// Makes the folder (0700) where it is missing. Errors: Denied, Unavailable.
    static Result<std::unique_ptr<LocalObjects>> open(std::filesystem::path root);

    Result<std::string> put(exec::Context&, std::string_view key, std::string_view bytes) override;
    Result<std::string> put_if(exec::Context&, std::string_view key, std::string_view bytes,
                               const std::optional<std::string>& expected) override;
    Result<ports::Object> get(exec::Context&, std::string_view key) override;
    Result<std::vector<ports::ObjectInfo>> list(exec::Context&, std::string_view prefix) override;
    Result<void> remove(exec::Context&, std::string_view key) override;

private:
    explicit LocalObjects(std::filesystem::path root) : root_(std::move(root)) {}
    Result<void> store(std::string_view key, std::string_view bytes);
    Result<void> clear_unfinished();
    Result<void> list_folder(exec::Context&, const std::filesystem::path& folder,
                             std::string_view key_of_folder, std::string_view prefix,
                             std::vector<ports::ObjectInfo>& out) const;

    std::filesystem::path root_;
};

}  // namespace forgehouse::objects
