// DotEnv: the file .env of the working directory: `NAME=value` a line, as people know it from other
// tools. Foreign bytes: the file may have come with a clone, so nothing in it is run, expanded or
// handed to a child process.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace forgehouse::config {

struct DotEnv {
    struct Entry {
        std::string value;
        int line = 0;
    };
    std::map<std::string, Entry, std::less<>> entries;
    /// Why it was not read, or a line of it was not; each begins with its place.
    std::vector<std::string> remarks;

    /// nullptr where it is not there or empty.
    const Entry* find(std::string_view name) const;
};

/// Lines `NAME=value`, `export NAME=value`, `# comment`. A value may stand between single quotes
/// (taken as it is) or double ones (with \n, \t, \", \\ and \$); of another one blanks at both ends
/// and a ` # comment` are left out. No variable is expanded. The last line of a name counts.
DotEnv parse_dotenv(std::string_view text);

/// That of `folder`. It must belong to the user and be writable by nobody else; else it is not
/// read, and a remark says so. No file is no remark.
DotEnv read_dotenv(const std::filesystem::path& folder);

}  // namespace forgehouse::config
