// A database of its own in the PostgreSQL of this test program.
#pragma once

#include <memory>
#include <string>

#include "conformance/metadb/metadb_place.h"
#include "metadb/address.h"
#include "metadb/postgresql/database.h"

namespace forgehouse::metadb::testing {

class PostgresqlPlace final : public conformance::MetadbPlace {
public:
    /// `more`: of CREATE DATABASE.
    explicit PostgresqlPlace(const std::string& more = "");
    ~PostgresqlPlace() override;
    Result<std::unique_ptr<ports::Metadb>> open(std::span<const Migration> migrations) override;

    const std::string& name() const noexcept { return name_; }
    Address address() const;

private:
    std::string name_;
};

}  // namespace forgehouse::metadb::testing
