#include "git/store/object_store.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>

#include "git/store/loose_object.h"
#include "git/store/store_reader.h"
#include "git/testing/scratch.h"

namespace forgehouse::git {
namespace {

namespace fs = std::filesystem;

using testing::bytes_of;
using testing::Git;
using testing::Scratch;
using testing::write_file;

std::vector<fs::path> files_with(const fs::path& folder, std::string_view extension) {
    std::vector<fs::path> found;
    for (const auto& file : fs::directory_iterator(folder))
        if (file.path().extension() == extension) found.push_back(file.path());
    std::ranges::sort(found);
    return found;
}

class ObjectStoreTest : public Scratch {
protected:
    /// Versions of three files, so that packs hold deltas, and objects of all types.
    Git history(std::string_view name, std::vector<std::string> flags = {"--bare"}) const {
        auto git = init(name, std::move(flags));
        std::string stream, text;
        for (int i = 0; i < 400; ++i) text += fmt::format("line {} of the file\n", i * 7919 % 1000);
        for (int i = 1; i <= 40; ++i) {
            text.replace(static_cast<std::size_t>(i) * 97, 5, fmt::format("<{}>", i));
            stream += fmt::format(
                "commit refs/heads/main\nmark :{}\ncommitter B <b@x> {} +0000\ndata 2\nm\n", i,
                1000000000 + i);
            if (i > 1) stream += fmt::format("from :{}\n", i - 1);
            for (const auto* path : {"a", "dir/b", "dir/deep/c"})
                stream += fmt::format("M 100644 inline {}\ndata {}\n{}{}\n", path, text.size() + 2,
                                      i % 10, text + "\n");
            stream += "M 100644 inline empty\ndata 0\n\n";
        }
        stream += "tag v1\nfrom :40\ntagger B <b@x> 1 +0000\ndata 2\nt\n";
        git.import(stream);
        return git;
    }

    static std::string objects_of(const Git& git) { return git.folder() + "/objects"; }

    static std::vector<ObjectId> all_ids(const Git& git) {
        std::vector<ObjectId> ids;
        std::istringstream lines(git.run(
            {"cat-file", "--batch-all-objects", "--batch-check=%(objectname)", "--unordered"}));
        for (std::string line; std::getline(lines, line);) ids.push_back(*ObjectId::from_hex(line));
        return ids;
    }

    /// Every object is what git says it is, whatever the size of the cache.
    static void expect_as_git(const Git& git, ObjectFormat format = ObjectFormat::Sha1) {
        auto store = ObjectStore::open(objects_of(git), format);
        ASSERT_TRUE(store) << store.error().describe();
        const auto ids = all_ids(git);
        EXPECT_GT(ids.size(), 200u);
        for (const std::size_t cache : {std::size_t{0}, std::size_t{1} << 24}) {
            StoreReader reader(*store, {.cache_bytes = cache});
            std::string mine;
            for (const auto& id : ids) {
                const auto object = reader.read(id);
                ASSERT_TRUE(object) << object.error().describe();
                mine +=
                    fmt::format("{} {} {}\n", id.hex(), name_of_type(object->type), object->size);
                mine.append(object->content()).append("\n");
            }
            std::string asked;
            for (const auto& id : ids) asked += id.hex() + "\n";
            while (mine.ends_with('\n')) mine.pop_back();
            EXPECT_EQ(git.run({"cat-file", "--batch"}, asked), mine);
        }
    }

    static std::string_view name_of_type(ObjectType type) {
        switch (type) {
            case ObjectType::Commit: return "commit";
            case ObjectType::Tree: return "tree";
            case ObjectType::Blob: return "blob";
            case ObjectType::Tag: return "tag";
            default: return "missing";
        }
    }

    static void repack(const Git& git, std::vector<std::string> settings = {}) {
        std::vector<std::string> arguments;
        for (auto& setting : settings) {
            arguments.emplace_back("-c");
            arguments.push_back(std::move(setting));
        }
        for (const auto* word : {"repack", "-q", "-a", "-d", "-f", "--depth=50", "--window=50"})
            arguments.emplace_back(word);
        git.run(std::move(arguments));
    }

