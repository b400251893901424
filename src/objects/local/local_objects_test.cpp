#include "objects/local/local_objects.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "conformance/objects/objects_conformance.h"
#include "objects/local/file.h"

namespace forgehouse::conformance {
namespace {

namespace fs = std::filesystem;

fs::path make_folder() {
    std::string name = (fs::temp_directory_path() / "forgehouse-objects-XXXXXX").string();
    return ::mkdtemp(name.data()) ? fs::path(name) : fs::path();
}

std::shared_ptr<ports::Objects> make_local_store() {
    const fs::path root = make_folder();
    auto store = objects::LocalObjects::open(root);
    return {store ? store->release() : nullptr, [root](ports::Objects* held) {
                delete held;
                fs::remove_all(root);
            }};
}

INSTANTIATE_TEST_SUITE_P(Local, ObjectsConformance, testing::Values(make_local_store));

class LocalObjectsTest : public testing::Test {
protected:
    ~LocalObjectsTest() override { fs::remove_all(root); }
    const fs::path root = make_folder();
    exec::Context ctx;
};

TEST_F(LocalObjectsTest, ClearsWhatADeadWriterLeft) {
    {
        ASSERT_TRUE(objects::LocalObjects::open(root));
    }
    std::ofstream(root / ".new" / "1-1") << "half";
    ASSERT_TRUE(objects::LocalObjects::open(root));
    EXPECT_TRUE(fs::is_empty(root / ".new"));
}

TEST_F(LocalObjectsTest, OtherUsersCannotRead) {
    auto store = objects::LocalObjects::open(root / "new");
    ASSERT_TRUE(store);
    ASSERT_TRUE((*store)->put(ctx, "a/b", "1"));
    struct stat facts;
    ASSERT_EQ(::stat((root / "new/a/b").c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777, 0600U);
    for (const char* folder : {"new", "new/a"}) {
        ASSERT_EQ(::stat((root / folder).c_str(), &facts), 0);
        EXPECT_EQ(facts.st_mode & 0777, 0700U);
    }
}

TEST_F(LocalObjectsTest, AKeyCannotBeTheFolderOfAnother) {
    auto store = objects::LocalObjects::open(root);
    ASSERT_TRUE(store);
    ASSERT_TRUE((*store)->put(ctx, "a/b", "1"));
    const auto folder = (*store)->put(ctx, "a", "1");
    ASSERT_FALSE(folder);
    EXPECT_EQ(folder.error().code(), Errc::Invalid);
    EXPECT_EQ((*store)->get(ctx, "a").error().code(), Errc::NotFound);
    EXPECT_TRUE(fs::is_empty(root / ".new"));
}

TEST_F(LocalObjectsTest, SaysThatItMayNotWrite) {
    const auto store = objects::LocalObjects::open("/proc/forgehouse");
    ASSERT_FALSE(store);
    EXPECT_FALSE(store.error().field("path").empty());
}

// /dev/full refuses every byte with ENOSPC, as a full disk does.
TEST_F(LocalObjectsTest, AFullDiskIsNamedAndTheOldObjectStays) {
    auto full = objects::File::open("/dev/full", O_WRONLY);
    ASSERT_TRUE(full);
    const auto written = full->write_all("x");
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code(), Errc::Unavailable);
    EXPECT_EQ(written.error().text(), "the disk is full");
    EXPECT_FALSE(written.error().hint().empty());
}

// Two processes count together by compare-and-swap.
TEST_F(LocalObjectsTest, LosesNoSwapBetweenProcesses) {
    auto store = objects::LocalObjects::open(root);
    ASSERT_TRUE(store);
    ASSERT_TRUE((*store)->put(ctx, "n", "0"));
    const auto count_to_ten = [&] {
        for (int done = 0; done < 10;) {
            const auto now = (*store)->get(ctx, "n");
            if (!now) return 1;
            const std::string next = std::to_string(std::stoi(now->bytes) + 1);
            if ((*store)->put_if(ctx, "n", next, now->etag)) ++done;
        }
        return 0;
    };
    const pid_t child = ::fork();
    if (child == 0) ::_exit(count_to_ten());
    EXPECT_EQ(count_to_ten(), 0);
    int status = 1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    EXPECT_EQ((*store)->get(ctx, "n")->bytes, "20");
}

}  // namespace
}  // namespace forgehouse::conformance
