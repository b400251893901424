// LogBound: keeps the log file of an engine bounded, also once the process may open no file.
#pragma once

#include <filesystem>

#include "exec/descriptor.h"

namespace forgehouse::engine {

class LogBound {
public:
    static constexpr long kMost = 4 * 1024 * 1024;
    static constexpr long kKept = 1024 * 1024;

    /// `written`: the descriptor that log lines go to; borrowed. Opens what will be needed. Does
    /// nothing from then on where `written` is another file than `log`.
    LogBound(int written, const std::filesystem::path& log);

    /// Where the log is longer than kMost: moves its last kKept bytes to `<log>.1`, whose content
    /// goes, and begins anew. Lines that are written at that very moment may be lost.
    void apply() const;

private:
    int written_;
    exec::Descriptor log_;
    exec::Descriptor old_;
};

}  // namespace forgehouse::engine
