// Fuzzes the reading of commit-graphs, one file or two upon each other, and of commits' headers:
// what is believed makes sense. The first byte says which, the next two where the second file
// begins.
#include <string>
#include <vector>

#include "base/check.h"
#include "git/history/commit_table.h"
#include "git/store/commit_graph_chain.h"

namespace {

using namespace forgehouse;
using Position = git::CommitGraphChain::Position;

void read_chain(std::vector<git::CommitGraphFile> files) {
    const auto chain = git::CommitGraphChain::of(std::move(files));
    const git::BloomPath path("src/a"), accented("\xc3\xa9");
    for (Position commit = 0; commit < chain.size(); ++commit) {
        CHECK(chain.find(chain.id(commit)) == commit);
        chain.each_parent(commit, [&](Position parent) {
            CHECK(parent < chain.size());
            CHECK(chain.generation(parent) < chain.generation(commit));
        });
        if (const auto filter = chain.changes(commit)) {
            path.may_be_in(*filter);
            accented.may_be_in(*filter);
        }
    }
}

void read_header(std::string_view content, git::ObjectFormat format) {
    const auto header = git::parse_commit_header(content, format);
    if (!header) return;
    CHECK(header->tree.bytes().size() == git::id_size(format));
    CHECK(content.size() > header->parents.size() * (8 + 2 * git::id_size(format)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 3) return 0;
    const auto format = (data[0] & 1) == 0 ? git::ObjectFormat::Sha1 : git::ObjectFormat::Sha256;
    const auto kind = data[0] >> 1 & 3;
    if (kind == 3) {
        read_header({reinterpret_cast<const char*>(data) + 3, size - 3}, format);
        return 0;
    }
    const std::size_t first =
        kind == 0 ? size - 3 : std::min<std::size_t>(data[1] << 8 | data[2], size - 3);
    // Exactly as long as they are, so that reading beyond is seen.
    const std::vector<std::uint8_t> lower(data + 3, data + 3 + first),
        upper(data + 3 + first, data + size);
    std::vector<git::CommitGraphFile> files;
    for (const auto* bytes : {&lower, &upper})
        if (auto file = git::CommitGraphFile::over(*bytes, format, "x"))
            files.push_back(std::move(*file));
    read_chain(std::move(files));
    return 0;
}
