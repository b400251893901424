#include "git/mirror.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "base/log.h"
#include "git/askpass.h"
#include "git/environment.h"
#include "git/failure.h"
#include "git/fetch_progress.h"
#include "git/mirror_files.h"
#include "git/ref_list.h"
#include "git/remote_refs.h"
#include "git/tool.h"

namespace forgehouse::git {
namespace {

// What answers git's prompts is this very program: a sanitizer's shadow would count as its memory.
#if defined(__has_feature)
constexpr bool kSanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool kSanitized = false;
#endif

namespace fs = std::filesystem;

// Every fetch leaves a pack; git looks into each of them for each object.
constexpr std::uint64_t kMostPacks = 50;

/// A part of the refs that is fetched in one go.
struct Slice {
    std::string name;
    std::vector<std::string> patterns;
};

/// As git understands the patterns of refspecs: one `*` is any text, slashes too.
bool is_like(std::string_view ref, std::string_view pattern) {
    const auto star = pattern.find('*');
    if (star == std::string_view::npos) return ref == pattern;
    return ref.size() + 1 >= pattern.size() && ref.starts_with(pattern.substr(0, star)) &&
           ref.ends_with(pattern.substr(star + 1));
}

bool is_in(const Slice& slice, std::string_view ref) {
    return std::ranges::any_of(slice.patterns,
                               [ref](std::string_view pattern) { return is_like(ref, pattern); });
}

/// What is fetched one after the other. In one go, but for a clone that did not come to its end:
/// what is too large for that arrives piece by piece, and a piece that has arrived stays.
std::vector<Slice> slices(const RemoteRefs& remote, const std::vector<std::string>& wanted,
                          bool in_one_go) {
    Slice all{.name = "others", .patterns = wanted};
    if (wanted.empty()) all.patterns = {"refs/*"};
    if (in_one_go) return {all};
    std::vector<Slice> out;
    if (!remote.head.empty() && is_in(all, remote.head))
        out.push_back({.name = "default branch", .patterns = {remote.head}});
    for (const auto& [name, pattern] :
         {std::pair("heads", "refs/heads/*"), std::pair("tags", "refs/tags/*")})
        if (wanted.empty() || std::ranges::find(wanted, pattern) != wanted.end())
            out.push_back({.name = name, .patterns = {pattern}});
    out.push_back(std::move(all));
    return out;
}

using OwnRefs = std::map<std::string, ObjectId>;

/// New, moved and gone refs of a slice.
std::uint64_t count_changes(const Slice& slice, const RemoteRefs& remote, const OwnRefs& own) {
    std::uint64_t changes = 0;
    for (const auto& [name, id] : remote.refs) {
        if (!is_in(slice, name)) continue;
        const auto found = own.find(name);
        if (found == own.end() || found->second != id) ++changes;
    }
    for (const auto& [name, id] : own)
        if (is_in(slice, name) && !remote.refs.contains(name)) ++changes;
    return changes;
}

/// What is lent to the children that talk to the remote.
struct Lent {
    exec::Descriptor credentials;
    exec::Descriptor configuration;
};

/// What a git command on the mirror itself says when the mirror is broken.
Error damage(const std::string& folder, std::string_view error_text) {
    return Error(Errc::Corrupt, "the mirror is broken")
        .with("mirror", folder)
        .with("git", telling_line(error_text))
        .hint("It is set aside and cloned anew by the next collection.");
}

}  // namespace

struct Mirror::State {
    const Tool* tool = nullptr;
    std::string folder;
    RemoteUrl url;
    exec::Descriptor lock;

    exec::Command command(const Subcommand& subcommand, std::vector<std::string> operands = {},
                          std::vector<std::string> flags = {}) const;
    Result<exec::Output> run(const exec::Context& ctx, const Subcommand& subcommand,
                             std::vector<std::string> operands = {},
                             std::vector<std::string> flags = {}) const;
    exec::Command remote_command(const Subcommand& subcommand, std::vector<std::string> operands,
                                 const FetchOptions& options, const Lent& lent) const;

