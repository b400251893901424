#include "metadb/postgresql/parameters.h"

namespace forgehouse::metadb::postgresql {
namespace {

// By the alternatives of SqlValue: nothing, number, text, bytes.
constexpr std::array<Oid, 4> kTypes = {0, 20, 25, 17};
constexpr std::string_view kLetters = "nitb";

}  // namespace

Parameters::Parameters(std::span<const ports::SqlValue> values)
    : numbers_(values.size()), formats_(values.size(), 1) {
    for (std::size_t i = 0; i < values.size(); ++i) {
        std::string_view bytes;
        const auto& value = values[i].get();
        if (const auto* number = std::get_if<std::int64_t>(&value)) {
            const auto bits = static_cast<std::uint64_t>(*number);
            for (std::size_t byte = 0; byte < 8; ++byte)
                numbers_[i][byte] = static_cast<char>(bits >> (56 - 8 * byte));
            bytes = {numbers_[i].data(), 8};
        } else if (const auto* text = std::get_if<std::string>(&value)) {
            bytes = *text;
        } else if (const auto* blob = std::get_if<ports::SqlValue::Bytes>(&value)) {
            bytes = blob->value;
        }
        const bool null = std::holds_alternative<std::monostate>(value);
        values_.push_back(null ? nullptr : bytes.data());
        lengths_.push_back(static_cast<int>(bytes.size()));
    }
}

std::vector<Oid> types_of(std::span<const ports::SqlValue> values) {
    std::vector<Oid> types;
    for (const ports::SqlValue& value : values) types.push_back(kTypes[value.get().index()]);
    return types;
}

std::string type_key(std::span<const ports::SqlValue> values) {
    std::string key;
    for (const ports::SqlValue& value : values) key += kLetters[value.get().index()];
    return key + ':';
}

}  // namespace forgehouse::metadb::postgresql
