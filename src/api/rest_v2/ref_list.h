// RefList: which of a repository's branches and tags a request asks for (`q`, `sort`, `page`), out
// of a snapshot of them in memory.
//
// Without a filter and a sort a page costs what is on it, wherever it is. What asks about commits
// (`target.date`) reads the commit of every ref that is looked at.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/rest_v2/filter.h"
#include "api/rest_v2/git_objects.h"
#include "api/rest_v2/page.h"
#include "api/rest_v2/sort.h"

namespace forgehouse::api::rest_v2 {

class RefList {
public:
    /// `prefix`: `refs/heads/`, `refs/tags/`, or `` for both. All live longer.
    /// Errors: Invalid for what is asked; those of ServedRepository::refs().
    static Result<RefList> of(Call& call, const OpenRepository& in, std::string_view prefix);

    struct Page {
        std::vector<const git::NamedRef*> refs;  ///< live as long as the list
        PageEnvelope envelope;
    };
    Result<Page> page();

private:
    RefList(Call& call, const OpenRepository& in) : call_(&call), in_(&in) {}

    Result<Page> by_name();
    Result<Page> by_sort();
    Result<bool> matches(const git::NamedRef& ref);
    Result<FieldValue> value(const git::NamedRef& ref, std::string_view field);
    /// nullptr where it leads to no commit.
    Result<const git::CommitDetails*> target(const git::NamedRef& ref);
    bool comes_before(const FieldValue& one, const FieldValue& other) const;

    Call* call_;
    const OpenRepository* in_;
    std::shared_ptr<const git::RefSnapshot> snapshot_;
    std::span<const git::NamedRef> refs_;
    Filter filter_;
    std::optional<Sort> sort_;
    PageRequest asked_;
    std::map<git::ObjectId, std::optional<git::CommitDetails>> targets_;
};

/// Whether a name comes before another one as people count: `v9` before `v10`.
bool natural_less(std::string_view one, std::string_view other) noexcept;

}  // namespace forgehouse::api::rest_v2
