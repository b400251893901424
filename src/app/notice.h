// Notice: a line of JSON on standard error that is no event of the log but news for whoever waits:
// progress, what came of it. Made like a line of the log, so that one reader understands both.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "base/time.h"

namespace forgehouse::app {

class Notice {
public:
    Notice(Time now, std::string_view message);

    Notice& text(std::string_view name, std::string_view value);
    Notice& count(std::string_view name, std::uint64_t value);
    /// The object and its newline. Once.
    std::string take();

private:
    json::Writer out_;
};

}  // namespace forgehouse::app
