#include "app/exposition.h"

#include <fmt/format.h>

namespace forgehouse::app {
namespace {

std::string escaped(std::string_view value) {
    std::string out;
    for (const char c : value) {
        if (c == '\n') {
            out += "\\n";
            continue;
        }
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out;
}

}  // namespace

Exposition& Exposition::family(Literal name, Kind kind, Literal help) {
    name_ = name.view();
    head_ = fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", name_, help.view(),
                        kind == Kind::Counter ? "counter" : "gauge");
    return *this;
}

Exposition& Exposition::sample(std::uint64_t value, const Labels& labels) {
    add(labels, fmt::format("{}", value));
    return *this;
}

Exposition& Exposition::sample(double value, const Labels& labels) {
    add(labels, fmt::format("{}", value));
    return *this;
}

void Exposition::add(const Labels& labels, std::string_view value) {
    text_ += std::exchange(head_, {});
    text_ += name_;
    for (std::size_t i = 0; i < labels.size(); ++i)
        text_ += fmt::format("{}{}=\"{}\"", i == 0 ? '{' : ',', labels[i].first,
                             escaped(labels[i].second));
    text_ += fmt::format("{} {}\n", labels.empty() ? "" : "}", value);
}

}  // namespace forgehouse::app
