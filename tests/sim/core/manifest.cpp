#include "sim/core/manifest.h"

#include <algorithm>
#include <fstream>

#include "base/text.h"

namespace forgehouse::sim {
namespace rows {

bool is_left_out(std::string_view column) noexcept {
    constexpr std::string_view names[] = {"data_source", "collected_at", "_version", "is_deleted",
                                          "first_seen",  "size_kb",      "metadata"};
    return std::ranges::find(names, column) != std::end(names);
}

std::string json_text(std::string_view bytes) {
    if (text::is_utf8(bytes)) return text::json_quoted(bytes);
    std::string out = "\"";
    for (std::size_t at = 0; at < bytes.size();) {
        std::size_t length = 1;
        while (length <= 4 && !text::is_utf8(bytes.substr(at, length))) ++length;
        if (length > 4) {
            out += fmt::format("\\udc{:02x}", static_cast<unsigned char>(bytes[at++]));
            continue;
        }
        const std::string part = text::json_quoted(bytes.substr(at, length));
        out.append(part, 1, part.size() - 2);
        at += length;
    }
    return out + '"';
}

std::string value(Time time) {
    return json_text(to_iso(time));
}

std::string value(const schema::TextList& list) {
    std::string out = "[";
    for (const std::string& text : list) out += (out.size() > 1 ? "," : "") + json_text(text);
    return out + ']';
}

}  // namespace rows

std::string Manifest::lines(std::string_view table) const {
    std::string out;
    if (const auto found = tables_.find(table); found != tables_.end())
        for (const auto& [place, line] : found->second) out += line;
    return out;
}

std::string Manifest::all() const {
    std::string out;
    for (const auto& [table, rows] : tables_)
        for (const auto& [place, line] : rows)
            out += fmt::format("{{\"table\":\"{}\",\"row\":{}}}\n", table,
                               std::string_view(line).substr(0, line.size() - 1));
    return out;
}

Result<void> Manifest::write(const std::filesystem::path& folder) const {
    std::error_code failure;
    std::filesystem::create_directories(folder, failure);
    for (const auto& [table, rows] : tables_) {
        std::ofstream file(folder / (table + ".jsonl"), std::ios::binary);
        file << lines(table);
        if (!file.flush())
            return Failure(
                Error(Errc::Unavailable, "cannot write the truth").with("folder", folder.string()));
    }
    return {};
}

}  // namespace forgehouse::sim
