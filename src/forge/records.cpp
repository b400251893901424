#include "forge/records.h"

namespace forgehouse::forge {
namespace {

template <class Of>
std::optional<Of> maybe_id(const ports::SqlRow& row, std::size_t column) {
    if (row.is_null(column)) return std::nullopt;
    return Of{row.integer(column)};
}

std::string text_of(const ports::SqlRow& row, std::size_t column) {
    return std::string(row.text(column));
}

}  // namespace

User user_of(const ports::SqlRow& row, std::size_t at) {
    return {.id = {row.integer(at)},
            .uuid = text_of(row, at + 1),
            .username = text_of(row, at + 2),
            .display_name = text_of(row, at + 3),
            .is_admin = row.flag(at + 4),
            .is_active = row.flag(at + 5),
            .has_totp = row.flag(at + 6),
            .created_on = row.time(at + 7)};
}

Workspace workspace_of(const ports::SqlRow& row, std::size_t at) {
    return {.id = {row.integer(at)},
            .uuid = text_of(row, at + 1),
            .slug = text_of(row, at + 2),
            .name = text_of(row, at + 3),
            .is_private = row.flag(at + 4),
            .private_by_default = row.flag(at + 5),
            .created_on = row.time(at + 6),
            .updated_on = row.time(at + 7)};
}

Project project_of(const ports::SqlRow& row, std::size_t at) {
    return {.workspace = {row.integer(at)},
            .id = {row.integer(at + 1)},
            .uuid = text_of(row, at + 2),
            .key = text_of(row, at + 3),
            .name = text_of(row, at + 4),
            .description = text_of(row, at + 5),
            .is_private = row.flag(at + 6),
            .created_on = row.time(at + 7),
            .updated_on = row.time(at + 8)};
}

Repository repository_of(const ports::SqlRow& row, std::size_t at) {
    return {.workspace = {row.integer(at)},
            .id = {row.integer(at + 1)},
            .uuid = text_of(row, at + 2),
            .project = {row.integer(at + 3)},
            .slug = text_of(row, at + 4),
            .name = text_of(row, at + 5),
            .description = text_of(row, at + 6),
            .website = text_of(row, at + 7),
            .language = text_of(row, at + 8),
            .is_private = row.flag(at + 9),
            .fork_policy = text_of(row, at + 10),
            .has_issues = row.flag(at + 11),
            .has_wiki = row.flag(at + 12),
            .main_branch = text_of(row, at + 13),
            .object_format = text_of(row, at + 14),
            .size = row.integer(at + 15),
            .parent_workspace = maybe_id<WorkspaceId>(row, at + 16),
            .parent = maybe_id<RepositoryId>(row, at + 17),
            .created_by = maybe_id<UserId>(row, at + 18),
            .created_on = row.time(at + 19),
            .updated_on = row.time(at + 20),
            .version = row.integer(at + 21)};
}

}  // namespace forgehouse::forge
