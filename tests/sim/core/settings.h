// Settings: what the command line and a scenario say about the organisation and its server.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace forgehouse::sim {

struct Settings {
    std::uint64_t seed = 1;
    std::size_t size = 12;     ///< repositories
    std::size_t pulls = 12;    ///< the middle number of pull requests of a repository
    std::size_t commits = 20;  ///< the middle number of commits besides theirs
    bool iso_dates = false;
    bool touch_all = true;  ///< comments and reviews move a pull request's updatedDate
    bool is_legacy = false;
    /// Forks that are seen of what is not seen, with pull requests to there.
    bool secret_forks = false;
    bool big_ids = false;  ///< comments and activities count from above 2^53
    std::size_t page_cap = 1000;
    std::size_t diff_cap = 10'000;  ///< lines of a diff; more are cut, and it says so
    std::string token = "sim-token";
    std::string user = "sim";
    std::string password = "sim-password";
    std::string gateway_name{};  ///< empty: no gateway
    std::string gateway_value{};
    std::filesystem::path data{};      ///< empty: a temporary folder
    std::filesystem::path manifest{};  ///< empty: none is written
    std::uint16_t port = 0;
};

}  // namespace forgehouse::sim
