#include "git/commit_parser.h"

#include <gtest/gtest.h>

namespace forgehouse::git {
namespace {

const ObjectId kId = *ObjectId::from_hex("0123456789abcdef0123456789abcdef01234567");

Commit parse(std::string_view author, std::string_view rest = "\nmessage\n") {
    return parse_commit(kId, "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor " +
                                 std::string(author) + "\ncommitter C <c@x> 1 +0000\n" +
                                 std::string(rest));
}

TEST(CommitParser, ReadsWhatGitWrites) {
    const auto commit = parse("A U Thor <a@x.org> 1700000000 +0530",
                              "gpgsig -----BEGIN SSH SIGNATURE-----\n line\n -----END SSH "
                              "SIGNATURE-----\n\ntitle\n\nbody\n");
    EXPECT_EQ(commit.author.name.utf8, "A U Thor");
    EXPECT_EQ(commit.author.email.utf8, "a@x.org");
    EXPECT_EQ(commit.author.time.seconds(), 1700000000);
    EXPECT_EQ(commit.author.date, DateState::Exact);
    EXPECT_EQ(commit.author.zone_minutes, 330);
    EXPECT_EQ(commit.author.malformed, "");
    EXPECT_EQ(commit.message.utf8, "title\n\nbody\n");
    EXPECT_EQ(commit.signature, SignatureKind::Ssh);
    EXPECT_FALSE(commit.is_merge());
}

TEST(CommitParser, TellsKindsOfSignatureByTheirArmor) {
    const auto kind = [](std::string_view armor) {
        return parse("A <a> 1 +0000", "gpgsig " + std::string(armor) + "\n x\n\nm\n").signature;
    };
    EXPECT_EQ(kind("-----BEGIN PGP SIGNATURE-----"), SignatureKind::Gpg);
    EXPECT_EQ(kind("-----BEGIN PGP MESSAGE-----"), SignatureKind::Gpg);
    EXPECT_EQ(kind("-----BEGIN SIGNED MESSAGE-----"), SignatureKind::X509);
    EXPECT_EQ(kind("what"), SignatureKind::Other);
    EXPECT_EQ(parse("A <a> 1 +0000").signature, SignatureKind::None);
    EXPECT_EQ(name_of(SignatureKind::X509), "x509");
}

TEST(CommitParser, ReadsTimesThatGitDoesNot) {
    const auto date = [](std::string_view text) {
        return parse("A <a> " + std::string(text)).author;
    };
    EXPECT_EQ(date("-86400 +0000").time.seconds(), -86400);
    EXPECT_EQ(date("-86400 +0000").date, DateState::Exact);
    EXPECT_EQ(date("-2208988800 +0000").time, kEarliestTime);
    EXPECT_EQ(date("-2208988800 +0000").date, DateState::Exact);
    EXPECT_EQ(date("-2208988801 +0000").time, kEarliestTime);
    EXPECT_EQ(date("-2208988801 +0000").date, DateState::Clamped);
    EXPECT_EQ(date("4102444800 +0000").time.seconds(), 4102444800);
    EXPECT_EQ(date("9223372036854775807 +0000").date, DateState::Clamped);
    EXPECT_EQ(date("9223372036854775807 +0000").time, kLatestTime);
    EXPECT_EQ(date("18446744073709551617 +0000").date, DateState::Unreadable);
    EXPECT_EQ(date("18446744073709551617 +0000").time.seconds(), 0);
    EXPECT_EQ(date("+0000").date, DateState::Unreadable);
}

TEST(CommitParser, ReadsZonesAsTheyStand) {
    const auto zone = [](std::string_view text) {
        return parse("A <a> 1 " + std::string(text)).author;
    };
    EXPECT_EQ(zone("-0000").zone, "-0000");
    EXPECT_EQ(zone("-0000").zone_minutes, 0);
    EXPECT_EQ(zone("-0330").zone_minutes, -210);
    EXPECT_EQ(zone("+051800").zone, "+051800");
    EXPECT_EQ(zone("+051800").zone_minutes, 518 * 60);
    EXPECT_EQ(zone("+99999999999999999999").zone_minutes, 99999 * 60 + 99);
    EXPECT_EQ(zone("CET").zone, "");
    EXPECT_NE(zone("CET").malformed, "");
}

struct Line {
    std::string_view line, name, email;
    std::int64_t seconds;
    bool is_sound;
};

TEST(CommitParser, ReadsMalformedIdentitiesAsFarAsTheyGo) {
    for (const auto& [line, name, email, seconds, is_sound] : {
             Line{"A <a@x> 5 +0000", "A", "a@x", 5, true},
             Line{"<a@x> 5 +0000", "", "a@x", 5, true},
             Line{"A <> 5 +0000", "A", "", 5, true},
             Line{"A B<a@x> 5 +0000", "A B", "a@x", 5, false},
             Line{"A <a@x>5 +0000", "A", "a@x", 5, false},
             Line{"A <a>b@x> 5 +0000", "A", "a", 5, false},
             Line{"A <<a@x>> 5 +0000", "A", "<a@x", 5, false},
             Line{"A  <a@x>  5  +0000", "A", "a@x", 5, false},
             Line{"A <a@x 5 +0000", "A", "a@x", 5, false},
             Line{"A 5 +0000", "A", "", 5, false},
             Line{"A", "A", "", 0, false},
             Line{"", "", "", 0, false},
             Line{"A <a@x>", "A", "a@x", 0, false},
             Line{"A> <a@x> 5 +0000", "A>", "a@x", 5, true},
             Line{"> 5 +0000 <", "> 5 +0000", "", 0, false},
         }) {
        SCOPED_TRACE(line);
        const auto signature = parse_signature(line);
        EXPECT_EQ(signature.name.utf8, name);
        EXPECT_EQ(signature.email.utf8, email);
        EXPECT_EQ(signature.time.seconds(), seconds);
        EXPECT_EQ(signature.malformed, is_sound ? "" : line);
    }
}

TEST(CommitParser, HonoursTheEncodingHeader) {
    auto commit = parse("Ren\xE9 <r@x> 1 +0000", "encoding ISO-8859-1\n\ncaf\xE9\n");
    EXPECT_EQ(commit.author.name.utf8, "René");
    EXPECT_EQ(commit.author.name.original, "Ren\xE9");
    EXPECT_EQ(commit.message.utf8, "café\n");
    EXPECT_EQ(commit.encoding, "ISO-8859-1");

    commit = parse("A <a> 1 +0000", "encoding SHIFT_JIS\n\n\x93\xFA\x96{\n");
    EXPECT_EQ(commit.message.utf8, "日本\n");

    // Escapes make another text of what looks like ASCII.
    commit = parse("A <a> 1 +0000", "encoding ISO-2022-JP\n\n\x1b$BF|K\\\x1b(B\n");
    EXPECT_EQ(commit.message.utf8, "日本\n");
    EXPECT_EQ(commit.message.original, "\x1b$BF|K\\\x1b(B\n");
}

TEST(CommitParser, MakesEveryTextValidAndLosesNoByte) {
    auto commit = parse("A <a> 1 +0000", "\ncaf\xE9 über\n");
    EXPECT_EQ(commit.message.utf8, "café über\n");
    EXPECT_EQ(commit.message.original, "caf\xE9 über\n");
    commit = parse("A <a> 1 +0000", "encoding no-such//TRANSLIT\n\ncaf\xE9\n");
    EXPECT_EQ(commit.message.utf8, "café\n");
    commit = parse("A <a> 1 +0000", std::string_view("\na\0b\n", 5));
    EXPECT_EQ(commit.message.utf8, std::string("a\0b\n", 4));
    EXPECT_EQ(commit.message.original, "");
}

TEST(CommitParser, SurvivesWhatIsNoCommit) {
    for (const auto* const content : {"", "\n", "tree", "author", "author \n", "x y\n z", "gpgsig",
                                      "\n\n", "parent zz\n", " \n \n"}) {
        SCOPED_TRACE(content);
        const auto commit = parse_commit(kId, content);
        EXPECT_TRUE(commit.parents.empty());
        EXPECT_EQ(commit.author.date, DateState::Unreadable);
    }
    const auto merge = parse_commit(
        kId,
        "parent 0123456789abcdef0123456789abcdef01234567\nparent "
        "0123456789abcdef0123456789abcdef01234568\nmergetag object 1\n type commit\n\nm");
    EXPECT_TRUE(merge.is_merge());
    EXPECT_EQ(merge.message.utf8, "m");
}

TEST(Trailers, AreTheLastParagraph) {
    const auto trailers = parse_trailers(
        "title\n\nbody: no\n\nSigned-off-by: A <a@x>\nCo-authored-by: B <b@x>\n  and more\n\n");
    ASSERT_EQ(trailers.size(), 2u);
    EXPECT_EQ(trailers[0].key, "Signed-off-by");
    EXPECT_EQ(trailers[0].value, "A <a@x>");
    EXPECT_EQ(trailers[1].value, "B <b@x> and more");
}

TEST(Trailers, AreNotTheTitleAndNotText) {
    EXPECT_TRUE(parse_trailers("Fixes: everything\n").empty());
    EXPECT_TRUE(parse_trailers("\nFixes: everything\n").empty());
    EXPECT_TRUE(parse_trailers("t\n\nNote: one line\nand plain text\n").empty());
    EXPECT_TRUE(parse_trailers("").empty());
    EXPECT_TRUE(parse_trailers("t\n\nhttp://x.org/\ntext").empty());
}

TEST(Trailers, MayStandAmongTextWhereGitVouchesForThem) {
    const auto trailers = parse_trailers(
        "t\n\ntext\nmore text\nSigned-off-by: A <a@x>\n(cherry picked from commit "
        "1234)\n");
    ASSERT_EQ(trailers.size(), 1u);
    EXPECT_EQ(trailers[0].key, "Signed-off-by");
}

TEST(TagParser, ReadsTaggerMessageAndSignature) {
    const auto parsed = parse_tag(
        kId,
        "object 0123456789abcdef0123456789abcdef01234567\ntype commit\ntag v1\ntagger T <t@x> "
        "7 +0100\n\nrelease\n-----BEGIN PGP SIGNATURE-----\nx\n");
    EXPECT_EQ(parsed.target, kId);
    ASSERT_TRUE(parsed.tag.tagger);
    EXPECT_EQ(parsed.tag.tagger->name.utf8, "T");
    EXPECT_EQ(parsed.tag.message.utf8, "release\n");
    EXPECT_EQ(parsed.tag.signature, SignatureKind::Gpg);
    EXPECT_FALSE(parse_tag(kId, "object x\n\nold tag\n").tag.tagger);
    EXPECT_FALSE(parse_tag(kId, "object x\n\nold tag\n").target);
}

}  // namespace
}  // namespace forgehouse::git
