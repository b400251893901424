#include "engine/chdb.h"

#include <dlfcn.h>

#include <charconv>

namespace forgehouse::engine {
namespace {

constexpr int kUnknownException = 1002;

struct RawAnalysis {
    std::uint32_t struct_size;
    std::uint32_t statement_count;
    std::uint32_t flags;
    std::uint32_t query_class;
};

/// Parameters as the four arrays that the library wants. Lives as long as the call.
struct Arrays {
    explicit Arrays(const SqlParameters& parameters) {
        for (const auto& [name, value] : parameters) {
            names.push_back(name.data());
            name_sizes.push_back(name.size());
            values.push_back(value.data());
            value_sizes.push_back(value.size());
        }
    }
    std::vector<const char*> names, values;
    std::vector<std::size_t> name_sizes, value_sizes;
};

SqlError error_of(const char* text) {
    return {.code = exception_code(text), .text = text};
}

}  // namespace

using Text = const char*;
using Size = std::size_t;

struct Chdb::Functions {
    Text (*version)();
    void (*signal_handlers)(int);
    void** (*connect)(int, char**);
    void (*close)(void**);
    void* (*query)(void*, Text, Size, Text, Size, const Text*, const Size*, const Text*,
                   const Size*, Size);
    void* (*stream)(void*, Text, Size, Text, Size, const Text*, const Size*, const Text*,
                    const Size*, Size);
    void* (*fetch)(void*, void*);
    void* (*insert)(void*, Text, Size, Text, Size, const Text*, const Size*, const Text*,
                    const Size*, Size);
    int (*append)(void*, const void*, Size);
    void* (*done)(void*);
    void (*cancel_insert)(void*);
    Text (*insert_error)(void*);
    void (*destroy_insert)(void*);
    void (*destroy)(void*);
    char* (*buffer)(void*);
    Size (*length)(void*);
    Text (*error)(void*);
    double (*elapsed)(void*);
    std::uint64_t (*rows)(void*);
    std::uint64_t (*bytes)(void*);
    std::uint64_t (*storage_rows)(void*);
    std::uint64_t (*storage_bytes)(void*);
    std::uint64_t (*rows_written)(void*);
    std::uint64_t (*bytes_written)(void*);
    int (*classify)(void*, Text, Size, Text, Size, RawAnalysis*);
};

int exception_code(std::string_view text) {
    constexpr std::string_view kPrefix = "Code: ";
    const auto at = text.find(kPrefix);
    if (at == std::string_view::npos) return kUnknownException;
    int code = 0;
    const char* from = text.data() + at + kPrefix.size();
    const auto [end, failure] = std::from_chars(from, text.data() + text.size(), code);
    return failure == std::errc() && end != from ? code : kUnknownException;
}

Result<std::unique_ptr<Chdb>> Chdb::load(const std::filesystem::path& library) {
    void* handle = ::dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) {
        const char* why = ::dlerror();
        return Failure(Error(Errc::Invalid, "the engine's library cannot be loaded")
                           .with("path", library.string())
                           .with("reason", why == nullptr ? "?" : why)
                           .hint("fetch it again: `tools/fetch_libchdb`"));
    }
    const char* missing = nullptr;
    const auto find = [&](auto*& function, const char* name) {
        // The cast that POSIX demands of dlsym's users.
        function =
            reinterpret_cast<std::remove_reference_t<decltype(function)>>(::dlsym(handle, name));
        if (function == nullptr) missing = name;
    };
    auto f = std::make_shared<Functions>();
    find(f->version, "chdb_version");
    find(f->signal_handlers, "chdb_set_signal_handlers_enabled");
    find(f->connect, "chdb_connect");
    find(f->close, "chdb_close_conn");
    find(f->query, "chdb_query_with_params_n");
    find(f->stream, "chdb_stream_query_with_params_n");
    find(f->fetch, "chdb_stream_fetch_result");
    find(f->insert, "chdb_stream_insert_with_params_n");
    find(f->append, "chdb_stream_append");
    find(f->done, "chdb_stream_done");
    find(f->cancel_insert, "chdb_stream_cancel_insert");
    find(f->insert_error, "chdb_stream_insert_error");
    find(f->destroy_insert, "chdb_destroy_insert_stream");
    find(f->destroy, "chdb_destroy_query_result");
    find(f->buffer, "chdb_result_buffer");
    find(f->length, "chdb_result_length");
    find(f->error, "chdb_result_error");
    find(f->elapsed, "chdb_result_elapsed");
    find(f->rows, "chdb_result_rows_read");
    find(f->bytes, "chdb_result_bytes_read");
    find(f->storage_rows, "chdb_result_storage_rows_read");
    find(f->storage_bytes, "chdb_result_storage_bytes_read");
    find(f->rows_written, "chdb_result_rows_written");
    find(f->bytes_written, "chdb_result_bytes_written");
    find(f->classify, "chdb_classify_query_n");
    if (missing != nullptr)
        return Failure(Error(Errc::Invalid, "the library is of a version that does not fit")
                           .with("path", library.string())
                           .with("missing", missing)
                           .hint("fetch the pinned version: `tools/fetch_libchdb`"));
    f->signal_handlers(0);  // signals are ours
    return std::unique_ptr<Chdb>(new Chdb(std::move(f)));
}

