// For the tests of this room: an engine of their own as a child process, in folders of its own, and
// requests to it byte by byte.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace forgehouse::engine::live {

/// A folder that goes with the object. Short, for the sake of socket paths.
class TempFolder {
public:
    TempFolder();
    ~TempFolder();
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

struct Reply {
    int status = 0;                              ///< 0: no answer
    std::map<std::string, std::string> headers;  ///< names in lower case
    std::string body;                            ///< chunks joined
    bool whole = false;                          ///< the body came to its end
};

/// A connection to a Unix socket (a path) or a TCP address (127.0.0.1:PORT). Waits at most half a
/// minute for anything.
class Wire {
public:
    explicit Wire(const std::string& where);
    ~Wire();
    Wire(const Wire&) = delete;
    Wire& operator=(const Wire&) = delete;
    bool connected() const { return fd_ >= 0; }
    bool send(std::string_view bytes);
    /// One answer; the connection may carry more.
    Reply receive();
    void close();

private:
    bool fill();
    int fd_ = -1;
    std::string buffer_;
};

using Headers = std::vector<std::pair<std::string, std::string>>;
Reply request(const std::string& where, std::string_view method, std::string_view target,
              const Headers& headers, std::string_view body);
std::string percent_encoded(std::string_view text);

/// One engine.
class Child {
public:
    /// Starts it; `more` are further options. Waits until it says that it is ready, or ends.
    explicit Child(const std::filesystem::path& folder, std::vector<std::string> more = {});
    ~Child();
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    const std::string& ready_line() const { return ready_; }
    /// What follows `http://` in the ready line.
    std::string tcp() const;
    std::string socket() const;
    std::string token() const;
    int pid() const { return pid_; }
    void signal(int number);
    /// Waits for its end: the exit code, 1000 + N for signal N, -1 after a minute.
    int wait();
    std::string errors() const;

    Reply as_reader(std::string_view sql) const;
    Reply as_writer(std::string_view sql, std::string_view parameters = "") const;
    /// As the writer, and the whole body of the answer; a failed query fails the test.
    std::string must(std::string_view sql, std::string_view parameters = "") const;
    /// A client of the TCP listener.
    Reply as_client(std::string_view sql) const;

private:
    std::filesystem::path folder_;
    int pid_ = -1;
    int out_ = -1;
    int ended_ = -2;
    std::string ready_;
};

/// The library, or an explanation that fails the test.
std::string library();

/// One engine for all tests of a suite, which leave no traces: it takes half a second to start.
/// `Suite::start(folder)` makes it.
template <class Suite>
class OneEngine : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        if (library().empty()) return;
        folder_ = std::make_unique<TempFolder>();
        child_ = Suite::start(folder_->path());
    }
    static void TearDownTestSuite() {
        child_.reset();
        folder_.reset();
    }
    void SetUp() override { ASSERT_TRUE(child_) << "no library, no engine"; }

    static inline std::unique_ptr<TempFolder> folder_;
    static inline std::unique_ptr<Child> child_;
};

}  // namespace forgehouse::engine::live
