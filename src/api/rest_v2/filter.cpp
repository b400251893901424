#include "api/rest_v2/filter.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "base/text.h"

namespace forgehouse::api {
namespace {

std::string_view kind_name(FieldKind kind) {
    switch (kind) {
        case FieldKind::Text: return "a text in double quotes";
        case FieldKind::Integer: return "a number";
        case FieldKind::Flag: return "true or false";
        case FieldKind::Time: return "a date or a date and time of ISO 8601";
        case FieldKind::Uuid: return "a UUID in double quotes";
        case FieldKind::Choice: return "one of its names in double quotes";
    }
    return "";
}

bool is_order(FilterTest test) {
    return test != FilterTest::OneOf && test != FilterTest::Contains;
}

}  // namespace

/// Turns what was read into what a collection can be asked.
class FilterBinding {
public:
    explicit FilterBinding(QueryFields fields) : fields_(fields) {}

    Result<Filter::Node> node(const FilterNode<FilterTerm>& read) const {
        Filter::Node out;
        out.kind = static_cast<Filter::Node::Kind>(read.kind);
        if (out.kind == Filter::Node::Kind::Term) {
            TRY_LET(bound, term(read.term));
            out.term = std::move(bound);
        }
        for (const auto& one : read.nodes) {
            TRY_LET(bound, node(one));
            out.nodes.push_back(std::move(bound));
        }
        return out;
    }

private:
    static Error refused(Literal text, const FilterTerm& read, const QueryField& field) {
        return Error(Errc::Invalid, text)
            .with("field", read.field)
            .with("position", static_cast<std::int64_t>(read.position))
            .with("expected", std::string(kind_name(field.kind)));
    }

    Result<Filter::Term> term(const FilterTerm& read) const {
        TRY_LET(field, field_named(fields_, read.field, read.position));
        const bool ordered = field->kind != FieldKind::Flag && field->kind != FieldKind::Uuid;
        const bool contains = field->kind == FieldKind::Text || field->kind == FieldKind::Choice;
        if ((is_order(read.test) && !ordered) || (read.test == FilterTest::Contains && !contains))
            return Failure(refused("the field does not take this operator", read, *field));
        Filter::Term out{.field = field,
                         .test = read.test,
                         .negated = read.negated,
                         .or_null = false,
                         .values = {}};
        for (const FilterValue& value : read.values) TRY(add_value(out, read, value));
        return out;
    }

    static Result<void> add_value(Filter::Term& out, const FilterTerm& read,
                                  const FilterValue& value) {
        const QueryField& field = *out.field;
        if (std::holds_alternative<std::monostate>(value)) {
            if (out.test != FilterTest::OneOf)
                return Failure(refused("null has no order and no parts", read, field));
            out.or_null = true;
            return {};
        }
        if (field.kind == FieldKind::Choice && std::holds_alternative<std::string>(value))
            return add_choices(out, read, std::get<std::string>(value));
        if (!take(out, value))
            return Failure(refused("the field does not take this value", read, field));
        return {};
    }

    /// Whether the value is of the field's kind; adds it then.
    static bool take(Filter::Term& out, const FilterValue& value) {
        const auto* const text = std::get_if<std::string>(&value);
        const auto* const number = std::get_if<FilterNumber>(&value);
        const auto* const flag = std::get_if<bool>(&value);
        switch (out.field->kind) {
            case FieldKind::Text:
                if (text != nullptr) out.values.emplace_back(*text);
                return text != nullptr;
            case FieldKind::Flag:
                if (flag != nullptr) out.values.emplace_back(*flag);
                return flag != nullptr;
            case FieldKind::Integer:
                if (number != nullptr) add_number(out, *number);
                return number != nullptr;
            case FieldKind::Uuid:
                if (text == nullptr || plain_uuid(*text).empty()) return false;
                out.values.emplace_back(plain_uuid(*text));
                return true;
            case FieldKind::Time: return add_time(out, value);
            case FieldKind::Choice: break;
        }
        return false;
    }

