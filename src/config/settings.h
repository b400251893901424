// Settings: the effective configuration as plain typed values. What each means, its default and its
// names are declared in options.cpp, once.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/log.h"
#include "config/units.h"

namespace forgehouse::config {

/// Where a secret is to be found. The secret itself never stands in a configuration.
struct SecretRef {
    enum class From : unsigned char {
        Nowhere,
        Environment,  ///< the variable `name`; where it is not set, that of the folder's .env
        DotEnv,       ///< the variable `name` of the folder's .env alone
        File,         ///< the file `name`
        Command,
    };
    From from = From::Nowhere;
    std::string name;
    std::vector<std::string> command;  ///< program and arguments, run without a shell

    bool empty() const noexcept { return from == From::Nowhere; }
};

enum class SourceKind : unsigned char { PlainGit, BitbucketServer };

/// Where a forge's commits and files come from.
enum class CommitsBy : unsigned char { Auto, Git, Api };

/// A named source: repositories that `collect` reads when none is named on the command line.
struct SourceSettings {
    std::string name;
    SourceKind kind = SourceKind::PlainGit;
    std::vector<std::filesystem::path> paths;
    std::vector<std::string> urls;
    std::string data_source;
    std::string user;
    SecretRef password;
    // What follows is for forges.
    std::string url;  ///< the start page's address
    SecretRef token;
    std::vector<SecretRef> tokens;  ///< instead of `token`
    std::string header;             ///< of a gateway in front of the forge
    SecretRef header_value;
    std::chrono::milliseconds renew_every{};  ///< 0: when the server refuses
    std::filesystem::path client_certificate;
    std::filesystem::path client_key;
    std::filesystem::path ca_file;
    std::string proxy;
    std::string proxy_user;
    SecretRef proxy_password;
    // Patterns, as base/name_pattern.h reads them.
    std::vector<std::string> projects;
    std::vector<std::string> exclude_projects;
    std::vector<std::string> repositories;
    std::vector<std::string> exclude_repositories;
    std::uint32_t max_repositories = 0;  ///< 0: no bound
    bool build_statuses = false;
    CommitsBy commits = CommitsBy::Auto;
};

struct EngineSettings {
    std::filesystem::path library;
    std::chrono::milliseconds idle{};
    std::string listen;
    Bytes memory;
    bool writable = false;
    std::filesystem::path users;
    std::filesystem::path tls_certificate;
    std::filesystem::path tls_key;
    bool allow_remote = false;
    bool allow_unconfined = false;
};

struct WarehouseSettings {
    std::string url;
    std::string user;
    SecretRef password;
};

struct CollectSettings {
    std::uint32_t workers = 0;
    std::uint32_t sources_at_once = 0;
    std::uint32_t batch_size = 0;
    std::uint32_t max_workers = 0;
    std::uint32_t max_retries = 0;
    std::uint32_t page_limit = 0;
    std::chrono::milliseconds look_back{};
    std::chrono::milliseconds recheck{};
    std::chrono::milliseconds discovery_cache{};
    std::chrono::milliseconds read_timeout{};
    std::vector<std::string> ticket_projects;
    bool ticket_ignore_case = false;
    Bytes git_memory;
    Bytes git_cache;
    bool patch_ids = false;
};

struct ScheduleSettings {
    std::chrono::milliseconds interval{};
    std::string listen;
};

struct ServerSettings {
    std::string listen;
    std::string ssh_listen;
    std::string url;
    std::string database;
    SecretRef database_password;
    std::vector<std::string> shards;
    std::filesystem::path tls_certificate;
    std::filesystem::path tls_key;
    bool trust_proxy = false;
    std::uint32_t requests_per_hour = 0;
    std::uint32_t anonymous_requests_per_hour = 0;
    std::uint32_t workers = 0;
    std::chrono::milliseconds drain{};
};

struct LogSettings {
    log::Level level = log::Level::Warn;
    log::Format format = log::Format::Text;
};

struct Settings {
    std::filesystem::path data;
    std::string database;
    EngineSettings engine;
    WarehouseSettings warehouse;
    CollectSettings collect;
    ScheduleSettings schedule;
    ServerSettings server;
    LogSettings log;
    std::vector<SourceSettings> sources;
};

}  // namespace forgehouse::config
