// Small answers: FORMAT TabSeparatedWithNamesAndTypes into ports::Answer.
#pragma once

#include <string>
#include <string_view>

#include "ports/warehouse.h"

namespace forgehouse::warehouse::clickhouse {

/// Collects an answer piece by piece. Not shared between threads.
class AnswerReader {
public:
    /// An answer of more rows than `most_rows` is refused.
    explicit AnswerReader(std::size_t most_rows) : most_rows_(most_rows) {}

    /// Errors: Invalid beyond the limits, Corrupt for a row of another width.
    Result<void> feed(std::string_view bytes);
    /// The answer has ended. Corrupt in the middle of a line.
    Result<ports::Answer> finish();

private:
    Result<void> take_line(std::string_view line);

    std::size_t most_rows_;
    ports::Answer answer_;
    std::string partial_;  ///< the beginning of a line
    std::size_t lines_ = 0;
    std::size_t bytes_ = 0;
};

/// The value of one TSV field; nullopt for `\N`.
std::optional<std::string> unescaped(std::string_view field);

/// `value` as a bound parameter's text for a type whose values are read as TSV fields.
std::string escaped(std::string_view value);

}  // namespace forgehouse::warehouse::clickhouse
