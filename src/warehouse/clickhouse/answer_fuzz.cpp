// Any bytes as an answer with an exception behind it: the filter, the table reader and the error
// parser must end with values or errors, and what is no exception must come through unchanged. The
// first byte says into which pieces the rest is cut, its lowest bit whether a tag was announced.
#include "base/check.h"
#include "warehouse/clickhouse/answer.h"
#include "warehouse/clickhouse/body_filter.h"
#include "warehouse/clickhouse/errors.h"

using namespace forgehouse;
using namespace forgehouse::warehouse::clickhouse;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(data, data + size);
    if (bytes.empty()) return 0;
    const auto first = static_cast<std::uint8_t>(bytes[0]);
    const std::string_view answer = std::string_view(bytes).substr(1);
    BodyFilter filter(first % 2 == 1 ? "tagtagtagtagtagt" : "");
    AnswerReader reader(100);
    std::string passed;
    const ports::ByteSink sink = [&](std::string_view part) {
        passed += part;
        return reader.feed(part);
    };
    Result<void> fed;
    for (std::size_t i = 0; i < answer.size() && fed; i += 1 + first)
        fed = filter.feed(answer.substr(i, 1 + first), sink);
    const Error cut(Errc::Unavailable, "cut");
    if (fed) fed = filter.finish(first % 4 < 2 ? &cut : nullptr, sink);
    CHECK(answer.starts_with(passed));
    CHECK(!fed || passed == answer);
    if (fed) (void)reader.finish();
    (void)error_from_exception(answer).describe();
    return 0;
}
