// Logs in pages, as a server answers them: each page says where the next one begins.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"
#include "exec/context.h"
#include "git/history/history.h"
#include "git/object_id.h"

namespace forgehouse::git {

struct LogQuery {
    std::vector<ObjectId> include;       ///< commits; what they reach is listed
    std::vector<ObjectId> exclude = {};  ///< what these reach is not
    std::string path = {};               ///< of a file or folder; only what changed it
    std::size_t size = 30;               ///< commits of a page, at least 1
    std::string after = {};              ///< LogPage::next of the page before; "" for the first
};

struct LogPage {
    std::vector<ObjectId> commits;  ///< in git's order by date
    std::string next;               ///< ASCII without blanks; empty where nothing follows
};

/// One page of `git log include… ^exclude… -- path`. With both `exclude` and `path` nothing is
/// simplified away: a commit is listed where it differs at the path from all its parents.
///
/// A page of a plain log (no exclude, no path) costs what the page takes, wherever it is: `next`
/// holds the commits that the walk has come to. Where these are more than 64 (about 2.6 KB), or
/// clocks so wrong that they alone do not say what has been listed, and for all other logs, `next`
/// holds how many commits to pass over, which are walked again. Either is good for as long as the
/// commits are there; the first kind goes on as it began when the branches that were asked for have
/// moved meanwhile, the second where `include` and `exclude` are still the same.
///
/// Errors: those of History and PathLog; Invalid, with field `after`, for what is no continuation.
Result<LogPage> log_page(const exec::Context& ctx, History& history, const LogQuery& query);

struct FileLogQuery {
    ObjectId commit;
    std::string path;          ///< of a file
    bool is_following = true;  ///< through renames, to the names that it had before
    std::size_t size = 30;     ///< of a page, at least 1
    std::string after = {};    ///< FileLogPage::next of the page before
};

struct FileLogPage {
    struct Entry {
        ObjectId commit;
        std::string path;  ///< the file's name in that commit
    };
    std::vector<Entry> entries;
    std::string next;  ///< how many to pass over, which are walked again; empty at the end
};

/// One page of `git log --follow commit -- path`: the commits that changed a file, newest first.
/// Errors: as above.
Result<FileLogPage> file_log_page(const exec::Context& ctx, History& history,
                                  const FileLogQuery& query);

}  // namespace forgehouse::git
