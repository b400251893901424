// Where a case's database lies, and the tables that it has.
#pragma once

#include <functional>
#include <memory>
#include <span>

#include "metadb/migrations.h"
#include "ports/metadb.h"

namespace forgehouse::conformance {

/// A database that is there as long as this is. Threads: open() from any, also after a fork.
class MetadbPlace {
public:
    virtual ~MetadbPlace() = default;
    virtual Result<std::unique_ptr<ports::Metadb>> open(
        std::span<const metadb::Migration> migrations) = 0;

protected:
    exec::ManualClock clock_{Time::from_seconds(1'700'000'000)};
};
using MakeMetadbPlace = std::function<std::unique_ptr<MetadbPlace>()>;

/// The tables of the cases, in every form that placeholders make.
inline constexpr metadb::Migration kSampleTables[] = {{"global", 1, "samples", R"sql(
CREATE TABLE samples (
    id {{integer}} PRIMARY KEY,
    name {{text}},
    data {{bytes}},
    size {{integer}} NOT NULL DEFAULT 0 CONSTRAINT samples_size CHECK (size >= 0)
) {{strict}};
CREATE UNIQUE INDEX samples_name ON samples (name);
-- Has its rows in the key's order.
CREATE TABLE parts (
    sample {{integer}} NOT NULL REFERENCES samples (id) ON DELETE RESTRICT,
    place {{integer}} NOT NULL,
    note {{text}} NOT NULL,
    PRIMARY KEY (sample, place)
) {{clustered}};
CREATE UNIQUE INDEX parts_note ON parts (sample, lower(note));
)sql"}};

}  // namespace forgehouse::conformance
