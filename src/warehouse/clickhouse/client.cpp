#include "warehouse/clickhouse/client.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "base/text.h"
#include "exec/guarded.h"
#include "warehouse/clickhouse/amend.h"
#include "warehouse/clickhouse/answer.h"
#include "warehouse/clickhouse/body_filter.h"
#include "warehouse/clickhouse/errors.h"
#include "warehouse/clickhouse/evolve.h"
#include "warehouse/clickhouse/native.h"
#include "warehouse/clickhouse/statement.h"

namespace forgehouse::warehouse::clickhouse {
namespace {

constexpr std::string_view kAnswerFormat = "TabSeparatedWithNamesAndTypes";
constexpr std::size_t kSideBySide = 8;

bool is_transport(const Error& error) {
    return !error.field("stage").empty();
}

Result<void> ignore(std::string_view) {
    return {};
}

Statement reading(const Endpoint& endpoint, const ports::Query& query, std::string_view format) {
    Statement statement{.sql = query.sql(),
                        .parameters = query.parameters(),
                        .settings = {{"default_format", std::string(format)},
                                     {"final", "1"},
                                     // Paths are bytes; JSON is text, whatever they are.
                                     {"output_format_json_validate_utf8", "1"}}};
    // Our engine takes a request for read-only unless it has the writer's header.
    if (endpoint.writer_headers.empty()) statement.settings.emplace_back("readonly", "1");
    return statement;
}

/// Our readers understand one format: a `FORMAT` clause in the statement would give another.
Result<void> check_format(const net::Response& head, std::string_view expected) {
    const std::string_view format = head.header("x-clickhouse-format");
    if (expected.empty() || format.empty() || format == expected) return {};
    return Failure(Error(Errc::Invalid, "the statement chooses a format of its own")
                       .with("format", std::string(format))
                       .hint("leave the FORMAT clause out and use --format"));
}

bool is_identifier(std::string_view word) {
    return !word.empty() && std::ranges::all_of(word, [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    });
}

std::string insert_text(const schema::TableInfo& table) {
    std::string columns;
    for (const schema::ColumnInfo& column : table.columns)
        columns += (columns.empty() ? "" : ", ") + quoted_name(column.name);
    return fmt::format("INSERT INTO {} ({}) FORMAT Native", quoted_name(table.name), columns);
}

}  // namespace

/// One statement and what happens to its answer.
struct Client::Call {
    const Statement& statement;
    std::string_view format = {};                 ///< that the answer must have; "": any
    const ports::ByteSink& sink = ignore_answer;  ///< receives the answer's data
    /// Forgets what the sink has received, so that the statement can be sent again even then. Where
    /// it is empty, a call that has delivered something is not tried again.
    std::function<void()> restart{};

    static inline const ports::ByteSink ignore_answer = ignore;
};

Client::Client(Endpoint endpoint, Parts parts)
    : endpoint_(std::move(endpoint)), parts_(std::move(parts)) {}
Client::~Client() = default;

Result<void> Client::attempt(exec::Context& ctx, const Call& call, bool& delivered) {
    std::optional<BodyFilter> filter;
    std::string refusal;  // of a server that says 200 and an exception's code in one head
    const auto forward = [&](std::string_view bytes) {
        delivered = true;
        return call.sink(bytes);
    };
    const auto receive = [&](const net::Response& head, std::string_view bytes) -> Result<void> {
        const std::string_view code = head.header("x-clickhouse-exception-code");
        if (!code.empty() && code != "0") {
            refusal += bytes.substr(0, 65536 - std::min<std::size_t>(refusal.size(), 65536));
            return {};
        }
        if (!filter) {
            TRY(check_format(head, call.format));
            filter.emplace(head.header("x-clickhouse-exception-tag"));
        }
        return filter->feed(bytes, forward);
    };
    const auto got = parts_.http.stream(ctx, request_for(endpoint_, call.statement), receive);
    if (got && !got->ok()) return Failure(error_from_answer(*got));
    if (!refusal.empty()) return Failure(error_from_exception(refusal));
    if (got) return filter ? filter->finish(nullptr, forward) : Result<void>{};
    if (filter && is_transport(got.error())) return filter->finish(&got.error(), forward);
    return Failure(got.error());
}

Result<void> Client::execute(exec::Context& ctx, const Call& call) {
    bool delivered = false;
    bool broken = false;
    bool dead = false;
    exec::Retry retry = parts_.retry;
    if (answered_) retry.policy = parts_.patience;
    int refusals = 0;
    retry.worth_it = [&](const Error& error) {
        if (!is_transport(error) && ++refusals >= parts_.retry.policy.attempts) return false;
        if (dead || (delivered && !call.restart)) return false;
        return call.statement.writes || again_of(error) == Again::Yes;
    };
    auto result = exec::with_retry(ctx, retry, [&]() -> Result<void> {
        if (broken && parts_.revive) {
            auto revived = parts_.revive(ctx);
            dead = !revived;
            if (dead) return revived;
        }
        if (call.restart) call.restart();
        auto once = attempt(ctx, call, delivered);
        broken = !once && is_transport(once.error());
        return once;
    });
    if (result) answered_ = true;
    if (!result && result.error().hint().empty() && is_transport(result.error()))
        return Failure(std::move(result).error().hint(
            "the warehouse does not answer; `forgehouse doctor` says what is wrong"));
    return result;
}

Result<void> Client::command(exec::Context& ctx, const std::string& sql) {
    const Statement statement{
        .sql = sql, .settings = {{"wait_end_of_query", "1"}}, .writes = true, .in_database = false};
    return execute(ctx, {.statement = statement});
}

// Making a table is mostly waiting for a disk, and a fresh warehouse has forty to make.
Result<void> Client::commands(const exec::Context& ctx, std::span<const std::string> texts) {
    // A cluster has one queue for all of them.
    const std::size_t most = endpoint_.layout.cluster.empty() ? kSideBySide : 1;
    std::atomic<std::size_t> next = 0;
    exec::Guarded<Result<void>> outcome;
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < std::min(most, texts.size()); ++i)
            threads.emplace_back([&, own = ctx]() mutable {
                for (std::size_t at = next++; at < texts.size(); at = next++)
                    if (auto done = command(own, texts[at]); !done) {
                        next = texts.size();
                        outcome.with([&](Result<void>& first) {
                            if (first) first = std::move(done);
                        });
                    }
            });
    }
    return outcome.with([](Result<void>& first) { return std::move(first); });
}

