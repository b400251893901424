#include "forge/ids.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace forgehouse::forge {
namespace {

Result<std::int64_t> first_number(ports::Session& session, const ports::Sql& sql) {
    TRY_LET(found, session.first(sql, [](const ports::SqlRow& row) { return row.integer(0); }));
    if (!found) return Failure(Error(Errc::Corrupt, "a sequence gave no number"));
    return *found;
}

Result<std::int64_t> global_sequence(ports::Session& session) {
    return first_number(
        session, ports::Sql("INSERT INTO global_sequences (name, value) VALUES ('id', 1) "
                            "ON CONFLICT (name) DO UPDATE SET value = global_sequences.value + 1 "
                            "RETURNING value"));
}

}  // namespace

Result<std::int64_t> next_global_id(ports::Session& session) {
    TRY_LET(number, global_sequence(session));
    return number * ports::Metadbs::kShards;
}

Result<WorkspaceId> next_workspace_id(ports::Session& session) {
    TRY_LET(number, global_sequence(session));
    return WorkspaceId{number * ports::Metadbs::kShards + number % ports::Metadbs::kShards};
}

Result<std::int64_t> next_id(ports::Session& session, WorkspaceId workspace) {
    const std::int64_t shard = shard_of(workspace);
    TRY_LET(number,
            first_number(session, ports::Sql("INSERT INTO shard_sequences (shard, name, value) "
                                             "VALUES ($1, 'id', 1) ON CONFLICT (shard, name) "
                                             "DO UPDATE SET value = shard_sequences.value + 1 "
                                             "RETURNING value",
                                             {shard})));
    return number * ports::Metadbs::kShards + shard;
}

Result<std::int64_t> next_of_repository(ports::Session& session, WorkspaceId workspace,
                                        RepositoryId repository, Literal counter) {
    return first_number(
        session,
        ports::Sql("INSERT INTO repository_counters (workspace_id, repository_id, name, value) "
                   "VALUES ($1, $2, $3, 1) ON CONFLICT (workspace_id, repository_id, name) "
                   "DO UPDATE SET value = repository_counters.value + 1 RETURNING value",
                   {workspace.value, repository.value, counter.view()}));
}

std::string new_uuid(exec::Random& random) {
    std::array<std::uint8_t, 16> bytes;
    random.fill(bytes);
    bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x40);
    bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);
    std::string text = text::to_hex(bytes);
    for (const std::size_t at : {20U, 16U, 12U, 8U}) text.insert(at, 1, '-');
    return text;
}

std::string uuid_in_braces(std::string_view text) {
    if (text.size() != 38 || text.front() != '{' || text.back() != '}') return {};
    const std::string uuid = text::lower_ascii(text.substr(1, 36));
    for (std::size_t i = 0; i < uuid.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        const bool hex = (uuid[i] >= '0' && uuid[i] <= '9') || (uuid[i] >= 'a' && uuid[i] <= 'f');
        if (dash ? uuid[i] != '-' : !hex) return {};
    }
    return uuid;
}

}  // namespace forgehouse::forge
