// How many git_commit_files rows a second the embedded engine takes from our own client:
//   insert_bench PROGRAM DATA_DIR [ROWS] [WRITERS]
// PROGRAM is forgehouse itself, which serves the engine. Prints one line of JSON. The rows are made
// before the clock starts; the clock stops when the last insert has been answered.
#include <charconv>
#include <cstdio>

#include "engine/environment.h"
#include "engine/launcher.h"
#include "exec/clock.h"
#include "exec/retry.h"
#include "net/http_client.h"
#include "schema/batch.h"
#include "schema/git_commit_files.h"
#include "warehouse/clickhouse/client.h"

namespace {

using namespace forgehouse;

constexpr std::size_t kRowsPerBatch = 100'000;

std::size_t number(const char* text) {
    std::size_t value = 0;
    std::from_chars(text, text + std::strlen(text), value);
    return value;
}

/// A row as histories have them: ten files a commit, a few thousand paths.
schema::GitCommitFile file_row(std::size_t i, Time now) {
    return {
        .data_source = {"bench"},
        .project_key = "bench",
        .repo_slug = "insert",
        .commit_hash = fmt::format("{:040x}", (i / 10) * 0x9e3779b97f4a7c15),
        .file_path = fmt::format("src/part{}/room{}/file{}.cpp", i % 7, i % 61, i % 4099),
        .committed_on = now,
        .old_path = std::nullopt,
        .change_type = schema::ChangeType::Modified,
        .file_extension = {"cpp"},
        .language = {"C++"},
        .lines_added = static_cast<std::uint32_t>(i % 97),
        .lines_removed = static_cast<std::uint32_t>(i % 89),
        .is_binary = false,
        .blob_hash = fmt::format("{:040x}", i * 0xbf58476d1ce4e5b9),
        .diff_hash = fmt::format("{:064x}", i * 0x94d049bb133111eb),
        .collected_at = now,
        ._version = 1,
        .is_deleted = 0,
    };
}

std::vector<schema::Batch> batches_of(std::size_t rows, Time now) {
    std::vector<schema::Batch> batches;
    for (std::size_t i = 0; i < rows; ++i) {
        if (i % kRowsPerBatch == 0) batches.emplace_back(schema::git_commit_files.info());
        batches.back().append(schema::git_commit_files, file_row(i, now));
    }
    return batches;
}

/// Inserts every batch, `writers` at a time. The first error wins.
Result<void> insert_all(exec::Context& ctx, ports::Warehouse& warehouse,
                        const std::vector<schema::Batch>& batches, std::size_t writers, Time now) {
    std::atomic<std::size_t> next{0};
    std::vector<Result<void>> results(writers);
    std::vector<std::jthread> threads;
    for (std::size_t w = 0; w < writers; ++w) {
        threads.emplace_back([&, w] {
            for (std::size_t i = next++; i < batches.size() && results[w]; i = next++)
                results[w] =
                    warehouse.insert(ctx, batches[i], fmt::format("bench-{}-{}", now.ms(), i));
        });
    }
    threads.clear();
    for (Result<void>& result : results) TRY(std::move(result));
    return {};
}

Result<void> measure(const std::string& program, const std::string& data, std::size_t rows,
                     std::size_t writers) {
    exec::Context ctx;
    const engine::Launcher launcher({.data_dir = data,
                                     .program = {program, "engine"},
                                     .environment = engine::Environment::of(environ),
                                     .idle = std::chrono::seconds(10),
                                     .progress = {}});
    TRY_LET(endpoint, launcher.ensure(ctx));
    net::HttpClient http{net::HttpClient::Settings{}};
    warehouse::clickhouse::Endpoint to;
    to.unix_socket = endpoint.socket.string();
    to.writer_headers.push_back(
        {std::string(engine::kWriterHeader), std::move(endpoint.writer_token)});
    warehouse::clickhouse::Client client(
        std::move(to), {.http = http, .retry = {.uniform = exec::seeded_uniform(1)}, .revive = {}});
    TRY(client.prepare(ctx));

    const Time now = exec::SystemClock().now();
    const std::vector<schema::Batch> batches = batches_of(rows, now);
    std::size_t bytes = 0;
    for (const schema::Batch& batch : batches) bytes += batch.bytes();
    const auto begin = std::chrono::steady_clock::now();
    TRY(insert_all(ctx, client, batches, writers, now));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    fmt::print(
        "{{\"rows\":{},\"bytes\":{},\"writers\":{},\"seconds\":{:.3f},\"rows_per_second\":{:.0f}}}"
        "\n",
        rows, bytes, writers, took.count(), static_cast<double>(rows) / took.count());
    return {};
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        fmt::print(stderr, "usage: insert_bench PROGRAM DATA_DIR [ROWS] [WRITERS]\n");
        return 2;
    }
    const std::size_t rows = argc > 3 ? number(argv[3]) : 1'000'000;
    const std::size_t writers = argc > 4 ? number(argv[4]) : 2;
    if (auto result = measure(argv[1], argv[2], rows, std::max<std::size_t>(writers, 1)); !result) {
        fmt::print(stderr, "insert_bench: {}\n", result.error().describe());
        return 1;
    }
    return 0;
}
