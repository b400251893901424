// A query on its way: from its text to the bytes of the answer, or of an exception.
#pragma once

#include <string>
#include <string_view>

#include "engine/database.h"
#include "engine/exceptions.h"
#include "engine/request.h"
#include "engine/statement.h"
#include "net/http_server.h"

namespace forgehouse::engine {

/// One request that carries SQL, on the thread of its handler.
class Query {
public:
    Query(Database& database, Role role, QueryRequest request, exec::Context& ctx,
          net::BodyReader& body, net::ResponseWriter& response);
    ~Query();
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;

    /// Runs it and answers, whatever happens.
    void run();

private:
    // reading the text
    SqlResult<void> read_text();
    SqlResult<void> read_more(std::size_t at_most);

    // rights
    SqlResult<void> check(SqlSession& session, bool& may_write);
    SqlResult<void> check_insert(InsertHead& head);
    SessionWish wish() const;

    // the three ways of an answer
    SqlResult<void> answer();
    SqlResult<void> whole(std::uint64_t cap);
    SqlResult<bool> in_parts(SqlSession& session);
    SqlResult<bool> converted();
    bool bounds_its_answer() const;
    SqlResult<void> insert(InsertHead head);
    SqlResult<void> feed(SqlInsert& insert, std::string_view first);

    // writing it
    net::ResponseWriter::Headers headers(const SqlStatistics& statistics) const;
    SqlResult<void> put(std::string_view bytes);
    void fail(const SqlError& error);

    Database& database_;
    const Role role_;
    QueryRequest request_;
    exec::Context& ctx_;
    net::BodyReader& body_;
    net::ResponseWriter& response_;
    std::string text_;  // the query so far: parameter, then body
    bool body_ended_ = false;
    InsertSearch insert_{};
    std::string format_ = "TabSeparated";
    const std::string tag_ = random_tag();
    bool may_write_ = false;
    bool claimed_ = false;
};

}  // namespace forgehouse::engine
