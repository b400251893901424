// Parameters: bound values as PostgreSQL's protocol takes them, in binary.
#pragma once

#include <libpq-fe.h>

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "ports/metadb.h"

namespace forgehouse::metadb::postgresql {

/// Valid as long as the values are.
class Parameters {
public:
    explicit Parameters(std::span<const ports::SqlValue> values);

    int count() const noexcept { return static_cast<int>(values_.size()); }
    const char* const* values() const noexcept { return values_.data(); }
    const int* lengths() const noexcept { return lengths_.data(); }
    const int* formats() const noexcept { return formats_.data(); }

private:
    std::vector<std::array<char, 8>> numbers_;
    std::vector<const char*> values_;
    std::vector<int> lengths_;
    std::vector<int> formats_;
};

/// The types to prepare a statement with: bigint, text, bytea; for NULL whatever fits the place.
std::vector<Oid> types_of(std::span<const ports::SqlValue> values);
/// One letter for each type, and a divider.
std::string type_key(std::span<const ports::SqlValue> values);

}  // namespace forgehouse::metadb::postgresql
