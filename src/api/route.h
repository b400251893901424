// Route: one line of the API's table. Everything that is said about an operation stands in it once:
// the router, the permission that it wants, the scopes, the OpenAPI document and the matrix of
// permissions in the tests are read out of it.
//
// The permission is the type of the proof that the function takes: `route<get_repository>(…)` of
// `Result<Answer> get_repository(Call&, const RepoRead&)` asks for a RepoRead of the repository in
// the path, and there is no other way to call it.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "api/call.h"
#include "api/services.h"
#include "base/literal.h"
#include "forge/permission.h"

namespace forgehouse::api {

enum class Method : std::uint8_t { Get, Post, Put, Delete };
std::string_view name_of(Method method) noexcept;

/// What an operation is about, and the least role in it.
struct Access {
    enum class Object : std::uint8_t { Anybody, User, Site, Workspace, Project, Repository };
    Object object;
    forge::Role least = forge::Role::None;
};

/// A parameter of the query, for the description.
struct QueryParameter {
    Literal name;
    Literal type;  ///< string, integer, boolean
    Literal about;
};

/// What is said of an operation.
struct RouteInfo {
    Method method;
    Literal path;       ///< `/repositories/{workspace}/{repo_slug}`; `{path…}` takes the rest
    Literal operation;  ///< its id, as Atlassian's description and its clients have it
    Literal tag;
    Literal summary;
    forge::Scope scope;     ///< that a token needs
    Literal answer = "";    ///< the schema of the answer; "": none, `paginated_…` for pages
    Literal body = "";      ///< the schema of the body
    unsigned status = 200;  ///< of an answer that went well
    std::span<const QueryParameter> query = {};
    bool is_costly = false;  ///< counted by what it costs
};

struct Route : RouteInfo {
    Access access;
    Result<Answer> (*enter)(Call& call);
};

/// How a proof of each type is come by, out of the variables of the path.
template <class Proof>
struct Gate;

template <>
struct Gate<forge::Anybody> {
    static constexpr Access kAccess{Access::Object::Anybody};
    static Result<forge::Anybody> open(Call& call) {
        return call.services().permissions.anybody(call.actor());
    }
};
template <>
struct Gate<forge::SignedIn> {
    static constexpr Access kAccess{Access::Object::User};
    static Result<forge::SignedIn> open(Call& call) {
        return call.services().permissions.signed_in(call.actor());
    }
};
template <>
struct Gate<forge::SiteAdmin> {
    static constexpr Access kAccess{Access::Object::Site, forge::Role::Admin};
    static Result<forge::SiteAdmin> open(Call& call) {
        return call.services().permissions.site_admin(call.actor());
    }
};
template <forge::Role least>
struct Gate<forge::WorkspaceProof<least>> {
    static constexpr Access kAccess{Access::Object::Workspace, least};
    static Result<forge::WorkspaceProof<least>> open(Call& call) {
        return call.services().permissions.workspace<least>(call.ctx(), call.actor(),
                                                            call.path("workspace"));
    }
};
template <forge::Role least>
struct Gate<forge::ProjectProof<least>> {
    static constexpr Access kAccess{Access::Object::Project, least};
    static Result<forge::ProjectProof<least>> open(Call& call) {
        return call.services().permissions.project<least>(
            call.ctx(), call.actor(), call.path("workspace"), call.path("project_key"));
    }
};
template <forge::Role least>
struct Gate<forge::RepoProof<least>> {
    static constexpr Access kAccess{Access::Object::Repository, least};
    static Result<forge::RepoProof<least>> open(Call& call) {
        return call.services().permissions.repository<least>(
            call.ctx(), call.actor(), call.path("workspace"), call.path("repo_slug"));
    }
};

namespace detail {

template <class Function>
struct ProofOf;
template <class Proof>
struct ProofOf<Result<Answer> (*)(Call&, const Proof&)> {
    using Type = Proof;
};

}  // namespace detail

/// The line of one function.
template <auto function>
constexpr Route route(RouteInfo info) {
    using Proof = detail::ProofOf<decltype(function)>::Type;
    return Route{info, Gate<Proof>::kAccess, [](Call& call) -> Result<Answer> {
                     TRY_LET(proof, Gate<Proof>::open(call));
                     return function(call, proof);
                 }};
}

}  // namespace forgehouse::api
