#include "api/rest_v2/tables.h"
namespace forgehouse::api::rest_v2 {
std::span<const Route> permission_routes() noexcept {
    return {};
}
std::span<const Route> hook_routes() noexcept {
    return {};
}
std::span<const Route> key_routes() noexcept {
    return {};
}
std::span<const Route> reviewer_routes() noexcept {
    return {};
}
std::span<const Route> restriction_routes() noexcept {
    return {};
}
std::span<const Route> branching_model_routes() noexcept {
    return {};
}
std::span<const Route> ref_routes() noexcept {
    return {};
}
std::span<const Route> commit_routes() noexcept {
    return {};
}
std::span<const Route> diff_routes() noexcept {
    return {};
}
std::span<const Route> source_routes() noexcept {
    return {};
}
std::span<const Route> download_routes() noexcept {
    return {};
}
}  // namespace forgehouse::api::rest_v2
