#include "api/rest_v2/ref_list.h"

#include <algorithm>

#include "base/text.h"

namespace forgehouse::api::rest_v2 {
namespace {

constexpr QueryField kFields[]{
    {.name = "name"},           {.name = "type"},
    {.name = "target.hash"},    {.name = "target.date", .kind = FieldKind::Time},
    {.name = "target.message"}, {.name = "target.author.raw"},
};

// What the cursor of a list by name is good for.
constexpr std::string_view kByName = "refs";

std::string_view short_name(const git::NamedRef& ref) {
    const bool is_branch = ref.name.starts_with(git::kBranches);
    return std::string_view(ref.name).substr(is_branch ? git::kBranches.size() : git::kTags.size());
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Takes a run of digits off, without the zeros before it.
std::string_view take_number(std::string_view& text) {
    const auto end = std::min(text.size(), text.find_first_not_of("0123456789"));
    std::string_view number = text.substr(0, end);
    text.remove_prefix(end);
    number.remove_prefix(std::min(number.size(), number.find_first_not_of('0')));
    return number;
}

Error invalid_page() {
    return Error(Errc::Invalid, "Invalid page").with("parameter", "page");
}

/// The full name of the last ref of the page before.
Result<std::string> name_in(const Cursor& cursor) {
    const auto* const text = std::get_if<std::string>(&cursor.values.front().get());
    const auto name = text ? text::from_base64url(*text) : std::nullopt;
    if (!name) return Failure(invalid_page());
    return *name;
}

}  // namespace

bool natural_less(std::string_view one, std::string_view other) noexcept {
    const std::string_view a = one, b = other;
    while (!one.empty() && !other.empty()) {
        if (is_digit(one[0]) && is_digit(other[0])) {
            const std::string_view left = take_number(one), right = take_number(other);
            if (left.size() != right.size()) return left.size() < right.size();
            if (left != right) return left < right;
            continue;
        }
        if (one[0] != other[0])
            return static_cast<unsigned char>(one[0]) < static_cast<unsigned char>(other[0]);
        one.remove_prefix(1);
        other.remove_prefix(1);
    }
    if (one.empty() != other.empty()) return one.empty();
    return a < b;
}

Result<RefList> RefList::of(Call& call, const OpenRepository& in, std::string_view prefix) {
    RefList list(call, in);
    TRY_LET(asked, parse_page(call.query()));
    list.asked_ = std::move(asked);
    TRY_LET(filter_text, call.query().one("q"));
    TRY_LET(filter, Filter::parse(filter_text.value_or(""), kFields));
    list.filter_ = std::move(filter);
    TRY_LET(sort_text, call.query().one("sort"));
    if (sort_text && !sort_text->empty()) {
        TRY_LET(sort, Sort::parse(*sort_text, kFields));
        list.sort_ = sort;
        if (list.asked_.behind) return Failure(invalid_page());
    }
    TRY(check_cursor(list.asked_, kByName, 1));
    TRY_LET(snapshot, in.git->refs());
    list.snapshot_ = std::move(snapshot);
    list.refs_ = prefix.empty() ? list.snapshot_->all() : list.snapshot_->with_prefix(prefix);
    return list;
}

Result<const git::CommitDetails*> RefList::target(const git::NamedRef& ref) {
    const auto known = targets_.find(ref.peeled);
    if (known != targets_.end()) return known->second ? &*known->second : nullptr;
    auto details = in_->git->commit(call_->ctx(), ref.peeled);
    if (!details && details.error().code() != Errc::Invalid &&
        details.error().code() != Errc::NotFound)
        return Failure(std::move(details).error());
    auto& kept = targets_[ref.peeled];
    if (!details) return nullptr;
    kept = std::move(*details);
    return &*kept;
}

Result<FieldValue> RefList::value(const git::NamedRef& ref, std::string_view field) {
    if (field == "name") return std::string(short_name(ref));
    if (field == "type")
        return std::string(ref.name.starts_with(git::kBranches) ? "branch" : "tag");
    if (field == "target.hash") return ref.peeled.hex();
    TRY_LET(details, target(ref));
    if (details == nullptr) return FieldValue();
    if (field == "target.date") return details->commit.author.time;
    if (field == "target.message") return details->commit.message.utf8;
    return details->raw_author;
}

Result<bool> RefList::matches(const git::NamedRef& ref) {
    std::optional<Error> failed;
    const bool does = filter_.matches([&](const QueryField& field) -> FieldValue {
        auto found = value(ref, field.name);
        if (found) return std::move(*found);
        failed = std::move(found).error();
        return {};
    });
    if (failed) return Failure(std::move(*failed));
    return does;
}

bool RefList::comes_before(const FieldValue& one, const FieldValue& other) const {
    if (sort_->field().name != "name") return sort_->before(one, other);
    const auto& a = std::get<std::string>(one);
    const auto& b = std::get<std::string>(other);
    return sort_->descending() ? natural_less(b, a) : natural_less(a, b);
}

Result<RefList::Page> RefList::page() {
    return sort_ ? by_sort() : by_name();
}

Result<RefList::Page> RefList::by_name() {
    std::size_t at = 0;
    auto to_skip = asked_.behind ? 0 : static_cast<std::size_t>(asked_.offset());
    if (asked_.behind) {
        TRY_LET(name, name_in(*asked_.behind));
        const auto next = std::ranges::upper_bound(refs_, name, {}, &git::NamedRef::name);
        at = static_cast<std::size_t>(next - refs_.begin());
    } else if (filter_.matches_all()) {
        at = std::min(to_skip, refs_.size());
        to_skip = 0;
    }
    Page page{.refs = {}, .envelope = {.size = {}, .page = asked_.page, .length = asked_.length}};
    if (filter_.matches_all()) page.envelope.size = std::ssize(refs_);
    for (; at < refs_.size(); ++at) {
        TRY(call_->ctx().check());
        TRY_LET(is_asked_for, matches(refs_[at]));
        if (!is_asked_for) continue;
        if (to_skip > 0) {
            --to_skip;
            continue;
        }
        if (std::ssize(page.refs) == asked_.length) {
            const Cursor cursor{.order = std::string(kByName),
                                .page = asked_.page + 1,
                                .values = {text::to_base64url(page.refs.back()->name)}};
            page.envelope.next = page_url(asked_address(*call_), call_->query(), cursor.token());
            break;
        }
        page.refs.push_back(&refs_[at]);
    }
    return page;
}

Result<RefList::Page> RefList::by_sort() {
    std::vector<std::pair<FieldValue, const git::NamedRef*>> found;
    for (const git::NamedRef& ref : refs_) {
        TRY(call_->ctx().check());
        TRY_LET(is_asked_for, matches(ref));
        if (!is_asked_for) continue;
        TRY_LET(key, value(ref, sort_->field().name));
        found.emplace_back(std::move(key), &ref);
    }
    // What is equal stays in the order of the names, in which the refs lie.
    std::ranges::sort(found, [this](const auto& one, const auto& other) {
        if (comes_before(one.first, other.first)) return true;
        return !comes_before(other.first, one.first) && one.second < other.second;
    });
    Page page{.refs = {},
              .envelope =
                  numbered_page(asked_address(*call_), call_->query(), asked_, std::ssize(found))};
    const auto from = std::min(asked_.offset(), std::ssize(found));
    const auto to = std::min(from + asked_.length, std::ssize(found));
    for (auto i = from; i < to; ++i) page.refs.push_back(found[static_cast<std::size_t>(i)].second);
    return page;
}

}  // namespace forgehouse::api::rest_v2
