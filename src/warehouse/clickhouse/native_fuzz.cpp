// Any bytes as an answer: the decoder must end with blocks whose every value can be read, or with
// an error. The first byte says into which pieces the rest is cut.
#include "schema/batch_reader.h"
#include "warehouse/clickhouse/native.h"

namespace {

using namespace forgehouse;

struct Row {
    schema::Word word;
    std::uint32_t count;
    bool flag;
    std::optional<Time> at;
    std::optional<std::string> text;
    schema::TextList list;
};

constexpr auto kRows =
    schema::shape<Row>("rows", schema::column<&Row::word>(""), schema::column<&Row::count>(""),
                       schema::column<&Row::flag>(""), schema::column<&Row::at>(""),
                       schema::column<&Row::text>(""), schema::column<&Row::list>(""));

// What was decoded must be what a reader of batches can index.
Result<void> read_all(const schema::Batch& batch) {
    CHECK(schema::BatchReader::open(batch).has_value());
    return {};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(data, data + size);
    if (bytes.empty()) return 0;
    const std::size_t piece = 1 + static_cast<std::uint8_t>(bytes[0]);
    warehouse::clickhouse::NativeDecoder decoder(kRows.info());
    for (std::size_t i = 1; i < bytes.size(); i += piece)
        if (!decoder.feed(std::string_view(bytes).substr(i, piece), read_all)) return 0;
    (void)decoder.finish();
    return 0;
}