    /// Takes packs apart into loose objects.
    static void unpack(const Git& git) {
        const fs::path kept = git.folder() + "/kept";
        fs::rename(objects_of(git) + "/pack", kept);
        fs::create_directory(objects_of(git) + "/pack");
        for (const auto& pack : files_with(kept, ".pack"))
            git.run({"unpack-objects", "-q"}, bytes_of(pack));
        fs::remove_all(kept);
    }
};

/// Together, in whatever order they are asked for, each object comes once and is the same as alone;
/// so are its type and size.
TEST_F(ObjectStoreTest, ReadsManyTogetherAndTellsSizes) {
    const auto git = history("together");
    git.run({"repack", "-adq", "--depth=40"});
    git.write_object("blob", "loose");
    auto store = ObjectStore::open(objects_of(git), ObjectFormat::Sha1);
    ASSERT_TRUE(store);
    auto ids = all_ids(git);
    std::ranges::shuffle(ids, std::mt19937(3));
    const auto nowhere = *ObjectId::from_hex(std::string(40, 'e'));
    ids.insert(ids.begin() + 10, nowhere);
    for (const std::size_t cache : {std::size_t{0}, std::size_t{1} << 24}) {
        StoreReader together(*store, {.cache_bytes = cache}), alone(*store, {});
        std::vector<int> times(ids.size());
        const auto done = together.read_all(
            ids, [&](std::size_t at, Result<StoredObject> object) -> Result<void> {
                ++times[at];
                const auto expected = alone.read(ids[at]);
                EXPECT_EQ(object.has_value(), expected.has_value());
                if (!object) {
                    EXPECT_EQ(ids[at], nowhere);
                    EXPECT_EQ(object.error().code(), Errc::NotFound);
                    return {};
                }
                EXPECT_EQ(object->type, expected->type);
                EXPECT_EQ(object->content(), expected->content());
                const auto size = together.size(ids[at]);
                EXPECT_TRUE(size && size->type == object->type && size->bytes == object->size);
                return {};
            });
        EXPECT_TRUE(done);
        EXPECT_EQ(std::ranges::count(times, 1), static_cast<std::ptrdiff_t>(ids.size()));
    }
    StoreReader reader(*store, {});
    EXPECT_EQ(reader.size(nowhere).error().code(), Errc::NotFound);
    const auto stops = [](std::size_t, const Result<StoredObject>&) -> Result<void> {
        return Failure(Error(Errc::Cancelled, "enough"));
    };
    EXPECT_EQ(reader.read_all(ids, stops).error().code(), Errc::Cancelled);
}

TEST_F(ObjectStoreTest, ReadsPacksAsGitDoes) {
    const auto git = history("packed");
    expect_as_git(git);
    repack(git);
    expect_as_git(git);
}

TEST_F(ObjectStoreTest, ReadsDeltasWhoseBaseIsNamedById) {
    const auto git = history("by-id");
    repack(git, {"repack.useDeltaBaseOffset=false"});
    expect_as_git(git);
}

TEST_F(ObjectStoreTest, ReadsIndexesOfTheFirstVersion) {
    const auto git = history("first");
    repack(git, {"pack.indexVersion=1"});
    const auto index = bytes_of(files_with(objects_of(git) + "/pack", ".idx").front());
    ASSERT_FALSE(index.starts_with("\xfftOc"));
    expect_as_git(git);
}

TEST_F(ObjectStoreTest, ReadsLooseObjects) {
    const auto git = history("loose");
    unpack(git);
    ASSERT_TRUE(files_with(objects_of(git) + "/pack", ".pack").empty());
    expect_as_git(git);
}

TEST_F(ObjectStoreTest, ReadsSha256Repositories) {
    const auto git = history("sha256", {"--bare", "--object-format=sha256"});
    expect_as_git(git, ObjectFormat::Sha256);
    repack(git);
    git.run({"multi-pack-index", "write"});
    expect_as_git(git, ObjectFormat::Sha256);
    unpack(git);
    expect_as_git(git, ObjectFormat::Sha256);
}

TEST_F(ObjectStoreTest, ReadsThroughAMultiPackIndex) {
    const auto git = history("multi");
    // A second pack, and not a few loose objects.
    git.run({"-c", "fastimport.unpackLimit=1", "fast-import", "--quiet"},
            "commit refs/heads/more\ncommitter B <b@x> 9 +0000\ndata 2\nx\nM 100644 inline "
            "f\ndata 2\nz\n\n");
    git.run({"multi-pack-index", "write"});
    const auto indexed = ObjectStore::open(objects_of(git), ObjectFormat::Sha1);
    ASSERT_EQ(indexed->folders()->indexed.size(), 1u);
    EXPECT_EQ(indexed->folders()->packs.size(), 0u);
    EXPECT_GT(indexed->folders()->indexed.front().packs.size(), 1u);
    expect_as_git(git);

    // One that names a pack that is gone is not believed.
    for (const auto& pack : files_with(objects_of(git) + "/pack", ".idx"))
        if (pack != files_with(objects_of(git) + "/pack", ".idx").front())
            fs::rename(pack, pack.string() + ".away");
    const auto stale = ObjectStore::open(objects_of(git), ObjectFormat::Sha1);
    EXPECT_EQ(stale->folders()->indexed.size(), 0u);
    EXPECT_EQ(stale->folders()->packs.size(), 1u);
}

TEST_F(ObjectStoreTest, ReadsWhatIsBorrowed) {
    const auto lender = history("lender \"quoted\"\ttab");
    const auto borrower = init("borrower");
    const auto last = init("last");
    write_file(objects_of(borrower) + "/info/alternates",
               "# a comment\n\n\"../../lender \\\"quoted\\\"\\ttab/objects\"\n/not/there\n");
    // A pipe where a file should be keeps nobody waiting.
    const auto odd = init("odd");
    ASSERT_EQ(::mkfifo((objects_of(odd) + "/info/alternates").c_str(), 0600), 0);
    // Of the borrower too, and a ring.
    write_file(objects_of(last) + "/info/alternates",
               objects_of(borrower) + "\n" + objects_of(last) + "\n" + objects_of(odd) + "\n");
    write_file(objects_of(lender) + "/info/alternates", objects_of(last) + "\n");
    EXPECT_EQ(alternates_of(objects_of(last)),
              (std::vector{objects_of(borrower), objects_of(odd), objects_of(lender)}));
    std::filesystem::remove(objects_of(odd) + "/info/alternates");  // git would wait
    expect_as_git(last);
    for (const auto& borrowed : {borrower, last}) {
        auto store = ObjectStore::open(objects_of(borrowed), ObjectFormat::Sha1);
        StoreReader reader(*store);
        for (const auto& id : all_ids(lender)) EXPECT_TRUE(reader.read(id));
    }
}

TEST_F(ObjectStoreTest, FindsWhatWasPackedMeanwhile) {
    const auto git = history("moving");
    unpack(git);
    auto store = ObjectStore::open(objects_of(git), ObjectFormat::Sha1);
    StoreReader reader(*store), other(*store);
    const auto ids = all_ids(git);
    ASSERT_TRUE(reader.read(ids.front()));
    git.run({"repack", "-q", "-a", "-d"});
    git.run({"prune-packed", "-q"});
    for (const auto& id : ids) {
        ASSERT_TRUE(reader.read(id)) << id.hex();
        ASSERT_TRUE(other.read(id)) << id.hex();
    }
    const auto seen = store->folders();
    EXPECT_EQ(reader.read(*ObjectId::from_hex(std::string(40, 'd'))).error().code(),
              Errc::NotFound);
    EXPECT_NE(store->folders(), seen);
    // Packs that were there stay mapped once.
    EXPECT_EQ(store->folders()->packs, seen->packs);
}

TEST_F(ObjectStoreTest, SaysWhatIsMissingTooLargeOrNoFolder) {
    const auto git = history("r");
    auto store = ObjectStore::open(objects_of(git), ObjectFormat::Sha1);
    const auto blob = *ObjectId::from_hex(git.run({"rev-parse", "main:a"}));
    EXPECT_EQ(StoreReader(*store, {.object_bytes = 100}).read(blob).error().code(), Errc::Invalid);
    unpack(git);
    EXPECT_EQ(StoreReader(*store, {.object_bytes = 100}).read(blob).error().code(), Errc::Invalid);
    const auto missing = StoreReader(*store).read(*ObjectId::from_hex(std::string(40, '1')));
    EXPECT_EQ(missing.error().code(), Errc::NotFound);
    EXPECT_EQ(missing.error().field("object"), std::string(40, '1'));
    // An id of the other format is in no index.
    EXPECT_EQ(StoreReader(*store).read(ObjectId::null(ObjectFormat::Sha256)).error().code(),
              Errc::NotFound);
    EXPECT_EQ(ObjectStore::open("/not/there", ObjectFormat::Sha1).error().code(), Errc::NotFound);
}

/// Whatever byte is changed or missing: objects come as they are or not at all, and nobody falls.
TEST_F(ObjectStoreTest, LivesWithDamage) {
    const auto git = init("damaged");
    std::string text(3000, 'x');
    for (int i = 0; i < 4; ++i) {
        text.replace(static_cast<std::size_t>(i) * 500, 9, "different");
        git.write_object("blob", text);
    }
    const auto ids = all_ids(git);
    std::string names;
    for (const auto& id : ids) names += id.hex() + "\n";
    git.run({"pack-objects", "-q", objects_of(git) + "/pack/pack"}, names);
    git.run({"prune-packed", "-q"});
    git.run({"multi-pack-index", "write"});
    std::map<ObjectId, std::string> whole;
    for (const auto& id : ids) {
        auto store = ObjectStore::open(objects_of(git), ObjectFormat::Sha1);
        whole[id] = StoreReader(*store).read(id)->content();
    }
    const auto pack = objects_of(git) + "/pack";
    const std::vector<fs::path> files{files_with(pack, ".idx").front(),
                                      files_with(pack, ".pack").front(),
                                      pack + "/multi-pack-index"};
    std::size_t refused = 0, read = 0;
    for (const auto& file : files) {
        const auto sound = bytes_of(file);
        const bool has_checksums = file.extension() == ".pack";
        // Fan-out tables are a kilobyte of the same: every seventh byte of them is enough.
        for (std::size_t at = 0; at < sound.size(); at += sound.size() > 1024 ? 7 : 1) {
            for (const bool is_cut : {false, true}) {
                auto bytes = is_cut ? sound.substr(0, at) : sound;
                if (!is_cut) bytes[at] = static_cast<char>(bytes[at] ^ 0x55);
                write_file(file, bytes);
                auto store = ObjectStore::open(objects_of(git), ObjectFormat::Sha1);
                StoreReader reader(*store);
                for (const auto& [id, content] : whole) {
                    const auto object = reader.read(id);
                    ++(object ? read : refused);
                    // Where an index is wrong another object may be found, as git would find it.
                    if (object && has_checksums) EXPECT_EQ(object->content(), content) << at;
                }
            }
        }
        write_file(file, sound);
    }
    EXPECT_GT(refused, 100u);
    EXPECT_GT(read, 100u);
}

TEST_F(ObjectStoreTest, LivesWithDamagedLooseObjects) {
    const auto git = init("damaged-loose");
    const auto id = *ObjectId::from_hex(git.write_object("blob", "some content\n"));
    const auto path = loose_path(objects_of(git), id);
    const auto sound = bytes_of(path);
    Inflater inflater;
    const auto parse = [&inflater](std::string_view bytes) {
        return parse_loose_object(
            {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}, inflater, 1 << 20);
    };
    ASSERT_EQ(parse(sound)->content(), "some content\n");
    for (std::size_t at = 0; at < sound.size(); ++at) {
        auto bytes = sound;
        bytes[at] = static_cast<char>(bytes[at] ^ 0x55);
        EXPECT_EQ(parse(bytes).error().code(), Errc::Corrupt) << at;
        EXPECT_EQ(parse(sound.substr(0, at)).error().code(), Errc::Corrupt) << at;
    }
    write_file(path, "");
    auto store = ObjectStore::open(objects_of(git), ObjectFormat::Sha1);
    const auto damaged = StoreReader(*store).read(id);
    EXPECT_EQ(damaged.error().code(), Errc::Corrupt);
    EXPECT_EQ(damaged.error().field("file"), path);
}

}  // namespace
}  // namespace forgehouse::git
