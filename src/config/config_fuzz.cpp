// Fuzzes the whole way from the bytes of a configuration to settings and their print.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "base/check.h"
#include "config/load.h"
#include "config/print.h"

namespace {

/// One file of memory that lives as long as the process.
std::string scratch_file() {
    std::string path = "/dev/shm/forgehouse-config-fuzz-" + std::to_string(::getpid());
    std::atexit([] {
        ::unlink(("/dev/shm/forgehouse-config-fuzz-" + std::to_string(::getpid())).c_str());
    });
    return path;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace forgehouse;
    static const std::string path = scratch_file();
    {
        std::ofstream out(path, std::ios::binary | std::ios::trunc);
        for (std::size_t i = 0; i < size; ++i) out.put(static_cast<char>(data[i]));
    }
    const config::Inputs inputs{.file = path, .environment = {}, .folder = "/", .overrides = {}};
    const config::Loaded loaded = config::load(inputs);
    for (const Error& problem : loaded.problems) CHECK(!problem.field("at").empty());
    if (!loaded.problems.empty()) return 0;
    // What is printed must read back to the same print, secrets apart.
    const auto secret = [](const config::SourceSettings& s) { return !s.password.empty(); };
    if (std::ranges::any_of(loaded.settings.sources, secret)) return 0;
    const std::string printed = config::print_yaml(loaded);
    {
        std::ofstream out(path, std::ios::binary | std::ios::trunc);
        out << printed;
    }
    const config::Loaded again = config::load(inputs);
    CHECK(again.problems.empty());
    CHECK(again.settings.sources.size() == loaded.settings.sources.size());
    CHECK(again.settings.data == loaded.settings.data);
    return 0;
}
