#include "sim/core/git_http.h"

#include "base/text.h"

namespace forgehouse::sim {
namespace {

exec::Command backend(const GitStore& store, const Dialect::GitPlace& place, const Asked& asked) {
    exec::Command run = store.command("/", {"http-backend"});
    const net::HttpRequest& request = *asked.request;
    const auto mark = request.target.find('?');
    const auto set = [&](std::string_view name, std::string_view value) {
        run.environment.push_back(fmt::format("{}={}", name, value));
    };
    set("GIT_PROJECT_ROOT", place.folder);
    set("PATH_INFO", place.rest);
    set("GIT_HTTP_EXPORT_ALL", "1");
    set("REQUEST_METHOD", request.method);
    set("QUERY_STRING", mark == std::string::npos ? "" : request.target.substr(mark + 1));
    set("CONTENT_TYPE", request.header("content-type"));
    set("CONTENT_LENGTH", fmt::to_string(asked.body.size()));
    if (const auto packed = request.header("content-encoding"); !packed.empty())
        set("HTTP_CONTENT_ENCODING", packed);
    if (const auto protocol = request.header("git-protocol"); !protocol.empty())
        set("GIT_PROTOCOL", protocol);
    run.input = true;
    return run;
}

// `Status: 404 Not Found` and the other fields of a CGI answer.
void read_head(std::string_view head, unsigned& status, net::ResponseWriter::Headers& headers) {
    for (std::string_view line : text::split(head, '\n')) {
        line = text::trim(line);
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        const std::string_view value = text::trim(line.substr(colon + 1));
        if (line.starts_with("Status:"))
            status = static_cast<unsigned>(text::to_int(value.substr(0, 3)).value_or(500));
        else
            headers.emplace_back(line.substr(0, colon), value);
    }
}

}  // namespace

GitAnswer serve_git(exec::Context& ctx, const GitStore& store, const Dialect::GitPlace& place,
                    const Asked& asked, net::ResponseWriter& response) {
    GitAnswer out;
    auto process = exec::Process::spawn(backend(store, place, asked));
    if (!process) return out;
    process->feed(asked.body);
    process->finish_input();
    std::string head;
    std::vector<char> buffer(256 * 1024);
    bool is_open = false;
    for (;;) {
        const auto got = process->read(ctx, buffer);
        if (!got || *got == 0) break;
        std::string_view bytes(buffer.data(), *got);
        if (!is_open) {
            head += bytes;
            const auto end = head.find("\r\n\r\n");
            if (end == std::string::npos) continue;
            net::ResponseWriter::Headers headers;
            out.status = 200;
            read_head(std::string_view(head).substr(0, end), out.status, headers);
            if (!response.start(ctx, out.status, headers)) return out;
            is_open = true;
            bytes = std::string_view(head).substr(end + 4);
        }
        out.bytes += bytes.size();
        if (!bytes.empty() && !response.write(ctx, bytes)) return out;
    }
    const auto exit = process->finish(ctx);
    // A git that failed leaves its answer cut, as a server that dies does.
    if (is_open && exit && exit->ok()) (void)response.finish(ctx);
    return out;
}

}  // namespace forgehouse::sim
