// Fuzzes what is read line by line: rev-list, sums of changes, ref lists, ls-remote, HEAD,
// progress, prompts, git's complaints, and addresses that users give. The first byte chooses.
#include "base/check.h"
#include "base/text.h"
#include "git/askpass.h"
#include "git/diff_output.h"
#include "git/failure.h"
#include "git/fetch_progress.h"
#include "git/languages.h"
#include "git/ranges.h"
#include "git/ref_list.h"
#include "git/remote_refs.h"
#include "git/remote_url.h"
#include "git/rev_list_line.h"

namespace {

using namespace forgehouse;

void read_address(std::string_view text) {
    const auto parsed = git::parse_remote(text);
    if (!parsed) {
        CHECK(parsed.error().code() == Errc::Invalid && !parsed.error().hint().empty());
        return;
    }
    // What git is given begins with no dash, names no program, and reads back to itself.
    CHECK(!parsed->url.text.starts_with('-') && parsed->url.text.find("::") != 0);
    const auto again = git::parse_remote(parsed->url.text);
    CHECK(again && again->url.text == parsed->url.text);
    CHECK(again->credentials.password.empty());
}

void read_refs(std::string_view text) {
    if (const auto refs = git::parse_ref_list(text))
        for (const auto& ref : *refs) CHECK(ref.name.starts_with("refs/"));
    if (const auto remote = git::parse_remote_refs(text)) {
        for (const auto& [name, id] : remote->refs)
            CHECK(name.starts_with("refs/") && name.find('*') == std::string::npos);
        CHECK(remote->head.empty() || remote->head.starts_with("refs/heads/"));
    }
    git::parse_head_file(text);
}

void read_words(std::string_view text) {
    CHECK(text::is_utf8(git::telling_line(text)));
    const auto object = git::object_in(text);
    CHECK(object.empty() || git::ObjectId::from_hex(object));
    git::ProgressReader([](const git::ProgressLine& line) {
        CHECK(!line.phase.empty());
    }).add(text);
    const auto half = text.size() / 2;
    git::answer_to(text.substr(0, half), text.substr(half));
}

/// Takes `SECONDS COMMIT PARENT …` lines as far as they are sound and asks about what came of it.
void read_history(std::string_view text) {
    git::CommitGraph graph(git::ObjectFormat::Sha1);
    std::vector<git::ObjectId> ids;
    for (const auto line : text::split(text, '\n')) {
        if (!graph.add_line(line)) continue;
        const auto words = text::split(line, ' ');
        ids.push_back(git::ObjectId::from_hex(words[1]).value());
    }
    CHECK(graph.size() == ids.size());
    if (ids.empty()) return;
    const auto &first = ids.front(), &last = ids.back();
    const auto is_ancestor = graph.is_ancestor(first, last);
    const auto bases = graph.merge_bases(first, last);
    const auto between = graph.commits_between(first, last);
    CHECK(is_ancestor && bases && between);
    CHECK(*is_ancestor == (bases->size() == 1 && bases->front() == first));
    CHECK(between->empty() == (first == last) && between->size() <= graph.size());
    CHECK(first == last || between->front() == last);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string text(data + 1, data + size);
    git::WalkedCommit commit;
    switch (data[0] % 4) {
        case 0: read_address(text); break;
        case 1: read_refs(text); break;
        case 2: read_words(text); break;
        default:
            git::parse_rev_list_line(text, commit);
            git::parse_numstat(text);
            read_history(text);
            git::language_of(text);
            CHECK(git::file_extension(text).size() <= text.size());
    }
    return 0;
}
