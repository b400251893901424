#include "collect/archive/archive.h"

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"

namespace forgehouse::collect {
namespace {

constexpr std::string_view kWhole = "@";
constexpr std::string_view kEnding = ".jsonl.zst";

std::string part_of(std::string_view name) {
    return name.empty() ? std::string(kWhole) : ports::object_key_part(name);
}

// object_key_part() backwards, as far as it can be undone: a name that was too long stays hashed.
std::string name_of_part(std::string_view part) {
    if (part == kWhole) return {};
    std::string out;
    for (std::size_t i = 0; i < part.size(); ++i) {
        const auto byte = part[i] == '%' && i + 2 < part.size() + 0
                              ? text::from_hex(part.substr(i + 1, 2))
                              : std::nullopt;
        if (byte) {
            out += static_cast<char>(byte->front());
            i += 2;
        } else {
            out += part[i];
        }
    }
    return out;
}

sources::RepoRef repo_of(std::string_view data_source, std::string_view full_name) {
    const std::size_t slash = full_name.rfind('/');
    if (slash == std::string_view::npos)
        return {.data_source = std::string(data_source), .project_key = {}, .repo_slug = {}};
    return {.data_source = std::string(data_source),
            .project_key = std::string(full_name.substr(0, slash)),
            .repo_slug = std::string(full_name.substr(slash + 1))};
}

Result<std::string> text_at(const json::Value& root, std::string_view name) {
    TRY_LET(member, root.at(name));
    TRY_LET(text, member.text());
    return std::string(text);
}

}  // namespace

void append_line(std::string& lines, std::string_view stream, const sources::Page& page,
                 std::string_view run_id) {
    json::Writer out;
    const sources::RepoRef& repo = page.call.repo;
    out.object().name("stream").text(stream);
    out.name("repo").text(repo.repo_slug.empty() ? std::string() : sources::full_name(repo));
    out.name("item").text(page.call.item).name("target").text(page.call.target);
    out.name("status").count(200).name("received").text(to_iso(page.received));
    out.name("version").count(page.version).name("run").text(run_id);
    out.name("body").text(page.body).end();
    lines += out.take();
    lines += '\n';
}

Result<ArchivedPage> read_line(std::string_view line, std::string_view data_source) {
    TRY_LET(document, json::Document::parse(line));
    const json::Value root = document.root();
    TRY_LET(stream, text_at(root, "stream"));
    TRY_LET(repo, text_at(root, "repo"));
    TRY_LET(item, text_at(root, "item"));
    TRY_LET(target, text_at(root, "target"));
    TRY_LET(received, text_at(root, "received"));
    TRY_LET(when, parse_time(received));
    TRY_LET(number, root.at("version"));
    TRY_LET(version, number.count());
    TRY_LET(run, text_at(root, "run"));
    TRY_LET(body, text_at(root, "body"));
    return ArchivedPage{.stream = std::move(stream),
                        .repo = repo_of(data_source, repo),
                        .item = std::move(item),
                        .target = std::move(target),
                        .received = when,
                        .version = version,
                        .run = std::move(run),
                        .body = std::move(body)};
}

sources::Page page_of(ArchivedPage line, sources::Stream stream) {
    return {.call = {.stream = stream,
                     .repo = std::move(line.repo),
                     .item = std::move(line.item),
                     .target = std::move(line.target)},
            .body = std::move(line.body),
            .received = line.received,
            .version = line.version};
}

std::optional<PartName> part_name(std::string_view key) {
    const auto parts = text::split(key, '/');
    if (parts.size() != 6 || !parts[5].ends_with(kEnding)) return std::nullopt;
    return PartName{.data_source = name_of_part(parts[0]),
                    .project_key = name_of_part(parts[1]),
                    .repo_slug = name_of_part(parts[2]),
                    .folder = std::string(parts[3]),
                    .date = std::string(parts[4])};
}

Result<void> read_part(exec::Context& ctx, ports::Objects& archive, const ports::ObjectInfo& part,
                       const std::function<Result<void>(ArchivedPage)>& sink) {
    const auto name = part_name(part.key);
    if (!name) return Failure(Error(Errc::Corrupt, "this is no part of the archive"));
    TRY_LET(object, archive.get(ctx, part.key));
    std::string rest;
    const auto take_line = [&](std::string_view line) -> Result<void> {
        TRY_LET(page, read_line(line, name->data_source));
        return sink(std::move(page));
    };
    const auto take_piece = [&](std::string_view piece) -> Result<void> {
        TRY(ctx.check());
        for (std::size_t end = piece.find('\n'); end != std::string_view::npos;
             end = piece.find('\n')) {
            rest += piece.substr(0, end);
            piece.remove_prefix(end + 1);
            TRY(take_line(rest));
            rest.clear();
        }
        rest += piece;
        return {};
    };
    TRY(unpack(object.bytes, take_piece));
    if (!rest.empty()) return Failure(Error(Errc::Corrupt, "the last line has no end"));
    return {};
}

std::optional<Error> as_damage(const Error& error, const ports::ObjectInfo& part) {
    if (error.code() != Errc::Corrupt) return std::nullopt;
    return Error(error)
        .with("part", part.key)
        .hint(
            "`forgehouse archive verify` names all damaged parts; restore them from a copy, or "
            "let the next `forgehouse collect` read again what they held.");
}

Result<void> RunArchive::store(exec::Context& ctx, const sources::RepoRef& repo,
                               std::string_view folder, std::string_view lines) {
    if (lines.empty()) return {};
    Packer packer;
    packer.add(lines);
    const std::string packed = packer.take();
    const std::string key = fmt::format(
        "{}/{}/{}/{}/{}/{}-{:06}{}", ports::object_key_part(repo.data_source),
        part_of(repo.project_key), part_of(repo.repo_slug), folder,
        to_iso(clock_.now()).substr(0, 10), ports::object_key_part(run_id_), next_part_++, kEnding);
    TRY(objects_.put(ctx, key, packed));
    bytes_ += packed.size();
    return {};
}

}  // namespace forgehouse::collect
