// How long our object store takes to read objects whose ids come on standard input, in that order:
//   objects_bench REPOSITORY [THREADS [together]] <IDS
// Each thread reads its part of them; all share 96 MB for what deltas are made from. With
// `together` each thread asks for all of its part at once.
// Prints one line of JSON; `bytes` is to be held against what git gives.
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <thread>

#include "git/object_access.h"
#include "git/object_id.h"
#include "git/repository.h"
#include "git/store/store_reader.h"
#include "git/tool.h"

namespace {

using namespace forgehouse;

constexpr std::size_t kCacheBytes = std::size_t{96} << 20;  // as much as git takes for it

/// Bytes of all of them.
Result<std::uint64_t> read(git::ObjectStore& store, std::span<const git::ObjectId> ids,
                           std::size_t cache_bytes, bool together) {
    git::StoreReader reader(store, {.cache_bytes = cache_bytes});
    std::uint64_t bytes = 0;
    if (together) {
        const auto take = [&](std::size_t, Result<git::StoredObject> object) -> Result<void> {
            if (!object) return Failure(std::move(object).error());
            bytes += object->size;
            return {};
        };
        TRY(reader.read_all(ids, take));
        return bytes;
    }
    for (const auto& id : ids) {
        TRY_LET(object, reader.read(id));
        bytes += object.size;
    }
    return bytes;
}

Result<void> measure(const std::string& path, std::span<const git::ObjectId> ids,
                     std::size_t threads, bool together) {
    const exec::Context ctx;
    TRY_LET(tool, git::Tool::open(ctx, {.environment = {}, .scratch_parent = {}}));
    TRY_LET(repository, git::Repository::open(ctx, tool, path));
    const auto begin = std::chrono::steady_clock::now();
    TRY_LET(store, git::open_store(repository));
    std::vector<Result<std::uint64_t>> parts(threads, std::uint64_t{0});
    {
        std::vector<std::jthread> running;
        for (std::size_t i = 0; i < threads; ++i) {
            const auto begin_at = ids.size() * i / threads, end_at = ids.size() * (i + 1) / threads;
            running.emplace_back([&, i, part = ids.subspan(begin_at, end_at - begin_at)] {
                parts[i] = read(store, part, kCacheBytes / threads, together);
            });
        }
    }
    std::uint64_t bytes = 0;
    for (auto& part : parts) {
        if (!part) return Failure(std::move(part).error());
        bytes += *part;
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    fmt::print("{{\"seconds\":{:.3f},\"objects\":{},\"bytes\":{}}}\n", took.count(), ids.size(),
               bytes);
    return {};
}

}  // namespace

int main(int argc, char** argv) {
    std::size_t threads = 1;
    if (argc > 2) std::from_chars(argv[2], argv[2] + std::strlen(argv[2]), threads);
    if (argc < 2 || argc > 4 || threads == 0) {
        std::fputs("usage: objects_bench REPOSITORY [THREADS [together]] <IDS\n", stderr);
        return 2;
    }
    std::vector<git::ObjectId> ids;
    for (std::string line; std::getline(std::cin, line);)
        if (const auto id = git::ObjectId::from_hex(line)) ids.push_back(*id);
    const auto done = measure(argv[1], ids, threads, argc == 4);
    if (done) return 0;
    fmt::print(stderr, "{}\n{}\n", done.error().describe(), done.error().hint());
    return 1;
}
