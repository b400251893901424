#include "api/router.h"

#include <map>

#include "base/check.h"
#include "base/text.h"

namespace forgehouse::api {

std::string_view name_of(Method method) noexcept {
    switch (method) {
        case Method::Get: return "GET";
        case Method::Post: return "POST";
        case Method::Put: return "PUT";
        case Method::Delete: return "DELETE";
    }
    return "GET";
}

struct Router::Node {
    std::map<std::string_view, std::unique_ptr<Node>> fixed;
    std::unique_ptr<Node> variable;  ///< one part, whatever it is
    std::unique_ptr<Node> rest;      ///< all that is left, at least one part
    std::map<Method, const Route*> here;
};

namespace {

bool is_variable(std::string_view part) {
    return part.starts_with('{');
}

bool takes_rest(std::string_view part) {
    return part.ends_with("…}");
}

std::string_view variable_name(std::string_view part) {
    part.remove_prefix(1);
    part.remove_suffix(takes_rest(part) ? std::string_view("…}").size() : 1);
    return part;
}

template <class Pointer>
Pointer& made(Pointer& pointer) {
    if (!pointer) pointer = std::make_unique<typename Pointer::element_type>();
    return pointer;
}

}  // namespace

Router::Router(std::span<const std::span<const Route>> tables) : root_(std::make_unique<Node>()) {
    for (const std::span<const Route> table : tables)
        for (const Route& route : table) {
            Node* node = root_.get();
            for (const std::string_view part : text::split(route.path.view().substr(1), '/'))
                node = !is_variable(part) ? made(node->fixed[part]).get()
                       : takes_rest(part) ? made(node->rest).get()
                                          : made(node->variable).get();
            CHECK(node->here.emplace(route.method, &route).second);
            routes_.push_back(&route);
        }
}

Router::~Router() = default;

/// One search: goes down the tree, and back where a way leads nowhere.
struct Router::Walk {
    const Method method;
    const Path& path;
    Match match = {};
    std::vector<std::string> values = {};

    bool ends_at(const Node& node) {
        if (node.here.empty()) return false;
        for (const auto& [allowed, route] : node.here) match.allowed.push_back(allowed);
        const auto found = node.here.find(method);
        if (found != node.here.end()) match.route = found->second;
        return true;
    }

    bool go(const Node& node, std::size_t at) {
        if (at == path.size()) return ends_at(node);
        const auto fixed = node.fixed.find(path.text(at));
        if (fixed != node.fixed.end() && go(*fixed->second, at + 1)) return true;
        if (const auto part = path.plain(at); node.variable && part) {
            values.emplace_back(*part);
            if (go(*node.variable, at + 1)) return true;
            values.pop_back();
        }
        if (!node.rest) return false;
        values.push_back(path.rest(at));
        return go(*node.rest, path.size());
    }
};

Router::Match Router::find(Method method, const Path& path, std::size_t from) const {
    Walk walk{.method = method, .path = path};
    walk.go(*root_, from);
    if (!walk.match.route) return std::move(walk.match);
    std::size_t at = 0;
    for (const std::string_view part : text::split(walk.match.route->path.view().substr(1), '/'))
        if (is_variable(part))
            walk.match.variables.emplace_back(variable_name(part), std::move(walk.values[at++]));
    return std::move(walk.match);
}

}  // namespace forgehouse::api
