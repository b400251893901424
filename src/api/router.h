// Router: from a method and a path to the line of the table.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/query_string.h"
#include "api/route.h"

namespace forgehouse::api {

/// Threads: const functions from many threads at once.
class Router {
public:
    /// `tables` live longer. Two lines of one method and one form of path are a programming error:
    /// aborts.
    explicit Router(std::span<const std::span<const Route>> tables);
    ~Router();
    Router(const Router&) = delete;
    Router& operator=(const Router&) = delete;

    struct Match {
        const Route* route = nullptr;  ///< nullptr: nothing has that path, or not by that method
        Call::Variables variables = {};
        std::vector<Method> allowed = {};  ///< the methods that the path has
    };
    /// `from`: the first segment that counts.
    Match find(Method method, const Path& path, std::size_t from) const;

    /// Every line, in the order of the tables.
    std::span<const Route* const> routes() const noexcept { return routes_; }

private:
    struct Node;
    struct Walk;

    std::unique_ptr<Node> root_;
    std::vector<const Route*> routes_;
};

}  // namespace forgehouse::api
