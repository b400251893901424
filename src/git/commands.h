// The table of every git subcommand that we may run, with the flags that it always has.
// Text from outside is never an option: it stands after `--end-of-options` or on standard input.
#pragma once

#include <span>

#include "base/literal.h"

namespace forgehouse::git {

struct Subcommand {
    Literal name;
    std::span<const Literal> flags;  ///< always given, in this order
    bool takes_operands;             ///< after `--end-of-options`
};

namespace commands {
extern const Subcommand kVersion;
extern const Subcommand kListConfig;     ///< settings of a file (flag `--file=`), no includes
extern const Subcommand kForEachRef;     ///< every ref: object, name, symref
extern const Subcommand kRevList;        ///< commits reached from ids on standard input
extern const Subcommand kRevListGraph;   ///< the same with dates, parents before children
extern const Subcommand kCatFile;        ///< objects asked for on standard input
extern const Subcommand kCheckObjects;   ///< types of the ids on standard input
extern const Subcommand kDiffStructure;  ///< files of commits on standard input, no line counts
extern const Subcommand kFollow;         ///< a file's old name; operands: commit, `--`, path
extern const Subcommand kRenames;        ///< of files; operands: two commits, `--`, paths
extern const Subcommand kDiffBlobs;      ///< line counts; operands: two blobs
extern const Subcommand kPatch;          ///< the patch of a commit; operand: it
extern const Subcommand kArchive;        ///< operands: a commit, a path
extern const Subcommand kWriteBlob;      ///< a blob's content; operands: `blob` and its id
extern const Subcommand kInitMirror;     ///< a bare repository; operand: its folder
extern const Subcommand kListRemote;     ///< what a remote has; operand: its URL
extern const Subcommand kFetch;          ///< operands: URL and refspecs
extern const Subcommand kRepack;         ///< many packs into one, nothing dropped
extern const Subcommand kCommitGraph;    ///< makes later walks fast
extern const Subcommand kSetHead;        ///< operands: HEAD and a ref
extern const Subcommand kConnectivity;   ///< whether all that refs reach is there
extern const Subcommand kDiffTrees;    ///< the patch between two trees; operands: they, `--`, paths
extern const Subcommand kFormatPatch;  ///< commits as mails; operand: a range
extern const Subcommand kImportCommit;  ///< makes objects of a stream on standard input
extern const Subcommand kUpdateRefs;    ///< moves refs as standard input says
extern const Subcommand kWriteTag;      ///< a tag object of what stands on standard input
}  // namespace commands

}  // namespace forgehouse::git
