// Fuzzes what is read line by line: rev-list, ref lists, ls-remote, HEAD, progress, prompts, git's
// complaints, and addresses that users give. The first byte chooses.
#include "base/check.h"
#include "base/text.h"
#include "git/askpass.h"
#include "git/failure.h"
#include "git/fetch_progress.h"
#include "git/languages.h"
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
            git::language_of(text);
            CHECK(git::file_extension(text).size() <= text.size());
    }
    return 0;
}
