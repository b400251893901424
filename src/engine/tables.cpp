// The parts of a Query that deal with what a client keeps between its requests (session_id) and
// with tables that it sends along for one query (forms).
#include <algorithm>

#include "base/text.h"
#include "engine/answer.h"
#include "engine/clauses.h"
#include "engine/tokens.h"
#include "net/form.h"

namespace forgehouse::engine {
namespace {

constexpr std::size_t kChunk = 128 * 1024;
constexpr std::chrono::seconds kKillPatience{60};
constexpr std::size_t kMostForm = 64 * 1024 * 1024;
// A thousand sessions of anybody's may be kept for an hour.
constexpr std::size_t kMostKept = 1024;

bool is_plain_name(std::string_view name) {
    return !name.empty() && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_';
    });
}

/// Columns and nothing else: a default would be an expression that runs with the right to write.
bool has_only_columns(std::string_view canonical) {
    const auto tokens = tokenize(canonical);
    if (!tokens || tokens->size() < 7 || !(*tokens)[4].is_symbol("(") ||
        !tokens->back().is_symbol(")"))
        return false;
    int depth = 0;
    for (std::size_t i = 4; i < tokens->size(); ++i) {
        const Token& token = (*tokens)[i];
        if (token.is_symbol("(")) ++depth;
        if (token.is_symbol(")") && --depth == 0 && i + 1 != tokens->size()) return false;
        for (const char* word : {"DEFAULT", "MATERIALIZED", "ALIAS", "EPHEMERAL", "TTL", "CODEC",
                                 "CONSTRAINT", "INDEX", "PROJECTION", "SETTINGS", "STATISTICS"})
            if (token.is_word(word)) return false;
    }
    return true;
}

}  // namespace

// --- sessions ------------------------------------------------------------------------------------

SqlResult<void> Query::enter_session() {
    if (request_.session.id.empty()) return {};
    auto taken = sessions_.take(asker_, request_.session);
    if (!taken) return FailureOf(std::move(taken.error()));
    lease_.emplace(std::move(*taken));
    const ClientSession& kept = **lease_;
    if (request_.database.empty()) request_.database = kept.database;
    // The later wins: a request's own settings.
    request_.settings.insert(request_.settings.begin(), kept.settings.begin(), kept.settings.end());
    return {};
}

/// Before the last byte of an answer: its client may come back at once, with the same session or
/// query id.
void Query::let_go() {
    lease_.reset();
    if (claimed_) database_.give_back(request_.query_id);
    claimed_ = false;
}

SqlResult<bool> Query::own() {
    if (role_ == Role::Writer || external_) return false;
    const auto tokens = tokenize(text_);
    if (!tokens || tokens->empty()) return false;
    const Token& first = tokens->front();
    if (!first.is_word("SET") && !first.is_word("USE") && !first.is_word("KILL")) return false;
    auto spelled = database_.canonical(text_);
    if (!spelled) return FailureOf(std::move(spelled.error()));
    SqlResult<void> done;
    if (const auto settings = set_statement(*spelled)) {
        done = keep(*settings, "");
    } else if (const auto database = use_statement(*spelled)) {
        done = keep({}, *database);
    } else if (const auto killed = kill_statement(*spelled);
               killed && (role_ == Role::Owner || asker_.logged_in)) {
        // Readers without a name cannot tell their queries from those of others.
        return kill(*killed);
    } else {
        return false;
    }
    if (!done) return FailureOf(std::move(done.error()));
    let_go();
    out_.send(200, headers({}), "");
    return true;
}

/// What the database would answer: a row for what it kills, none where there is nothing.
SqlResult<bool> Query::kill(const Kill& wanted) {
    const bool found = database_.kill_for_client(wanted.id, asker_);
    if (found && wanted.waits && wanted.id != request_.query_id)
        if (const auto gone =
                database_.wait_until_gone(ctx_.with_timeout(kKillPatience), wanted.id);
            !gone)
            return FailureOf(exception(Code::SocketTimeout, "The query has not ended yet"));
    text_ = fmt::format("SELECT '{}' AS kill_status, {} AS query_id, {} AS user, '' AS query{}",
                        wanted.waits ? "finished" : "waiting", quoted_text(wanted.id),
                        quoted_text(asker_.user), found ? "" : " WHERE 0");
    return false;
}

