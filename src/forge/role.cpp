#include "forge/role.h"

#include <array>

namespace forgehouse::forge {
namespace {

constexpr std::array<std::string_view, 5> kNames{"none", "read", "write", "create", "admin"};

}  // namespace

std::string_view name_of(Role role) noexcept {
    return kNames[static_cast<std::size_t>(role)];
}

std::optional<Role> role_named(std::string_view name) noexcept {
    if (name == "create-repo") return Role::Create;
    for (std::size_t i = 0; i < kNames.size(); ++i)
        if (kNames[i] == name) return static_cast<Role>(i);
    return std::nullopt;
}

Role role_of(std::int64_t number) noexcept {
    return number >= 0 && number <= 4 ? static_cast<Role>(number) : Role::None;
}

}  // namespace forgehouse::forge
