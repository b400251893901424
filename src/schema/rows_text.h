// A Batch as text that people can compare: what golden tests of mappers hold.
#pragma once

#include <string>

#include "base/result.h"
#include "schema/batch.h"

namespace forgehouse::schema {

/// JSON lines, one object a row, members in column order: times in ISO 8601, a JSON column as the
/// JSON it holds (as a string where it is none or spans lines). A byte that is no UTF-8 is written
/// `\udcXX`, so that it is seen and not lost. The same rows give the same text, byte for byte.
/// Errors: Corrupt where the Batch's bytes are not its rows.
Result<std::string> to_json_lines(const Batch& batch);

}  // namespace forgehouse::schema
