#include "git/store/commit_graph_file.h"

#include <algorithm>
#include <utility>

#include "git/store/chunk_table.h"

namespace forgehouse::git {
namespace {

constexpr std::size_t kHeaderBytes = 8;
constexpr std::size_t kFilterHeaderBytes = 12;
// git asks for 7. More than this make a filter slower than what it saves.
constexpr std::uint32_t kMostHashes = 64;

Error corrupt(const std::string& path) {
    return Error(Errc::Corrupt, "a commit-graph is damaged")
        .with("file", path)
        .hint("Make it anew with `git commit-graph write --reachable`.");
}

}  // namespace

Result<CommitGraphFile> CommitGraphFile::open(const std::string& path, ObjectFormat format) {
    TRY_LET(file, MappedFile::open(path));
    TRY_LET(graph, over(file.bytes(), format, path));
    graph.file_ = std::move(file);
    return std::move(graph);
}

Result<CommitGraphFile> CommitGraphFile::over(std::span<const std::uint8_t> bytes,
                                              ObjectFormat format, const std::string& path) {
    CommitGraphFile graph;
    graph.id_bytes_ = id_size(format);
    graph.row_bytes_ = graph.id_bytes_ + 16;
    if (bytes.size() < kHeaderBytes + graph.id_bytes_ ||
        big_endian32(bytes, 0) != chunk_name("CGPH"))
        return Failure(corrupt(path));
    // Version, kind of ids, chunks, files beneath.
    if (bytes[4] != 1 || bytes[5] != (format == ObjectFormat::Sha1 ? 1 : 2))
        return Failure(Error(Errc::Invalid, "a commit-graph is of a form that is not known")
                           .with("file", path));
    const auto chunks = ChunkTable::over(bytes, kHeaderBytes, bytes[6]);
    if (!chunks) return Failure(corrupt(path));
    const auto fanout = chunks->find(chunk_name("OIDF"));
    if (fanout.size() != IdTable::kFanoutBytes) return Failure(corrupt(path));
    const auto ids =
        IdTable::over(fanout, chunks->find(chunk_name("OIDL")), format, graph.id_bytes_);
    const auto names = chunks->find(chunk_name("BASE"));
    graph.rows_ = chunks->find(chunk_name("CDAT"));
    if (!ids || graph.rows_.size() != std::size_t{ids->size()} * graph.row_bytes_ ||
        names.size() != bytes[7] * graph.id_bytes_)
        return Failure(corrupt(path));
    graph.ids_ = *ids;
    graph.name_ = bytes.last(graph.id_bytes_);
    for (std::size_t i = 0; i < bytes[7]; ++i)
        graph.beneath_.push_back(names.subspan(i * graph.id_bytes_, graph.id_bytes_));
    graph.edges_ = chunks->find(chunk_name("EDGE"));
    graph.corrections_ = chunks->find(chunk_name("GDA2"));
    graph.large_corrections_ = chunks->find(chunk_name("GDO2"));
    if (!graph.corrections_.empty() && graph.corrections_.size() != std::size_t{ids->size()} * 4)
        return Failure(corrupt(path));
    graph.take_filters(chunks->find(chunk_name("BIDX")), chunks->find(chunk_name("BDAT")));
    return graph;
}

/// A graph whose filters are not to be understood is a graph without.
void CommitGraphFile::take_filters(std::span<const std::uint8_t> ends,
                                   std::span<const std::uint8_t> data) {
    if (ends.size() != std::size_t{size()} * 4 || data.size() < kFilterHeaderBytes) return;
    const auto version = big_endian32(data, 0), hashes = big_endian32(data, 4);
    if (version < 1 || version > 2 || hashes < 1 || hashes > kMostHashes) return;
    filter_version_ = version;
    filter_hashes_ = hashes;
    filter_ends_ = ends;
    filter_bits_ = data.subspan(kFilterHeaderBytes);
}

std::optional<std::uint64_t> CommitGraphFile::corrected_date_at(std::uint32_t row) const noexcept {
    std::uint64_t correction = big_endian32(corrections_, std::size_t{row} * 4);
    if ((correction & kFlag) != 0) {
        const auto at = static_cast<std::size_t>(correction & ~kFlag) * 8;
        if (large_corrections_.size() < 8 || at > large_corrections_.size() - 8)
            return std::nullopt;
        correction = big_endian64(large_corrections_, at);
    }
    // Above that a sum could wrap, and no clock stands there.
    if (correction >= std::uint64_t{1} << 62) return std::nullopt;
    return date_at(row) + correction;
}

std::optional<BloomFilter> CommitGraphFile::filter_at(std::uint32_t row) const noexcept {
    if (filter_ends_.empty()) return std::nullopt;
    const std::size_t begin = row == 0 ? 0 : big_endian32(filter_ends_, (row - 1) * std::size_t{4});
    const std::size_t end = big_endian32(filter_ends_, row * std::size_t{4});
    if (begin >= end || end > filter_bits_.size()) return std::nullopt;
    return BloomFilter{.version = filter_version_,
                       .hashes = filter_hashes_,
                       .bits = filter_bits_.subspan(begin, end - begin)};
}

}  // namespace forgehouse::git
