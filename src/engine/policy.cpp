#include "engine/policy.h"

#include <algorithm>

#include "base/text.h"
#include "engine/exceptions.h"
#include "engine/names.h"
#include "engine/tokens.h"

namespace forgehouse::engine {
namespace {

// Engines that keep their rows in their own folder, and nothing but rows.
constexpr std::string_view kEngines[]{"MergeTree",
                                      "ReplacingMergeTree",
                                      "SummingMergeTree",
                                      "AggregatingMergeTree",
                                      "CollapsingMergeTree",
                                      "VersionedCollapsingMergeTree",
                                      "CoalescingMergeTree",
                                      "GraphiteMergeTree",
                                      "Memory",
                                      "Log",
                                      "TinyLog",
                                      "StripeLog",
                                      "Null"};
// Of a table, in its own SETTINGS. Disks and storage policies are places.
constexpr std::string_view kTableSettings[]{
    "index_granularity",   "index_granularity_bytes", "non_replicated_deduplication_window",
    "allow_nullable_key",  "min_bytes_for_wide_part", "min_rows_for_wide_part",
    "ttl_only_drop_parts", "merge_with_ttl_timeout",  "deduplicate_merge_projection_mode"};
// Bare words that have no business in an owner's statement, wherever they stand.
constexpr std::string_view kForbiddenWords[]{
    "ATTACH",  "CLUSTER",  "COLLECTION", "DEFINER",  "DETACH", "DICTIONARY", "DISK",
    "EXECUTE", "FETCH",    "FREEZE",     "FUNCTION", "INFILE", "OUTFILE",    "PARALLEL",
    "PART",    "SECURITY", "UNFREEZE",   "VOLUME",   "WATCH"};
constexpr std::string_view kAlterActions[]{"ADD COLUMN",     "ADD INDEX",          "CLEAR COLUMN",
                                           "COMMENT COLUMN", "DELETE WHERE",       "DROP COLUMN",
                                           "DROP INDEX",     "MATERIALIZE COLUMN", "MODIFY COLUMN",
                                           "MODIFY COMMENT", "RENAME COLUMN",      "UPDATE"};
// Databases that are ours or the library's.
constexpr std::string_view kClosedDatabases[]{"system", "information_schema", "github_stats",
                                              "gitlab", "_temporary_and_external_tables"};

/// The owner's statement, token by token. Each take_… moves on or says why not.
class Statement {
public:
    Statement(const std::vector<Token>& tokens, std::string_view database,
              const QueryLimits& limits)
        : tokens_(tokens), database_(database), limits_(limits) {}

    Result<void> check() {
        TRY(no_forbidden_words());
        if (take("CREATE")) return create();
        if (take("DROP")) return drop();
        if (take("TRUNCATE")) return truncate();
        if (take("RENAME")) return rename("TO");
        if (take("EXCHANGE")) return rename("AND");
        if (take("ALTER")) return alter();
        if (take("INSERT")) return insert();
        if (take("DELETE")) return erase();
        if (take("UPDATE")) return update();
        if (take("OPTIMIZE")) return optimize();
        return unknown();
    }

private:
    const Token* token(std::size_t ahead = 0) const {
        return at_ + ahead < tokens_.size() ? &tokens_[at_ + ahead] : nullptr;
    }
    bool at_end() const { return at_ >= tokens_.size(); }
    bool sees(std::string_view word) const { return !at_end() && tokens_[at_].is_word(word); }
    bool sees_symbol(std::string_view s) const { return !at_end() && tokens_[at_].is_symbol(s); }
    bool take(std::string_view word) {
        const bool there = sees(word);
        if (there) ++at_;
        return there;
    }
    bool take_symbol(std::string_view symbol) {
        const bool there = sees_symbol(symbol);
        if (there) ++at_;
        return there;
    }
    Error unknown_error() const {
        return denied("this listener does not allow statements of this form",
                      at_end() ? std::string_view("end of the statement") : tokens_[at_].text);
    }
    Result<void> unknown() const { return Failure(unknown_error()); }
    Result<void> end() const { return at_end() ? Result<void>() : unknown(); }