    /// Columns hold whole numbers: `< 1.5` is `<= 1`, and none is equal to 1.5.
    static void add_number(Filter::Term& out, FilterNumber number) {
        if (!number.whole) {
            if (out.test == FilterTest::OneOf) return;
            const bool less = out.test == FilterTest::Less || out.test == FilterTest::LessOrEqual;
            out.test = less ? FilterTest::LessOrEqual : FilterTest::Greater;
        }
        out.values.emplace_back(number.floor);
    }

    static bool add_time(Filter::Term& out, const FilterValue& value) {
        if (const auto* const time = std::get_if<Time>(&value)) {
            out.values.emplace_back(*time);
            return true;
        }
        const auto* const text = std::get_if<std::string>(&value);
        if (text == nullptr) return false;
        const auto time = parse_time(*text);
        if (time) out.values.emplace_back(*time);
        return time.has_value();
    }

    /// Whether what stands that far behind a choice passes a test against it.
    static bool passes(FilterTest test, std::ptrdiff_t behind) {
        switch (test) {
            case FilterTest::Greater: return behind > 0;
            case FilterTest::GreaterOrEqual: return behind >= 0;
            case FilterTest::Less: return behind < 0;
            case FilterTest::LessOrEqual: return behind <= 0;
            default: return behind == 0;
        }
    }

    /// Every test of a choice becomes the list of those that pass it.
    static Result<void> add_choices(Filter::Term& out, const FilterTerm& read,
                                    const std::string& text) {
        const std::string wanted = text::lower_ascii(text);
        const auto choices = out.field->choices;
        const auto found = std::ranges::find_if(choices, [&](const FieldChoice& choice) {
            return text::lower_ascii(choice.name) == wanted;
        });
        if (found == choices.end() && read.test != FilterTest::Contains) {
            std::vector<std::string_view> names;
            for (const FieldChoice& choice : choices) names.push_back(choice.name);
            return Failure(refused("the field does not take this value", read, *out.field)
                               .hint(fmt::format("the values are {}", fmt::join(names, ", "))));
        }
        for (auto choice = choices.begin(); choice != choices.end(); ++choice)
            if (read.test == FilterTest::Contains
                    ? text::lower_ascii(choice->name).find(wanted) != std::string::npos
                    : passes(read.test, choice - found))
                out.values.emplace_back(std::string(choice->stored));
        out.test = FilterTest::OneOf;
        return {};
    }

    QueryFields fields_;
};

/// Writes a bound filter as SQL.
class FilterSql {
public:
    explicit FilterSql(ports::Sql& sql) : sql_(sql) {}

    void node(const Filter::Node& node) {
        if (node.kind == Filter::Node::Kind::Term) return term(node.term);
        sql_.add("(");
        for (std::size_t i = 0; i < node.nodes.size(); ++i) {
            if (i > 0)
                sql_.add(node.kind == Filter::Node::Kind::And ? Literal(" AND ") : Literal(" OR "));
            this->node(node.nodes[i]);
        }
        sql_.add(")");
    }

private:
    void term(const Filter::Term& term) {
        sql_.add("(");
        if (!term.field->within.empty())
            within(term);
        else if (term.test == FilterTest::OneOf)
            one_of(term, term.negated, term.or_null);
        else
            compared(term, term.negated);
        sql_.add(")");
    }

    /// Of several values: one passes, none passes, there is none.
    void within(const Filter::Term& term) {
        const bool empty = term.test == FilterTest::OneOf && term.values.empty();
        if (!empty || !term.or_null) {
            if (term.negated) sql_.add("NOT ");
            sql_.add(term.field->within);
            if (term.test == FilterTest::OneOf)
                one_of(term, false, false);
            else
                compared(term, false);
            sql_.add(")");
            if (!term.or_null) return;
            sql_.add(term.negated ? Literal(" AND ") : Literal(" OR "));
        }
        if (!term.negated) sql_.add("NOT ");
        sql_.add(term.field->within).add("1 = 1)");
    }

