#include "engine/data_dir.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "engine/library.h"
#include "engine/testing/live.h"

namespace forgehouse::engine {
namespace {

namespace fs = std::filesystem;
using live::TempFolder;

TEST(DataDir, IsMadePrivateAndTellsItsSocket) {
    const TempFolder folder;
    const auto dir = open_data_dir(folder.path() / "a" / "b", folder.path().string());
    ASSERT_TRUE(dir) << dir.error().describe();
    struct stat found{};
    ASSERT_EQ(::stat(dir->clickhouse.c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777U, 0700U);
    // A folder of its own: what may be removed there belongs to this engine alone.
    EXPECT_EQ(dir->socket.parent_path().parent_path(), folder.path() / "forgehouse");
    EXPECT_FALSE(dir->open_to_others);
    EXPECT_LE(dir->socket.string().size() + 5, 107U);
    // The same directory by another name has the same socket.
    fs::create_directory_symlink(folder.path() / "a", folder.path() / "link");
    EXPECT_EQ(open_data_dir(folder.path() / "link" / "b", folder.path().string())->socket,
              dir->socket);
}

TEST(DataDir, RefusesANewerVersionAndNoDirectory) {
    const TempFolder folder;
    std::ofstream(folder.path() / "format") << "2\n";
    EXPECT_EQ(open_data_dir(folder.path(), "").error().code(), Errc::Invalid);
    std::ofstream(folder.path() / "format") << "x\n";
    EXPECT_EQ(open_data_dir(folder.path(), "").error().code(), Errc::Corrupt);
    EXPECT_EQ(open_data_dir(folder.path() / "format", "").error().code(), Errc::Invalid);
    EXPECT_FALSE(open_data_dir("", ""));
}

TEST(DataDir, RefusesWhatOthersOwnOrMayWrite) {
    const TempFolder folder;
    const std::string run = folder.path().string();
    const fs::path data = folder.path() / "data";
    ASSERT_TRUE(open_data_dir(data, run));
    ::chmod(data.c_str(), 0750);
    EXPECT_TRUE(open_data_dir(data, run)->open_to_others);
    ::chmod(data.c_str(), 0707);
    const auto open = open_data_dir(data, run);
    ASSERT_FALSE(open);
    EXPECT_EQ(open.error().code(), Errc::Denied);
    EXPECT_TRUE(open.error().hint().starts_with("chmod 700 "));
    ::chmod(data.c_str(), 0700);
    EXPECT_FALSE(open_data_dir(data, run)->open_to_others);
}

TEST(DataDir, RefusesWhatAnotherUserOwns) {
    // Only root can give a folder away; of others there is always one that is root's.
    const TempFolder folder;
    fs::path foreign = "/usr/lib";
    if (::geteuid() == 0) {
        foreign = folder.path() / "data";
        fs::create_directory(foreign);
        ASSERT_EQ(::chown(foreign.c_str(), 65534, 65534), 0);
    }
    const auto opened = open_data_dir(foreign, folder.path().string());
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code(), Errc::Denied);
}

TEST(DataDir, PassesARuntimeDirectoryOverThatIsNotOurs) {
    const TempFolder folder;
    const auto in_tmp = [](const Result<fs::path>& path) {
        ASSERT_TRUE(path);
        EXPECT_EQ(path->parent_path().parent_path(),
                  fmt::format("/tmp/forgehouse-{}", ::geteuid()));
    };
    in_tmp(socket_path("/data", ""));
    in_tmp(socket_path("/data", "relative"));
    in_tmp(socket_path("/data", "/proc/1"));  // another's, or not writable
    in_tmp(socket_path("/data", std::string(120, 'x').insert(0, "/")));
    in_tmp(socket_path("/data", (folder.path() / "missing").string()));
    fs::create_directory_symlink(folder.path(), folder.path() / "link");
    in_tmp(socket_path("/data", (folder.path() / "link").string()));
    fs::create_directory(folder.path() / "open");
    ::chmod((folder.path() / "open").c_str(), 0777);
    in_tmp(socket_path("/data", (folder.path() / "open").string()));
}

TEST(DataDir, KeepsOneTokenForAll) {
    const TempFolder folder;
    const auto dir = open_data_dir(folder.path(), folder.path().string());
    ASSERT_TRUE(dir);
    const auto first = writer_token(*dir);
    ASSERT_TRUE(first);
    EXPECT_EQ(first->reveal().size(), 64U);
    EXPECT_EQ(writer_token(*dir)->reveal(), first->reveal());
    struct stat found{};
    ::chmod(dir->token.c_str(), 0644);
    ASSERT_TRUE(writer_token(*dir));
    ::stat(dir->token.c_str(), &found);
    EXPECT_EQ(found.st_mode & 0777U, 0600U);
    std::ofstream(dir->token) << "short";
    EXPECT_EQ(writer_token(*dir).error().code(), Errc::Corrupt);
    EXPECT_TRUE(same_secret("abc", "abc"));
    EXPECT_FALSE(same_secret("abc", "abd"));
    EXPECT_FALSE(same_secret("abc", "ab"));
    EXPECT_FALSE(same_secret("", "a"));
}

TEST(DataDir, LocksOnceAndSaysWho) {
    const TempFolder folder;
    const fs::path path = folder.path() / "lock";
    ASSERT_FALSE(*lock_holder(path));
    const auto first = LockFile::open(path), second = LockFile::open(path);
    ASSERT_TRUE(first->try_lock());
    EXPECT_FALSE(second->try_lock());
    ASSERT_TRUE(first->describe({.pid = 42, .socket = "/run/x.sock"}));
    const auto holder = lock_holder(path);
    ASSERT_TRUE(*holder);
    EXPECT_EQ((*holder)->pid, 42);
    EXPECT_EQ((*holder)->socket, "/run/x.sock");
    first->unlock();
    EXPECT_FALSE(*lock_holder(path));
    EXPECT_TRUE(second->try_lock());
}

TEST(Library, IsLookedForInOrder) {
    const LibrarySearch search{
        .named = "", .program = "/opt/bin/forgehouse", .cache_home = "", .home = "/home/u"};
    const auto places = library_places(search);
    ASSERT_EQ(places.size(), 3U);
    EXPECT_EQ(places[0], "/opt/bin/libchdb.so");
    EXPECT_EQ(places[1], "/opt/lib/forgehouse/libchdb.so");
    EXPECT_EQ(places[2],
              "/home/u/.cache/forgehouse/libchdb/" FORGEHOUSE_LIBCHDB_VERSION "/libchdb.so");
    EXPECT_EQ(library_places({.named = "/x.so", .program = "", .cache_home = "", .home = ""}),
              std::vector<fs::path>{"/x.so"});
    const auto missing =
        find_library({.named = "/no/x.so", .program = "", .cache_home = "", .home = ""});
    EXPECT_EQ(missing.error().code(), Errc::NotFound);
    EXPECT_NE(missing.error().hint().find("FORGEHOUSE_LIBCHDB"), std::string_view::npos);
}

TEST(Library, IsCheckedBeforeItIsLoaded) {
    const TempFolder folder;
    const fs::path file = folder.path() / "lib.so";
    const auto write = [&](char klass, char type, char machine) {
        std::string header(64, '\0');
        header.replace(0, 4,
                       "\x7f"
                       "ELF");
        header[4] = klass;
        header[16] = type;
        header[18] = machine;
        std::ofstream(file, std::ios::binary) << header;
        return check_architecture(file);
    };
    EXPECT_EQ(write(2, 3, '\x08').error().text(), "the library is of another architecture");
    EXPECT_EQ(write(1, 3, '\x03').error().field("library"), "i386");
    EXPECT_EQ(write(2, 2, '\x3e').error().text(), "the file is no shared library");
    std::ofstream(file) << "#!/bin/sh\n";
    EXPECT_EQ(check_architecture(file).error().code(), Errc::Invalid);

    const fs::path program = fs::read_symlink("/proc/self/exe");
    fs::copy_file(program, file, fs::copy_options::overwrite_existing);
    EXPECT_TRUE(check_architecture(file));
    fs::resize_file(file, fs::file_size(program) - 1);
    EXPECT_EQ(check_architecture(file).error().text(), "the library cannot be read or is cut");
}

}  // namespace
}  // namespace forgehouse::engine
