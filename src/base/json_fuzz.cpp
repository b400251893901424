// Any bytes: they parse or give an error, and what parses can be walked to its end.
#include "base/json.h"

namespace {

using forgehouse::json::Value;

std::size_t walk(const Value& value) {
    std::size_t seen = value.is_null() + value.flag().has_value() + value.integer().has_value() +
                       value.count().has_value() + value.number().has_value();
    if (const auto text = value.text()) seen += text->size();
    if (const auto items = value.items())
        for (const Value& item : *items) seen += walk(item);
    if (const auto members = value.members())
        for (const auto& [name, member] : *members)
            seen += walk(member) + value.find(name).has_value();
    return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // An array of a million empty members would be quadratic in walk(), not in the parser.
    if (size > 4096) return 0;
    const auto document = forgehouse::json::Document::parse(
        std::string_view(reinterpret_cast<const char*>(data), size));
    if (!document) return 0;
    walk(document->root());
    std::string printed;
    forgehouse::json::print(printed, document->root());
    const auto again = forgehouse::json::Document::parse(printed);
    std::string once_more;
    if (again) forgehouse::json::print(once_more, again->root());
    if (once_more != printed) __builtin_trap();
    return 0;
}
