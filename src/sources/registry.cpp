#include "sources/registry.h"

#include <array>

#include "base/text.h"
#include "sources/plain_git/source.h"

namespace forgehouse::sources {
namespace {

struct Adapter {
    std::string_view kind;
    std::string_view data_source;
    Result<std::unique_ptr<Source>> (*make)(SourceOptions options);
};

// Adding a forge is one line here.
constexpr std::array kAdapters{
    Adapter{.kind = "plain_git", .data_source = "insight_git", .make = plain_git::make},
};

constexpr auto kKinds = [] {
    std::array<std::string_view, kAdapters.size()> names;
    for (std::size_t i = 0; i < names.size(); ++i) names[i] = kAdapters[i].kind;
    return names;
}();

const Adapter* find(std::string_view kind) noexcept {
    for (const Adapter& adapter : kAdapters)
        if (adapter.kind == kind) return &adapter;
    return nullptr;
}

}  // namespace

std::span<const std::string_view> kinds() noexcept {
    return kKinds;
}

std::string_view default_data_source(std::string_view kind) noexcept {
    const Adapter* adapter = find(kind);
    return adapter ? adapter->data_source : std::string_view();
}

Result<std::unique_ptr<Source>> make_source(SourceOptions options) {
    const Adapter* adapter = find(options.kind);
    if (!adapter) {
        const auto near = text::nearest(options.kind, kinds());
        return Failure(
            Error(Errc::Invalid, "unknown kind of source")
                .with("kind", options.kind)
                .hint("Did you mean `" + std::string(near.value_or(kKinds.front())) + "`?"));
    }
    if (options.data_source.empty()) options.data_source = adapter->data_source;
    return adapter->make(std::move(options));
}

}  // namespace forgehouse::sources
