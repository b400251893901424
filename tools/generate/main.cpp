// forgehouse-generate [ROOT]: writes every file of the source tree that is derived from the schema.
#include <fmt/format.h>

#include <cstdio>

#include "generate/generated.h"

int main(int argc, char** argv) {
    if (argc > 2) {
        fmt::print(stderr, "usage: forgehouse-generate [ROOT]\n");
        return 2;
    }
    const auto written =
        forgehouse::generate::write_generated(argc == 2 ? argv[1] : FORGEHOUSE_SOURCE_DIR);
    if (!written) {
        fmt::print(stderr, "{}\n{}\n", written.error().describe(), written.error().hint());
        return 1;
    }
    for (const std::string& path : *written) fmt::print("{}\n", path);
    return 0;
}