    Result<void> no_forbidden_words() const {
        for (std::size_t i = 0; i < tokens_.size(); ++i) {
            const Token& t = tokens_[i];
            // UUID is a type; with a text behind it, it names a folder of the database's.
            const bool names_folder = t.is_word("UUID") && i + 1 < tokens_.size() &&
                                      tokens_[i + 1].kind == Token::Kind::String;
            const bool forbidden =
                std::ranges::any_of(kForbiddenWords, [&](auto word) { return t.is_word(word); });
            if (forbidden || names_folder)
                return Failure(denied("this listener does not allow this word", t.text));
        }
        return {};
    }

    /// `name` or `database.name`, not one of ours.
    Result<void> free_table() {
        if (at_end()) return unknown();
        TRY_LET(first, name_of(tokens_[at_++]));
        std::string database(database_), table = first;
        if (take_symbol(".")) {
            if (at_end()) return unknown();
            TRY_LET(second, name_of(tokens_[at_++]));
            database = first;
            table = second;
        }
        if (sees_symbol(".")) return unknown();
        if (contains(kClosedDatabases, text::lower_ascii(database)))
            return Failure(denied("this database is not open to clients", database));
        if (table.find('/') != std::string::npos)
            return Failure(denied("a table's name may not be a path", table));
        if (text::lower_ascii(table).starts_with("git_") || table.starts_with("."))
            return Failure(
                denied("this table belongs to Forgehouse: clients may only read it", table));
        return {};
    }

    bool take_if_exists() {
        if (!sees("IF")) return true;
        ++at_;
        take("NOT");
        return take("EXISTS");
    }

    Result<void> create() {
        if (take("OR") && !take("REPLACE")) return unknown();
        if (take("VIEW")) {
            if (!take_if_exists()) return unknown();
            TRY(free_table());
            if (sees_symbol("(")) skip_group();
            if (!take("AS")) return unknown();
            return select();
        }
        // Of one session and in memory, whatever its engine: what is allowed is allowed there too.
        const bool temporary = take("TEMPORARY");
        if (!take("TABLE") || !take_if_exists()) return unknown();
        TRY(free_table());
        if (sees_symbol("(")) skip_group();
        if (temporary && at_end()) return {};
        if (temporary && sees("AS") && token(1) != nullptr && !token(1)->is_word("TABLE")) {
            ++at_;
            return select();
        }
        if (take("AS")) {  // the columns of another table; its engine too
            if (sees("SELECT") || sees("WITH") || sees_symbol("(")) return unknown();
            TRY(free_table());
            if (sees_symbol("(")) return unknown();
        }
        // Without ENGINE the default is the library's to choose, or the other table's.
        if (!take("ENGINE")) return unknown();
        TRY(engine());
        return storage();
    }

    Result<void> engine() {
        if (!take_symbol("=") || at_end()) return unknown();
        TRY_LET(name, name_of(tokens_[at_++]));
        if (!contains(kEngines, name))
            return Failure(denied("this table engine is not open to clients", name));
        if (sees_symbol("(")) skip_group();
        return {};
    }

    /// ORDER BY and its like, SETTINGS, COMMENT, and a SELECT that fills the table.
    Result<void> storage() {
        while (!at_end()) {
            if (take("SETTINGS")) {
                TRY(settings(true));
            } else if (take("AS")) {
                return select();
            } else if (take("COMMENT")) {
                if (at_end() || tokens_[at_++].kind != Token::Kind::String) return unknown();
            } else if (take("ORDER") || take("PARTITION") || take("PRIMARY") || take("SAMPLE") ||
                       take("TTL")) {
                if (!take("BY")) take("KEY");
                while (!at_end() && !sees("SETTINGS") && !sees("AS") && !sees("COMMENT")) {
                    if (sees_symbol("("))
                        skip_group();
                    else
                        ++at_;
                }
            } else {
                return unknown();
            }
        }
        return {};
    }

    /// `name = value, …` up to something else.
    Result<void> settings(bool of_table) {
        do {
            const Token* value = token(2);
            if (at_end() || tokens_[at_].kind != Token::Kind::Word || value == nullptr ||
                !tokens_[at_ + 1].is_symbol("="))
                return unknown();
            const std::string_view name = tokens_[at_].text;
            if (value->kind != Token::Kind::Number && value->kind != Token::Kind::String &&
                !value->is_word("TRUE") && !value->is_word("FALSE"))
                return unknown();
            std::string_view text = value->text;
            if (value->kind == Token::Kind::String) text = text.substr(1, text.size() - 2);
            if (of_table && !contains(kTableSettings, name))
                return Failure(denied("this table setting is not open to clients", name));
            if (!of_table && !check_setting(Role::Owner, name, text, limits_))
                return Failure(denied("this setting is not open to clients", name));
            at_ += 3;
        } while (take_symbol(","));
        return {};
    }

