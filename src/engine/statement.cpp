#include "engine/statement.h"

#include <utility>

#include "engine/tokens.h"

namespace forgehouse::engine {
namespace {

using Found = Tokenizer::Found;

/// Walks over tokens of a text that may be the beginning of a longer one.
class Walk {
public:
    Walk(std::string_view text, bool complete) : reader_(text), text_(text), complete_(complete) {
        step();
    }

    /// Whether the present token is certain: one that touches the end of an incomplete text is not.
    bool ready() const { return found_ == Found::Token && (complete_ || !touches_end()); }
    bool starved() const { return !complete_ && (found_ != Found::Broken) && !ready(); }
    const Token& token() const { return token_; }
    std::size_t token_end() const { return token_.end_in(text_); }
    std::size_t token_begin() const { return token_end() - token_.text.size(); }
    bool is(std::string_view word) const { return ready() && token_.is_word(word); }
    bool is_symbol(std::string_view symbol) const { return ready() && token_.is_symbol(symbol); }
    void step() { found_ = reader_.next(token_); }
    bool skip(std::string_view word) {
        const bool there = is(word);
        if (there) step();
        return there;
    }
    /// Over a bracket and all that it holds.
    void skip_group() {
        int depth = 0;
        do {
            if (is_symbol("(") || is_symbol("{")) ++depth;
            if (is_symbol(")") || is_symbol("}")) --depth;
            if (!ready()) return;
            step();
        } while (depth > 0);
    }

private:
    bool touches_end() const { return token_end() == text_.size(); }

