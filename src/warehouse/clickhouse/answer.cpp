#include "warehouse/clickhouse/answer.h"

#include "base/text.h"

namespace forgehouse::warehouse::clickhouse {
namespace {

constexpr std::size_t kMostBytes = 512 * 1024 * 1024;

char unescaped(char c) {
    switch (c) {
        case 'b': return '\b';
        case 'f': return '\f';
        case 'n': return '\n';
        case 'r': return '\r';
        case 't': return '\t';
        case '0': return '\0';
        default: return c;
    }
}

/// Lists, tuples and maps are written as in SQL, with quotes of their own: their backslashes belong
/// to the value.
bool is_composed(std::string_view type) {
    return type.starts_with("Array(") || type.starts_with("Tuple(") || type.starts_with("Map(") ||
           type.starts_with("Nested(") || type.starts_with("Nullable(Tuple(");
}

Error too_much() {
    return Error(Errc::Invalid, "the answer is too large to be shown")
        .hint("add a LIMIT, or write it to a file in another format");
}

}  // namespace

std::optional<std::string> unescaped(std::string_view field) {
    if (field == "\\N") return std::nullopt;
    std::string out;
    out.reserve(field.size());
    for (std::size_t i = 0; i < field.size(); ++i) {
        const bool escape = field[i] == '\\' && i + 1 < field.size();
        out += escape ? unescaped(field[++i]) : field[i];
    }
    return out;
}

std::string escaped(std::string_view value) {
    std::string out;
    out.reserve(value.size());
    for (const char c : value) switch (c) {
            case '\\': out += "\\\\"; break;
            case '\t': out += "\\t"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\0': out += "\\0"; break;
            default: out += c;
        }
    return out;
}

Result<void> AnswerReader::feed(std::string_view bytes) {
    bytes_ += bytes.size();
    if (bytes_ > kMostBytes)
        return Failure(too_much().with("limit_bytes", static_cast<std::int64_t>(kMostBytes)));
    for (;;) {
        const auto end = bytes.find('\n');
        if (end == std::string_view::npos) break;
        if (partial_.empty()) {
            TRY(take_line(bytes.substr(0, end)));
        } else {
            partial_ += bytes.substr(0, end);
            TRY(take_line(partial_));
            partial_.clear();
        }
        bytes.remove_prefix(end + 1);
    }
    partial_ += bytes;
    return {};
}

Result<void> AnswerReader::take_line(std::string_view line) {
    const auto fields = text::split(line, '\t');
    ++lines_;
    if (lines_ == 1) {
        for (const auto name : fields)
            answer_.columns.push_back({.name = unescaped(name).value_or("\\N"), .type = {}});
        return {};
    }
    if (fields.size() != answer_.columns.size())
        return Failure(Error(Errc::Corrupt, "a row of the answer has another width")
                           .with("row", static_cast<std::int64_t>(lines_)));
    if (lines_ == 2) {
        for (std::size_t i = 0; i < fields.size(); ++i)
            answer_.columns[i].type = unescaped(fields[i]).value_or("");
        return {};
    }
    if (answer_.rows.size() == most_rows_)
        return Failure(too_much().with("limit_rows", static_cast<std::int64_t>(most_rows_)));
    auto& row = answer_.rows.emplace_back();
    row.reserve(fields.size());
    for (std::size_t i = 0; i < fields.size(); ++i)
        row.push_back(is_composed(answer_.columns[i].type) ? std::optional(std::string(fields[i]))
                                                           : unescaped(fields[i]));
    return {};
}

Result<ports::Answer> AnswerReader::finish() {
    if (!partial_.empty() || lines_ == 1)
        return Failure(Error(Errc::Corrupt, "the answer ends in the middle of a line"));
    return std::move(answer_);
}

}  // namespace forgehouse::warehouse::clickhouse
