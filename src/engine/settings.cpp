// Which settings a client may set: the list is what is known to change nothing but an answer's form
// or to lower a bound.
#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "engine/exceptions.h"
#include "engine/names.h"
#include "engine/policy.h"

namespace forgehouse::engine {
namespace {

bool has_prefix(Names prefixes, std::string_view name) {
    return std::ranges::any_of(prefixes, [&](std::string_view p) { return name.starts_with(p); });
}

// Settings that the engine itself stands on, for every role.
constexpr std::string_view kOurs[]{"log_comment", "readonly"};

// How an answer is written and a body is read. Schemas and templates are files.
constexpr std::string_view kFreePrefixes[]{"output_format_", "input_format_", "format_csv_",
                                           "format_tsv_",    "format_json_",  "format_regexp",
                                           "format_custom_"};
constexpr std::string_view kFree[]{"aggregate_functions_null_for_empty",
                                   "allow_experimental_analyzer",
                                   "allow_experimental_dynamic_type",
                                   "allow_experimental_geo_types",
                                   "allow_experimental_json_type",
                                   "allow_experimental_object_type",
                                   "allow_experimental_variant_type",
                                   "allow_suspicious_low_cardinality_types",
                                   "allow_suspicious_variant_types",
                                   "any_join_distinct_right_table_keys",
                                   "async_insert",
                                   "async_insert_busy_timeout_ms",
                                   "async_insert_max_data_size",
                                   "cast_ipv4_ipv6_default_on_conversion_error",
                                   "cast_keep_nullable",
                                   "cast_string_to_dynamic_use_inference",
                                   "count_distinct_implementation",
                                   "data_type_default_nullable",
                                   "database_replicated_enforce_synchronous_settings",
                                   "date_time_input_format",
                                   "date_time_output_format",
                                   "describe_compact_output",
                                   "describe_include_subcolumns",
                                   "distinct_overflow_mode",
                                   "distributed_product_mode",
                                   "empty_result_for_aggregation_by_empty_set",
                                   "enable_analyzer",
                                   "enable_dynamic_type",
                                   "enable_json_type",
                                   "enable_positional_arguments",
                                   "enable_unaligned_array_join",
                                   "enable_variant_type",
                                   "extremes",
                                   "final",
                                   "flatten_nested",
                                   "force_index_by_date",
                                   "force_primary_key",
                                   "function_json_value_return_type_allow_nullable",
                                   "group_by_overflow_mode",
                                   "group_by_two_level_threshold",
                                   "group_by_use_nulls",
                                   "idle_connection_timeout",
                                   "insert_deduplicate",
                                   "insert_deduplication_token",
                                   "insert_null_as_default",
                                   "insert_quorum",
                                   "insert_quorum_parallel",
                                   "interval_output_format",
                                   "join_algorithm",
                                   "join_any_take_last_row",
                                   "join_default_strictness",
                                   "join_overflow_mode",
                                   "join_use_nulls",
                                   "joined_subquery_requires_alias",
                                   "legacy_column_name_of_tuple_literal",
                                   "limit",
                                   "log_queries",
                                   "max_ast_depth",
                                   "max_ast_elements",
                                   "max_block_size",
                                   "max_insert_block_size",
                                   "max_result_bytes",
                                   "max_result_rows",
                                   "max_rows_to_group_by",
                                   "max_rows_to_read",
                                   "max_bytes_to_read",
                                   "min_insert_block_size_bytes",
                                   "min_insert_block_size_rows",
                                   "mutations_sync",
                                   "alter_sync",
                                   "lightweight_deletes_sync",
                                   "offset",
                                   "optimize_read_in_order",
                                   "optimize_aggregation_in_order",
                                   "prefer_column_name_to_alias",
                                   "priority",
                                   "read_overflow_mode",
                                   "result_overflow_mode",
                                   "select_sequential_consistency",
                                   "session_timezone",
                                   "timeout_overflow_mode",
                                   "transform_null_in",
                                   "union_default_mode",
                                   "wait_for_async_insert"};

SqlResult<void> out_of_bounds(std::string_view name, std::uint64_t bound) {
    return FailureOf(exception(Code::SettingConstraintViolation,
                               fmt::format("Setting {} should be between 1 and {}", name, bound)));
}

SqlResult<void> no_number(std::string_view name, std::string_view value, std::string_view kind) {
    return FailureOf(exception(Code::CannotParseNumber,
                               fmt::format("Setting {} takes a {}, in digits: '{}' is none", name,
                                           kind, text::printable(value.substr(0, 100)))));
}

SqlResult<void> at_most(std::string_view name, std::string_view value, std::uint64_t bound) {
    const auto number = text::to_int(value);
    // More digits than fit is a number all the same.
    const bool digits = !value.empty() && value.find_first_not_of("0123456789") == value.npos;
    if (!number && !digits) return no_number(name, value, "whole number");
    if (number && *number > 0 && static_cast<std::uint64_t>(*number) <= bound) return {};
    return out_of_bounds(name, bound);
}

/// Seconds may have a fraction. What would be rounded to nothing would be no bound.
SqlResult<void> seconds_at_most(std::string_view name, std::string_view value,
                                std::uint64_t bound) {
    double number = 0;
    const char* const last = value.data() + value.size();
    const auto [end, failed] =
        std::from_chars(value.data(), last, number, std::chars_format::fixed);
    if (failed == std::errc::invalid_argument || end != last)
        return no_number(name, value, "number");
    if (failed == std::errc() && number >= 0.01 && number <= static_cast<double>(bound)) return {};
    return out_of_bounds(name, bound);
}

}  // namespace

SqlResult<void> check_setting(Role role, std::string_view name, std::string_view value,
                              const QueryLimits& limits) {
    const auto refuse = [&] {
        return FailureOf(
            exception(Code::Readonly, fmt::format("Cannot modify '{}' setting: it is not open to "
                                                  "clients of this engine",
                                                  name)));
    };
    const bool well_formed = !name.empty() && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_';
    });
    if (!well_formed || contains(kOurs, name)) return refuse();
    if (role == Role::Writer) return {};
    if (name == "max_memory_usage") return at_most(name, value, limits.memory_bytes);
    if (name == "max_execution_time") return seconds_at_most(name, value, limits.seconds);
    if (name == "max_threads") return at_most(name, value, limits.threads);
    if (name == "max_query_size") return at_most(name, value, kMaxQuerySize);
    // Values that are expressions would be evaluated without anybody having looked at them.
    if (name.starts_with("input_format_values_") || name.find("schema") != std::string_view::npos ||
        name.find("template") != std::string_view::npos)
        return refuse();
    if (contains(kFree, name) || has_prefix(kFreePrefixes, name)) return {};
    return refuse();
}

}  // namespace forgehouse::engine
