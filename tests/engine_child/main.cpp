// The engine as a program of its own, for the tests of src/engine: what `forgehouse engine` is,
// without the command line around it.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/log.h"
#include "engine/serve.h"

int main(int argc, char** argv, char** variables) {
    using namespace forgehouse;
    engine::Options options;
    options.environment = engine::Environment::of(variables);
    if (const auto shed = engine::shed_environment(options.environment, argv); !shed) return 1;
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        const char* value = i + 1 < argc ? argv[i + 1] : "";
        if (word == "--data") options.data_dir = value;
        if (word == "--idle") options.idle = std::chrono::seconds(std::atoi(value));
        if (word == "--listen") options.listen = value;
        if (word == "--library") options.library = value;
        if (word == "--users") options.users = value;
        if (word == "--tls-certificate") options.tls_certificate = value;
        if (word == "--tls-key") options.tls_key = value;
        if (word == "--writable") options.writable = true;
        if (word == "--allow-remote") options.allow_remote = true;
        if (word == "--no-landlock") options.use_landlock = false;
    }
    options.announce = [](std::string_view line) {
        std::printf("%.*s\n", static_cast<int>(line.size()), line.data());
        std::fflush(stdout);
    };
    const auto ending = engine::serve(options);
    if (!ending) {
        log::write(log::Level::Error, "engine", "cannot serve", ending.error(),
                   {{"hint", ending.error().hint()}});
        engine::leave(1);
    }
    engine::leave(0);
}
