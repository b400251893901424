#include "metadb/sqlite/failure.h"

#include <sqlite3.h>

#include <string>
#include <string_view>

namespace forgehouse::metadb::sqlite {
namespace {

/// `UNIQUE constraint failed: users.name` and `…: index 'users_lower'`.
std::string constraint_of(std::string_view message) {
    const std::size_t colon = message.find(": ");
    if (colon == std::string_view::npos) return "";
    std::string_view name = message.substr(colon + 2);
    constexpr std::string_view kIndex = "index '";
    if (name.starts_with(kIndex)) {
        name.remove_prefix(kIndex.size());
        name = name.substr(0, name.rfind('\''));
    }
    return std::string(name);
}

Error forbidden(int code, std::string_view message) {
    const auto conflict = [&](Literal text, const char* kind) {
        return Error(Errc::Conflict, text)
            .with("kind", kind)
            .with("constraint", constraint_of(message));
    };
    switch (code) {
        case SQLITE_CONSTRAINT_UNIQUE:
        case SQLITE_CONSTRAINT_PRIMARYKEY:
        case SQLITE_CONSTRAINT_ROWID: return conflict("it is there already", "unique");
        case SQLITE_CONSTRAINT_TRIGGER:  // ON DELETE RESTRICT; we have no triggers
        case SQLITE_CONSTRAINT_FOREIGNKEY:
            return conflict("what it refers to is not there, or is still referred to", "reference");
        case SQLITE_CONSTRAINT_NOTNULL: return conflict("a required value is missing", "required");
        case SQLITE_CONSTRAINT_DATATYPE:
            return Error(Errc::Invalid, "a value is of another type than its column")
                .with("because", std::string(message));
        default: return conflict("a check of the table forbids it", "check");
    }
}

Error unavailable(Literal text, const char* hint, std::string_view message) {
    return Error(Errc::Unavailable, text).with("because", std::string(message)).hint(hint);
}

}  // namespace

Error failure(sqlite3* db, int code) {
    const std::string message = db != nullptr ? sqlite3_errmsg(db) : sqlite3_errstr(code);
    switch (code & 0xff) {
        case SQLITE_CONSTRAINT: return forbidden(code, message);
        case SQLITE_FULL:
            return unavailable("the database's disk is full", "make room on it", message);
        case SQLITE_READONLY:
            return unavailable("the database is read-only",
                               "let this user write the file and its folder", message);
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_PROTOCOL:
            return unavailable("the database is locked by another process",
                               "see who has the file open; a copy is made with the backup verb",
                               message);
        case SQLITE_CANTOPEN:
        case SQLITE_PERM:
        case SQLITE_AUTH:
            return unavailable("the database's file cannot be opened",
                               "see that its folder exists and that this user may write it",
                               message);
        case SQLITE_IOERR:
            return unavailable("the database's disk failed",
                               "see the system's log for errors of the disk", message)
                .with("code", code);
        case SQLITE_NOMEM: return unavailable("no memory for the database", "free some", message);
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return Error(Errc::Corrupt, "the database's file is damaged or is none")
                .with("because", message)
                .hint("restore a backup");
        case SQLITE_INTERRUPT: return Error(Errc::Cancelled, "the statement was stopped");
        default:
            return Error(Errc::Invalid, "the database refuses the statement")
                .with("because", message);
    }
}

}  // namespace forgehouse::metadb::sqlite
