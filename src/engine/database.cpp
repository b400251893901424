#include "engine/database.h"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>

#include "base/log.h"
#include "base/text.h"
#include "engine/exceptions.h"
#include "engine/tokens.h"
#include "exec/context.h"

namespace forgehouse::engine {
namespace {

constexpr std::chrono::milliseconds kKillAgain{100};
constexpr std::chrono::milliseconds kWatch{20}, kGoneAgain{10};

/// The shares leave room for the caches and for our own buffers beside the queries.
struct MemoryPlan {
    std::uint64_t server;
    std::uint64_t query;
    std::uint64_t before_spill;
};

/// `wanted`: 0 for all that the machine has.
MemoryPlan memory_plan(std::uint64_t wanted) {
    const std::uint64_t machine = memory_of_machine();
    const std::uint64_t all = wanted == 0 ? machine : std::min(wanted, machine);
    return {.server = all / 10 * 7, .query = all / 10 * 4, .before_spill = all / 10 * 2};
}

/// A value of a parameter travels as TSV would escape it.
std::string escaped(std::string_view value) {
    std::string out;
    for (const char c : value) {
        switch (c) {
            case '\\': out += "\\\\"; break;
            case '\n': out += "\\n"; break;
            case '\t': out += "\\t"; break;
            case '\r': out += "\\r"; break;
            case '\0': out += "\\0"; break;
            default: out += c;
        }
    }
    return out;
}

Error as_error(const SqlError& error, Literal text) {
    return Error(Errc::Unavailable, text).with("exception", error.text);
}

}  // namespace

std::uint64_t memory_of_machine() {
    const auto pages = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES));
    std::uint64_t bytes = pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    for (const char* file :
         {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
        std::string word;
        std::ifstream(file) >> word;
        const auto limit = text::to_int(word);
        if (limit && *limit > 0) bytes = std::min(bytes, static_cast<std::uint64_t>(*limit));
    }
    return bytes;
}

Database::Database(std::unique_ptr<Chdb> library, std::filesystem::path folder, SqlSession keeper)
    : library_(std::move(library)), folder_(std::move(folder)), keeper_(std::move(keeper)) {}

Database::~Database() {
    if (killer_.joinable() && watcher_.joinable()) {
        killer_.request_stop();
        watcher_.request_stop();
        parked_.wait();
    }
    keeper_.reset();
    closed_.count_down();
}

void Database::park() {
    parked_.count_down();
    closed_.wait();
}

Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& library,
                                                 const std::filesystem::path& folder,
                                                 std::uint64_t memory) {
    TRY_LET(chdb, Chdb::load(library));
    TRY_LET(keeper, chdb->connect(folder, {fmt::format("max_server_memory_usage={}",
                                                       memory_plan(memory).server),
                                           "readonly=1"}));
    std::unique_ptr<Database> out(new Database(std::move(chdb), folder, std::move(keeper)));
    out->memory_ = memory;
    TRY(out->learn());
    out->killer_ = std::jthread([raw = out.get()](const std::stop_token& stop) {
        pthread_setname_np(pthread_self(), "engine-kill");
        raw->kill_doomed(stop);
        raw->park();
    });
    out->watcher_ = std::jthread([raw = out.get()](const std::stop_token& stop) {
        pthread_setname_np(pthread_self(), "engine-watch");
        raw->look_at_watched(stop);
        raw->park();
    });
    return out;
}

Result<void> Database::learn() {
    limits_ = {.memory_bytes = memory_plan(memory_).query,
               .seconds = 3600,
               .threads = std::max(1U, std::jthread::hardware_concurrency())};
    auto facts = keeper_->query("SELECT timezone() || '\\n' || version()", "TSVRaw");
    if (!facts) return Failure(as_error(facts.error(), "the database does not answer"));
    const auto lines = text::split(text::trim(facts->view()), '\n');
    timezone_ = std::string(lines.front());
    version_ = std::string(lines.back());
    auto names = keeper_->query("SELECT name FROM system.table_functions", "TSVRaw");
    if (!names) return Failure(as_error(names.error(), "the database does not answer"));
    std::vector<std::string> all;
    for (const std::string_view name : text::split(text::trim(names->view()), '\n'))
        all.emplace_back(name);
    outside_ = outside_functions(all);
    return {};
}

Pairs Database::defaults_for(const SessionWish& wish) const {
    // The text is bounded before it gets here (answer.cpp).
    Pairs out{{"max_query_size", std::to_string(kMaxQuerySize)}};
    if (wish.role == Role::Writer) return out;
    const QueryLimits limits = wish.limits.seconds == 0 ? limits_ : wish.limits;
    const std::uint64_t spill =
        std::min(memory_plan(memory_).before_spill, limits.memory_bytes / 2);
    out.insert(out.end(),
               {{"final", "1"},
                {"allow_introspection_functions", "0"},
                {"input_format_values_interpret_expressions", wish.evaluates ? "1" : "0"},
                {"input_format_values_deduce_templates_of_expressions", wish.evaluates ? "1" : "0"},
                {"max_memory_usage", std::to_string(limits.memory_bytes)},
                {"max_bytes_before_external_group_by", std::to_string(spill)},
                {"max_bytes_before_external_sort", std::to_string(spill)},
                {"max_threads", std::to_string(limits.threads)},
                {"max_execution_time", std::to_string(limits.seconds)}});
    return out;
}

