// The lines of the REST API 2.0, by what they are about; each table stands at the end of the file
// that answers it.
#pragma once

#include <span>

#include "api/route.h"

namespace forgehouse::api::rest_v2 {

std::span<const Route> user_routes() noexcept;
std::span<const Route> workspace_routes() noexcept;
std::span<const Route> project_routes() noexcept;
std::span<const Route> repository_routes() noexcept;
std::span<const Route> permission_routes() noexcept;
std::span<const Route> hook_routes() noexcept;
std::span<const Route> key_routes() noexcept;
std::span<const Route> reviewer_routes() noexcept;
std::span<const Route> restriction_routes() noexcept;
std::span<const Route> branching_model_routes() noexcept;
std::span<const Route> ref_routes() noexcept;
std::span<const Route> commit_routes() noexcept;
std::span<const Route> diff_routes() noexcept;
std::span<const Route> source_routes() noexcept;
std::span<const Route> download_routes() noexcept;
std::span<const Route> description_routes() noexcept;

/// All of them.
std::span<const std::span<const Route>> all_tables();

}  // namespace forgehouse::api::rest_v2
