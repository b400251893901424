#include "git/hosted/hosted_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "base/text.h"
#include "git/hosted/durable_file.h"
#include "git/hosted/ref_name.h"
#include "git/hosted/ref_store.h"
#include "git/store/object_store.h"

namespace forgehouse::git {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kNew = ".new-";
constexpr std::string_view kGone = ".gone-";
constexpr std::array<std::string_view, 6> kFolders{"/objects", "/objects/info", "/objects/pack",
                                                   "/refs",    "/refs/heads",   "/refs/tags"};
constexpr std::string_view kSha256Line = "\tobjectFormat = sha256\n";

// Reflogs tell what a ref was before; objects that forks borrow are dropped by nobody; a branch
// never points at what a power failure takes away.
constexpr std::string_view kSettings = R"(	filemode = true
	bare = true
	logAllRefUpdates = always
	fsync = committed
[gc]
	auto = 0
	pruneExpire = never
	reflogExpire = never
	reflogExpireUnreachable = never
[receive]
	autogc = false
)";

std::string configuration(ObjectFormat format) {
    const bool is_sha256 = format == ObjectFormat::Sha256;
    std::string out = "[core]\n\trepositoryformatversion = ";
    out += is_sha256 ? "1\n" : "0\n";
    out += kSettings;
    if (is_sha256) (out += "[extensions]\n") += kSha256Line;
    return out;
}

Result<std::string> head_for(std::string_view branch) {
    if (!is_branch_name(branch))
        return Failure(Error(Errc::Invalid, "no branch may have such a name")
                           .with("branch", text::json_quoted(branch)));
    return "ref: " + (std::string(kBranches) += branch) + "\n";
}

std::string parent_of(const std::string& folder) {
    return fs::path(folder).parent_path().string();
}

/// A repository in the making, gone unless it is put in its place.
class Scaffold {
public:
    static Result<Scaffold> raise(const std::string& folder) {
        const auto parent = parent_of(folder);
        std::error_code failed;
        fs::create_directories(parent, failed);
        if (failed) return Failure(disk_failure(parent, failed));
        auto path = parent + "/" + std::string(kNew) + "XXXXXX";
        if (::mkdtemp(path.data()) == nullptr) return Failure(disk_failure(parent));
        Scaffold scaffold(std::move(path));
        if (::chmod(scaffold.path_.c_str(), 0755) != 0)
            return Failure(disk_failure(scaffold.path_));
        for (const auto name : kFolders)
            if (const auto made = scaffold.path_ + std::string(name);
                ::mkdir(made.c_str(), 0755) != 0)
                return Failure(disk_failure(made));
        return scaffold;
    }
    Scaffold(Scaffold&& other) noexcept
        : path_(std::exchange(other.path_, {})), keeps_order_(other.keeps_order_) {}
    Scaffold& operator=(Scaffold&&) = delete;
    ~Scaffold() {
        std::error_code ignored;
        if (!path_.empty()) fs::remove_all(path_, ignored);
    }

    Result<void> add(std::string_view name, std::string_view bytes) const {
        return write_new_file(path_ + std::string(name), bytes,
                              keeps_order_ ? Syncing::BytesOnly : Syncing::Whole);
    }
    /// Everything is on the disk before the name is.
    Result<void> put(const std::string& folder) {
        if (!keeps_order_) {
            for (const auto name : kFolders) TRY(sync_folder(path_ + std::string(name)));
            TRY(sync_folder(path_));
        }
        if (::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, folder.c_str(), RENAME_NOREPLACE) != 0)
            return Failure(disk_failure(folder));
        path_.clear();
        return sync_folder(parent_of(folder));
    }

private:
    explicit Scaffold(std::string path)
        : path_(std::move(path)), keeps_order_(keeps_order(path_)) {}
    std::string path_;
    bool keeps_order_;
};