Result<SqlSession> Chdb::connect(const std::filesystem::path& path,
                                 const std::vector<std::string>& settings) const {
    std::vector<std::string> arguments{"clickhouse", "--path=" + path.string()};
    for (const std::string& setting : settings) arguments.push_back("--" + setting);
    std::vector<char*> raw;
    raw.reserve(arguments.size());
    for (std::string& argument : arguments) raw.push_back(argument.data());
    void** handle = f_->connect(static_cast<int>(raw.size()), raw.data());
    if (handle == nullptr || *handle == nullptr)
        return Failure(Error(Errc::Unavailable, "the database cannot be opened")
                           .with("path", path.string())
                           .hint("look into logs/engine.log of the data directory"));
    return SqlSession(*this, static_cast<void*>(handle));
}

std::string Chdb::version() const {
    return f_->version();
}

SqlResult<SqlBytes> Chdb::take(void* result) const {
    if (result == nullptr)
        return FailureOf(SqlError{.code = kUnknownException, .text = "no result"});
    SqlBytes out;
    out.owner_ = std::shared_ptr<void>(result, [f = f_](void* r) { f->destroy(r); });
    if (const char* error = f_->error(result)) return FailureOf(error_of(error));
    const char* bytes = f_->buffer(result);
    out.bytes_ =
        bytes == nullptr ? std::string_view() : std::string_view(bytes, f_->length(result));
    out.statistics_ = {.read_rows = f_->storage_rows(result),
                       .read_bytes = f_->storage_bytes(result),
                       .written_rows = f_->rows_written(result),
                       .written_bytes = f_->bytes_written(result),
                       .result_rows = f_->rows(result),
                       .result_bytes = f_->bytes(result),
                       .elapsed_s = f_->elapsed(result)};
    return out;
}

// --- session ---------------------------------------------------------------------------------

SqlSession::SqlSession(SqlSession&& other) noexcept
    : library_(other.library_), handle_(std::exchange(other.handle_, nullptr)) {}

SqlSession::~SqlSession() {
    if (handle_ != nullptr) library_->f_->close(static_cast<void**>(handle_));
}

void* SqlSession::connection() const {
    return *static_cast<void**>(handle_);
}

SqlResult<SqlBytes> SqlSession::query(std::string_view sql, std::string_view format,
                                      const SqlParameters& parameters) {
    const Arrays a(parameters);
    return library_->take(library_->f_->query(
        connection(), sql.data(), sql.size(), format.data(), format.size(), a.names.data(),
        a.name_sizes.data(), a.values.data(), a.value_sizes.data(), parameters.size()));
}

Analysis SqlSession::classify(std::string_view sql) {
    RawAnalysis raw{
        .struct_size = sizeof(RawAnalysis), .statement_count = 0, .flags = 0, .query_class = 4};
    if (library_->f_->classify(connection(), sql.data(), sql.size(), nullptr, 0, &raw) != 0 ||
        raw.query_class > 4)
        return {};
    return {.kind = static_cast<Analysis::Class>(raw.query_class),
            .statements = raw.statement_count};
}

// --- streams ---------------------------------------------------------------------------------

SqlResult<SqlStream> SqlStream::start(SqlSession& session, std::string_view sql,
                                      std::string_view format, const SqlParameters& parameters) {
    const auto& f = *session.library_->f_;
    const Arrays a(parameters);
    void* handle = f.stream(session.connection(), sql.data(), sql.size(), format.data(),
                            format.size(), a.names.data(), a.name_sizes.data(), a.values.data(),
                            a.value_sizes.data(), parameters.size());
    if (handle == nullptr)
        return FailureOf(SqlError{.code = kUnknownException, .text = "no result"});
    SqlStream stream(session, handle);
    if (const char* error = f.error(handle)) return FailureOf(error_of(error));
    return stream;
}

SqlStream::SqlStream(SqlStream&& other) noexcept
    : session_(other.session_), handle_(std::exchange(other.handle_, nullptr)) {}

SqlStream::~SqlStream() {
    if (handle_ != nullptr) session_->library_->f_->destroy(handle_);
}

SqlResult<SqlBytes> SqlStream::next() {
    const Chdb& library = *session_->library_;
    return library.take(library.f_->fetch(session_->connection(), handle_));
}

SqlResult<SqlInsert> SqlInsert::start(SqlSession& session, std::string_view sql,
                                      std::string_view format, const SqlParameters& parameters) {
    const auto& f = *session.library_->f_;
    const Arrays a(parameters);
    void* handle = f.insert(session.connection(), sql.data(), sql.size(), format.data(),
                            format.size(), a.names.data(), a.name_sizes.data(), a.values.data(),
                            a.value_sizes.data(), parameters.size());
    SqlInsert insert(session, handle);
    if (const char* error = f.insert_error(handle)) return FailureOf(error_of(error));
    return insert;
}

SqlInsert::SqlInsert(SqlInsert&& other) noexcept
    : session_(other.session_),
      handle_(std::exchange(other.handle_, nullptr)),
      finished_(other.finished_) {}

SqlInsert::~SqlInsert() {
    if (handle_ == nullptr) return;
    const auto& f = *session_->library_->f_;
    if (!finished_) f.cancel_insert(handle_);
    f.destroy_insert(handle_);
}

SqlResult<void> SqlInsert::append(std::string_view bytes) {
    const auto& f = *session_->library_->f_;
    if (f.append(handle_, bytes.data(), bytes.size()) == 0) return {};
    const char* error = f.insert_error(handle_);
    return FailureOf(error_of(error == nullptr ? "the insert broke off" : error));
}

SqlResult<SqlStatistics> SqlInsert::finish() {
    finished_ = true;
    auto result = session_->library_->take(session_->library_->f_->done(handle_));
    if (!result) return FailureOf(std::move(result.error()));
    return result->statistics();
}

}  // namespace forgehouse::engine
