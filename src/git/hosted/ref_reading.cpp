#include "git/hosted/ref_reading.h"

#include <dirent.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <optional>

#include "base/text.h"
#include "exec/descriptor.h"
#include "git/hosted/durable_file.h"
#include "git/hosted/ref_name.h"
#include "git/ref_list.h"

namespace forgehouse::git {
namespace {

constexpr int kMostSymbolic = 5;              // as git
constexpr std::int64_t kTickNs = 20'000'000;  // twice the longest tick of a kernel's clock
constexpr std::size_t kLongestLoose = 4096;   // `ref: ` and a name at most
constexpr std::string_view kSymbolic = "ref:";

/// The time that the system gives to files that change now. Only compared with files' times.
std::int64_t files_time_ns() noexcept {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
    return now.tv_sec * std::int64_t{1'000'000'000} + now.tv_nsec;
}

struct CloseFolder {
    void operator()(DIR* folder) const noexcept { ::closedir(folder); }
};
using Folder = std::unique_ptr<DIR, CloseFolder>;

/// Whether the peeled ids are said of all tags, by the line that the file begins with.
bool says_fully_peeled(std::string_view header) noexcept {
    return header.starts_with("# pack-refs with:") && header.contains(" fully-peeled");
}

}  // namespace

Result<RefSnapshot> RefReading::run() {
    out_.settled_ns_ = files_time_ns() - kTickNs;
    watch(folder_ + "/HEAD");
    TRY(read_head());
    // Loose before packed: git packs first and removes the loose file then.
    TRY(read_loose(std::string(kBranches)));
    TRY(read_loose(std::string(kTags)));
    watch(folder_ + "/packed-refs");
    TRY(read_packed());
    std::ranges::sort(packed_, {}, &NamedRef::name);
    std::ranges::sort(out_.loose_, {}, &RefSnapshot::LooseFile::name);
    add_loose();
    out_.refs_.resize(loose_.size() + packed_.size());
    std::ranges::merge(std::move(loose_), std::move(packed_), out_.refs_.begin(), {},
                       &NamedRef::name, &NamedRef::name);
    const auto doubled = std::ranges::unique(out_.refs_, {}, &NamedRef::name);
    out_.refs_.erase(doubled.begin(), doubled.end());
    peel_tags();
    return std::move(out_);
}

/// Before the thing is read: what changes later is noticed.
void RefReading::watch(const std::string& path) {
    const auto stamp = RefSnapshot::Stamp::of(path);
    if (stamp.size >= 0 && stamp.changed_ns >= out_.settled_ns_) out_.is_doubtful_ = true;
    out_.watched_.push_back({.path = path, .stamp = stamp});
}

Result<void> RefReading::read_head() {
    TRY_LET(bytes, read_small_file(folder_ + "/HEAD"));
    out_.head_ = parse_head_file(bytes).branch;
    return {};
}

/// `prefix` is a folder of refs with a slash behind it. What goes away meanwhile is not there.
Result<void> RefReading::read_loose(const std::string& prefix) {
    const auto path = folder_ + "/" + prefix;
    watch(path);
    Folder folder(::opendir(path.c_str()));
    if (!folder && errno == ENOENT) return {};
    if (!folder) return Failure(disk_failure(path));
    const int descriptor = ::dirfd(folder.get());
    std::vector<std::string> folders;
    while (const auto* entry = ::readdir(folder.get())) {
        const std::string_view name = entry->d_name;
        if (name.starts_with('.')) continue;
        const auto full = prefix + std::string(name);
        if (entry->d_type == DT_DIR)
            folders.push_back(full + "/");
        else
            TRY(read_loose_file(descriptor, entry->d_name, full, folders));
    }
    folder.reset();
    // No name within would be one: see kMostRefParts.
    if (std::ranges::count(prefix, '/') >= std::ptrdiff_t{kMostRefParts} - 1) return {};
    for (const auto& within : folders) TRY(read_loose(within));
    return {};
}

/// `folders` takes it where it is one.
Result<void> RefReading::read_loose_file(int folder, const char* entry, const std::string& name,
                                         std::vector<std::string>& folders) {
    struct stat status{};
    if (::fstatat(folder, entry, &status, AT_SYMLINK_NOFOLLOW) != 0) return {};
    if (S_ISDIR(status.st_mode)) folders.push_back(name + "/");
    if (!S_ISREG(status.st_mode) || !is_ref_name(name)) return {};
    const auto stamp = RefSnapshot::Stamp::of(status);
    if (const auto* same = known(name, stamp); same != nullptr) {
        out_.loose_.push_back(*same);
        return {};
    }
    const exec::Descriptor file(
        ::openat(folder, entry, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!file && errno == ENOENT) return {};
    std::array<char, kLongestLoose> bytes{};
    const auto size = file ? ::read(file.get(), bytes.data(), bytes.size()) : -1;
    if (size < 0) return Failure(disk_failure(folder_ + "/" + name));
    const auto says = text::trim({bytes.data(), static_cast<std::size_t>(size)});
    out_.loose_.push_back({.name = name, .stamp = stamp, .says = std::string(says)});
    return {};
}

/// What the earlier snapshot knows of a file that has not changed since, nor could have.
const RefSnapshot::LooseFile* RefReading::known(const std::string& name,
                                                const RefSnapshot::Stamp& stamp) const {
    if (before_ == nullptr || stamp.changed_ns >= before_->settled_ns_) return nullptr;
    const auto found =
        std::ranges::lower_bound(before_->loose_, name, {}, &RefSnapshot::LooseFile::name);
    const bool is_same =
        found != before_->loose_.end() && found->name == name && found->stamp == stamp;
    return is_same ? &*found : nullptr;
}

void RefReading::add_loose() {
    for (const auto& file : out_.loose_)
        if (const auto id = id_of(file.says, 0))
            loose_.push_back({.name = file.name, .id = *id, .peeled = ObjectId()});
}

/// The id that a loose ref's file says, itself or by the name of another ref.
std::optional<ObjectId> RefReading::id_of(std::string_view says, int depth) const {
    if (!says.starts_with(kSymbolic)) {
        auto id = ObjectId::from_hex(says.substr(0, 2 * id_size(format_)));
        if (!id || id->bytes().size() != id_size(format_) || id->is_null()) return std::nullopt;
        return id;
    }
    if (depth == kMostSymbolic) return std::nullopt;
    const auto name = text::trim(says.substr(kSymbolic.size()));
    const auto loose =
        std::ranges::lower_bound(out_.loose_, name, {}, &RefSnapshot::LooseFile::name);
    if (loose != out_.loose_.end() && loose->name == name) return id_of(loose->says, depth + 1);
    const auto packed = std::ranges::lower_bound(packed_, name, {}, &NamedRef::name);
    if (packed != packed_.end() && packed->name == name) return packed->id;
    return std::nullopt;
}

Result<void> RefReading::read_packed() {
    auto bytes = read_small_file(folder_ + "/packed-refs");
    if (!bytes && bytes.error().code() == Errc::NotFound) return {};
    if (!bytes) return Failure(std::move(bytes).error());
    std::string_view rest = *bytes;
    is_peeled_ = says_fully_peeled(rest.substr(0, rest.find('\n')));
    while (!rest.empty()) {
        const auto end = rest.find('\n');
        if (auto taken = take_packed_line(rest.substr(0, end)); !taken)
            return Failure(std::move(taken).error().with("file", folder_ + "/packed-refs"));
        if (end == std::string_view::npos) break;
        rest.remove_prefix(end + 1);
    }
    // A line `^…` belongs to the ref before it, also where that is none of ours.
    std::erase_if(packed_, [](const NamedRef& ref) {
        return !ref.name.starts_with(kBranches) && !ref.name.starts_with(kTags);
    });
    return {};
}

Result<void> RefReading::take_packed_line(std::string_view line) {
    if (line.empty() || line.starts_with('#')) return {};
    const auto digits = 2 * id_size(format_);
    const bool is_peeling = line.starts_with('^');
    if (is_peeling) line.remove_prefix(1);
    const auto id = ObjectId::from_hex(line.substr(0, digits));
    const bool is_whole = is_peeling ? line.size() == digits && !packed_.empty()
                                     : line.size() > digits + 1 && line[digits] == ' ';
    if (!id || id->format() != format_ || !is_whole)
        return Failure(Error(Errc::Corrupt, "a line of packed-refs is not as git writes it")
                           .with("line", text::json_quoted(line)));
    if (is_peeling) {
        packed_.back().peeled = *id;
        return {};
    }
    const auto name = line.substr(digits + 1);
    const bool is_ours = name.starts_with(kBranches) || name.starts_with(kTags);
    packed_.push_back({.name = std::string(name),
                       .id = *id,
                       .peeled = is_peeled_ || !is_ours ? *id : ObjectId()});
    return {};
}

void RefReading::peel_tags() {
    for (auto& ref : out_.refs_)
        if (ref.peeled.bytes().empty()) ref.peeled = peeled(ref);
}

ObjectId RefReading::peeled(const NamedRef& ref) const {
    if (!ref.name.starts_with(kTags)) return ref.id;
    const auto* same = before_ == nullptr ? nullptr : before_->find(ref.name);
    return same != nullptr && same->id == ref.id ? same->peeled : (*peel_)(ref.id);
}

}  // namespace forgehouse::git