std::string packed_refs(const RefSnapshot& refs) {
    std::string out = "# pack-refs with: peeled fully-peeled sorted \n";
    for (const auto& ref : refs.all()) {
        out += ref.id.hex() + " " + ref.name + "\n";
        if (ref.is_annotated()) out += "^" + ref.peeled.hex() + "\n";
    }
    return out;
}

/// All folders that a fork of `from` borrows from, each of them by its own line and the lowest
/// first: git follows no chain of more than five.
Result<std::string> alternates_for(const std::string& from) {
    std::error_code failed;
    const auto objects = fs::canonical(from + "/objects", failed).string();
    if (failed) return Failure(disk_failure(from, failed));
    auto folders = alternates_of(objects);
    folders.push_back(objects);
    std::string out;
    for (const auto& folder : folders) {
        if (folder.contains('\n'))
            return Failure(Error(Errc::Invalid, "a repository with such a path cannot be forked")
                               .with("path", text::json_quoted(folder)));
        out += folder + "\n";
    }
    return out;
}

}  // namespace

Result<void> create_bare(const std::string& folder, ObjectFormat format,
                         std::string_view default_branch) {
    TRY_LET(head, head_for(default_branch));
    TRY_LET(scaffold, Scaffold::raise(folder));
    TRY(scaffold.add("/HEAD", head));
    TRY(scaffold.add("/config", configuration(format)));
    return scaffold.put(folder);
}

Result<void> fork_bare(const std::string& from, const std::string& to) {
    TRY_LET(format, hosted_format(from));
    TRY_LET(alternates, alternates_for(from));
    TRY_LET(objects, ObjectStore::open(from + "/objects", format));
    RefStore store(from, format, objects);
    TRY_LET(refs, store.current());
    TRY_LET(head, read_small_file(from + "/HEAD"));
    TRY_LET(scaffold, Scaffold::raise(to));
    TRY(scaffold.add("/HEAD", head));
    TRY(scaffold.add("/config", configuration(format)));
    TRY(scaffold.add("/objects/info/alternates", alternates));
    TRY(scaffold.add("/packed-refs", packed_refs(*refs)));
    return scaffold.put(to);
}

bool borrows_from(const std::string& folder, const std::string& other) {
    std::error_code failed;
    const auto objects = fs::canonical(other + "/objects", failed).string();
    return !failed && std::ranges::count(alternates_of(folder + "/objects"), objects) > 0;
}

Result<void> remove_bare(const std::string& folder) {
    TRY(hosted_format(folder));
    const auto parent = parent_of(folder);
    auto grave = parent + "/" + std::string(kGone) + "XXXXXX";
    if (::mkdtemp(grave.data()) == nullptr) return Failure(disk_failure(parent));
    if (::rename(folder.c_str(), (grave + "/repository").c_str()) != 0) {
        auto failed = disk_failure(folder);
        ::rmdir(grave.c_str());
        return Failure(std::move(failed));
    }
    std::error_code failed;
    fs::remove_all(grave, failed);
    if (failed) return Failure(disk_failure(grave, failed));
    return {};
}

Result<void> set_default_branch(const std::string& folder, std::string_view branch) {
    TRY_LET(head, head_for(branch));
    TRY(hosted_format(folder));
    return replace_file(folder + "/HEAD", head);
}

Result<ObjectFormat> hosted_format(const std::string& folder) {
    TRY_LET(config, read_small_file(folder + "/config"));
    return config.contains(kSha256Line) ? ObjectFormat::Sha256 : ObjectFormat::Sha1;
}

void sweep_hosted(const std::string& parent) {
    std::error_code ignored;
    for (fs::directory_iterator entry(parent, ignored), end; !ignored && entry != end;
         entry.increment(ignored)) {
        const auto name = entry->path().filename().string();
        std::error_code failed;
        if (name.starts_with(kNew) || name.starts_with(kGone)) fs::remove_all(*entry, failed);
    }
}

}  // namespace forgehouse::git
