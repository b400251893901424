#include "forge/downloads.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>

#include "api/rest_v2/collection.h"
#include "api/rest_v2/common.h"
#include "api/rest_v2/tables.h"
#include "forge/accounts.h"
#include "git/hosted/durable_file.h"
#include "net/form.h"
#include "net/multipart_stream.h"

namespace forgehouse::api::rest_v2 {
namespace {

using forge::Download;
using forge::RepoRead;
using forge::RepoWrite;

constexpr QueryField kFields[]{
    {.name = "name", .column = "name", .nullable = false},
    {.name = "size", .kind = FieldKind::Integer, .column = "size", .nullable = false},
    {.name = "downloads", .kind = FieldKind::Integer, .column = "downloads", .nullable = false},
    {.name = "created_on", .kind = FieldKind::Time, .column = "created_on", .nullable = false},
};

ports::SqlValue value_of(const Download& one, std::string_view field) {
    if (field == "name") return one.name;
    if (field == "size") return one.size;
    return field == "downloads" ? ports::SqlValue(one.downloads) : one.created_on;
}

void download(json::Writer& out, const Call& call, const RepoRead& proof,
              const std::vector<forge::User>& users, const Download& one) {
    out.object();
    out.name("type").text("download");
    out.name("name").text(one.name);
    out.name("size").integer(one.size);
    out.name("downloads").integer(one.downloads);
    out.name("created_on").text(api_time(one.created_on));
    out.name("user");
    const auto found =
        std::ranges::find_if(users, [&](const forge::User& who) { return one.user == who.id; });
    if (found != users.end())
        user(out, links_of(call), *found);
    else
        out.null();
    out.name("links").object();
    link(out, "self",
         fmt::format("{}/repositories/{}/{}/downloads/{}", call.base(), proof.workspace().slug,
                     proof.repository().slug, percent_encoded(one.name)));
    out.end().end();
}

Result<Answer> list_downloads(Call& call, const RepoRead& proof) {
    TRY_LET(asked, Collection::of(call, kFields));
    const forge::Deps& deps = call.services().deps;
    TRY_LET(all, forge::list_downloads(deps, call.ctx(), proof, asked.listing()));
    std::vector<forge::UserId> ids;
    for (const Download& one : all)
        if (one.user && std::ranges::find(ids, *one.user) == ids.end()) ids.push_back(*one.user);
    TRY_LET(users, forge::users_by_id(deps, call.ctx(), ids));
    return asked.answer(
        call, all,
        [&](json::Writer& out, const Download& one) { download(out, call, proof, users, one); },
        [](const Download& one) { return one.id; }, value_of);
}

/// Writes the part into a file, within what is left of the upload.
Result<void> take_file(Call& call, net::MultipartStream& form, forge::Upload& upload,
                       std::uint64_t& left) {
    for (;;) {
        TRY_LET(bytes, form.read(call.ctx()));
        if (bytes.empty()) return upload.finish();
        if (bytes.size() > left)
            return Failure(Error(Errc::Invalid, "the files are too large")
                               .with("limit", std::to_string(call.services().most_download)));
        left -= bytes.size();
        TRY(upload.write(bytes));
    }
}

Result<Answer> upload_downloads(Call& call, const RepoWrite& proof) {
    const std::string boundary = net::form_boundary(call.header("content-type"));
    if (boundary.empty())
        return Failure(Error(Errc::Invalid, "the body is no form")
                           .with("field", "files")
                           .hint("send multipart/form-data, as `curl -F files=@NAME` does"));
    net::MultipartStream form(call.body_reader(), boundary);
    std::vector<forge::Upload> uploads;
    std::uint64_t left = call.services().most_download;
    for (;;) {
        TRY_LET(part, form.next(call.ctx()));
        if (!part) break;
        if (part->name != "files" || !part->filename) continue;
        TRY_LET(upload, forge::Upload::begin(call.services().deps, call.services().downloads, proof,
                                             *part->filename));
        TRY(take_file(call, form, upload, left));
        uploads.push_back(std::move(upload));
    }
    if (uploads.empty())
        return Failure(Error(Errc::Invalid, "the form has no files")
                           .with("field", "files")
                           .hint("each file is a part of the name `files`"));
    TRY(forge::keep_downloads(call.services().deps, call.ctx(), call.services().downloads, proof,
                              uploads));
    return Answer{.status = 201, .type = {}};
}

/// `attachment` with the name as it is, and as clients of old want it: in ASCII.
std::string disposition(const std::string& name) {
    std::string plain;
    for (const char c : name)
        plain += c == '"' || c == '\\' || static_cast<unsigned char>(c) >= 0x7f ? '_' : c;
    return fmt::format("attachment; filename=\"{}\"; filename*=UTF-8''{}", plain,
                       percent_encoded(name));
}

Result<Answer> get_download(Call& call, const RepoRead& proof) {
    forge::Deps& deps = call.services().deps;
    TRY_LET(found, forge::find_download(deps, call.ctx(), proof, call.path("filename")));
    const std::string path =
        (forge::downloads_of(call.services().downloads, proof.repository()) / found.file).string();
    const auto file =
        std::make_shared<exec::Descriptor>(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!*file) return Failure(git::disk_failure(path));
    TRY(forge::count_download(deps, call.ctx(), proof, found));
    Answer answer{.type = "application/octet-stream",
                  .headers = {{"Content-Disposition", disposition(found.name)},
                              {"X-Content-Type-Options", "nosniff"},
                              {"Cache-Control", "private, no-cache"},
                              {"Vary", "Authorization"}}};
    answer.stream = [file, path](const exec::Context&, const Answer::Take& take) -> Result<void> {
        std::string piece(std::size_t{64} * 1024, '\0');
        for (;;) {
            const ssize_t got = ::read(file->get(), piece.data(), piece.size());
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) return Failure(git::disk_failure(path));
            if (got == 0) return {};
            TRY(take(std::string_view(piece).substr(0, static_cast<std::size_t>(got))));
        }
    };
    return answer;
}

Result<Answer> delete_download(Call& call, const RepoWrite& proof) {
    TRY(forge::delete_download(call.services().deps, call.ctx(), call.services().downloads, proof,
                               call.path("filename")));
    return Answer::nothing();
}

using enum Method;
using forge::Scope;

constexpr std::array kRoutes{
    route<list_downloads>({.method = Get,
                           .path = "/repositories/{workspace}/{repo_slug}/downloads",
                           .operation = "listDownloads",
                           .tag = "Downloads",
                           .summary = "The files that were put beside the repository.",
                           .scope = Scope::Repository,
                           .answer = "paginated_download"}),
    route<upload_downloads>({.method = Post,
                             .path = "/repositories/{workspace}/{repo_slug}/downloads",
                             .operation = "createDownload",
                             .tag = "Downloads",
                             .summary = "Uploads files, the parts `files` of a form. One of a name "
                                        "that is there replaces it.",
                             .scope = Scope::RepositoryWrite,
                             .status = 201}),
    route<get_download>({.method = Get,
                         .path = "/repositories/{workspace}/{repo_slug}/downloads/{filename}",
                         .operation = "getDownload",
                         .tag = "Downloads",
                         .summary = "The file itself.",
                         .scope = Scope::Repository}),
    route<delete_download>({.method = Delete,
                            .path = "/repositories/{workspace}/{repo_slug}/downloads/{filename}",
                            .operation = "deleteDownload",
                            .tag = "Downloads",
                            .summary = "Deletes a file.",
                            .scope = Scope::RepositoryWrite,
                            .status = 204}),
};

}  // namespace

std::span<const Route> download_routes() noexcept {
    return kRoutes;
}

}  // namespace forgehouse::api::rest_v2
