// The table of every git subcommand that we may run, with the flags that it always has.
// Text from outside is never an option: it stands after `--end-of-options` or on standard input.
#pragma once

#include <span>
#include <string_view>

#include "base/literal.h"

namespace forgehouse::git {

struct Subcommand {
    Literal name;
    std::span<const Literal> flags;  ///< always given, in this order
    bool takes_end_of_options;       ///< else it takes no operands at all
};

namespace commands {
extern const Subcommand kVersion;
extern const Subcommand kInit;
extern const Subcommand kListConfig;
extern const Subcommand kForEachRef;
extern const Subcommand kRevList;
extern const Subcommand kCatFile;
extern const Subcommand kCheckObjects;
extern const Subcommand kDiffFull;
extern const Subcommand kDiffRaw;
extern const Subcommand kListRemote;
extern const Subcommand kFetch;
extern const Subcommand kRepack;
extern const Subcommand kCommitGraph;
extern const Subcommand kCheckConnectivity;
}  // namespace commands

}  // namespace forgehouse::git
