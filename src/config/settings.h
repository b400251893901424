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
    enum class From : unsigned char { Nowhere, Environment, File, Command };
    From from = From::Nowhere;
    std::string name;                  ///< Environment: the variable; File: its path
    std::vector<std::string> command;  ///< program and arguments, run without a shell

    bool empty() const noexcept { return from == From::Nowhere; }
};

enum class SourceKind : unsigned char { PlainGit };

/// A named source: repositories that `collect` reads when none is named on the command line.
struct SourceSettings {
    std::string name;
    SourceKind kind = SourceKind::PlainGit;
    std::vector<std::filesystem::path> paths;
    std::vector<std::string> urls;
    std::string data_source;
    std::string user;
    SecretRef password;
};

struct EngineSettings {
    std::filesystem::path library;
    std::chrono::milliseconds idle{};
    std::string listen;
    Bytes memory;
    bool writable = false;
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
    std::vector<std::string> ticket_projects;
    bool ticket_ignore_case = false;
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
    LogSettings log;
    std::vector<SourceSettings> sources;
};

}  // namespace forgehouse::config
