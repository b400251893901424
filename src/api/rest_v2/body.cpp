#include "api/rest_v2/body.h"

namespace forgehouse::api::rest_v2 {
namespace {

Error wrong_type(Literal name, const char* hint) {
    return Error(Errc::Invalid, "this member of the body is of another type")
        .with("field", std::string(name.view()))
        .hint(hint);
}

}  // namespace

Result<std::optional<std::string>> text_in(const json::Value& object, Literal name) {
    const auto member = object.find(name.view());
    if (!member) return std::nullopt;
    const auto text = member->text();
    if (!text) return Failure(wrong_type(name, "it is to be a string"));
    return std::string(*text);
}

Result<std::optional<bool>> flag_in(const json::Value& object, Literal name) {
    const auto member = object.find(name.view());
    if (!member) return std::nullopt;
    const auto flag = member->flag();
    if (!flag) return Failure(wrong_type(name, "it is to be true or false"));
    return *flag;
}

Result<std::optional<std::int64_t>> integer_in(const json::Value& object, Literal name) {
    const auto member = object.find(name.view());
    if (!member) return std::nullopt;
    const auto number = member->integer();
    if (!number) return Failure(wrong_type(name, "it is to be a whole number"));
    return *number;
}

Result<std::optional<std::vector<std::string>>> texts_in(const json::Value& object, Literal name) {
    const auto member = object.find(name.view());
    if (!member) return std::nullopt;
    const auto items = member->items();
    if (!items) return Failure(wrong_type(name, "it is to be a list of strings"));
    std::vector<std::string> texts;
    for (const json::Value& item : *items) {
        const auto text = item.text();
        if (!text) return Failure(wrong_type(name, "it is to be a list of strings"));
        texts.emplace_back(*text);
    }
    return texts;
}

Result<std::optional<std::string>> text_in(const json::Value& object, Literal outer, Literal name) {
    const auto member = object.find(outer.view());
    if (!member) return std::nullopt;
    if (member->kind() != json::Kind::Object)
        return Failure(wrong_type(outer, "it is to be an object"));
    return text_in(*member, name);
}

}  // namespace forgehouse::api::rest_v2