    Result<Lent> lend(const FetchOptions& options) const;
    Result<void> make(const exec::Context& ctx, ObjectFormat format);
    Result<OwnRefs> own_refs(const exec::Context& ctx) const;
    Result<RemoteRefs> remote_refs(const exec::Context& ctx, const FetchOptions& options,
                                   const Lent& lent) const;
    Result<void> fetch_slice(const exec::Context& ctx, const Slice& slice,
                             const FetchOptions& options, const Lent& lent) const;
    Result<void> set_head(const exec::Context& ctx, const RemoteRefs& remote) const;
    void tidy(const exec::Context& ctx) const;
    Result<FetchReport> update(const exec::Context& ctx, const FetchOptions& options);
    bool is_broken(const exec::Context& ctx) const;
};

exec::Command Mirror::State::command(const Subcommand& subcommand,
                                     std::vector<std::string> operands,
                                     std::vector<std::string> flags) const {
    auto command = tool->command(subcommand, std::move(operands), std::move(flags));
    set_value(command.environment, "GIT_DIR", folder);
    // git holds the lock too: a child that outlives us keeps others away until it has ended.
    if (lock) command.lent = {lock.get()};
    return command;
}

Result<exec::Output> Mirror::State::run(const exec::Context& ctx, const Subcommand& subcommand,
                                        std::vector<std::string> operands,
                                        std::vector<std::string> flags) const {
    return exec::run(ctx, command(subcommand, std::move(operands), std::move(flags)), {},
                     std::size_t{1} << 30);
}

exec::Command Mirror::State::remote_command(const Subcommand& subcommand,
                                            std::vector<std::string> operands,
                                            const FetchOptions& options, const Lent& lent) const {
    auto made = command(subcommand, std::move(operands));
    if (lent.credentials) {
        if (kSanitized) made.memory = 0;
        made.lent.push_back(lent.credentials.get());
        set_value(made.environment, "GIT_ASKPASS", options.askpass_program);
        set_value(made.environment, kAskpassVariable, std::to_string(2 + made.lent.size()));
    }
    if (lent.configuration) {
        made.lent.push_back(lent.configuration.get());
        drop_route(made.environment);
        set_value(made.environment, "GIT_CONFIG_GLOBAL",
                  "/proc/self/fd/" + std::to_string(2 + made.lent.size()));
    }
    return made;
}

Result<Lent> Mirror::State::lend(const FetchOptions& options) const {
    Lent lent;
    if (!options.credentials.empty() && !options.askpass_program.empty()) {
        TRY_LET(credentials, lend_credentials(url, options.credentials));
        lent.credentials = std::move(credentials);
    }
    const bool speaks_http = url.scheme == Scheme::Http || url.scheme == Scheme::Https;
    if (speaks_http && !options.http.empty()) {
        TRY_LET(configuration, lend_configuration(our_configuration(), url, options.http));
        lent.configuration = std::move(configuration);
    }
    return lent;
}

Result<void> Mirror::State::make(const exec::Context& ctx, ObjectFormat format) {
    if (read_marker(folder)) return {};
    if (!is_vacant(folder))
        return Failure(Error(Errc::Conflict, "a folder that is no mirror of ours is in the way")
                           .with("path", folder)
                           .hint("Move it away, or choose another data directory."));
    std::error_code failed;
    fs::create_directories(folder, failed);
    ::chmod(folder.c_str(), 0700);
    const std::string flag = format == ObjectFormat::Sha1 ? "sha1" : "sha256";
    TRY_LET(said, exec::run(ctx, tool->command(commands::kInitMirror, {folder},
                                               {"--object-format=" + flag})));
    if (!said.exit.ok())
        return Failure(
            reading_failure(commands::kInitMirror, folder, said.exit.code, said.error, false));
    return write_marker(folder, {.url = url.text, .is_complete = false});
}

Result<OwnRefs> Mirror::State::own_refs(const exec::Context& ctx) const {
    TRY_LET(said, run(ctx, commands::kForEachRef));
    if (!said.exit.ok()) return Failure(damage(folder, said.error));
    TRY_LET(refs, parse_ref_list(said.out));
    OwnRefs own;
    for (auto& ref : refs) own.emplace(std::move(ref.name), ref.object);
    return own;
}

Result<RemoteRefs> Mirror::State::remote_refs(const exec::Context& ctx, const FetchOptions& options,
                                              const Lent& lent) const {
    // In no repository, so that the remote alone decides on the form of the ids.
    auto command = remote_command(commands::kListRemote, {url.text}, options, lent);
    set_value(command.environment, "GIT_DIR", tool->scratch() + "/none");
    TRY_LET(said, exec::run(ctx, std::move(command), {}, std::size_t{1} << 30));
    if (!said.exit.ok()) return Failure(remote_failure(url.text, said.exit.code, said.error));
    return parse_remote_refs(said.out);
}

Result<void> Mirror::State::fetch_slice(const exec::Context& ctx, const Slice& slice,
                                        const FetchOptions& options, const Lent& lent) const {
    std::vector<std::string> operands{url.text};
    for (const auto& pattern : slice.patterns) {
        std::string refspec = "+" + pattern;
        operands.push_back(std::move(refspec.append(":").append(pattern)));
    }
    auto command = remote_command(commands::kFetch, std::move(operands), options, lent);
    ProgressReader progress([&](const ProgressLine& line) {
        if (options.on_progress)
            options.on_progress({.slice = slice.name,
                                 .phase = line.phase,
                                 .done = line.done,
                                 .total = line.total,
                                 .bytes = line.bytes});
    });
    command.on_error_text = [&progress](std::string_view text) { progress.add(text); };
    TRY_LET(said, exec::run(ctx, std::move(command)));
    if (said.exit.ok()) return {};
    if (is_own_damage(said.error) && is_broken(ctx)) return Failure(damage(folder, said.error));
    return Failure(remote_failure(url.text, said.exit.code, said.error));
}

bool Mirror::State::is_broken(const exec::Context& ctx) const {
    const auto said = run(ctx, commands::kConnectivity);
    return said && !said->exit.ok();
}

Result<void> Mirror::State::set_head(const exec::Context& ctx, const RemoteRefs& remote) const {
    if (remote.head.empty()) return {};
    TRY_LET(said, run(ctx, commands::kSetHead, {"HEAD", remote.head}));
    if (!said.exit.ok()) return Failure(damage(folder, said.error));
    return {};
}

/// What makes later reading faster. Nothing depends on it: a failure is worth a line in the log.
void Mirror::State::tidy(const exec::Context& ctx) const {
    const auto attempt = [&](const Subcommand& subcommand) {
        const auto said = run(ctx, subcommand);
        if (said && !said->exit.ok())
            log::warn("git", "a mirror could not be tidied",
                      {{"mirror", folder}, {"git", telling_line(said->error)}});
    };
    if (count_packs(folder).packs > kMostPacks) attempt(commands::kRepack);
    attempt(commands::kCommitGraph);
}

Result<FetchReport> Mirror::State::update(const exec::Context& ctx, const FetchOptions& options) {
    FetchReport report;
    report.was_cloned = !read_marker(folder);
    TRY_LET(lent, lend(options));
    TRY_LET(remote, remote_refs(ctx, options, lent));
    TRY(make(ctx, remote.format()));
    clean_leftovers(folder);
    report.refs = remote.refs.size();
    report.remote_head = remote.head;
    const auto marker = read_marker(folder).value_or(MirrorMarker{});
    const auto bytes_before = count_packs(folder).bytes;
    const bool in_one_go = marker.is_complete || report.was_cloned;
    for (const auto& slice : slices(remote, options.refs, in_one_go)) {
        TRY_LET(own, own_refs(ctx));
        const auto changes = count_changes(slice, remote, own);
        if (changes == 0) continue;
        TRY(fetch_slice(ctx, slice, options, lent));
        report.changed_refs += changes;
    }
    TRY(set_head(ctx, remote));
    if (!marker.is_complete || marker.url != url.text)
        TRY(write_marker(folder, {.url = url.text, .is_complete = true}));
    const auto bytes_after = count_packs(folder).bytes;
    report.bytes = bytes_after > bytes_before ? bytes_after - bytes_before : 0;
    if (report.changed_refs > 0) tidy(ctx);
    return report;
}

Mirror::Mirror(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
Mirror::Mirror(Mirror&&) noexcept = default;
Mirror& Mirror::operator=(Mirror&&) noexcept = default;
Mirror::~Mirror() = default;

const std::string& Mirror::path() const noexcept {
    return state_->folder;
}

Result<Mirror> Mirror::open(const exec::Context& ctx, const Tool& tool, std::string folder,
                            RemoteUrl url) {
    TRY(ctx.check());
    auto state = std::make_unique<State>();
    TRY_LET(lock, lock_mirror(folder));
    state->tool = &tool;
    state->lock = std::move(lock);
    state->folder = std::move(folder);
    state->url = std::move(url);
    return Mirror(std::move(state));
}

Result<FetchReport> Mirror::fetch(const exec::Context& ctx, const FetchOptions& options) {
    auto report = state_->update(ctx, options);
    // Only damage() gives this field with this code.
    const bool is_broken = !report && report.error().code() == Errc::Corrupt &&
                           !report.error().field("mirror").empty();
    if (!is_broken || !read_marker(state_->folder)) return report;
    return rebuild(ctx, options);
}

Result<std::size_t> Mirror::probe(const exec::Context& ctx, const Tool& tool, RemoteUrl url,
                                  const FetchOptions& options) {
    const State state{.tool = &tool, .folder = {}, .url = std::move(url), .lock = {}};
    TRY_LET(lent, state.lend(options));
    TRY_LET(remote, state.remote_refs(ctx, options, lent));
    return remote.refs.size();
}

Result<FetchReport> Mirror::rebuild(const exec::Context& ctx, const FetchOptions& options) {
    TRY_LET(old, set_aside(state_->folder));
    TRY_LET(report, state_->update(ctx, options));
    report.was_rebuilt = true;
    report.set_aside = old;
    return std::move(report);
}

}  // namespace forgehouse::git
