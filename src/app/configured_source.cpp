#include "app/configured_source.h"

#include <fmt/format.h>

#include "app/world.h"
#include "sources/registry.h"

namespace forgehouse::app {

Result<std::unique_ptr<sources::Source>> configured_source(World& world,
                                                           const config::SourceSettings& source) {
    sources::SourceOptions options;
    options.data_source = source.data_source;
    TRY_LET(password, world.secret(source.password, fmt::format("{}.password", source.name)));
    for (const auto& path : source.paths)
        options.inputs.push_back({.text = path.string(), .user = {}, .password = {}});
    for (const std::string& url : source.urls)
        options.inputs.push_back({.text = url, .user = source.user, .password = password});
    return sources::make_source(std::move(options));
}

}  // namespace forgehouse::app
