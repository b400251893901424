#include "api/rest_v2/tables.h"

#include <array>

namespace forgehouse::api::rest_v2 {

std::span<const std::span<const Route>> all_tables() {
    static const std::array tables{
        user_routes(),        workspace_routes(),
        project_routes(),     repository_routes(),
        permission_routes(),  hook_routes(),
        key_routes(),         reviewer_routes(),
        restriction_routes(), branching_model_routes(),
        ref_routes(),         commit_routes(),
        diff_routes(),        source_routes(),
        download_routes(),    description_routes(),
    };
    return tables;
}

}  // namespace forgehouse::api::rest_v2
