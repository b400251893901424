#include "sources/registry.h"

#include <array>

#include "base/text.h"
#include "sources/bitbucket_server/source.h"
#include "sources/plain_git/source.h"

namespace forgehouse::sources {
namespace {

struct Adapter {
    std::string_view kind;
    std::string_view data_source;
    Result<std::unique_ptr<Source>> (*make_source)(SourceOptions options);  ///< one of the two
    Result<std::unique_ptr<Forge>> (*make_forge)(SourceOptions options);
};

// Adding a forge is one line here.
constexpr std::array kAdapters{
    Adapter{"plain_git", "insight_git", plain_git::make, nullptr},
    Adapter{"bitbucket_server", "insight_bitbucket_server", nullptr, bitbucket_server::make},
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

Failure unknown(std::string_view kind) {
    const auto near = text::nearest(kind, kKinds);
    return Failure(Error(Errc::Invalid, "unknown kind of source")
                       .with("kind", std::string(kind))
                       .hint("Did you mean `" + std::string(near.value_or(kKinds.front())) + "`?"));
}

}  // namespace

std::span<const std::string_view> kinds() noexcept {
    return kKinds;
}

std::string_view default_data_source(std::string_view kind) noexcept {
    const Adapter* adapter = find(kind);
    return adapter ? adapter->data_source : std::string_view();
}

bool is_forge(std::string_view kind) noexcept {
    const Adapter* adapter = find(kind);
    return adapter && adapter->make_forge;
}

Result<std::unique_ptr<Source>> make_source(SourceOptions options) {
    const Adapter* adapter = find(options.kind);
    if (!adapter) return unknown(options.kind);
    if (!adapter->make_source)
        return Failure(
            Error(Errc::Invalid, "this kind of source lists its own repositories")
                .with("kind", options.kind)
                .hint("Give the server's address, and choose repositories by patterns."));
    if (options.data_source.empty()) options.data_source = adapter->data_source;
    return adapter->make_source(std::move(options));
}

Result<std::unique_ptr<Forge>> make_forge(SourceOptions options) {
    const Adapter* adapter = find(options.kind);
    if (!adapter) return unknown(options.kind);
    if (!adapter->make_forge)
        return Failure(Error(Errc::Invalid, "this kind of source is no server")
                           .with("kind", options.kind)
                           .hint("Name its repositories one by one, by path or URL."));
    if (options.data_source.empty()) options.data_source = adapter->data_source;
    return adapter->make_forge(std::move(options));
}

}  // namespace forgehouse::sources
