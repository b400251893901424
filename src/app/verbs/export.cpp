#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "app/formats.h"
#include "app/terminal/foreign.h"
#include "app/verbs/verbs.h"
#include "app/world.h"
#include "base/text.h"

namespace forgehouse::app::verbs {
namespace {

constexpr std::string_view kJsonFormat = "JSON";

constexpr std::array kOperands{
    cli::Operand{.name = "TABLE",
                 .doc = "A git_* table, or a view such as github_stats.commits.",
                 .words = table_names}};
constexpr std::array kOptions{
    cli::Option{.name = "--output",
                .letter = 'o',
                .value = "FILE",
                .doc = "Where to write; - is standard output. Required.",
                .completes = cli::Completes::Files},
    cli::Option{.name = "--format",
                .letter = 'f',
                .value = "F",
                .doc = "As for query. Without it the file's ending decides: .parquet, .csv, .tsv, "
                       ".json, .jsonl, .arrow, …",
                .words = format_names},
    cli::Option{.name = "--json", .doc = "The same as --format json; errors become JSON too."},
    cli::Option{.name = "--force", .doc = "Replaces a file that is there already."},
};
constexpr std::array kExamples{
    cli::Example{"export git_commits -o commits.parquet", "For pandas, DuckDB, Spark."},
    cli::Example{"export github_stats.pull_requests -o prs.csv --force",
                 "A view, as a spreadsheet."},
    cli::Example{"export git_commits --format jsonl -o - | zstd > commits.jsonl.zst",
                 "Through a pipe."}};

constexpr cli::Verb kExport{
    .name = "export",
    .group = "collect and ask",
    .summary = "write a whole table to a file",
    .about =
        "Writes all rows of a table or view. The file appears under its name only when it is "
        "whole and on disk; until then it has a name of its own beside it, which is removed "
        "if the export fails.",
    .operands = kOperands,
    .options = kOptions,
    .examples = kExamples};

Error cannot_write(const std::filesystem::path& path, int reason) {
    return Error(reason == EACCES || reason == EPERM || reason == EROFS ? Errc::Denied
                                                                        : Errc::Unavailable,
                 "the file cannot be written")
        .with("file", path.string())
        .with("reason", std::strerror(reason))
        .hint(reason == ENOSPC   ? "make room on that disk, or write to another one"
              : reason == EISDIR ? "name a file in it"
                                 : "check that the folder exists and is yours");
}

/// A file that takes its name only when it is whole. What is there and is no file, such as a pipe
/// or a device, is written to as it is.
class Draft {
public:
    static Result<Draft> into_special(const std::filesystem::path& path) {
        Draft draft(path, {});
        draft.file_ = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
        if (draft.file_ < 0) return Failure(cannot_write(path, errno));
        return draft;
    }
    static Result<Draft> begin(const std::filesystem::path& path) {
        Draft draft(path, path.string() + fmt::format(".{}.part", ::getpid()));
        draft.file_ = ::open(draft.draft_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (draft.file_ < 0) return Failure(cannot_write(path, errno));
        return draft;
    }
    Draft(Draft&& other) noexcept
        : path_(std::move(other.path_)),
          draft_(std::move(other.draft_)),
          file_(std::exchange(other.file_, -1)) {}
    Draft& operator=(Draft&&) = delete;
    ~Draft() {
        if (file_ < 0) return;
        ::close(file_);
        if (!draft_.empty()) ::unlink(draft_.c_str());
    }

    Result<void> write(std::string_view bytes) {
        bytes_ += bytes.size();
        if (terminal::write_all(file_, bytes)) return {};
        return Failure(cannot_write(path_, errno));
    }
    /// Errors: Conflict where the name was taken meanwhile and `replace` is false.
    Result<void> finish(bool replace) {
        if (draft_.empty()) return {};
        if (::fsync(file_) != 0) return Failure(cannot_write(path_, errno));
        // link() refuses an existing name; rename() replaces it.
        const int done = replace ? ::rename(draft_.c_str(), path_.c_str())
                                 : ::link(draft_.c_str(), path_.c_str());
        if (done != 0 && errno == EEXIST) return Failure(exists(path_));
        if (done != 0) return Failure(cannot_write(path_, errno));
        if (!replace) ::unlink(draft_.c_str());
        ::close(std::exchange(file_, -1));
        return {};
    }
    std::uint64_t bytes() const noexcept { return bytes_; }

    static Error exists(const std::filesystem::path& path) {
        return Error(Errc::Conflict, "the file is there already")
            .with("file", path.string())
            .hint("--force replaces it");
    }

private:
    Draft(std::filesystem::path path, std::string draft)
        : path_(std::move(path)), draft_(std::move(draft)) {}

    std::filesystem::path path_;
    std::string draft_;
    int file_ = -1;
    std::uint64_t bytes_ = 0;
};

/// `name` or `database.name`, and nothing else that SQL could be.
bool is_table_name(std::string_view text) {
    const auto parts = text::split(text, '.');
    return parts.size() <= 2 && std::ranges::all_of(parts, [](std::string_view part) {
               return !part.empty() && std::ranges::all_of(part, [](char c) {
                   return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '_';
               });
           });
}

/// What cannot be right; else the format in `format`.
std::optional<Error> usage_error(const World& world, std::string& format) {
    const cli::Arguments& arguments = world.arguments();
    const std::string& table = arguments.operands.front();
    if (!is_table_name(table))
        return Error(Errc::Invalid, "not the name of a table")
            .with("table", table)
            .hint("write for example git_commits; for a question use forgehouse query");
    const auto output = arguments.value("--output");
    if (!output)
        return Error(Errc::Invalid, "export wants to know where to write")
            .hint("add -o FILE, or -o - for standard output");
    if (const auto asked = arguments.value("--format")) {
        auto named = format_named(*asked);
        if (!named) return named.error();
        if (*named == kTableFormat)
            return Error(Errc::Invalid, "a file wants another format than table")
                .hint("write for example --format parquet");
        format = std::move(*named);
        return std::nullopt;
    }
    format = format_of_file(*output);
    if (world.json() && !format.empty() && format != kJsonFormat)
        return Error(Errc::Invalid, "--json and the file's ending say different things")
            .with("file", *output)
            .hint("leave one of them out, or say --format");
    if (world.json()) format = kJsonFormat;
    if (!format.empty()) return std::nullopt;
    return Error(Errc::Invalid, "the format is not clear from the file's name")
        .with("file", *output)
        .hint("add --format parquet, or end the name in .parquet, .csv, .jsonl, …");
}

Result<void> pass(World& world, const std::string& table, const std::string& format,
                  const ports::ByteSink& sink) {
    std::string quoted;
    for (const std::string_view part : text::split(table, '.'))
        quoted += fmt::format("{}\"{}\"", quoted.empty() ? "" : ".", part);
    return world.ask_with_tables([&](ports::Warehouse& warehouse) {
        return warehouse.pass_through(
            world.context(), ports::Query::from_user(fmt::format("SELECT * FROM {}", quoted)),
            format, sink);
    });
}

Result<Exit> run(World& world) {
    std::string format;
    if (const auto error = usage_error(world, format)) return world.usage(*error);
    const std::string& table = world.arguments().operands.front();
    const std::string output = world.arguments().value("--output").value_or("-");
    if (output == "-") {
        terminal::Foreign out(world.out(),
                              [&](std::string_view bytes) { return world.print(bytes); });
        TRY(pass(world, table, format, [&](std::string_view bytes) { return out.write(bytes); }));
        TRY(out.finish());
        return Exit::Done;
    }
    const std::filesystem::path path = world.folder() / output;
    const bool replace = world.arguments().has("--force");
    std::error_code failure;
    const auto there = std::filesystem::status(path, failure);
    const bool special = std::filesystem::exists(there) && !std::filesystem::is_regular_file(there);
    if (special && std::filesystem::is_directory(there)) return Failure(cannot_write(path, EISDIR));
    if (!special && !replace && std::filesystem::exists(there)) return Failure(Draft::exists(path));
    world.context();
    TRY_LET(draft, special ? Draft::into_special(path) : Draft::begin(path));
    TRY(pass(world, table, format, [&](std::string_view bytes) { return draft.write(bytes); }));
    TRY(draft.finish(replace));
    world.tell(
        fmt::format("{}: {} as {}, {}\n", output, table, format, text::byte_size(draft.bytes())));
    return Exit::Done;
}

}  // namespace

Verb export_table() {
    return {&kExport, run};
}

}  // namespace forgehouse::app::verbs
