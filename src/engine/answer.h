// A query on its way: from its text to the bytes of the answer, or of an exception.
#pragma once

#include <string>
#include <string_view>

#include "engine/clauses.h"
#include "engine/client_session.h"
#include "engine/database.h"
#include "engine/exceptions.h"
#include "engine/outlet.h"
#include "engine/request.h"
#include "engine/statement.h"
#include "net/http_server.h"

namespace forgehouse::engine {

/// One request that carries SQL, on the thread of its handler.
class Query {
public:
    Query(Database& database, Sessions& sessions, Asker asker, QueryRequest request,
          exec::Context& ctx, net::BodyReader& body, net::ResponseWriter& response);
    ~Query();
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;

    /// Runs it and answers, whatever happens.
    void run();

private:
    // what the client keeps, and what it sends for this query alone (tables.cpp)
    SqlResult<void> enter_session();
    void let_go();
    SqlResult<void> read_form();
    struct ExternalTable {
        std::string name, structure, format;
        std::string_view data;
    };
    ExternalTable described(const std::string& name, std::string_view data);
    std::string take_parameter(const std::string& name);
    SqlResult<std::string> checked_create(const ExternalTable& table);
    SqlResult<void> make_external(const ExternalTable& table);
    TablesSession* tables();
    SqlResult<SqlSession*> lend(const SessionWish& wish);
    void settle(const SqlError& error);
    SqlResult<std::string> text_for_tables() const;

    // statements that we carry out ourselves
    SqlResult<bool> own();
    SqlResult<bool> kill(const Kill& wanted);
    SqlResult<void> keep(const Pairs& settings, const std::string& database);
    SqlResult<bool> lift(SqlSession& session);

    // reading the text
    SqlResult<void> read_text();
    SqlResult<void> read_more(std::size_t at_most);

    // rights
    SqlResult<void> check(SqlSession& session, bool& may_write);
    SqlResult<void> check_insert(InsertHead& head);
    SessionWish wish() const;

    // the three ways of an answer
    SqlResult<void> answer();
    SqlResult<void> name_user();
    SqlResult<void> whole(std::uint64_t cap);
    SqlResult<bool> in_parts(SqlSession& session);
    void tell_progress();
    SqlResult<SqlBytes> next_part(SqlStream& stream);
    SqlResult<void> end_rows(const ProgressRows& rows, const SqlStatistics& statistics);
    SqlResult<bool> converted();
    Assembly assembly() const;
    bool bounds_its_answer() const;
    bool has_setting(std::string_view name) const;
    SqlResult<void> insert(InsertHead head);
    SqlResult<void> look_at_values(const InsertHead& head);
    SqlResult<SqlStatistics> insert_into(SqlSession& session, const InsertHead& head);
    SqlResult<void> feed(SqlInsert& insert, std::string_view first);

    // writing it
    net::ResponseWriter::Headers headers(const SqlStatistics& statistics) const;
    SqlResult<std::string> versioned(std::string_view blocks);
    bool has_version() const { return format_ == "Native" && request_.protocol_version > 0; }
    SqlResult<void> put(std::string_view bytes);
    SqlResult<void> finish();
    void fail(const SqlError& error);

    Database& database_;
    Sessions& sessions_;
    const Asker asker_;
    const Role role_;
    QueryRequest request_;
    exec::Context& ctx_;
    net::BodyReader& body_;
    Outlet out_;
    std::optional<Sessions::Lease> lease_;
    std::optional<TablesSession> external_;  // tables of this query alone
    std::optional<SqlSession> fresh_;
    std::optional<std::vector<std::string>> types_;  // of the answer's columns, where they matter
    std::string text_;                               // the query so far: parameter, then body
    bool body_ended_ = false;
    InsertSearch insert_{};
    std::string format_ = "TabSeparated";
    const std::string tag_ = random_tag();
    bool may_write_ = false;
    bool sees_settings_ = false;
    bool evaluates_ = false;
    bool claimed_ = false;
};

}  // namespace forgehouse::engine
