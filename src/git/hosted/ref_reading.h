// RefReading: one reading of a repository's refs, from its files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "git/hosted/ref_snapshot.h"

namespace forgehouse::git {

/// Used once. Threads: one at a time.
class RefReading {
public:
    RefReading(const std::string& folder, ObjectFormat format, const RefSnapshot::Peel& peel,
               const RefSnapshot* before)
        : folder_(folder), format_(format), peel_(&peel), before_(before) {}

    Result<RefSnapshot> run();

private:
    /// A loose ref outweighs a packed one of the same name, so it stands first.
    using Refs = std::vector<NamedRef>;

    void watch(const std::string& path);
    Result<void> read_head();
    Result<void> read_loose(const std::string& prefix);
    Result<void> read_loose_file(int folder, const char* entry, const std::string& name,
                                 std::vector<std::string>& folders);
    const RefSnapshot::LooseFile* known(const std::string& name,
                                        const RefSnapshot::Stamp& stamp) const;
    void add_loose();
    std::optional<ObjectId> id_of(std::string_view says, int depth) const;
    Result<void> read_packed();
    Result<void> take_packed_line(std::string_view line);
    void peel_tags();
    ObjectId peeled(const NamedRef& ref) const;

    const std::string& folder_;
    ObjectFormat format_;
    const RefSnapshot::Peel* peel_;
    const RefSnapshot* before_;
    RefSnapshot out_;
    Refs loose_, packed_;
    bool is_peeled_ = false;  ///< `packed-refs` says of every tag what it leads to
};

}  // namespace forgehouse::git
