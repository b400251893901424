#include "engine/answer.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <stop_token>
#include <thread>

#include "base/log.h"
#include "base/text.h"
#include "engine/clauses.h"
#include "engine/convert.h"
#include "engine/exceptions.h"

namespace forgehouse::engine {
namespace {

constexpr std::size_t kChunk = 128 * 1024;
// A statement is held in memory whole; the data of an INSERT are not part of it.
constexpr std::size_t kMaxText = 4 * 1024 * 1024;
// An answer that cannot be sent in parts is first tried whole, up to this size of its columns; then
// it is sent by a second format on the way (convert.h). What cannot go that way may be larger.
constexpr std::uint64_t kWholeCap = 8 * 1024 * 1024;
constexpr std::uint64_t kWholeCapElse = 256 * 1024 * 1024;

SqlError from_error(const Error& error, Code code) {
    const auto own = text::to_int(error.field("code"));
    std::string text = error.describe();
    if (!error.hint().empty()) text += fmt::format(": {}", error.hint());
    if (own) return exception(static_cast<Code>(*own), text);
    return exception(code, text);
}

/// A body that is none is the client's fault, one that broke off may come whole the next time.
SqlError body_error(const Error& error) {
    const bool broken = error.code() == Errc::Invalid;
    return exception(broken ? Code::IncorrectData : Code::SocketTimeout, error.describe());
}

}  // namespace

Query::Query(Database& database, Sessions& sessions, Asker asker, QueryRequest request,
             exec::Context& ctx, net::BodyReader& body, net::ResponseWriter& response)
    : database_(database),
      sessions_(sessions),
      asker_(std::move(asker)),
      role_(asker_.role),
      request_(std::move(request)),
      ctx_(ctx),
      body_(body),
      out_(ctx, response, request_.held_bytes) {}

Query::~Query() {
    let_go();
}

void Query::run() {
    claimed_ = database_.claim(request_.query_id, asker_);
    if (!claimed_) {
        return fail(
            exception(Code::QueryWithSameIdIsRunning,
                      fmt::format("Query with id = {} is already running", request_.query_id)));
    }
    const std::stop_callback kill(ctx_.stop_token(), [this] { database_.kill(request_.query_id); });
    auto done = enter_session();
    if (done && !request_.boundary.empty()) done = read_form();
    if (done) done = read_text();
    if (done) tell_progress();
    if (done) done = insert_.found == InsertSearch::Found::Data ? insert(insert_.head) : answer();
    if (!done) fail(done.error());
}

// --- reading the text --------------------------------------------------------------------------

SqlResult<void> Query::read_more(std::size_t at_most) {
    const auto bytes = body_.read(ctx_, at_most);
    if (!bytes) return FailureOf(body_error(bytes.error()));
    if (bytes->empty()) body_ended_ = true;
    text_ += *bytes;
    return {};
}

SqlResult<void> Query::read_text() {
    text_ = request_.query;
    if (!text_.empty()) text_ += '\n';
    while (insert_.found != InsertSearch::Found::Data) {
        insert_ = find_insert(text_, body_ended_);
        if (insert_.found == InsertSearch::Found::Data || body_ended_) break;
        if (text_.size() > kMaxText)
            return FailureOf(
                exception(Code::QueryIsTooLarge,
                          fmt::format("The statement is longer than {} bytes", kMaxText)));
        if (auto more = read_more(kChunk); !more) return more;
    }
    if (text::trim(text_).empty()) return FailureOf(exception(Code::SyntaxError, "Empty query"));
    return {};
}

// --- rights ------------------------------------------------------------------------------------

SessionWish Query::wish() const {
    return {.role = role_,
            .limits = asker_.limits,
            .may_write = may_write_,
            .sees_settings = sees_settings_,
            .evaluates = evaluates_,
            .query_id = request_.query_id,
            .database = request_.database,
            .settings = request_.settings,
            .extra = {}};
}

SqlResult<void> Query::check(SqlSession& session, bool& may_write) {
    may_write = false;
    if (role_ == Role::Writer) return {};
    const Analysis analysis = session.classify(text_);
    if (analysis.statements == 0) {
        // The real parser's own message; nothing runs.
        if (auto parsed = database_.canonical(text_); !parsed)
            return FailureOf(std::move(parsed.error()));
        return FailureOf(exception(Code::SyntaxError, "The statement is not known"));
    }
    if (analysis.statements != 1)
        return FailureOf(
            exception(Code::SyntaxError, "Multi-statements are not allowed: send one at a time"));
    const bool reads = analysis.kind == Analysis::Class::ReadOnly;
    if (!reads && role_ == Role::Reader)
        return FailureOf(exception(Code::Readonly, "Cannot execute query in readonly mode"));
    const bool here = tables() == nullptr;
    const bool of_settings = reads && here && names_settings(text_);
    const bool shows_others = asker_.logged_in && may_show_others_queries(text_);
    if (reads && here && !of_settings && !shows_others &&
        !may_reach_outside(text_, database_.outside()))
        return {};
    auto spelled = database_.canonical(text_);
    if (!spelled) return FailureOf(std::move(spelled.error()));
    if (!reads && analysis.kind != Analysis::Class::Mutating && !is_of_temporary_table(*spelled))
        return FailureOf(
            exception(Code::Readonly, "This listener does not allow statements of this form"));
    if (of_settings && reads_settings_alone(*spelled)) {
        sees_settings_ = true;
        text_ = std::move(*spelled);
        return {};
    }
    const std::string_view home =
        request_.database.empty() ? std::string_view("default") : request_.database;
    auto allowed = reads ? check_read(*spelled, database_.outside(), request_.parameters)
                         : check_write(*spelled, home, database_.outside(), asker_.limits,
                                       request_.parameters);
    if (allowed && reads) allowed = check_nested_settings(*spelled, asker_.limits);
    if (allowed && asker_.logged_in)
        allowed = check_others_queries(*spelled, home, request_.parameters);
    if (!allowed) return FailureOf(from_error(allowed.error(), Code::AccessDenied));
    // What was looked at is what runs: no second reading of the client's own spelling.
    if (!reads || !here) text_ = std::move(*spelled);
    may_write = !reads;
    return {};
}

SqlResult<void> Query::check_insert(InsertHead& head) {
    if (role_ == Role::Writer) return {};
    if (role_ == Role::Reader)
        return FailureOf(exception(Code::Readonly, "Cannot execute query in readonly mode"));
    auto spelled = database_.canonical(head.statement + " FORMAT " + head.format);
    if (!spelled) return FailureOf(std::move(spelled.error()));
    const std::string_view home =
        request_.database.empty() ? std::string_view("default") : request_.database;
    const auto allowed =
        check_write(*spelled, home, database_.outside(), asker_.limits, request_.parameters);
    if (!allowed) return FailureOf(from_error(allowed.error(), Code::AccessDenied));
    const InsertSearch again = find_insert(*spelled, true);
    if (again.found != InsertSearch::Found::Data)
        return FailureOf(exception(Code::AccessDenied, "The INSERT is of an odd form"));
    head.statement = again.head.statement;
    may_write_ = true;
    return {};
}

// --- answers -----------------------------------------------------------------------------------

SqlResult<void> Query::answer() {
    auto session = database_.session(wish());
    if (!session) return FailureOf(std::move(session.error()));
    auto mine = own();
    if (!mine) return FailureOf(std::move(mine.error()));
    if (*mine) return {};
    auto lifted = lift(*session);
    if (!lifted) return FailureOf(std::move(lifted.error()));
    if (*lifted) return answer();
    if (auto checked = check(*session, may_write_); !checked) return checked;
    if (auto named = name_user(); !named) return named;
    const QueryShape shape = shape_of(text_);
    if (!request_.default_format.empty()) format_ = request_.default_format;
    if (shape.format) format_ = *shape.format;
    const bool selects = shape.selects && !may_write_;
    if (sees_settings_ || tables() != nullptr ||
        (lease_ && may_write_ && makes_temporary_table(text_)))
        return whole(kWholeCapElse);
    const bool rows = has_progress_rows(format_) && !has_setting("extremes");
    if (selects && shape.plain && !request_.wait_end && (rows || assembly() != Assembly::Whole)) {
        if (rows)
            out_.tell_in_rows(database_, request_.query_id, request_.progress_interval,
                              headers({}));
        auto done = in_parts(*session);
        if (!done) return FailureOf(std::move(done.error()));
        if (*done) return {};
        return whole(kWholeCapElse);  // no row: the header alone
    }
    if (!selects) return whole(kWholeCapElse);
    if (!bounds_its_answer() || !shape.plain) {
        auto done = whole(kWholeCap);
        if (done || done.error().code != static_cast<int>(Code::TooManyRowsOrBytes)) return done;
        if (!shape.plain)
            return FailureOf(exception(
                Code::TooManyRowsOrBytes,
                fmt::format("An answer with totals or in an unclear format is limited to {} of "
                            "columns here",
                            text::byte_size(kWholeCap))));
    }
    auto done = converted();
    if (!done) return FailureOf(std::move(done.error()));
    return *done ? SqlResult<void>() : whole(kWholeCapElse);
}

/// Behind the checks: all that is put in is a text.
SqlResult<void> Query::name_user() {
    if (asker_.user == Asker().user || may_write_ || !names_user(text_)) return {};
    auto spelled = database_.canonical(text_);
    if (!spelled) return FailureOf(std::move(spelled.error()));
    text_ = with_user(*spelled, asker_.user);
    return {};
}

/// How this answer's parts go together. One array around all rows makes of each part a document.
/// The library takes that setting from places that we do not lift it from: its name is enough.
Assembly Query::assembly() const {
    constexpr std::string_view kArray = "output_format_json_array_of_rows";
    const Assembly usual = assembly_of(format_);
    if (usual != Assembly::Join || format_.find("JSON") == std::string::npos) return usual;
    const bool named =
        has_setting(kArray) || text::lower_ascii(text_).find(kArray) != std::string::npos;
    return named ? Assembly::Whole : usual;
}

/// A client's own bounds may cut the answer on purpose: a trial run under ours would mistake the
/// cut.
bool Query::bounds_its_answer() const {
    return has_setting("max_result_rows") || has_setting("max_result_bytes") ||
           has_setting("result_overflow_mode");
}

bool Query::has_setting(std::string_view name) const {
    return std::ranges::any_of(request_.settings,
                               [&](const auto& setting) { return setting.first == name; });
}

SqlResult<void> Query::whole(std::uint64_t cap) {
    SessionWish wanted = wish();
    wanted.extra = {fmt::format("max_result_bytes={}", cap), "result_overflow_mode=throw"};
    std::erase_if(wanted.settings, [](const auto& setting) {
        return setting.first == "max_result_bytes" || setting.first == "result_overflow_mode";
    });
    auto session = lend(wanted);
    if (!session) return FailureOf(std::move(session.error()));
    auto text = tables() == nullptr ? SqlResult<std::string>(text_) : text_for_tables();
    if (!text) return FailureOf(std::move(text.error()));
    auto bytes = [&] {
        const Outlet::Waiting waiting(out_);
        return (*session)->query(*text, format_, request_.parameters);
    }();
    if (!bytes) {
        settle(bytes.error());
        return FailureOf(std::move(bytes.error()));
    }
    const auto head = headers(bytes->statistics());
    if (tables() == nullptr && !has_version()) {
        let_go();
        out_.send(200, head, bytes->view());
        return {};
    }
    // Nothing of the session that holds the tables is used once another request may have it.
    auto copy = has_version() ? versioned(bytes->view()) : SqlResult<std::string>(bytes->view());
    if (!copy) return FailureOf(std::move(copy.error()));
    bytes = SqlBytes();
    let_go();
    out_.send(200, head, *copy);
    return {};
}

SqlResult<bool> Query::in_parts(SqlSession& session) {
    auto stream = SqlStream::start(session, text_, format_, request_.parameters);
    if (!stream) return FailureOf(std::move(stream.error()));
    const bool drops = assembly_of(format_) == Assembly::DropHeader;
    const bool in_rows = has_progress_rows(format_);
    std::string header;
    ProgressRows rows;
    SqlStatistics last;  // the end itself has none
    for (bool first = true;; first = false) {
        auto part = next_part(*stream);
        if (!part) return FailureOf(std::move(part.error()));
        std::string_view bytes = part->view();
        if (bytes.empty()) {
            if (first && (drops || in_rows) && !out_.started()) return false;
            out_.begin(headers(part->statistics()));
            if (in_rows)
                if (auto ended = end_rows(rows, last); !ended)
                    return FailureOf(std::move(ended.error()));
            let_go();
            (void)out_.finish();
            return true;
        }
        last = part->statistics();
        if (in_rows) bytes = rows.take(bytes);
        std::string of_version;
        if (has_version()) {
            auto made = versioned(bytes);
            if (!made) return FailureOf(std::move(made.error()));
            of_version = std::move(*made);
            bytes = of_version;
        }
        if (first) {
            if (drops) header = bytes.substr(0, header_length(format_, bytes));
            out_.begin(headers(part->statistics()));
        } else if (drops) {
            if (header.empty() || !bytes.starts_with(header))
                return FailureOf(
                    exception(Code::NotImplemented, "The answer's parts do not fit together"));
            bytes.remove_prefix(header.size());
        }
        if (auto sent = put(bytes); !sent) return FailureOf(std::move(sent.error()));
    }
}

SqlResult<SqlBytes> Query::next_part(SqlStream& stream) {
    const Outlet::Waiting waiting(out_);
    return stream.next();
}

/// What stands once behind all rows of a format with rows of progress.
SqlResult<void> Query::end_rows(const ProgressRows& rows, const SqlStatistics& s) {
    if (auto sent = put(rows.end()); !sent) return sent;
    const QueryProgress all{.read_rows = s.read_rows,
                            .read_bytes = s.read_bytes,
                            .total_rows = s.read_rows,
                            .elapsed_ns = static_cast<std::uint64_t>(s.elapsed_s * 1e9)};
    return put(fmt::format("{{\"progress\":{}}}\n", progress_json(all)));
}

void Query::tell_progress() {
    if (request_.tells_progress)
        out_.tell_in_head(database_, request_.query_id, request_.progress_interval);
}

SqlResult<bool> Query::converted() {
    auto session = database_.session(wish());
    if (!session) return FailureOf(std::move(session.error()));
    Pairs of_output;
    for (const auto& setting : request_.settings)
        if (setting.first.starts_with("output_format_") || setting.first.starts_with("format_") ||
            setting.first == "date_time_output_format")
            of_output.push_back(setting);
    SessionWish ours = {.role = Role::Writer,
                        .may_write = true,
                        .query_id = request_.query_id,
                        .database = "",
                        .settings = of_output,
                        .extra = {}};
    auto writer = database_.session(ours);
    if (!writer) return FailureOf(std::move(writer.error()));
    // The client's text runs with the client's rights; only the conversion is ours.
    auto done = convert(*session, *writer, text_, format_, request_.parameters,
                        [&](std::string_view bytes) {
                            out_.begin(headers({}));
                            return put(bytes);
                        });
    if (!done) return done;
    if (!*done) return done;
    let_go();
    if (auto ended = finish(); !ended) return FailureOf(std::move(ended.error()));
    return done;
}

// --- inserts -----------------------------------------------------------------------------------

SqlResult<void> Query::insert(InsertHead head) {
    if (auto allowed = check_insert(head); !allowed) return allowed;
    if (auto looked = look_at_values(head); !looked) return looked;
    auto session = lend(wish());
    if (!session) return FailureOf(std::move(session.error()));
    auto statistics = [&] {
        const Outlet::Waiting waiting(out_);
        return insert_into(**session, head);
    }();
    if (!statistics) {
        settle(statistics.error());
        return FailureOf(std::move(statistics.error()));
    }
    let_go();
    out_.send(200, headers(*statistics), "");
    return {};
}

/// Clients write dates as expressions. They are evaluated where the data are all there, short, and
/// harmless by what they name. A subquery is not: nothing of it passed the rules of a SELECT.
SqlResult<void> Query::look_at_values(const InsertHead& head) {
    if (head.format != "Values" || role_ != Role::Owner) return {};
    while (!body_ended_ && text_.size() < kMaxText)
        if (auto more = read_more(kChunk); !more) return more;
    const std::string_view data = std::string_view(text_).substr(head.data_offset);
    evaluates_ = body_ended_ && values_stay_inside(data, database_.outside());
    if (!evaluates_ && values_ask(data))
        return FailureOf(exception(Code::AccessDenied,
                                   "A subquery in VALUES is not open to clients: INSERT INTO … "
                                   "SELECT does that"));
    return {};
}

SqlResult<SqlStatistics> Query::insert_into(SqlSession& session, const InsertHead& head) {
    auto stream = SqlInsert::start(session, head.statement, head.format, request_.parameters);
    if (!stream) return FailureOf(std::move(stream.error()));
    if (auto fed = feed(*stream, std::string_view(text_).substr(head.data_offset)); !fed)
        return FailureOf(std::move(fed.error()));
    return stream->finish();
}

SqlResult<void> Query::feed(SqlInsert& insert, std::string_view first) {
    if (!first.empty())
        if (auto taken = insert.append(first); !taken) return taken;
    while (!body_ended_) {
        const auto bytes = body_.read(ctx_, kChunk);
        // A body that breaks off leaves no row: the insert is dropped unfinished.
        if (!bytes) return FailureOf(body_error(bytes.error()));
        if (bytes->empty()) break;
        if (auto taken = insert.append(*bytes); !taken) return taken;
    }
    return {};
}

}  // namespace forgehouse::engine
