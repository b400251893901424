// BodyFilter: parts an answer's data from the exception that ClickHouse writes behind it when a
// query fails after its first rows were sent, under a status that already said 200.
//
// Servers since 25.11 and our engine name a random tag in the head and write
//   CRLF __exception__ CRLF tag CRLF message LF length tag CRLF __exception__ CRLF
// so that no data can look like it. Older ones write the word and the message without a tag and cut
// the connection: there, the word counts only where the answer was cut.
#pragma once

#include <string>
#include <string_view>

#include "ports/warehouse.h"

namespace forgehouse::warehouse::clickhouse {

/// One answer; not shared between threads.
class BodyFilter {
public:
    /// `tag`: the answer's X-ClickHouse-Exception-Tag, may be empty.
    explicit BodyFilter(std::string_view tag);

    /// Hands all bytes to `sink` that are certainly data.
    Result<void> feed(std::string_view bytes, const ports::ByteSink& sink);
    /// The answer is over: whole, or broken by `cut`. Hands the rest over, and returns the
    /// exception if there was one, else `cut` itself.
    Result<void> finish(const Error* cut, const ports::ByteSink& sink);

private:
    Result<void> release(std::size_t bytes, const ports::ByteSink& sink);

    std::string tag_;
    std::string mark_;
    std::string held_;
    bool marked_ = false;  ///< held_ begins at the mark
};

}  // namespace forgehouse::warehouse::clickhouse
