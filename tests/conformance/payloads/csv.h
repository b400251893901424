// One column of a table as other collectors keep recorded answers: RFC 4180, names in the first
// row.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace forgehouse::conformance {

inline std::vector<std::vector<std::string>> csv_rows(std::string_view text) {
    std::vector<std::vector<std::string>> rows;
    std::vector<std::string> row;
    std::string cell;
    bool quoted = false;
    const auto end_cell = [&] {
        row.push_back(std::move(cell));
        cell.clear();
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted) {
            const bool is_escaped = c == '"' && i + 1 < text.size() && text[i + 1] == '"';
            if (c != '"' || is_escaped) cell += c;
            if (is_escaped)
                ++i;
            else if (c == '"')
                quoted = false;
        } else if (c == '"') {
            quoted = true;
        } else if (c == ',') {
            end_cell();
        } else if (c == '\n') {
            end_cell();
            rows.push_back(std::move(row));
            row.clear();
        } else if (c != '\r') {
            cell += c;
        }
    }
    if (!cell.empty() || !row.empty()) {
        end_cell();
        rows.push_back(std::move(row));
    }
    return rows;
}

/// Empty where there is no column of that name.
inline std::vector<std::string> column_of(std::string_view text, std::string_view name) {
    const auto rows = csv_rows(text);
    std::vector<std::string> out;
    if (rows.empty()) return out;
    std::size_t place = 0;
    while (place < rows.front().size() && rows.front()[place] != name) ++place;
    for (std::size_t i = 1; i < rows.size(); ++i)
        if (place < rows[i].size()) out.push_back(rows[i][place]);
    return out;
}

}  // namespace forgehouse::conformance