/// Without a session_id nothing is kept, as ClickHouse has it; the statement is checked all the
/// same.
SqlResult<void> Query::keep(const Pairs& settings, const std::string& database) {
    for (const auto& [name, value] : settings)
        if (value.size() > kMostKept)
            return FailureOf(exception(
                Code::QueryIsTooLarge,
                fmt::format("The value of {} is longer than the {} bytes that a session keeps",
                            name, kMostKept)));
    SessionWish wanted = wish();
    wanted.settings.insert(wanted.settings.end(), settings.begin(), settings.end());
    if (!database.empty()) wanted.database = database;
    if (auto tried = database_.session(wanted); !tried) return FailureOf(std::move(tried.error()));
    if (!lease_) return {};
    ClientSession& kept = **lease_;
    kept.keep(settings);
    if (!database.empty()) kept.database = database;
    return {};
}

SqlResult<bool> Query::lift(SqlSession& session) {
    if (role_ == Role::Writer || text::lower_ascii(text_).find("settings") == std::string::npos)
        return false;
    const Analysis analysis = session.classify(text_);
    if (analysis.statements != 1 || analysis.kind != Analysis::Class::ReadOnly) return false;
    auto spelled = database_.canonical(text_);
    if (!spelled) return FailureOf(std::move(spelled.error()));
    auto lifted = lift_settings(*spelled);
    if (!lifted) return false;
    for (const auto& [name, value] : lifted->settings)
        if (auto ok = check_setting(role_, name, value, asker_.limits); !ok)
            return FailureOf(std::move(ok.error()));
    text_ = std::move(lifted->statement);
    request_.settings.insert(request_.settings.end(), lifted->settings.begin(),
                             lifted->settings.end());
    return true;
}

// --- the session that holds tables ---------------------------------------------------------------

TablesSession* Query::tables() {
    if (external_) return &*external_;
    if (lease_ && (**lease_).tables) return &*(**lease_).tables;
    return nullptr;
}

/// The session that a statement runs in: the one that holds the client's tables where there is
/// one, else a fresh one.
SqlResult<SqlSession*> Query::lend(const SessionWish& wish) {
    if (external_) return &external_->session;
    if (TablesSession* kept = tables()) {
        if (auto ready = database_.prepare(kept->session, wish, kept->applied); !ready) {
            settle(ready.error());
            return FailureOf(std::move(ready.error()));
        }
        return &kept->session;
    }
    auto made = database_.session(wish);
    if (!made) return FailureOf(std::move(made.error()));
    if (!lease_ || !may_write_ || !makes_temporary_table(text_))
        return &fresh_.emplace(std::move(*made));
    auto& kept = (**lease_).tables.emplace(TablesSession{.session = std::move(*made)});
    for (const auto& setting : wish.settings) kept.applied.insert(setting.first);
    return &kept.session;
}

/// After a failure in the session that was lent. One that broke in another way than by an
/// exception of ClickHouse's is given up, and the tables with it.
void Query::settle(const SqlError& error) {
    if (external_ || tables() == nullptr) return;
    if (error.code == 210 || error.code == static_cast<int>(Code::SocketTimeout) || out_.started())
        (**lease_).tables.reset();
    else
        Database::settle((**lease_).tables->session);
}

/// The statement as it may run in a session that could write: one that reads says so itself.
SqlResult<std::string> Query::text_for_tables() const {
    if (may_write_ || external_) return text_;
    if (!is_plain_name(format_))
        return FailureOf(exception(Code::UnknownFormat, fmt::format("Unknown format {}", format_)));
    return fmt::format("{} FORMAT {} SETTINGS readonly = 1", without_format(text_), format_);
}

// --- forms ---------------------------------------------------------------------------------------