/// `SET` with `first` and then the client's settings, which are checked.
SqlResult<std::string> Database::set_text(const SessionWish& wish, const Pairs& first) const {
    std::string set = "SET ";
    for (const auto& [name, value] : first) set += name + " = " + quoted_text(value) + ", ";
    const QueryLimits& limits = wish.limits.seconds == 0 ? limits_ : wish.limits;
    for (const auto& [name, value] : wish.settings) {
        if (auto allowed = check_setting(wish.role, name, value, limits); !allowed)
            return FailureOf(std::move(allowed.error()));
        set += name + " = " + quoted_text(value) + ", ";
    }
    return set;
}

SqlResult<SqlSession> Database::session(const SessionWish& wish) const {
    std::vector<std::string> settings = wish.extra;
    settings.push_back("log_comment=" + wish.query_id);
    for (const auto& [name, value] : defaults_for(wish)) settings.push_back(name + "=" + value);
    const bool reads = wish.role == Role::Reader || (wish.role == Role::Owner && !wish.may_write);
    const int readonly = !reads ? 0 : wish.sees_settings ? 2 : 1;
    if (reads && wish.settings.empty()) settings.push_back(fmt::format("readonly={}", readonly));
    auto made = library_->connect(folder_, settings);
    if (!made) return FailureOf(exception(Code::AccessDenied, "the database gives no session"));
    if (!wish.database.empty() && wish.database != "default")
        if (auto used = made->query("USE " + quoted_name(wish.database), "Null"); !used)
            return FailureOf(std::move(used.error()));
    if (!wish.settings.empty()) {
        // One statement: `readonly` holds from the next one on.
        auto set = set_text(wish, {});
        if (!set) return FailureOf(std::move(set.error()));
        *set += fmt::format("readonly = {}", readonly);
        if (auto done = made->query(*set, "Null"); !done) return FailureOf(std::move(done.error()));
    }
    return std::move(*made);
}

SqlResult<void> Database::prepare(SqlSession& session, const SessionWish& wish,
                                  std::set<std::string>& applied) const {
    // Inside of quotes a `=` of a value is no matter: names come from our own lists and from
    // settings that check_setting() has looked at.
    Pairs first = defaults_for(wish);
    first.emplace_back("log_comment", wish.query_id);
    for (const std::string& extra : wish.extra) {
        const auto equals = extra.find('=');
        first.emplace_back(extra.substr(0, equals), extra.substr(equals + 1));
    }
    auto set = set_text(wish, first);
    if (!set) return FailureOf(std::move(set.error()));
    std::set<std::string> now;
    for (const auto& pair : first) now.insert(pair.first);
    for (const auto& pair : wish.settings) now.insert(pair.first);
    std::string back;
    for (const std::string& name : applied)
        if (!now.contains(name)) back += (back.empty() ? "SET " : ", ") + name + " = DEFAULT";
    if (!back.empty())
        if (auto done = session.query(back, "Null"); !done)
            return FailureOf(std::move(done.error()));
    applied = now;
    const std::string_view home =
        wish.database.empty() ? "default" : std::string_view(wish.database);
    if (auto used = session.query("USE " + quoted_name(home), "Null"); !used)
        return FailureOf(std::move(used.error()));
    if (auto done = session.query(*set + "readonly = 0", "Null"); !done)
        return FailureOf(std::move(done.error()));
    return {};
}

void Database::settle(SqlSession& session) {
    // The library puts the remains in front of the next answer.
    (void)session.query("SELECT 1", "Null");
}

bool Database::claim(const std::string& query_id, const Asker& asker) {
    return queries_.with([&](Queries& q) {
        return q.running.emplace(query_id, Queries::Owner{asker.role, asker.user}).second;
    });
}

bool Database::kill_for_client(const std::string& query_id, const Asker& asker) {
    return queries_.with([&](Queries& q) {
        const auto found = q.running.find(query_id);
        if (found == q.running.end() || found->second.role > asker.role ||
            found->second.user != asker.user)
            return false;
        q.doomed.insert(query_id);
        return true;
    });
}

Result<void> Database::wait_until_gone(const exec::Context& ctx,
                                       const std::string& query_id) const {
    while (queries_.with([&](const Queries& q) { return q.running.contains(query_id); }))
        TRY(ctx.sleep(kGoneAgain));
    return {};
}

