#include "app/backup_manifest.h"

#include "base/json.h"

namespace forgehouse::app {
namespace {

using Object = BackupManifest::Object;

void write(json::Writer& out, const std::vector<Object>& objects) {
    out.array();
    for (const auto& object : objects) {
        out.object().name("key").text(object.key).name("bytes").count(object.bytes);
        out.name("sha256").text(object.sha256);
        if (object.rows > 0) out.name("rows").count(object.rows);
        out.end();
    }
    out.end();
}

Result<std::string> text_at(const json::Value& value, std::string_view member) {
    TRY_LET(found, value.at(member));
    TRY_LET(text, found.text());
    return std::string(text);
}

Result<std::uint64_t> count_at(const json::Value& value, std::string_view member) {
    TRY_LET(found, value.at(member));
    return found.count();
}

Result<std::vector<Object>> objects_at(const json::Value& value, std::string_view member) {
    TRY_LET(found, value.at(member));
    TRY_LET(items, found.items());
    std::vector<Object> objects;
    for (const auto& item : items) {
        Object object;
        TRY_LET(key, text_at(item, "key"));
        TRY_LET(bytes, count_at(item, "bytes"));
        TRY_LET(sha256, text_at(item, "sha256"));
        if (item.find("rows")) {
            TRY_LET(rows, count_at(item, "rows"));
            object.rows = rows;
        }
        object.key = std::move(key);
        object.bytes = bytes;
        object.sha256 = std::move(sha256);
        objects.push_back(std::move(object));
    }
    return objects;
}

Result<BackupManifest::Table> table_of(const json::Value& value) {
    BackupManifest::Table table;
    TRY_LET(name, text_at(value, "name"));
    TRY_LET(columns, value.at("columns"));
    TRY_LET(names, columns.items());
    for (const auto& column : names) {
        TRY_LET(text, column.text());
        table.columns.emplace_back(text);
    }
    TRY_LET(rows, count_at(value, "rows"));
    TRY_LET(parts, objects_at(value, "parts"));
    table.name = std::move(name);
    table.rows = rows;
    table.parts = std::move(parts);
    return table;
}

}  // namespace

std::string BackupManifest::as_json() const {
    json::Writer out;
    out.object().name("format").count(kFormat).name("made").text(made);
    out.name("version").text(version).name("tables").array();
    for (const auto& table : tables) {
        out.object().name("name").text(table.name).name("columns").array();
        for (const auto& column : table.columns) out.text(column);
        out.end().name("rows").count(table.rows).name("parts");
        write(out, table.parts);
        out.end();
    }
    out.end().name("archive");
    write(out, archive);
    out.name("checkpoints");
    write(out, checkpoints);
    return out.end().take() + '\n';
}

Result<BackupManifest> BackupManifest::parse(std::string_view json) {
    TRY_LET(document, json::Document::parse(json));
    const auto root = document.root();
    TRY_LET(format, count_at(root, "format"));
    if (format != kFormat)
        return Failure(Error(Errc::Invalid, "a newer version has made this backup")
                           .with("format", static_cast<std::int64_t>(format))
                           .hint("restore it with that version, or a later one"));
    BackupManifest manifest;
    TRY_LET(made, text_at(root, "made"));
    TRY_LET(version, text_at(root, "version"));
    TRY_LET(tables, root.at("tables"));
    TRY_LET(items, tables.items());
    for (const auto& item : items) {
        TRY_LET(table, table_of(item));
        manifest.tables.push_back(std::move(table));
    }
    TRY_LET(archive, objects_at(root, "archive"));
    TRY_LET(checkpoints, objects_at(root, "checkpoints"));
    manifest.made = std::move(made);
    manifest.version = std::move(version);
    manifest.archive = std::move(archive);
    manifest.checkpoints = std::move(checkpoints);
    return manifest;
}

}  // namespace forgehouse::app
