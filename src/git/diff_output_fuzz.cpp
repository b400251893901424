// Fuzzes the reading of diff-tree's output, patches too, through a real pipe: the bytes are what a
// child writes.
// The first byte says whether: a process costs more than all else.
#include <sys/mman.h>
#include <unistd.h>

#include "base/check.h"
#include "git/diff_output.h"
#include "git/patch_id.h"

namespace {

using namespace forgehouse;

/// The parsers of single tokens, which need no process: most of the time goes here.
void read_tokens(std::string_view bytes) {
    git::FileChange file;
    for (std::size_t from = 0; from < bytes.size();) {
        const auto to = std::min(bytes.find('\0', from), bytes.size());
        const auto token = bytes.substr(from, to - from);
        if (git::parse_raw_entry(token, file))
            CHECK(file.old_blob.bytes().size() == file.new_blob.bytes().size());
        if (const auto counts = git::parse_numstat(token))
            CHECK(!counts->is_binary || counts->added + counts->removed == 0);
        from = to + 1;
    }
}

void read_stream(std::string_view bytes) {
    exec::Command command{.program = "/bin/cat",
                          .arguments = {},
                          .environment = {},
                          .directory = "/",
                          .lent = {},
                          .input = true,
                          .on_error_text = {}};
    auto process = exec::Process::spawn(std::move(command));
    CHECK(process);
    process->feed(bytes);
    process->finish_input();
    git::DiffOutput output(std::move(*process));
    for (;;) {
        const auto step = output.next({});
        if (!step || *step == git::DiffOutput::Step::EndOfOutput) return;
    }
}

/// A patch that comes in two parts is the same patch.
void read_patch(std::string_view bytes, std::size_t cut) {
    static git::PatchId id(git::ObjectFormat::Sha1);
    id.add(bytes);
    const auto whole = id.finish();
    const auto line_end = bytes.find('\n', cut);
    const auto parts = line_end == bytes.npos ? bytes.size() : line_end + 1;
    id.add(bytes.substr(0, parts));
    id.add(bytes.substr(parts));
    CHECK(id.finish() == whole);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string bytes(data + 1, data + size);
    read_tokens(bytes);
    read_patch(bytes, data[0]);
    if (data[0] % 16 == 0) read_stream(bytes);
    return 0;
}
