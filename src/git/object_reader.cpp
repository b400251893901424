#include "git/object_reader.h"

#include "base/text.h"
#include "git/ref_list.h"
#include "git/repository.h"

namespace forgehouse::git {

Result<ObjectReader> ObjectReader::start(const Repository& repository) {
    auto command = repository.command(commands::kCatFile);
    command.input = true;
    TRY_LET(process, exec::Process::spawn(std::move(command)));
    return ObjectReader(repository, std::move(process));
}

void ObjectReader::ask(std::span<const ObjectId> ids) {
    std::string lines;
    for (const auto& id : ids) lines.append("contents ").append(id.hex()).append("\n");
    lines += "flush\n";
    stream_.process().feed(lines);
}

Error ObjectReader::failure(const exec::Context& ctx) {
    auto exit = stream_.process().finish(ctx);
    if (!exit) return std::move(exit).error();
    return repository_->failure(commands::kCatFile, *exit, stream_.process().error_text());
}

Result<RawObject> ObjectReader::next(const exec::Context& ctx) {
    TRY_LET(line, stream_.until(ctx, '\n'));
    if (!line) return Failure(failure(ctx));
    const auto parts = text::split(*line, ' ');
    if (parts.size() == 2 && parts[1] == "missing")
        return RawObject{.type = ObjectType::Missing, .content = {}};
    const auto size = parts.size() == 3 ? text::to_int(parts[2]) : std::nullopt;
    const auto type = parts.size() == 3 ? object_type(parts[1]) : ObjectType::Missing;
    if (!size || *size < 0 || type == ObjectType::Missing)
        return Failure(Error(Errc::Corrupt, "git answers in an unknown form")
                           .with("line", text::json_quoted(line->substr(0, 200))));
    // With the newline behind it.
    TRY_LET(content, stream_.exactly(ctx, static_cast<std::size_t>(*size) + 1));
    if (!content) return Failure(failure(ctx));
    return RawObject{.type = type, .content = content->substr(0, content->size() - 1)};
}

}  // namespace forgehouse::git
