#include "api/rest_v2/description.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <vector>

#include "api/rest_v2/tables.h"
#include "base/check.h"
#include "base/json.h"
#include "base/text.h"
#include "forge/identity/scopes.h"
#include "forge/role.h"

namespace forgehouse::api::rest_v2 {
namespace {

/// `{path…}` is `{path}` to all others.
std::string plain_path(std::string_view path) {
    std::string plain(path);
    for (std::size_t at; (at = plain.find("…")) != std::string::npos;)
        plain.erase(at, std::string_view("…").size());
    return plain;
}

void parameter(json::Writer& out, std::string_view name, std::string_view in, std::string_view type,
               std::string_view about) {
    out.object();
    out.name("name").text(name).name("in").text(in);
    if (in == "path") out.name("required").flag(true);
    if (!about.empty()) out.name("description").text(about);
    out.name("schema").object().name("type").text(type).end();
    out.end();
}

void parameters(json::Writer& out, const Route& route, const std::string& path) {
    out.name("parameters").array();
    for (const std::string_view part : text::split(path, '/'))
        if (part.starts_with('{'))
            parameter(out, part.substr(1, part.size() - 2), "path", "string", "");
    for (const QueryParameter& one : route.query)
        parameter(out, one.name.view(), "query", one.type.view(), one.about.view());
    if (route.answer.view().starts_with("paginated_")) {
        parameter(out, "page", "query", "string", "The page, as `next` of the one before has it.");
        parameter(out, "pagelen", "query", "integer", "How many values on a page: 10 without it.");
        parameter(out, "q", "query", "string", "Only those that the condition holds for.");
        parameter(out, "sort", "query", "string", "The field to sort by; with - in front, down.");
    }
    if (!route.answer.empty())
        parameter(out, "fields", "query", "string", "The part of the answer that is wanted.");
    out.end();
}

void content(json::Writer& out, std::string_view schema) {
    out.name("content").object().name("application/json").object().name("schema").object();
    out.name("$ref").text("#/components/schemas/" + std::string(schema));
    out.end().end().end();
}

std::string_view object_name(Access::Object object) {
    constexpr std::array<std::string_view, 6> kNames{"nothing",   "user",    "installation",
                                                     "workspace", "project", "repository"};
    return kNames[static_cast<std::size_t>(object)];
}

void operation(json::Writer& out, const Route& route, const std::string& path) {
    out.object();
    out.name("operationId").text(route.operation.view());
    out.name("tags").array().text(route.tag.view()).end();
    out.name("summary").text(route.summary.view());
    parameters(out, route, path);
    if (!route.body.empty()) {
        out.name("requestBody").object();
        content(out, route.body.view());
        out.end();
    }
    out.name("responses").object();
    out.name(std::to_string(route.status)).object();
    out.name("description").text(route.answer.empty() ? "Done." : "The answer.");
    if (!route.answer.empty()) content(out, route.answer.view());
    out.end();
    out.name("default").object().name("description").text("What went wrong.");
    content(out, "error");
    out.end().end();
    out.name("security").array().object().end();
    for (const std::string_view scheme : {"basic", "bearer"})
        out.object().name(scheme).array().end().end();
    out.end();
    out.name("x-scope").text(forge::name_of(route.scope));
    out.name("x-object").text(object_name(route.access.object));
    out.name("x-role").text(forge::name_of(route.access.least));
    out.end();
}

/// A page of each schema that a list answers with.
void page_schemas(json::Writer& out, std::span<const std::span<const Route>> tables) {
    constexpr std::string_view kPage = "paginated_";
    std::set<std::string_view> names;
    for (const std::span<const Route> table : tables)
        for (const Route& route : table)
            if (route.answer.view().starts_with(kPage)) names.insert(route.answer.view());
    for (const std::string_view name : names) {
        out.name(name).object().name("type").text("object").name("properties").object();
        for (const std::string_view number : {"size", "page", "pagelen"})
            out.name(number).object().name("type").text("integer").end();
        for (const std::string_view address : {"next", "previous"}) {
            out.name(address).object().name("type").text("string");
            out.name("format").text("uri").end();
        }
        out.name("values").object().name("type").text("array").name("items").object();
        out.name("$ref").text("#/components/schemas/" + std::string(name.substr(kPage.size())));
        out.end().end().end();
        out.name("required").array().text("values").end();
        out.end();
    }
}

std::string lower_method(Method method) {
    return text::lower_ascii(name_of(method));
}

Result<Answer> get_description(Call& call, const forge::Anybody&) {
    return Answer::json(openapi(all_tables(), call.base()));
}

constexpr std::array kRoutes{route<get_description>({.method = Method::Get,
                                                     .path = "/swagger.json",
                                                     .operation = "getDescription",
                                                     .tag = "Description",
                                                     .summary = "This document.",
                                                     .scope = forge::Scope::None,
                                                     .answer = "object"})};

}  // namespace

std::string openapi(std::span<const std::span<const Route>> tables, std::string_view base) {
    std::map<std::string, std::vector<const Route*>> paths;
    for (const std::span<const Route> table : tables)
        for (const Route& route : table) paths[plain_path(route.path.view())].push_back(&route);
    json::Writer out;
    out.object();
    out.name("openapi").text("3.0.3");
    out.name("info").object();
    out.name("title").text("Forgehouse");
    out.name("version").text("2.0");
    out.name("description").text("Bitbucket Cloud's REST API 2.0, as this server has it.").end();
    out.name("servers").array().object().name("url").text(base).end().end();
    out.name("paths").object();
    for (const auto& [path, routes] : paths) {
        out.name(path).object();
        for (const Route* route : routes) {
            out.name(lower_method(route->method));
            operation(out, *route, path);
        }
        out.end();
    }
    out.end();
    out.name("components").object();
    out.name("securitySchemes").object();
    out.name("basic").object().name("type").text("http").name("scheme").text("basic").end();
    out.name("bearer").object().name("type").text("http").name("scheme").text("bearer").end();
    out.end();
    out.name("schemas").object();
    const auto schemas = json::Document::parse(schemas_json());
    if (SOUND(schemas)) {
        const auto members = schemas->root().members();
        for (const auto& [name, schema] : *members) {
            std::string text;
            json::print(text, schema);
            out.name(name).raw(text);
        }
    }
    page_schemas(out, tables);
    out.end();
    out.end();
    out.end();
    return out.take();
}

std::span<const Route> description_routes() noexcept {
    return kRoutes;
}

}  // namespace forgehouse::api::rest_v2
