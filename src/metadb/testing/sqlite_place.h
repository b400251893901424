// A SQLite file in a folder of its own.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <string>

#include "base/check.h"
#include "conformance/metadb/metadb_place.h"
#include "metadb/sqlite/database.h"

namespace forgehouse::metadb::testing {

class SqlitePlace final : public conformance::MetadbPlace {
public:
    ~SqlitePlace() override { std::filesystem::remove_all(folder); }
    Result<std::unique_ptr<ports::Metadb>> open(std::span<const Migration> migrations) override {
        return open_sqlite({}, folder / "forge.db",
                           {.clock = clock_, .parts = {}, .migrations = migrations});
    }
    const std::filesystem::path folder = make_folder();

private:
    static std::filesystem::path make_folder() {
        std::string name =
            (std::filesystem::temp_directory_path() / "forgehouse-metadb-XXXXXX").string();
        CHECK(::mkdtemp(name.data()) != nullptr);
        return name;
    }
};

}  // namespace forgehouse::metadb::testing
