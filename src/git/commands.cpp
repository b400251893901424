#include "git/commands.h"

namespace forgehouse::git::commands {
namespace {

constexpr Literal kListConfigFlags[] = {"--list", "--null", "--no-includes"};
constexpr Literal kForEachRefFlags[] = {"--format=%(objectname) %(refname) %(symref)"};
constexpr Literal kRevListFlags[] = {"--topo-order", "--parents", "--stdin"};
// Of one tip's missing object the others know nothing; numbers need parents before children.
constexpr Literal kRevListGraphFlags[] = {"--ignore-missing", "--date-order", "--reverse",
                                          "--timestamp",      "--parents",    "--stdin"};
// A flush command lets git buffer its answers; without it every object costs a system call.
constexpr Literal kCatFileFlags[] = {"--batch-command", "--buffer"};
constexpr Literal kCheckObjectsFlags[] = {"--batch-check=%(objectname) %(objecttype)", "--buffer"};
constexpr Literal kDiffStructureFlags[] = {
    "--stdin", "-r", "--root", "-M", "--raw", "-z", "--no-abbrev", "--diff-merges=first-parent"};
constexpr Literal kFollowFlags[] = {"--no-walk", "--first-parent", "--follow", "--raw",
                                    "-z",        "--no-abbrev",    "--format="};
constexpr Literal kRenamesFlags[] = {"-r", "-M", "--raw", "-z", "--no-abbrev"};
constexpr Literal kDiffBlobsFlags[] = {"--numstat", "-z", "--no-ext-diff", "--no-textconv"};
constexpr Literal kPatchFlags[] = {
    "-r", "--root", "-M", "-p", "--no-commit-id", "--full-index", "--no-ext-diff", "--no-textconv"};
constexpr Literal kInitFlags[] = {"--bare", "--quiet", "--template="};
constexpr Literal kListRemoteFlags[] = {"--symref", "--quiet"};
constexpr Literal kFetchFlags[] = {"--progress",
                                   "--prune",
                                   "--no-tags",
                                   "--force",
                                   "--no-write-fetch-head",
                                   "--no-recurse-submodules",
                                   "--no-auto-maintenance"};
// -k: what no ref reaches any more stays.
constexpr Literal kRepackFlags[] = {"-a", "-d", "-k", "-q", "--no-write-bitmap-index"};
constexpr Literal kCommitGraphFlags[] = {"write", "--reachable", "--split", "--no-progress"};
constexpr Literal kDiffTreesFlags[] = {"-r", "-p", "--full-index", "--no-ext-diff",
                                       "--no-textconv"};
constexpr Literal kFormatPatchFlags[] = {"--stdout", "--no-ext-diff", "--no-textconv"};
// Without `done` the stream was cut off, and nothing counts.
constexpr Literal kImportCommitFlags[] = {"--quiet", "--done", "--date-format=raw"};
// A branch that stands for another one is moved itself.
constexpr Literal kUpdateRefsFlags[] = {"--no-deref", "--stdin", "-z"};
constexpr Literal kConnectivityFlags[] = {"--connectivity-only", "--no-dangling", "--no-progress"};

}  // namespace

constinit const Subcommand kVersion{"version", {}, false};
constinit const Subcommand kListConfig{"config", kListConfigFlags, false};
constinit const Subcommand kForEachRef{"for-each-ref", kForEachRefFlags, false};
constinit const Subcommand kRevList{"rev-list", kRevListFlags, false};
constinit const Subcommand kRevListGraph{"rev-list", kRevListGraphFlags, false};
constinit const Subcommand kCatFile{"cat-file", kCatFileFlags, false};
constinit const Subcommand kCheckObjects{"cat-file", kCheckObjectsFlags, false};
constinit const Subcommand kDiffStructure{"diff-tree", kDiffStructureFlags, false};
constinit const Subcommand kFollow{"log", kFollowFlags, true};
constinit const Subcommand kRenames{"diff-tree", kRenamesFlags, true};
constinit const Subcommand kDiffBlobs{"diff", kDiffBlobsFlags, true};
constinit const Subcommand kPatch{"diff-tree", kPatchFlags, true};
constinit const Subcommand kArchive{"archive", {}, true};
constinit const Subcommand kWriteBlob{"cat-file", {}, true};
constinit const Subcommand kInitMirror{"init", kInitFlags, true};
constinit const Subcommand kListRemote{"ls-remote", kListRemoteFlags, true};
constinit const Subcommand kFetch{"fetch", kFetchFlags, true};
constinit const Subcommand kRepack{"repack", kRepackFlags, false};
constinit const Subcommand kCommitGraph{"commit-graph", kCommitGraphFlags, false};
constinit const Subcommand kSetHead{"symbolic-ref", {}, true};
constinit const Subcommand kConnectivity{"fsck", kConnectivityFlags, false};
constinit const Subcommand kDiffTrees{"diff-tree", kDiffTreesFlags, true};
constinit const Subcommand kFormatPatch{"format-patch", kFormatPatchFlags, true};
constinit const Subcommand kImportCommit{"fast-import", kImportCommitFlags, false};
constinit const Subcommand kUpdateRefs{"update-ref", kUpdateRefsFlags, false};
constinit const Subcommand kWriteTag{"mktag", {}, false};

}  // namespace forgehouse::git::commands