    Tokenizer reader_;
    std::string_view text_;
    bool complete_;
    Token token_{};
    Found found_ = Found::End;
};

/// ClickHouse's own rule: blanks, then at most one line's end.
std::size_t data_begin(std::string_view text, std::size_t at) {
    while (at < text.size() && (text[at] == ' ' || text[at] == '\t' || text[at] == '\f')) ++at;
    if (at < text.size() && text[at] == '\r') ++at;
    if (at < text.size() && text[at] == '\n') ++at;
    return at;
}

void skip_target(Walk& walk) {
    walk.skip("INTO");
    walk.skip("TABLE");
    if (walk.skip("FUNCTION")) {
        if (walk.ready()) walk.step();
        if (walk.is_symbol("(")) walk.skip_group();
        return;
    }
    for (;;) {
        if (walk.is_symbol("{"))
            walk.skip_group();
        else if (walk.ready())
            walk.step();
        if (!walk.is_symbol(".")) return;
        walk.step();
    }
}

void skip_settings(Walk& walk) {
    if (!walk.skip("SETTINGS")) return;
    do {
        if (walk.is_symbol(",")) walk.step();
        if (walk.ready()) walk.step();         // name
        if (walk.is_symbol("=")) walk.step();  // =
        if (walk.is_symbol("-") || walk.is_symbol("+")) walk.step();
        if (walk.ready()) walk.step();  // value
    } while (walk.is_symbol(","));
}

constexpr std::string_view kJoined[]{"TabSeparated",
                                     "TSV",
                                     "TabSeparatedRaw",
                                     "TSVRaw",
                                     "Raw",
                                     "CSV",
                                     "TSKV",
                                     "JSONEachRow",
                                     "JSONLines",
                                     "JSONL",
                                     "NDJSON",
                                     "JSONStringsEachRow",
                                     "JSONCompactEachRow",
                                     "JSONCompactStringsEachRow",
                                     "RowBinary",
                                     "Native",
                                     "LineAsString",
                                     "MsgPack",
                                     "RawBLOB",
                                     "JSONEachRowWithProgress",
                                     "JSONStringsEachRowWithProgress",
                                     "Null",
                                     "BSONEachRow",
                                     "PrettyNDJSON"};

struct HeaderRule {
    std::string_view format;
    int lines;  // 0: RowBinary names, -1: RowBinary names and types
};
constexpr HeaderRule kHeaders[]{{"TabSeparatedWithNames", 1},
                                {"TSVWithNames", 1},
                                {"TabSeparatedRawWithNames", 1},
                                {"TSVRawWithNames", 1},
                                {"CSVWithNames", 1},
                                {"JSONCompactEachRowWithNames", 1},
                                {"JSONCompactStringsEachRowWithNames", 1},
                                {"TabSeparatedWithNamesAndTypes", 2},
                                {"TSVWithNamesAndTypes", 2},
                                {"TabSeparatedRawWithNamesAndTypes", 2},
                                {"TSVRawWithNamesAndTypes", 2},
                                {"CSVWithNamesAndTypes", 2},
                                {"JSONCompactEachRowWithNamesAndTypes", 2},
                                {"JSONCompactStringsEachRowWithNamesAndTypes", 2},
                                {"RowBinaryWithNames", 0},
                                {"RowBinaryWithNamesAndTypes", -1}};

/// The index of the word FORMAT of the clause of that name: it stands at the end, before SETTINGS
/// at most. Elsewhere `format` is a name or a function.
std::optional<std::size_t> format_clause(const std::vector<Token>& tokens) {
    for (std::size_t i = tokens.size(); i-- > 1;) {
        if (!tokens[i].is_word("FORMAT") || i + 1 >= tokens.size() ||
            tokens[i + 1].kind != Token::Kind::Word || tokens[i - 1].is_word("AS") ||
            tokens[i - 1].is_symbol("."))
            continue;
        const bool last = i + 2 == tokens.size() || tokens[i + 2].is_symbol(";") ||
                          tokens[i + 2].is_word("SETTINGS");
        if (last) return i;
    }
    return std::nullopt;
}

const HeaderRule* rule_of(std::string_view format) {
    for (const HeaderRule& rule : kHeaders)
        if (rule.format == format) return &rule;
    return nullptr;
}

/// Lines end at a line feed outside double quotes: names in CSV and JSON may hold one.
std::size_t lines_length(std::string_view part, int lines, bool quotes) {
    bool inside = false;
    for (std::size_t i = 0; i < part.size(); ++i) {
        if (quotes && part[i] == '"') inside = !inside;
        if (quotes && inside && part[i] == '\\') ++i;
        if (i < part.size() && part[i] == '\n' && !inside && --lines == 0) return i + 1;
    }
    return 0;
}

/// A number and so many strings with their lengths, as RowBinary writes them.
class Binary {
public:
    explicit Binary(std::string_view bytes) : bytes_(bytes) {}
    bool number(std::uint64_t& out) {
        out = 0;
        for (unsigned shift = 0; shift < 63 && at_ < bytes_.size(); shift += 7) {
            const auto byte = static_cast<unsigned char>(bytes_[at_++]);
            out |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
            if ((byte & 0x80) == 0) return true;
        }
        return false;
    }
    bool text(std::string_view& out) {
        std::uint64_t size = 0;
        if (!number(size) || size > bytes_.size() - at_) return false;
        out = bytes_.substr(at_, size);
        at_ += size;
        return true;
    }
    std::size_t offset() const { return at_; }
    std::size_t left() const { return bytes_.size() - at_; }

private:
    std::string_view bytes_;
    std::size_t at_ = 0;
};

std::size_t binary_header_length(std::string_view part, bool types) {
    Binary reader(part);
    std::uint64_t columns = 0;
    if (!reader.number(columns) || columns > reader.left()) return 0;
    std::string_view ignored;
    for (std::uint64_t i = 0; i < columns * (types ? 2 : 1); ++i)
        if (!reader.text(ignored)) return 0;
    return reader.offset();
}

}  // namespace

InsertSearch find_insert(std::string_view text, bool complete) {
    const auto say = [](InsertSearch::Found found) {
        return InsertSearch{.found = found,
                            .head = {.statement = "", .format = "", .data_offset = 0}};
    };
    const auto unless_starved = [&](const Walk& walk) {
        return say(walk.starved() ? InsertSearch::Found::NeedMore : InsertSearch::Found::Other);
    };
    Walk walk(text, complete);
    if (!walk.skip("INSERT")) return unless_starved(walk);
    skip_target(walk);
    if (walk.is_symbol("(")) {
        // A column list; or the SELECT itself in brackets, then nothing below fits.
        walk.skip_group();
    }
    if (walk.skip("PARTITION")) {
        walk.skip("BY");
        while (walk.ready() && !walk.is("SETTINGS") && !walk.is("FORMAT") && !walk.is("VALUES"))
            walk.step();
    }
    skip_settings(walk);
    InsertSearch out = say(InsertSearch::Found::Data);
    if (!walk.ready()) return unless_starved(walk);
    out.head.statement = std::string(text.substr(0, walk.token_begin()));
    if (walk.is("VALUES")) {
        out.head.format = "Values";
        out.head.data_offset = walk.token_end();
        return out;
    }
    if (!walk.skip("FORMAT")) return unless_starved(walk);
    if (!walk.ready() || walk.token().kind != Token::Kind::Word) return unless_starved(walk);
    out.head.format = std::string(walk.token().text);
    out.head.data_offset = data_begin(text, walk.token_end());
    if (!complete && out.head.data_offset == text.size()) {
        // The line's end may still be on its way.
        if (text[out.head.data_offset - 1] != '\n') return say(InsertSearch::Found::NeedMore);
    }
    return out;
}

QueryShape shape_of(std::string_view text) {
    QueryShape shape;
    const auto tokens = tokenize(text);
    if (!tokens) return shape;
    const auto clause = format_clause(*tokens);
    if (clause) shape.format = std::string((*tokens)[*clause + 1].text);
    shape.plain = true;
    for (std::size_t i = 0; i < tokens->size(); ++i)
        if ((*tokens)[i].is_word("TOTALS") || ((*tokens)[i].is_word("FORMAT") && clause != i))
            shape.plain = false;
    std::size_t first = 0;
    while (first < tokens->size() && (*tokens)[first].is_symbol("(")) ++first;
    if (first < tokens->size()) {
        const Token& word = (*tokens)[first];
        shape.selects = word.is_word("SELECT") || word.is_word("WITH") || word.is_word("FROM");
    }
    return shape;
}

std::string without_format(std::string_view sql) {
    const auto tokens = tokenize(sql);
    const auto clause = tokens ? format_clause(*tokens) : std::nullopt;
    if (!clause) return std::string(sql);
    const Token& word = (*tokens)[*clause];
    const std::size_t begin = word.end_in(sql) - word.text.size();
    return std::string(sql.substr(0, begin)) +
           std::string(sql.substr((*tokens)[*clause + 1].end_in(sql)));
}

Assembly assembly_of(std::string_view format) {
    for (const std::string_view joined : kJoined)
        if (joined == format) return Assembly::Join;
    return rule_of(format) != nullptr ? Assembly::DropHeader : Assembly::Whole;
}

std::size_t header_length(std::string_view format, std::string_view part) {
    const HeaderRule* rule = rule_of(format);
    if (rule == nullptr) return 0;
    if (rule->lines <= 0) return binary_header_length(part, rule->lines < 0);
    return lines_length(part, rule->lines, format.starts_with("CSV") || format.starts_with("JSON"));
}

std::string structure_of(std::string_view header) {
    Binary reader(header);
    std::uint64_t columns = 0;
    if (!reader.number(columns) || columns > reader.left()) return {};
    std::vector<std::string_view> names(columns), types(columns);
    for (auto& name : names)
        if (!reader.text(name)) return {};
    for (auto& type : types)
        if (!reader.text(type)) return {};
    std::string out;
    for (std::size_t i = 0; i < columns; ++i)
        out += (i == 0 ? "" : ", ") + quoted_name(names[i]) + " " + std::string(types[i]);
    return out;
}

std::string_view content_type_of(std::string_view format) {
    if (format.starts_with("JSON") || format == "NDJSON")
        return format.find("EachRow") != std::string_view::npos || format == "NDJSON" ||
                       format == "JSONLines" || format == "JSONL"
                   ? "application/x-ndjson; charset=UTF-8"
                   : "application/json; charset=UTF-8";
    if (format.starts_with("CSV")) return "text/csv; charset=UTF-8; header=absent";
    if (format.starts_with("TabSeparated") || format.starts_with("TSV"))
        return "text/tab-separated-values; charset=UTF-8";
    if (format == "XML") return "application/xml; charset=UTF-8";
    if (format.starts_with("Pretty") || format == "Vertical" || format == "Markdown" ||
        format == "Values" || format == "TSKV")
        return "text/plain; charset=UTF-8";
    return "application/octet-stream";
}

}  // namespace forgehouse::engine
