// A real PostgreSQL, started once for a test program by the first case that asks for it.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/check.h"
#include "exec/process.h"

namespace forgehouse::metadb::testing {

/// Threads: that of the test.
class PostgresqlServer : public ::testing::Environment {
public:
    /// The one of this program.
    static PostgresqlServer& get();

    /// The URL with its password, of the database `name`; starts the server where there is none.
    std::string url(const std::string& name);
    const std::string& password() {
        ensure();
        return password_;
    }
    /// `start`, `stop` or `kill`; returns what tools/services/postgresql answers.
    std::string tell(const std::string& command);
    void TearDown() override;

private:
    void ensure();
    std::string line();

    std::unique_ptr<exec::Process> process_;
    std::string unread_;
    std::string url_;
    std::string password_;
};

}  // namespace forgehouse::metadb::testing
