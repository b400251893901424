// Certificates: made by the program `openssl` for one test, in a folder that goes with the object.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "exec/process.h"

namespace forgehouse::net::testing {

class Certificates {
public:
    Certificates() {
        std::string name = (std::filesystem::temp_directory_path() / "fh-tls-XXXXXX").string();
        root_ = ::mkdtemp(name.data());
    }
    ~Certificates() {
        std::error_code ignored;
        std::filesystem::remove_all(root_, ignored);
    }
    Certificates(const Certificates&) = delete;
    Certificates& operator=(const Certificates&) = delete;

    /// NAME.pem and NAME.key for 127.0.0.1 and localhost, which vouches for itself.
    void make(const std::string& name) const {
        run({"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
             "-keyout", name + ".key", "-out", name + ".pem", "-subj", "/CN=" + name, "-addext",
             "subjectAltName=IP:127.0.0.1,DNS:localhost"});
    }
    void run(std::vector<std::string> arguments) const {
        const auto output = exec::run(exec::Context(), {.program = "/usr/bin/openssl",
                                                        .arguments = std::move(arguments),
                                                        .directory = root_.string()});
        ASSERT_TRUE(output && output->exit.ok()) << (output ? output->error : "no openssl");
    }
    std::string path(const std::string& name) const { return (root_ / name).string(); }
    std::string text(const std::string& name) const {
        std::ifstream file(path(name), std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

private:
    std::filesystem::path root_;
};

}  // namespace forgehouse::net::testing
