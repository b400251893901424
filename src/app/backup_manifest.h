// BackupManifest: what a backup consists of, as its manifest.json says it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace forgehouse::app {

struct BackupManifest {
    static constexpr std::string_view kKey = "manifest.json";
    static constexpr std::uint64_t kFormat = 1;

    struct Object {
        std::string key;  ///< in the backup
        std::uint64_t bytes = 0;
        std::string sha256;
        std::uint64_t rows = 0;  ///< of a table's part
    };
    struct Table {
        std::string name;
        std::vector<std::string> columns;  ///< in the order of the blocks
        std::uint64_t rows = 0;
        std::vector<Object> parts;
    };

    std::string made;     ///< when, RFC 3339
    std::string version;  ///< of the program that made it
    std::vector<Table> tables;
    std::vector<Object> archive;
    std::vector<Object> checkpoints;

    std::string as_json() const;
    /// Errors: Corrupt for anything else; Invalid for a format that is not known here.
    static Result<BackupManifest> parse(std::string_view json);
};

}  // namespace forgehouse::app
