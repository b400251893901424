#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "app/formats.h"
#include "app/terminal/foreign.h"
#include "app/terminal/stream_table.h"
#include "app/terminal/tsv.h"
#include "app/verbs/verbs.h"
#include "app/world.h"
#include "base/text.h"

namespace forgehouse::app::verbs {
namespace {

using ports::Query;

constexpr std::size_t kMostSql = 64u << 20;

constexpr std::array kOperands{
    cli::Operand{.name = "SQL",
                 .doc = "One statement of ClickHouse's SQL; - reads it from "
                        "standard input."}};
constexpr std::array kOptions{
    cli::Option{.name = "--format",
                .letter = 'f',
                .value = "F",
                .doc = "How the answer is written: table, json, jsonl, csv, tsv, parquet, arrow, "
                       "markdown, vertical, or any output format of ClickHouse. Without it: table "
                       "on a terminal, tsv in a pipe.",
                .words = format_names},
    cli::Option{.name = "--json", .doc = "The same as --format json; errors become JSON too."},
};
constexpr std::array kExamples{
    cli::Example{"query 'SELECT count() FROM git_commits'", "A number."},
    cli::Example{"query 'DESCRIBE git_commit_files'", "The columns of a table."},
    cli::Example{"query --format csv 'SELECT * FROM git_branches' > branches.csv",
                 "For a spreadsheet."},
    cli::Example{"query - < question.sql", "A longer question, from a file."}};

constexpr cli::Verb kQuery{
    .name = "query",
    .group = "collect and ask",
    .summary = "ask the warehouse a question in SQL",
    .about =
        "Sends one statement to the warehouse and writes the answer as it comes, whatever its "
        "size. It only reads: nothing can be changed by it. Rows that were replaced or "
        "deleted are not seen. `forgehouse tables` lists what there is to ask about.",
    .operands = kOperands,
    .options = kOptions,
    .examples = kExamples};

Result<std::string> standard_input() {
    std::string text;
    std::array<char, 65536> buffer;
    for (;;) {
        const auto got = ::read(0, buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0)
            return Failure(Error(Errc::Unavailable, "standard input cannot be read")
                               .with("reason", std::strerror(errno))
                               .hint("give the SQL as an operand instead"));
        if (got == 0) return text;
        text.append(buffer.data(), static_cast<std::size_t>(got));
        if (text.size() > kMostSql)
            return Failure(Error(Errc::Invalid, "the SQL is too long")
                               .with("most", text::byte_size(kMostSql))
                               .hint("send one statement"));
    }
}

/// The format to ask for; kTableFormat for our own table.
Result<std::string> wanted_format(const World& world, std::string_view sql) {
    if (const auto asked = world.arguments().value("--format")) {
        TRY_LET(named, format_named(*asked));
        if (world.json() && !named.starts_with("JSON"))
            return Failure(Error(Errc::Invalid, "--json and --format ask for different things")
                               .with("format", *asked)
                               .hint("say one of them"));
        return named;
    }
    if (world.json()) return std::string("JSON");
    if (!format_in_sql(sql).empty()) return std::string(format_in_sql(sql));
    return std::string(world.out().terminal ? kTableFormat : "TabSeparated");
}

Result<void> pass(World& world, ports::Warehouse& warehouse, const Query& query,
                  const std::string& format) {
    terminal::Foreign out(world.out(), [&](std::string_view bytes) { return world.print(bytes); });
    TRY(warehouse.pass_through(world.context(), query, format,
                               [&](std::string_view bytes) { return out.write(bytes); }));
    return out.finish();
}

/// What the reader should know of how it was written.
std::string_view remark_on(terminal::StreamTable::Written written) {
    switch (written) {
        case terminal::StreamTable::Written::Whole: break;
        case terminal::StreamTable::Written::Cut:
            return "; … marks what is cut: --format vertical shows all";
        case terminal::StreamTable::Written::Upright:
            return "; too wide for a table here: --format table cuts it to one";
    }
    return "";
}

Result<void> as_table(World& world, ports::Warehouse& warehouse, const Query& query) {
    const Time begin = world.clock().now();
    using terminal::StreamTable;
    const bool asked = world.arguments().value("--format").has_value();
    StreamTable table(
        world.out(), [&](std::string_view bytes) { return world.print(bytes); },
        asked ? StreamTable::Shape::Table : StreamTable::Shape::AsFits);
    terminal::TsvReader reader(
        {.columns = [&](auto columns) { return table.columns(std::move(columns)); },
         .row = [&](auto cells) { return table.row(std::move(cells)); }});
    TRY(warehouse.pass_through(world.context(), query, "TabSeparatedWithNamesAndTypes",
                               [&](std::string_view bytes) { return reader.take(bytes); }));
    TRY(table.finish());
    if (world.err().terminal) {
        const auto took = (world.clock().now() - begin).count();
        world.tell(
            world.err().dim(fmt::format(
                "{} {} in {}{}", text::grouped(table.rows()), table.rows() == 1 ? "row" : "rows",
                took < 1000 ? fmt::format("{} ms", took) : text::duration(took),
                remark_on(table.written()))) +
            '\n');
    }
    return {};
}

/// The line of the SQL at which it breaks off, and below it a mark at the place; "" where the error
/// names none.
std::string place_in(std::string_view sql, const Error& error) {
    constexpr std::string_view kMark = "failed at position ";
    constexpr std::size_t kMostBefore = 60;
    const std::string_view message = error.field("message");
    const auto at = message.find(kMark);
    if (error.field("name") != "SYNTAX_ERROR" || at == message.npos) return {};
    const std::string_view number = message.substr(at + kMark.size());
    const auto position = text::to_int(number.substr(0, number.find_first_not_of("0123456789")));
    if (!position || *position < 1 || static_cast<std::size_t>(*position) > sql.size() + 1)
        return {};
    const auto offset = static_cast<std::size_t>(*position) - 1;
    const std::string_view before = sql.substr(0, offset);
    std::string_view line = before.substr(before.rfind('\n') + 1);  // npos + 1 is 0
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    const std::string lead = terminal::fit_end(text::printable(line), kMostBefore);
    const std::string_view rest = sql.substr(offset, sql.find('\n', offset) - offset);
    return fmt::format("{}{}\n{:{}}^", lead, text::fit(text::printable(rest), kMostBefore), "",
                       text::display_width(lead));
}

Result<Exit> run(World& world) {
    std::string sql = world.arguments().operands.front();
    if (sql == "-") {
        TRY_LET(text, standard_input());
        sql = std::move(text);
    }
    if (text::trim(sql).empty())
        return world.usage(Error(Errc::Invalid, "there is no SQL")
                               .hint("write for example forgehouse query 'SELECT 1'"));
    const auto format = wanted_format(world, sql);
    if (!format) return world.usage(format.error());
    auto done = world.ask_with_tables([&](ports::Warehouse& warehouse) {
        const Query query = Query::from_user(sql);
        return *format == kTableFormat ? as_table(world, warehouse, query)
                                       : pass(world, warehouse, query, *format);
    });
    if (done) return Exit::Done;
    const std::string place = place_in(sql, done.error());
    return Failure(place.empty() ? std::move(done).error()
                                 : std::move(done).error().with("here", place));
}

}  // namespace

Verb query() {
    return {&kQuery, run};
}

}  // namespace forgehouse::app::verbs