    void one_of(const Filter::Term& term, bool negated, bool or_null) {
        const Literal column = term.field->column;
        const std::size_t count = term.values.size();
        if (count == 0) {
            if (or_null)
                sql_.add(column).add(negated ? Literal(" IS NOT NULL") : Literal(" IS NULL"));
            else
                sql_.add(negated ? Literal("1 = 1") : Literal("0 = 1"));
            return;
        }
        sql_.add(column);
        if (count == 1)
            sql_.add(negated ? Literal(" <> ") : Literal(" = "));
        else
            sql_.add(negated ? Literal(" NOT IN (") : Literal(" IN ("));
        for (std::size_t i = 0; i < count; ++i) {
            if (i > 0) sql_.add(", ");
            bind(term.values[i]);
        }
        if (count > 1) sql_.add(")");
        // SQL's own comparisons leave null out, whether negated or not.
        if (negated ? term.field->nullable && !or_null : or_null)
            sql_.add(" OR ").add(column).add(" IS NULL");
    }

    void compared(const Filter::Term& term, bool negated) {
        const Literal column = term.field->column;
        if (term.test == FilterTest::Contains) {
            if (negated && term.field->nullable) sql_.add(column).add(" IS NULL OR ");
            sql_.add("lower(").add(column).add(negated ? Literal(") NOT LIKE lower(")
                                                       : Literal(") LIKE lower("));
            sql_.bind(pattern(std::get<std::string>(term.values.front())));
            sql_.add(") ESCAPE '!'");
            return;
        }
        sql_.add(column);
        switch (term.test) {
            case FilterTest::Greater: sql_.add(" > "); break;
            case FilterTest::GreaterOrEqual: sql_.add(" >= "); break;
            case FilterTest::Less: sql_.add(" < "); break;
            default: sql_.add(" <= "); break;
        }
        bind(term.values.front());
    }

    static std::string pattern(std::string_view text) {
        std::string out = "%";
        for (const char c : text) {
            if (c == '%' || c == '_' || c == '!') out += '!';
            out += c;
        }
        return out + "%";
    }

    void bind(const FieldValue& value) {
        std::visit(
            [&](const auto& v) {
                if constexpr (std::is_same_v<std::decay_t<decltype(v)>, std::monostate>)
                    sql_.bind(std::nullopt);
                else
                    sql_.bind(v);
            },
            value);
    }

    ports::Sql& sql_;
};

/// Asks a bound filter of a row.
class FilterRow {
public:
    explicit FilterRow(const Filter::Row& row) : row_(row) {}

    bool node(const Filter::Node& node) const {
        const auto passes = [&](const Filter::Node& one) { return this->node(one); };
        if (node.kind == Filter::Node::Kind::Term) return term(node.term) != node.term.negated;
        return node.kind == Filter::Node::Kind::And ? std::ranges::all_of(node.nodes, passes)
                                                    : std::ranges::any_of(node.nodes, passes);
    }

private:
    bool term(const Filter::Term& term) const {
        const FieldValue value = row_(*term.field);
        if (std::holds_alternative<std::monostate>(value)) return term.or_null;
        if (term.test == FilterTest::OneOf)
            return std::ranges::find(term.values, value) != term.values.end();
        const FieldValue& other = term.values.front();
        if (value.index() != other.index()) return false;
        switch (term.test) {
            case FilterTest::Greater: return value > other;
            case FilterTest::GreaterOrEqual: return value >= other;
            case FilterTest::Less: return value < other;
            case FilterTest::LessOrEqual: return value <= other;
            default: break;
        }
        return text::lower_ascii(std::get<std::string>(value))
                   .find(text::lower_ascii(std::get<std::string>(other))) != std::string::npos;
    }

    const Filter::Row& row_;
};

Result<Filter> Filter::parse(std::string_view text, QueryFields fields) {
    Filter out;
    if (text::trim(text).empty()) return out;
    TRY_LET(read, parse_filter(text));
    TRY_LET(root, FilterBinding(fields).node(read));
    if (root.kind == Node::Kind::Term)
        out.root_.nodes.push_back(std::move(root));
    else
        out.root_ = std::move(root);
    return out;
}

void Filter::add_to(ports::Sql& sql) const {
    if (matches_all())
        sql.add("1 = 1");
    else
        FilterSql(sql).node(root_);
}

bool Filter::matches(const Row& row) const {
    return FilterRow(row).node(root_);
}

}  // namespace forgehouse::api
