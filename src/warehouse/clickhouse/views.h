// The views over the git_* tables that users of other collectors know: one file
// views/<database>/<view>.sql for each, embedded at build time.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "warehouse/clickhouse/ddl.h"

namespace forgehouse::warehouse::clickhouse {

/// A SELECT over git_* tables that are named without their database.
struct View {
    std::string_view database;
    std::string_view name;
    std::string_view select;
};

/// All views, sorted by database and name. Static.
std::span<const View> all_views() noexcept;

/// What the comment of the view says: the schema version and a fingerprint of its definition, so
/// that a view is made anew exactly where it differs.
std::string view_comment(const View& view, const Layout& layout);

/// `CREATE OR REPLACE VIEW …`.
std::string create_view(const View& view, const Layout& layout);

}  // namespace forgehouse::warehouse::clickhouse
