// How long our object store takes to read objects in the order of their ids on standard input:
//   objects_bench REPOSITORY <IDS
// Prints one line of JSON; `bytes` is to be held against what git gives.
#include <chrono>
#include <cstdio>
#include <iostream>

#include "git/object_id.h"
#include "git/repository.h"
#include "git/store/store_reader.h"
#include "git/tool.h"

namespace {

using namespace forgehouse;

Result<void> measure(const std::string& path, const std::vector<git::ObjectId>& ids) {
    const exec::Context ctx;
    TRY_LET(tool, git::Tool::open(ctx, {.environment = {}, .scratch_parent = {}}));
    TRY_LET(repository, git::Repository::open(ctx, tool, path));
    const auto begin = std::chrono::steady_clock::now();
    TRY_LET(store, git::ObjectStore::open(repository.location().common_dir + "/objects",
                                          repository.traits().format));
    git::StoreReader reader(store);
    std::uint64_t bytes = 0;
    for (const auto& id : ids) {
        TRY_LET(object, reader.read(id));
        bytes += object.size;
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    fmt::print("{{\"seconds\":{:.3f},\"objects\":{},\"bytes\":{}}}\n", took.count(), ids.size(),
               bytes);
    return {};
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fputs("usage: objects_bench REPOSITORY <IDS\n", stderr);
        return 2;
    }
    std::vector<git::ObjectId> ids;
    for (std::string line; std::getline(std::cin, line);)
        if (const auto id = git::ObjectId::from_hex(line)) ids.push_back(*id);
    const auto done = measure(argv[1], ids);
    if (done) return 0;
    fmt::print(stderr, "{}\n{}\n", done.error().describe(), done.error().hint());
    return 1;
}
