// Manifest: rows of the git_* tables that a collector must bring forth, as JSON lines.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "schema/table.h"

namespace forgehouse::sim {

namespace rows {
std::string json_text(std::string_view bytes);
inline std::string value(const std::string& text) {
    return json_text(text);
}
inline std::string value(const schema::Word& word) {
    return json_text(word.value);
}
inline std::string value(const schema::Json& json) {
    return json.value;
}
inline std::string value(bool flag) {
    return flag ? "true" : "false";
}
std::string value(Time time);
std::string value(const schema::TextList& list);
template <class T>
    requires(std::is_integral_v<T> && !std::is_same_v<T, bool>)
std::string value(T number) {
    return fmt::to_string(number);
}
template <schema::NamedEnum E>
std::string value(E word) {
    return json_text(name_of(word));
}
template <class T>
std::string value(const std::optional<T>& maybe) {
    return maybe ? value(*maybe) : "null";
}

/// A text that sorts as the value does.
template <class T>
std::string order(const T& part) {
    if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>)
        return fmt::format("{:020}", part);
    else
        return value(part) + '\x01';
}

/// Whether the truth says nothing about a column, in any table.
bool is_left_out(std::string_view column) noexcept;
}  // namespace rows

class Manifest {
public:
    template <class Table, class Row>
    void add(const Table& table, const Row& row) {
        std::string line = "{";
        std::string place;
        std::size_t at = 0;
        Table::for_each_value(row, [&](const auto& member) {
            const std::string_view name = table.columns[at++].name;
            if (std::ranges::find(table.key, name) != table.key.end()) place += rows::order(member);
            if (rows::is_left_out(name)) return;
            if (line.size() > 1) line += ',';
            line += rows::json_text(name) + ':' + rows::value(member);
        });
        tables_[std::string(table.name)].insert_or_assign(std::move(place), line + "}\n");
    }
    /// So that a table without rows stands there too.
    void mention(std::string_view table) { tables_[std::string(table)]; }

    /// The rows of a table in the order of their key; "" where there is no such table.
    std::string lines(std::string_view table) const;
    /// All tables, each row as `{"table":…,"row":…}`.
    std::string all() const;
    /// One file for each table. Errors: Unavailable.
    Result<void> write(const std::filesystem::path& folder) const;

private:
    std::map<std::string, std::map<std::string, std::string>, std::less<>> tables_;
};

}  // namespace forgehouse::sim
