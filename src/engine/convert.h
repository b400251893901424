// Answers of any size in formats that libchdb's streaming call breaks (JSON, Parquet, Arrow, …):
// the query is read in RowBinary by the client's session and written in the wanted format by a
// session of ours, `INSERT INTO FUNCTION file(PIPE, FORMAT)`. The client's text never gets our
// rights.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "engine/chdb.h"

namespace forgehouse::engine {

using PartSink = std::function<SqlResult<void>(std::string_view)>;

/// Runs `sql` in `reader` and gives the document in `format`, written by `writer`, to `sink`, part
/// by part, on a thread of its own (`engine-convert`). Memory stays bounded. False, and nothing for
/// the sink, where there is no row.
SqlResult<bool> convert(SqlSession& reader, SqlSession& writer, const std::string& sql,
                        const std::string& format, const SqlParameters& parameters,
                        const PartSink& sink);

}  // namespace forgehouse::engine
