// The schema in BigQuery's words: the Table resource of its REST API, which `bq mk` and
// `tables.insert` take. Pure functions.
#pragma once

#include <string>

#include "schema/table.h"

namespace forgehouse::warehouse::bigquery {

/// The table as a Table resource without its project and dataset: fields with mode and description,
/// partitioned by month of its immutable time where it has one, clustered by the first columns of
/// its key. The label `forgehouse_schema` records the schema version.
///
/// BigQuery has no unsigned and no 32-bit integers (INTEGER is 64 bits, signed) and STRING is
/// UTF-8: a loader must mend the columns that hold git's bytes.
std::string table_json(const schema::TableInfo& table);

}  // namespace forgehouse::warehouse::bigquery