Result<ports::Answer> Client::collect(exec::Context& ctx, const Statement& statement) {
    AnswerReader reader(kAnswerRows);
    const ports::ByteSink sink = [&](std::string_view bytes) { return reader.feed(bytes); };
    TRY(execute(ctx,
                {.statement = statement, .format = kAnswerFormat, .sink = sink, .restart = [&] {
                     reader = AnswerReader(kAnswerRows);
                 }}));
    return reader.finish();
}

Result<ports::Prepared> Client::prepare(exec::Context& ctx) {
    const auto ask_existing = [&](Literal sql) {
        const ports::Query query(sql, {{"database", endpoint_.layout.database}});
        Statement statement = reading(endpoint_, query, kAnswerFormat);
        statement.in_database = false;
        return collect(ctx, statement);
    };
    TRY_LET(comments, ask_existing(kExistingComments));
    if (is_complete(comments, endpoint_.layout)) return ports::Prepared{};
    TRY_LET(answer, ask_existing(kExistingColumns));
    const auto existing = existing_from(answer);
    TRY_LET(missing, plan(existing, endpoint_.layout));
    std::span<const std::string> rest(missing.statements);
    for (const std::size_t end : missing.stage_ends) {
        const std::size_t done = missing.statements.size() - rest.size();
        TRY(commands(ctx, rest.first(end - done)));
        rest = rest.subspan(end - done);
    }
    return std::move(missing.prepared);
}

Result<void> Client::insert(exec::Context& ctx, const schema::Batch& rows, std::string_view token) {
    if (rows.empty()) return {};
    const NativeBlock block(rows);
    const std::string sql = insert_text(rows.table());
    Statement statement{.sql = sql,
                        .settings = {{"async_insert", "0"}, {"wait_end_of_query", "1"}},
                        .writes = true,
                        .data = block.parts()};
    if (!token.empty()) statement.settings.emplace_back("insert_deduplication_token", token);
    return execute(ctx, {.statement = statement});
}

Result<void> Client::amend(exec::Context& ctx, const Amendment& amendment) {
    TRY_LET(statements, amend_statements(amendment));
    for (const AmendStatement& part : statements) {
        const Statement statement{
            .sql = part.sql,
            .parameters = part.parameters,
            .settings = {{"max_query_size", std::to_string(part.sql.size() + 1024)},
                         {"wait_end_of_query", "1"}},
            .writes = true};
        TRY(execute(ctx, {.statement = statement}));
    }
    return {};
}

Result<ports::Answer> Client::ask(exec::Context& ctx, const ports::Query& query) {
    return collect(ctx, reading(endpoint_, query, kAnswerFormat));
}

Result<void> Client::read(exec::Context& ctx, const ports::Query& query,
                          const schema::TableInfo& shape, const ports::BlockSink& sink) {
    const Statement statement = reading(endpoint_, query, "Native");
    NativeDecoder decoder(shape);
    const ports::ByteSink bytes = [&](std::string_view part) { return decoder.feed(part, sink); };
    TRY(execute(ctx, {.statement = statement, .format = "Native", .sink = bytes}));
    return decoder.finish();
}

Result<void> Client::pass_through(exec::Context& ctx, const ports::Query& query,
                                  std::string_view format, const ports::ByteSink& sink) {
    if (!is_identifier(format))
        return Failure(Error(Errc::Invalid, "this is no name of a format")
                           .with("format", text::printable(format))
                           .hint("use a format of ClickHouse, such as TSV, CSVWithNames, Parquet"));
    return execute(ctx, {.statement = reading(endpoint_, query, format), .sink = sink});
}

Result<std::string> Client::version(exec::Context& ctx) {
    TRY_LET(answer, ask(ctx, ports::Query("SELECT version()")));
    if (answer.rows.size() != 1 || answer.rows[0].empty() || !answer.rows[0][0])
        return Failure(Error(Errc::Corrupt, "the warehouse does not tell its version"));
    return *answer.rows[0][0];
}

}  // namespace forgehouse::warehouse::clickhouse
