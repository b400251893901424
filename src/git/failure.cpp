#include "git/failure.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.h"

namespace forgehouse::git {
namespace {

bool says(std::string_view error_text, std::initializer_list<std::string_view> phrases) noexcept {
    return std::ranges::any_of(phrases, [error_text](std::string_view phrase) {
        return error_text.find(phrase) != std::string_view::npos;
    });
}

bool is_hex(char c) noexcept {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/// One row: words of git or of the programs it calls, and what they mean to a person.
struct Meaning {
    std::initializer_list<std::string_view> phrases;
    Errc code;
    Literal text;
    std::string_view hint;
    bool by_proxy = false;  ///< a proxy may be the way out, where the address is one of HTTP
};

Error make(Errc code, Literal text, std::string_view error_text, std::string hint) {
    return Error(code, text).with("git", telling_line(error_text)).hint(std::move(hint));
}

const std::array<Meaning, 3>& machine_meanings() {
    static const std::array<Meaning, 3> kMeanings{{
        {{"No space left on device", "Disk quota exceeded"},
         Errc::Unavailable,
         "the disk is full",
         "Free some space and run again: what is complete is kept."},
        {{"out of memory", "Out of memory", "Cannot allocate memory"},
         Errc::Unavailable,
         "git ran out of memory",
         "Raise collect.git_memory, free some memory, or read fewer repositories at once."},
        {{"Too many open files"},
         Errc::Unavailable,
         "too many files are open",
         "Raise the limit (ulimit -n) and run again."},
    }};
    return kMeanings;
}

const std::array<Meaning, 10>& remote_meanings() {
    static const std::array<Meaning, 10> kMeanings{{
        {{"Host key verification failed", "REMOTE HOST IDENTIFICATION HAS CHANGED"},
         Errc::Denied,
         "the key of the SSH server is not known",
         "Connect once with ssh by hand and check the key, or put it into ~/.ssh/known_hosts."},
        {{"SSL certificate problem", "server certificate verification failed",
          "SSL: ", "certificate verify failed", "SSL peer certificate"},
         Errc::Invalid,
         "the certificate of the server is not trusted",
         "Name the authority's certificate: by ca_file of the source, for plain git by "
         "GIT_SSL_CAINFO."},
        {{"Authentication failed", "could not read Username", "could not read Password",
          "unable to read askpass", "HTTP Basic: Access denied", "Permission denied (",
          "The requested URL returned error: 401", "The requested URL returned error: 403",
          "terminal prompts disabled", "Access denied", "access denied"},
         Errc::Denied,
         "the remote wants other credentials",
         "Give a user and a token that may read this repository; for SSH, load a key into the "
         "agent."},
        {{"Could not resolve host", "Name or service not known",
          "Temporary failure in name resolution", "unable to look up"},
         Errc::Unavailable,
         "the name of the remote's host cannot be resolved",
         "Check the address and the network",
         true},
        {{"Connection refused", "Failed to connect", "Couldn't connect", "No route to host",
          "Network is unreachable", "unable to connect"},
         Errc::Unavailable,
         "the remote does not accept connections",
         "Check the address and port, and whether the server is up",
         true},
        {{"timed out", "Timeout was reached", "Operation too slow", "Connection timeout"},
         Errc::Unavailable,
         "the remote does not answer in time",
         "Run again later: what is complete is kept."},
        {{"not found", "does not exist", "does not appear to be a git repository",
          "Repository not found", "no such repository", "not a git repository",
          "repository not exported", "No such file or directory"},
         Errc::NotFound,
         "there is no such repository",
         "Check the address; some servers say so too where the credentials may not see it."},
        {{"protocol '", "transport '"},
         Errc::Invalid,
         "this kind of address is not allowed",
         "Use https, http, ssh, git or file."},
        {{"The requested URL returned error: 429"},
         Errc::RateLimited,
         "the server lets through fewer requests than were made",
         "Run again later: what is complete is kept."},
        {{"The requested URL returned error: 5", "remote end hung up", "early EOF", "RPC failed",
          "Connection reset", "Broken pipe", "unexpected disconnect", "The remote end hung up",
          "connection closed", "Empty reply"},
         Errc::Unavailable,
         "the connection to the remote broke",
         "Run again: what is complete is kept."},
    }};
    return kMeanings;
}

std::string remote_hint(const Meaning& meaning, std::string_view url) {
    std::string hint(meaning.hint);
    if (!meaning.by_proxy) return hint;
    const auto scheme = url.substr(0, url.find("://"));
    const bool by_ssh = scheme.size() == url.size() || scheme.ends_with("ssh");
    return hint + (scheme.starts_with("http") ? "; behind a proxy set https_proxy."
                   : by_ssh                   ? "; `ssh -v` to that host says more."
                                              : ".");
}

/// What git adds to the words of ssh, whatever those were.
bool is_afterthought(std::string_view line) noexcept {
    return line == "fatal: Could not read from remote repository." ||
           line.starts_with("Please make sure you have the correct access rights") ||
           line == "and the repository exists.";
}

}  // namespace

std::string telling_line(std::string_view error_text) {
    std::string_view best;
    int rank = 0;
    std::size_t from = 0;
    while (from < error_text.size()) {
        const auto to = std::min(error_text.find_first_of("\r\n", from), error_text.size());
        const auto line = text::trim(error_text.substr(from, to - from));
        const int line_rank = is_afterthought(line)        ? 0
                              : line.starts_with("fatal:") ? 3
                              : line.starts_with("error:") ? 2
                                                           : 1;
        if (!line.empty() && line_rank >= rank) {
            best = line;
            rank = line_rank;
        }
        from = to + 1;
    }
    // Git quotes the line that it does not understand: the file may be a link to something that is
    // nobody's business.
    if (const auto at = best.find("unexpected line in "); at != std::string_view::npos)
        best = best.substr(0, best.find(": ", at));
    return text::printable(text::replace_invalid_utf8(best.substr(0, 500)));
}

std::string_view object_in(std::string_view text) noexcept {
    std::size_t run = 0;
    for (std::size_t i = 0; i <= text.size(); ++i) {
        if (i < text.size() && is_hex(text[i])) {
            ++run;
            continue;
        }
        if (run == 40 || run == 64) return text.substr(i - run, run);
        run = 0;
    }
    return {};
}

Error reading_failure(const Subcommand& subcommand, const std::string& path, int exit_code,
                      std::string_view error_text, bool is_partial) {
    for (const auto& meaning : machine_meanings())
        if (says(error_text, meaning.phrases))
            return make(meaning.code, meaning.text, error_text, std::string(meaning.hint))
                .with("repository", path);
    if (says(error_text, {"Permission denied"}))
        return make(Errc::Denied, "no right to read all of the repository", error_text,
                    "Give this user the right to read every file below it, or run as its owner.")
            .with("repository", path);
    const std::string object(object_in(error_text));
    if (!object.empty()) {
        auto error =
            is_partial
                ? make(Errc::Corrupt, "an object of the repository is missing", error_text,
                       "The repository was cloned with a filter: fetch all blobs (git "
                       "fetch --refetch --no-filter) or collect its remote by URL.")
                : make(Errc::Corrupt, "an object of the repository is missing or broken",
                       error_text, "Run `git fsck` there; fetch it again or restore a backup.");
        return std::move(error).with("object", object).with("repository", path);
    }
    return make(Errc::Corrupt, "git cannot read the repository", error_text,
                "Run `git fsck` there; fetch it again or restore a backup.")
        .with("command", std::string(subcommand.name.view()))
        .with("exit_code", exit_code)
        .with("repository", path);
}

Error remote_failure(const std::string& url, int exit_code, std::string_view error_text) {
    for (const auto& meaning : machine_meanings())
        if (says(error_text, meaning.phrases))
            return make(meaning.code, meaning.text, error_text, std::string(meaning.hint))
                .with("url", url);
    for (const auto& meaning : remote_meanings())
        if (says(error_text, meaning.phrases))
            return make(meaning.code, meaning.text, error_text, remote_hint(meaning, url))
                .with("url", url);
    return make(Errc::Unavailable, "git cannot fetch from the remote", error_text,
                "Try `git ls-remote URL` by hand; run again later.")
        .with("exit_code", exit_code)
        .with("url", url);
}

bool is_own_damage(std::string_view error_text) noexcept {
    return says(error_text, {"bad object", "missing blob", "missing tree", "missing commit",
                             "is corrupt", "is too small", "object file", "loose object",
                             "bad tree object", "cannot be accessed", "index file", "bad config",
                             "not a git repository:", "packfile ", "unable to read ",
                             "invalid sha1 pointer", "does not point to a valid object"});
}

}  // namespace forgehouse::git
