// Exchange: one request as the simulators see it, and what they answer.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/http_server.h"

namespace forgehouse::sim {

struct Asked {
    const net::HttpRequest* request;
    std::string path;                          ///< decoded
    std::vector<std::string> parts;            ///< of the path, each decoded
    std::map<std::string, std::string> query;  ///< decoded; the last of a name
    std::string body;

    std::string_view value(const std::string& name, std::string_view otherwise = {}) const {
        const auto found = query.find(name);
        return found == query.end() ? otherwise : std::string_view(found->second);
    }
};

/// Takes a target apart.
Asked parse_target(const net::HttpRequest& request);

struct Answer {
    unsigned status = 200;
    std::string body;
    std::string type = "application/json;charset=UTF-8";
    std::vector<std::pair<std::string, std::string>> headers{};
};

}  // namespace forgehouse::sim
