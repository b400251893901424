#include "schema/table.h"

namespace forgehouse::schema {

std::string described(const ColumnInfo& column) {
    std::string out(column.doc);
    for (std::size_t i = 0; i < column.words.size(); ++i) {
        const std::string_view word = column.words[i];
        out += i == 0 ? " One of " : i + 1 < column.words.size() ? ", " : " or ";
        out += word.empty() ? "''" : word;
    }
    return column.words.empty() ? out : out + ".";
}

}  // namespace forgehouse::schema
