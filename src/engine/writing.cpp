// The parts of a Query that write its answer: heads, bytes in the form that the client wants,
// errors.
#include "base/log.h"
#include "base/text.h"
#include "engine/answer.h"
#include "engine/native_version.h"

namespace forgehouse::engine {
namespace {

constexpr const char* kDisplayName = "Forgehouse";

SqlError gone() {
    return {.code = 210, .text = "Code: 210. DB::Exception: the client hung up. (NETWORK_ERROR)"};
}

}  // namespace

/// Native of the client's version.
SqlResult<std::string> Query::versioned(std::string_view blocks) {
    if (!types_ && hides_time_zones(blocks)) {
        types_.emplace();
        auto session = database_.session(wish());
        auto described =
            session && shape_of(text_).selects && tables() == nullptr
                ? session->query(fmt::format("DESCRIBE TABLE ({})", without_format(text_)),
                                 "TSVRaw", request_.parameters)
                : FailureOf(SqlError());
        // What cannot be described keeps the plain name, as for a client without a version.
        if (described)
            for (const std::string_view line : text::split(text::trim(described->view()), '\n')) {
                const auto fields = text::split(line, '\t');
                types_->emplace_back(fields.size() > 1 ? fields[1] : std::string_view());
            }
    }
    return native_of_version(blocks, request_.protocol_version,
                             types_.value_or(std::vector<std::string>()));
}

net::ResponseWriter::Headers Query::headers(const SqlStatistics& s) const {
    return {
        {"Content-Type", std::string(content_type_of(format_))},
        {"X-ClickHouse-Query-Id", request_.query_id},
        {"X-ClickHouse-Server-Display-Name", kDisplayName},
        {"X-ClickHouse-Format", format_},
        {"X-ClickHouse-Timezone", database_.timezone()},
        {"X-ClickHouse-Exception-Tag", tag_},
        {"X-ClickHouse-Summary",
         fmt::format(R"({{"read_rows":"{}","read_bytes":"{}","written_rows":"{}",)"
                     R"("written_bytes":"{}","result_rows":"{}","result_bytes":"{}",)"
                     R"("elapsed_ns":"{}","total_rows_to_read":"{}"}})",
                     s.read_rows, s.read_bytes, s.written_rows, s.written_bytes, s.result_rows,
                     s.result_bytes, static_cast<std::uint64_t>(s.elapsed_s * 1e9), s.read_rows)}};
}

SqlResult<void> Query::put(std::string_view bytes) {
    if (bytes.empty()) return {};
    if (!out_.put(bytes)) {
        database_.kill(request_.query_id);
        return FailureOf(gone());
    }
    return {};
}

SqlResult<void> Query::finish() {
    return out_.finish() ? SqlResult<void>() : FailureOf(gone());
}

void Query::fail(const SqlError& error) {
    log::debug("engine", "a query failed",
               {{"query_id", request_.query_id}, {"exception", error.text}});
    let_go();
    if (out_.started()) {
        // After the first byte there is no status to send: ClickHouse's block, and an answer that
        // ends without its last chunk.
        (void)out_.put(exception_block(error, tag_));
        return;
    }
    out_.send(status_of(error.code),
              {{"Content-Type", "text/plain; charset=UTF-8"},
               {"X-ClickHouse-Query-Id", request_.query_id},
               {"X-ClickHouse-Server-Display-Name", kDisplayName},
               {"X-ClickHouse-Timezone", database_.timezone()},
               {"X-ClickHouse-Exception-Code", std::to_string(error.code)}},
              error.text + "\n");
}

}  // namespace forgehouse::engine
