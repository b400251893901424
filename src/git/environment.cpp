#include "git/environment.h"

#include <algorithm>
#include <array>

#include "git/tool.h"

namespace forgehouse::git {
namespace {

constexpr std::array<std::string_view, 15> kPassedNames{
    "PATH",        "TMPDIR",        "SSH_AUTH_SOCK", "http_proxy",     "HTTP_PROXY",
    "https_proxy", "HTTPS_PROXY",   "all_proxy",     "ALL_PROXY",      "no_proxy",
    "NO_PROXY",    "SSL_CERT_FILE", "SSL_CERT_DIR",  "GIT_SSL_CAINFO", "GIT_EXEC_PATH"};

// Of these, what says by which way and with whose trust a server is reached.
constexpr std::array<std::string_view, 11> kRouteNames{
    "http_proxy", "HTTP_PROXY", "https_proxy",   "HTTPS_PROXY",  "all_proxy",     "ALL_PROXY",
    "no_proxy",   "NO_PROXY",   "SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO"};

// Hooks, attributes, monitors and maintenance off; only transports that run no program of
// anybody's choice; the ownership of what we read does not matter because nothing of it is run.
constexpr std::string_view kConfiguration = R"([safe]
	directory = *
[core]
	hooksPath = /dev/null
	attributesFile = /dev/null
	excludesFile = /dev/null
	fsmonitor = false
[protocol]
	allow = never
[protocol "https"]
	allow = always
[protocol "http"]
	allow = always
[protocol "ssh"]
	allow = always
[protocol "git"]
	allow = always
[protocol "file"]
	allow = always
[credential]
	helper =
	useHttpPath = false
[init]
	defaultBranch = main
[gc]
	auto = 0
	autoDetach = false
[maintenance]
	auto = false
[fetch]
	unpackLimit = 1
	recurseSubmodules = false
	writeCommitGraph = false
[transfer]
	unpackLimit = 1
[submodule]
	recurse = false
[http]
	lowSpeedLimit = 1
	lowSpeedTime = 120
[advice]
	detachedHead = false
)";

constexpr std::array<std::string_view, 20> kFixed{
    "LC_ALL=C", "TZ=UTC", "HOME=/nonexistent", "XDG_CONFIG_HOME=/nonexistent",
    "GIT_CONFIG_NOSYSTEM=1", "GIT_ATTR_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0",
    "GIT_NO_REPLACE_OBJECTS=1", "GIT_NO_LAZY_FETCH=1", "GIT_OPTIONAL_LOCKS=0", "GIT_PAGER=cat",
    "GIT_EDITOR=false", "GIT_ADVICE=0",
    // An unknown host key or a password prompt ends the fetch; the user's known_hosts decides.
    "GIT_SSH_COMMAND=ssh -o BatchMode=yes -o ConnectTimeout=30", "GIT_SSH_VARIANT=ssh",
    "GCM_INTERACTIVE=never",
    // A path is a path, whatever stands in it.
    "GIT_LITERAL_PATHSPECS=1",
    // rev-list would write each line by itself; what must come at once is flushed by a mark.
    "GIT_FLUSH=0",
    // Blobs come and go: giving each large one back to the system costs diff-tree a seventh of its
    // time (glibc; others ignore it).
    "MALLOC_MMAP_THRESHOLD_=67108864", "MALLOC_TRIM_THRESHOLD_=134217728"};

}  // namespace

std::span<const std::string_view> passed_names() noexcept {
    return kPassedNames;
}

std::string_view our_configuration() noexcept {
    return kConfiguration;
}

std::string_view value_of(std::span<const std::string> environment,
                          std::string_view name) noexcept {
    for (const std::string_view entry : environment)
        if (entry.size() > name.size() && entry.starts_with(name) && entry[name.size()] == '=')
            return entry.substr(name.size() + 1);
    return {};
}

void set_value(std::vector<std::string>& environment, std::string_view name,
               std::string_view value) {
    const auto start = std::string(name) + "=";
    std::erase_if(environment,
                  [&start](const std::string& entry) { return entry.starts_with(start); });
    environment.push_back(start + std::string(value));
}

void drop_route(std::vector<std::string>& environment) {
    std::erase_if(environment, [](const std::string_view entry) {
        return std::ranges::find(kRouteNames, entry.substr(0, entry.find('='))) !=
               kRouteNames.end();
    });
}

std::vector<std::string> child_environment(std::span<const std::string> caller,
                                           std::string_view config_file, std::string_view scratch) {
    std::vector<std::string> out(kFixed.begin(), kFixed.end());
    out.push_back("GIT_CONFIG_GLOBAL=" + std::string(config_file));
    // Nowhere, so that a command without a repository of its own does not look for one above.
    out.push_back("GIT_DIR=" + std::string(scratch) + "/none");
    for (const auto name : kPassedNames)
        if (const auto value = value_of(caller, name); !value.empty())
            out.push_back(std::string(name) + "=" + std::string(value));
    return out;
}

}  // namespace forgehouse::git
