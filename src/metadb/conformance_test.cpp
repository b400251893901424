// Runs the kit on both databases.
#include "conformance/metadb/metadb_conformance.h"
#include "metadb/testing/postgresql_place.h"
#include "metadb/testing/sqlite_place.h"

namespace forgehouse::conformance {
namespace {

template <class Place>
std::unique_ptr<MetadbPlace> make() {
    return std::make_unique<Place>();
}

std::string name_of(const testing::TestParamInfo<MakeMetadbPlace>& place) {
    return place.index == 0 ? "sqlite" : "postgresql";
}

const auto kPlaces =
    testing::Values(make<metadb::testing::SqlitePlace>, make<metadb::testing::PostgresqlPlace>);

INSTANTIATE_TEST_SUITE_P(Both, MetadbConformance, kPlaces, name_of);
INSTANTIATE_TEST_SUITE_P(Both, MigrationConformance, kPlaces, name_of);

}  // namespace
}  // namespace forgehouse::conformance
