// What our own code must know of a statement before the database reads it: whether it is an INSERT
// whose data follow, which format the answer has, whether it can be answered in parts.
// Rights never hang on this: what is misread here is still refused by `readonly`.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace forgehouse::engine {

/// An INSERT with data behind it.
struct InsertHead {
    std::string statement;  ///< without FORMAT or VALUES
    std::string format;
    std::size_t data_offset;  ///< of the first byte of data in the text
};

struct InsertSearch {
    enum class Found : unsigned char {
        Other,     ///< no INSERT, or one without data of its own (INSERT … SELECT)
        NeedMore,  ///< the text may yet become one
        Data
    };
    Found found;
    InsertHead head;
};

/// Reads the beginning of a statement. `complete`: no more text will come.
InsertSearch find_insert(std::string_view text, bool complete);

struct QueryShape {
    std::optional<std::string> format;  ///< of its FORMAT clause
    bool selects = false;               ///< begins as a SELECT does: may be answered in parts
    bool plain = false;  ///< no totals, no other word FORMAT: the parts are the whole answer
};
QueryShape shape_of(std::string_view text);
/// The statement without its FORMAT clause.
std::string without_format(std::string_view sql);

/// How the parts that the library formats one by one can be put together.
enum class Assembly : unsigned char {
    Join,        ///< the parts joined are the document
    DropHeader,  ///< each part repeats the header
    Whole        ///< the parts are documents of their own
};
Assembly assembly_of(std::string_view format);
/// Length of the header of a part in a format of DropHeader; 0 where it is cut.
std::size_t header_length(std::string_view format, std::string_view part);

/// Names and types out of a header of RowBinaryWithNamesAndTypes, as a table function takes them:
/// `a` UInt8, `b` String. "" for a header that cannot be read.
std::string structure_of(std::string_view row_binary_header);

/// The format's media type.
std::string_view content_type_of(std::string_view format);

}  // namespace forgehouse::engine
