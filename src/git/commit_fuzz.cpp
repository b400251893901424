// Fuzzes the reading of commit and tag objects: any bytes give texts that are valid UTF-8, and no
// byte of a text is lost.
#include "base/check.h"
#include "base/text.h"
#include "git/commit_parser.h"

namespace {

using namespace forgehouse;

void check_text(const git::Text& text) {
    CHECK(text::is_utf8(text.utf8));
    CHECK(text.original.empty() || text.original != text.utf8);
}

void check_signature(const git::Signature& signature) {
    check_text(signature.name);
    check_text(signature.email);
    CHECK(signature.time >= kEarliestTime && signature.time <= kLatestTime);
    CHECK(signature.date != git::DateState::Unreadable || signature.time.ms() == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(data, data + size);
    const git::ObjectId id = git::ObjectId::null(git::ObjectFormat::Sha1);
    const auto commit = git::parse_commit(id, bytes);
    check_signature(commit.author);
    check_signature(commit.committer);
    check_text(commit.message);
    CHECK(text::is_utf8(commit.encoding));
    for (const auto& trailer : commit.trailers) {
        CHECK(text::is_utf8(trailer.key) && text::is_utf8(trailer.value));
        CHECK(!trailer.key.empty());
    }
    const auto tag = git::parse_tag(id, bytes).tag;
    check_text(tag.message);
    if (tag.tagger) check_signature(*tag.tagger);
    return 0;
}