    /// The rest is a SELECT: it may read what it likes, under the limits.
    Result<void> select() {
        if (!sees("SELECT") && !sees("WITH") && !sees_symbol("(")) return unknown();
        return rest();
    }

    /// The rest is expressions and subqueries. Settings may stand in any of them.
    Result<void> rest() {
        while (!at_end()) {
            if (tokens_[at_].is_word("SETTINGS") && token(2) != nullptr &&
                tokens_[at_ + 1].kind == Token::Kind::Word && token(2)->is_symbol("=")) {
                ++at_;
                TRY(settings(false));
            } else {
                ++at_;
            }
        }
        return {};
    }

    void skip_group() {
        int depth = 0;
        do {
            if (sees_symbol("(")) ++depth;
            if (sees_symbol(")")) --depth;
            ++at_;
        } while (!at_end() && depth > 0);
    }

    Result<void> drop() {
        take("TEMPORARY");
        if ((!take("TABLE") && !take("VIEW")) || !take_if_exists()) return unknown();
        do TRY(free_table());
        while (take_symbol(","));
        take("SYNC");
        return end();
    }

    Result<void> truncate() {
        if (!take("TABLE") || !take_if_exists()) return unknown();
        TRY(free_table());
        return end();
    }

    Result<void> rename(std::string_view between) {
        if (!take("TABLE") && !take("TABLES")) return unknown();
        do {
            if (!take_if_exists()) return unknown();
            TRY(free_table());
            if (!take(between)) return unknown();
            TRY(free_table());
        } while (take_symbol(","));
        return end();
    }

    /// In canonical spelling every action of an ALTER stands in brackets of its own.
    Result<void> alter() {
        if (!take("TABLE")) return unknown();
        TRY(free_table());
        do {
            if (!sees_symbol("(") || token(1) == nullptr || token(2) == nullptr) return unknown();
            const std::string first(token(1)->text);
            const std::string both = first + " " + std::string(token(2)->text);
            if (!contains(kAlterActions, both) && !contains(kAlterActions, first))
                return Failure(denied("this listener does not allow this ALTER", both));
            const std::size_t from = at_;
            skip_group();
            for (std::size_t i = from; i < at_; ++i)
                if (tokens_[i].is_word("PARTITION") || tokens_[i].is_word("SETTINGS"))
                    return Failure(denied("this listener does not allow this ALTER", both));
        } while (take_symbol(","));
        return end();
    }

    Result<void> insert() {
        if (!take("INTO")) return unknown();
        TRY(free_table());
        if (sees_symbol("(")) skip_group();
        if (take("SETTINGS")) TRY(settings(false));
        if (take("FORMAT")) {
            if (at_end() || tokens_[at_++].kind != Token::Kind::Word) return unknown();
            return end();
        }
        return select();
    }

    Result<void> erase() {
        if (!take("FROM")) return unknown();
        TRY(free_table());
        if (!sees("WHERE")) return unknown();
        return rest();
    }

    Result<void> update() {
        TRY(free_table());
        if (!sees("SET")) return unknown();
        return rest();
    }

    Result<void> optimize() {
        if (!take("TABLE")) return unknown();
        TRY(free_table());
        take("FINAL");
        take("DEDUPLICATE");
        return end();
    }

    const std::vector<Token>& tokens_;
    std::string_view database_;
    const QueryLimits& limits_;
    std::size_t at_ = 0;
};

}  // namespace

Result<void> check_write(std::string_view canonical, std::string_view database,
                         const std::set<std::string>& outside, const QueryLimits& limits,
                         const SqlParameters& parameters) {
    TRY(check_read(canonical, outside, parameters));
    TRY_LET(tokens, tokenize(canonical));
    return Statement(tokens, database, limits).check();
}

}  // namespace forgehouse::engine
