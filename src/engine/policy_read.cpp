// The part of the policy that looks at names: functions, tables that are files, settings inside of
// a statement, and what shows other users' queries.
#include <algorithm>

#include "base/text.h"
#include "engine/exceptions.h"
#include "engine/names.h"
#include "engine/policy.h"
#include "engine/tokens.h"

namespace forgehouse::engine {
namespace {

// Table functions that stay inside the database.
constexpr std::string_view kInside[]{"sqlstandardvalues",
                                     "dictionary",
                                     "format",
                                     "fuzzjson",
                                     "generaterandom",
                                     "generateseries",
                                     "generate_series",
                                     "merge",
                                     "mergetreeindex",
                                     "mergetreeprojection",
                                     "mergetreetextindex",
                                     "null",
                                     "numbers",
                                     "numbers_mt",
                                     "primes",
                                     "values",
                                     "view",
                                     "viewexplain",
                                     "viewifpermitted",
                                     "zeros",
                                     "zeros_mt",
                                     "mergetreeanalyzeindexes"};
// Functions that reach outside and are no table functions.
constexpr std::string_view kOutsideFunctions[]{"addresstoline",
                                               "addresstolinewithinlines",
                                               "addresstosymbol",
                                               "aiclassify",
                                               "aiembed",
                                               "aiextract",
                                               "aigenerate",
                                               "aitranslate",
                                               "catboostevaluate",
                                               "evalmlmethod",
                                               "filesystemavailable",
                                               "hascolumnintable",
                                               "naivebayesclassifier",
                                               "showcertificate"};
// Tables of system that show what other users ask.
constexpr std::string_view kOthersQueries[]{"processes",        "user_processes",  "query_log",
                                            "query_thread_log", "query_views_log", "processlist"};
// The same where they are said to be of system: their names are such as columns have.
constexpr std::string_view kOthersTraces[]{"errors",      "asynchronous_inserts",
                                           "query_cache", "background_schedule_pool",
                                           "stack_trace", "error_log"};

// Words that make a statement be looked at, though they reach nowhere themselves.
constexpr std::string_view kLooked[]{"settings"};
constexpr std::string_view kMerge[]{"merge"};
// Words without which there is no subquery.
constexpr std::string_view kAsk[]{"select", "explain"};

/// A parameter of that name may stand for a name: what it says is checked like a name in the text.
Result<void> check_identifier(std::string_view parameter, const std::set<std::string>& outside,
                              const SqlParameters& parameters) {
    for (const auto& [name, value] : parameters) {
        if (name != parameter) continue;
        const bool plain = !value.empty() && std::ranges::all_of(value, [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                   c == '_';
        });
        if (!plain)
            return Failure(
                denied("a parameter that stands for a name must be one of letters, "
                       "digits and _; write database and table as two parameters",
                       value));
        if (outside.contains(text::lower_ascii(value)))
            return Failure(
                denied("a parameter may not stand for the name of a function that "
                       "reaches outside the database",
                       value));
    }
    return {};
}

bool is_path(std::string_view name) {
    return name.starts_with('/') || name.starts_with('~') || name.contains("..") ||
           name.contains("://");
}

/// A function may stand without brackets, as a value: `arrayMap(file, …)`, `APPLY(file)`. A column
/// of such a name is still open, by its table: `t.file`.
Result<void> check_value(const std::vector<Token>& tokens, std::size_t i,
                         const std::set<std::string>& outside, const SqlParameters& parameters) {
    const bool qualified = i > 0 && (tokens[i - 1].is_symbol(".") || tokens[i - 1].is_word("AS"));
    const bool typed = i > 0 && tokens[i - 1].is_symbol(":");
    const auto name = name_of(tokens[i]);
    if (!name) return Failure(denied("a name has an odd spelling", tokens[i].text));
    const std::string lower = text::lower_ascii(*name);
    if (typed && lower == "identifier") {
        const auto parameter = i > 1 ? name_of(tokens[i - 2]) : std::string();
        if (!parameter) return Failure(denied("a parameter has an odd name", tokens[i - 2].text));
        return check_identifier(*parameter, outside, parameters);
    }
    // The database `default` takes a name that is no table's for a file. The process stands in a
    // folder where relative ones lead nowhere.
    const bool is_alias = i > 0 && tokens[i - 1].is_word("AS");
    if (!is_alias && tokens[i].kind == Token::Kind::Name && is_path(*name))
        return Failure(denied("a name that is a path is not open to clients", *name));
    if (!qualified && (lower == "file" || contains(kOutsideFunctions, lower)))
        return Failure(
            denied("this function reaches outside the database and is not open to "
                   "clients; a column of that name is `table.name`",
                   *name));
    return {};
}

}  // namespace

Error denied(Literal why, std::string_view what) {
    return Error(Errc::Denied, why).with("what", std::string(what));
}

std::set<std::string> outside_functions(const std::vector<std::string>& all_table_functions) {
    std::set<std::string> outside;
    for (const std::string& name : all_table_functions)
        if (const std::string lower = text::lower_ascii(name); !contains(kInside, lower))
            outside.insert(lower);
    for (const std::string_view name : kOutsideFunctions) outside.emplace(name);
    outside.insert("file");
    return outside;
}

namespace {

/// Whether one of the text's words, in lower case, is among those.
bool has_word(std::string_view sql, Names words) {
    const std::string lower = text::lower_ascii(sql);
    return std::ranges::any_of(
        words, [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

/// Whether one of the text's whole words, in lower case, is such.
template <class Known>
bool has_known_word(std::string_view sql, const Known& known) {
    std::string word;
    for (const char c : sql) {
        const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        if ((lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9') || lower == '_') {
            word += lower;
        } else {
            if (known(word)) return true;
            word.clear();
        }
    }
    return known(word);
}

/// Whether one of the text's words is a name that reaches outside, or may stand for one.
bool has_outside_word(std::string_view sql, const std::set<std::string>& outside) {
    return has_known_word(sql, [&](const std::string& word) {
        return outside.contains(word) || word == "identifier";
    });
}

}  // namespace

bool may_reach_outside(std::string_view sql, const std::set<std::string>& outside) {
    // An escape or a letter beyond ASCII may spell a name in a way that we do not see; `/`, `~` and
    // `..` may be a path.
    const auto odd = [](char c) {
        return c == '\\' || c == '/' || c == '~' || static_cast<unsigned char>(c) >= 0x80;
    };
    return std::ranges::any_of(sql, odd) || sql.find("..") != std::string_view::npos ||
           has_outside_word(sql, outside) || has_word(sql, kLooked);
}

bool values_stay_inside(std::string_view data, const std::set<std::string>& outside) {
    return data.find_first_of("\"`{") == std::string_view::npos &&
           !has_outside_word(data, outside) &&
           !has_known_word(data, [](const std::string& word) { return contains(kAsk, word); });
}

bool values_ask(std::string_view data) {
    const auto tokens = tokenize(data);
    return tokens && std::ranges::any_of(*tokens, [](const Token& token) {
               return token.is_word("SELECT") || token.is_word("EXPLAIN");
           });
}

Result<void> check_read(std::string_view canonical, const std::set<std::string>& outside,
                        const SqlParameters& parameters) {
    TRY_LET(tokens, tokenize(canonical));
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (tokens[i].kind != Token::Kind::Word && tokens[i].kind != Token::Kind::Name) continue;
        TRY(check_value(tokens, i, outside, parameters));
        if (i + 1 == tokens.size() || !tokens[i + 1].is_symbol("(")) continue;
        const auto name = name_of(tokens[i]);
        if (!name)
            return Failure(denied("a function has a name of an odd spelling", tokens[i].text));
        if (outside.contains(text::lower_ascii(*name)))
            return Failure(
                denied("this function reaches outside the database and is not open to "
                       "clients",
                       *name));
    }
    return {};
}

Result<void> check_nested_settings(std::string_view canonical, const QueryLimits& limits) {
    TRY_LET(tokens, tokenize(canonical));
    for (std::size_t i = 0; i + 2 < tokens.size(); ++i) {
        if (!tokens[i].is_word("SETTINGS") || tokens[i + 1].kind != Token::Kind::Word ||
            !tokens[i + 2].is_symbol("="))
            continue;
        do {
            const std::string_view name = tokens[i + 1].text;
            const Token* const value = i + 3 < tokens.size() ? &tokens[i + 3] : nullptr;
            const bool plain =
                value != nullptr &&
                (value->kind == Token::Kind::Number || value->kind == Token::Kind::String ||
                 value->is_word("TRUE") || value->is_word("FALSE"));
            std::string_view text = plain ? value->text : std::string_view();
            if (plain && value->kind == Token::Kind::String) text = text.substr(1, text.size() - 2);
            if (!plain || !check_setting(Role::Reader, name, text, limits))
                return Failure(denied("this setting, or its value, is not open to clients", name));
            i += 4;
        } while (i + 2 < tokens.size() && tokens[i].is_symbol(",") &&
                 tokens[i + 1].kind == Token::Kind::Word && tokens[i + 2].is_symbol("="));
        --i;
    }
    return {};
}

bool may_show_others_queries(std::string_view sql) {
    // `merge` finds tables by a pattern.
    return has_word(sql, kOthersQueries) || has_word(sql, kOthersTraces) || has_word(sql, kMerge);
}

Result<void> check_others_queries(std::string_view canonical, std::string_view database,
                                  const SqlParameters& parameters) {
    TRY_LET(tokens, tokenize(canonical));
    const auto refuse = [](std::string_view what) {
        return Failure(
            denied("this is the name of what shows other users' queries and is not open to users, "
                   "as a name of their own neither: call an alias otherwise, and write a column "
                   "of that name as `table.name`",
                   what));
    };
    const auto shows = [&](const std::string& lower, bool of_system) {
        return contains(kOthersQueries, lower) || (of_system && contains(kOthersTraces, lower));
    };
    for (const auto& [name, value] : parameters)
        if (shows(text::lower_ascii(value), true)) return refuse(value);
    const bool at_home = text::lower_ascii(database) == "system";
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const auto name = name_of(tokens[i]);
        if (!name) continue;
        const std::string lower = text::lower_ascii(*name);
        const bool qualified = i > 1 && tokens[i - 1].is_symbol(".");
        const auto before = qualified ? name_of(tokens[i - 2]) : std::string();
        const bool of_system =
            qualified ? !before || text::lower_ascii(*before) == "system" : at_home;
        if ((!qualified || of_system) && shows(lower, of_system)) return refuse(*name);
        if (lower == "merge" && i + 1 < tokens.size() && tokens[i + 1].is_symbol("("))
            return refuse(*name);
    }
    return {};
}

}  // namespace forgehouse::engine