SqlResult<void> Query::read_form() {
    std::string whole;
    while (!body_ended_) {
        const auto bytes = body_.read(ctx_, kChunk);
        if (!bytes) return FailureOf(exception(Code::IncorrectData, bytes.error().describe()));
        body_ended_ = bytes->empty();
        whole += *bytes;
        if (whole.size() > kMostForm)
            return FailureOf(exception(Code::QueryIsTooLarge, "The form is larger than 64 MiB"));
    }
    const auto parts = net::parse_form(whole, request_.boundary);
    if (!parts) return FailureOf(exception(Code::IncorrectData, parts.error().describe()));
    for (const net::FormPart& part : *parts) {
        if (part.name.empty())
            return FailureOf(exception(Code::IncorrectData, "A part of the form has no name"));
        if (part.is_file()) continue;
        if (const auto added = add_parameter(request_, part.name, std::string(part.data)); !added)
            return FailureOf(exception(Code::NotImplemented, added.error().describe()));
    }
    std::vector<ExternalTable> tables;
    for (const net::FormPart& part : *parts)
        if (part.is_file()) tables.push_back(described(part.name, part.data));
    for (const ExternalTable& table : tables)
        if (auto made = make_external(table); !made) return made;
    if (!external_) return {};
    // From here on it is a reader's session as any other.
    auto closed = external_->session.query("SET readonly = 1", "Null");
    return closed ? SqlResult<void>() : FailureOf(std::move(closed.error()));
}

/// The value of a parameter that is none of the database's settings.
std::string Query::take_parameter(const std::string& name) {
    std::string value;
    for (const auto& setting : request_.settings)
        if (setting.first == name) value = setting.second;
    std::erase_if(request_.settings, [&](const auto& setting) { return setting.first == name; });
    return value;
}

Query::ExternalTable Query::described(const std::string& name, std::string_view data) {
    ExternalTable out{.name = name,
                      .structure = take_parameter(name + "_structure"),
                      .format = take_parameter(name + "_format"),
                      .data = data};
    const std::string types = take_parameter(name + "_types");
    if (out.format.empty()) out.format = "TabSeparated";
    if (!out.structure.empty()) return out;
    int column = 0;
    for (const std::string_view type : text::split(types, ',')) {
        if (column > 0) out.structure += ", ";
        out.structure += fmt::format("_{} {}", ++column, type);
    }
    return out;
}

/// Its CREATE, which is the client's text and runs with the right to write.
SqlResult<std::string> Query::checked_create(const ExternalTable& table) {
    if (!is_plain_name(table.name) || !is_plain_name(table.format))
        return FailureOf(
            exception(Code::IncorrectData, "A table that is sent along has an odd name or format"));
    auto spelled = database_.canonical(
        fmt::format("CREATE TEMPORARY TABLE {} ({})", table.name, table.structure));
    if (spelled && (!check_read(*spelled, database_.outside()) || !has_only_columns(*spelled)))
        return FailureOf(exception(Code::AccessDenied,
                                   "A table that is sent along may have names and types alone"));
    return spelled;
}

SqlResult<void> Query::make_external(const ExternalTable& table) {
    auto create = checked_create(table);
    if (!create) return FailureOf(std::move(create.error()));
    if (!external_) {
        SessionWish wanted = wish();
        if (role_ == Role::Reader) wanted.role = Role::Owner;
        wanted.may_write = true;  // until the tables are there
        auto made = database_.session(wanted);
        if (!made) return FailureOf(std::move(made.error()));
        external_.emplace(TablesSession{.session = std::move(*made)});
    }
    auto created = external_->session.query(*create, "Null");
    if (!created) return FailureOf(std::move(created.error()));
    if (table.data.empty()) return {};
    auto insert =
        SqlInsert::start(external_->session, "INSERT INTO " + table.name, table.format, {});
    if (!insert) return FailureOf(std::move(insert.error()));
    if (auto taken = insert->append(table.data); !taken) return taken;
    auto done = insert->finish();
    return done ? SqlResult<void>() : FailureOf(std::move(done.error()));
}

}  // namespace forgehouse::engine