void Database::give_back(const std::string& query_id) {
    queries_.with([&](Queries& q) {
        q.running.erase(query_id);
        q.doomed.erase(query_id);
    });
}

void Database::kill(const std::string& query_id) {
    queries_.with([&](Queries& q) {
        if (q.running.contains(query_id)) q.doomed.insert(query_id);
    });
}

void Database::kill_doomed(const std::stop_token& stop) {
    exec::Context ctx(stop);
    while (ctx.sleep(kKillAgain)) {
        const auto doomed = queries_.with([](const Queries& q) { return q.doomed; });
        for (const std::string& id : doomed) {
            auto session = library_->connect(folder_, {});
            if (!session) continue;
            auto killed =
                session->query("KILL QUERY WHERE Settings['log_comment'] = {id:String} ASYNC",
                               "Null", {{"id", escaped(id)}});
            if (!killed) log::warn("engine", "a query cannot be killed", {{"query_id", id}});
        }
    }
}

SqlResult<std::string> Database::canonical(std::string_view sql) const {
    auto session =
        library_->connect(folder_, {"readonly=1", fmt::format("max_query_size={}", kMaxQuerySize)});
    if (!session) return FailureOf(exception(Code::AccessDenied, "the database gives no session"));
    auto formatted =
        session->query("SELECT formatQuerySingleLine({q:String})", "TSVRaw", {{"q", escaped(sql)}});
    if (formatted) {
        std::string spelled(text::trim(formatted->view()));
        if (!spelled.empty()) return spelled;
        return FailureOf(exception(Code::SyntaxError, "Empty query"));
    }
    // Its own call is none of the client's business: `…: In scope SELECT
    // formatQuerySingleLine('…')`.
    SqlError& error = formatted.error();
    const auto scope = error.text.find(": In scope SELECT formatQuerySingleLine(");
    const auto end = error.text.rfind("). (");
    if (scope != std::string::npos && end != std::string::npos && end > scope)
        error.text.erase(scope, end + 1 - scope);
    return FailureOf(std::move(error));
}

// --- progress ------------------------------------------------------------------------------------

Database::Watch::Watch(const Database& database, std::string query_id)
    : database_(database), query_id_(std::move(query_id)) {
    database_.watched_.with([&](Watched& all) { all.emplace(query_id_, std::nullopt); });
}

Database::Watch::~Watch() {
    database_.watched_.with([&](Watched& all) { all.erase(query_id_); });
}

std::optional<QueryProgress> Database::Watch::progress() const {
    return database_.watched_.with([&](Watched& all) { return all[query_id_]; });
}

void Database::look_at_watched(const std::stop_token& stop) {
    const exec::Context ctx(stop);
    while (ctx.sleep(kWatch)) {
        // Asleep while there is nothing to look at: an idle engine is to be idle.
        if (!watched_.when(
                ctx, [](const Watched& all) { return !all.empty(); },
                [](const Watched&) { return true; }))
            return;
        const auto running = running_queries();
        if (!running) continue;
        watched_.with([&](Watched& all) {
            for (auto& [id, progress] : all) {
                const auto found = running->find(id);
                progress = found == running->end() ? std::nullopt : std::optional(found->second);
            }
        });
    }
}

/// By their log_comment, which is our id.
std::optional<std::map<std::string, QueryProgress>> Database::running_queries() const {
    auto session = library_->connect(folder_, {"readonly=1"});
    if (!session) return std::nullopt;
    const auto rows = session->query(
        "SELECT read_rows, read_bytes, total_rows_approx, written_rows, written_bytes, "
        "greatest(memory_usage, 0), toUInt64(elapsed * 1e9), hex(Settings['log_comment']) "
        "FROM system.processes",
        "TSVRaw");
    if (!rows) return std::nullopt;
    std::map<std::string, QueryProgress> out;
    for (const std::string_view row : text::split(text::trim(rows->view()), '\n')) {
        const auto fields = text::split(row, '\t');
        const auto id = fields.size() == 8 ? text::from_hex(fields[7]) : std::nullopt;
        if (!id || id->empty()) continue;
        const auto number = [&](std::size_t i) {
            return static_cast<std::uint64_t>(text::to_int(fields[i]).value_or(0));
        };
        out[std::string(id->begin(), id->end())] = {.read_rows = number(0),
                                                    .read_bytes = number(1),
                                                    .total_rows = number(2),
                                                    .written_rows = number(3),
                                                    .written_bytes = number(4),
                                                    .memory = number(5),
                                                    .elapsed_ns = number(6)};
    }
    return out;
}

bool Database::is_merging() const {
    auto session = library_->connect(folder_, {"readonly=1"});
    if (!session) return false;
    auto count = session->query(
        "SELECT (SELECT count() FROM system.merges) + (SELECT count() FROM system.mutations WHERE "
        "NOT is_done AND latest_fail_reason = '')",
        "TSVRaw");
    return count && text::trim(count->view()) != "0";
}

}  // namespace forgehouse::engine
