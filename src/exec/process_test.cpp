#include "exec/process.h"

#include <dirent.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <optional>
#include <set>
#include <thread>

#include "exec/descriptor.h"

namespace forgehouse::exec {
namespace {

Command shell(std::string script, std::vector<std::string> environment = {}) {
    return Command{.program = "/bin/sh",
                   .arguments = {"-c", std::move(script)},
                   .environment = std::move(environment),
                   .directory = "/",
                   .lent = {},
                   .input = false,
                   .on_error_text = {}};
}

class ProcessTest : public testing::Test {
protected:
    void TearDown() override { EXPECT_EQ(Process::alive(), 0) << "a child has leaked"; }
    Context ctx_;
};

TEST_F(ProcessTest, GivesBackWhatTheChildWritesAndHowItEnds) {
    const auto output = run(ctx_, shell("printf out; printf err >&2; exit 3"));
    ASSERT_TRUE(output) << output.error().describe();
    EXPECT_EQ(output->out, "out");
    EXPECT_EQ(output->error, "err");
    EXPECT_EQ(output->exit.code, 3);
    EXPECT_EQ(output->exit.signal, 0);
}

TEST_F(ProcessTest, SaysWhichSignalEndedTheChild) {
    const auto output = run(ctx_, shell("kill -TERM $$"));
    ASSERT_TRUE(output);
    EXPECT_EQ(output->exit.signal, SIGTERM);
    EXPECT_EQ(output->exit.code, 128 + SIGTERM);
}

TEST_F(ProcessTest, BuildsTheEnvironmentFromNothing) {
    ::setenv("FORGEHOUSE_TEST_LEAK", "1", 1);
    auto command = shell("");
    command.program = "/usr/bin/env";
    command.arguments = {};
    command.environment = {"ONLY=this"};
    const auto output = run(ctx_, command);
    ::unsetenv("FORGEHOUSE_TEST_LEAK");
    ASSERT_TRUE(output);
    EXPECT_EQ(output->out, "ONLY=this\n");
}

TEST_F(ProcessTest, LendsDescriptorsAndNoOthers) {
    const Descriptor secret(::memfd_create("lent", 0));
    const Descriptor other(::memfd_create("not lent", 0));  // inheritable on purpose
    ASSERT_EQ(::write(secret.get(), "hello", 5), 5);
    ASSERT_EQ(::lseek(secret.get(), 0, SEEK_SET), 0);
    auto command = shell("cat <&3; ls /proc/self/fd | wc -l");
    command.lent = {secret.get()};
    command.environment = {"PATH=/usr/bin:/bin"};
    const auto output = run(ctx_, command);
    ASSERT_TRUE(output);
    // 0 to 3 and the descriptor by which ls reads the folder.
    EXPECT_EQ(output->out, "hello5\n") << output->error;
}

TEST_F(ProcessTest, MovesMoreThanPipesHoldInBothDirections) {
    auto command = shell("cat");
    command.environment = {"PATH=/usr/bin:/bin"};
    std::string big(5u << 20, 'x');
    big += "end";
    const auto output = run(ctx_, command, big);
    ASSERT_TRUE(output);
    EXPECT_EQ(output->out, big);
}

TEST_F(ProcessTest, LivesOnWhenTheChildDoesNotReadItsInput) {
    const auto output = run(ctx_, shell("exec <&-; echo done"), std::string(4u << 20, 'x'));
    ASSERT_TRUE(output);
    EXPECT_EQ(output->out, "done\n");
    EXPECT_TRUE(output->exit.ok());
}

TEST_F(ProcessTest, KeepsBeginningAndEndOfALongErrorText) {
    auto command = shell(
        "echo first >&2; i=0; while [ $i -lt 3000 ]; do echo "
        "'0123456789012345678901234567890123456789012345678901234567890123' >&2; "
        "i=$((i+1)); done; echo last >&2");
    std::size_t heard = 0;
    command.on_error_text = [&heard](std::string_view text) { heard += text.size(); };
    const auto output = run(ctx_, command);
    ASSERT_TRUE(output);
    EXPECT_TRUE(output->error.starts_with("first\n"));
    EXPECT_TRUE(output->error.ends_with("last\n"));
    EXPECT_LT(output->error.size(), 128u << 10);
    EXPECT_EQ(heard, 6u + 3000u * 65u + 5u);
}

TEST_F(ProcessTest, SaysThatThereIsNoSuchProgram) {
    auto command = shell("");
    command.program = "/no/such/program";
    const auto output = run(ctx_, command);
    ASSERT_FALSE(output);
    EXPECT_EQ(output.error().code(), Errc::NotFound);
    EXPECT_EQ(output.error().field("program"), "/no/such/program");
}

TEST_F(ProcessTest, RefusesEndlessOutput) {
    auto command = shell("yes");
    command.environment = {"PATH=/usr/bin:/bin"};
    const auto output = run(ctx_, command, {}, 1000);
    ASSERT_FALSE(output);
    EXPECT_EQ(output.error().code(), Errc::Corrupt);
}

TEST_F(ProcessTest, KillsTheWholeGroupAtTheDeadline) {
    // The grandchild holds the output open: only its death lets read() see the end.
    auto started = Process::spawn(shell("sleep 1000 & echo $!; wait", {"PATH=/usr/bin:/bin"}));
    ASSERT_TRUE(started);
    char buffer[64];
    const auto n = started->read(ctx_, buffer);
    ASSERT_TRUE(n);
    const auto grandchild = std::stoi(std::string(buffer, *n));
    const auto late = started->read(ctx_.with_timeout(std::chrono::milliseconds(20)), buffer);
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code(), Errc::Cancelled);
    EXPECT_EQ(Process::alive(), 0);
    // It has been sent its end, and may need a moment to take it and to be reaped by init.
    std::string state;
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    do {
        state = "gone";
        if (FILE* stat = std::fopen(fmt::format("/proc/{}/stat", grandchild).c_str(), "r")) {
            char line[256] = {};
            const bool got = std::fgets(line, sizeof line, stat) != nullptr;
            std::fclose(stat);
            if (got) state = std::string(std::strrchr(line, ')') + 2, 1);
        }
    } while (state != "gone" && state != "Z" && state != "X" &&
             std::chrono::steady_clock::now() < until);
    EXPECT_TRUE(state == "gone" || state == "Z" || state == "X") << state;
}

TEST_F(ProcessTest, StopsWhenTheContextStops) {
    std::stop_source source;
    const Context ctx(source.get_token());
    auto started = Process::spawn(shell("exec sleep 1000", {"PATH=/usr/bin:/bin"}));
    ASSERT_TRUE(started);
    const std::jthread stopper([&source] { source.request_stop(); });
    const auto exit = started->finish(ctx);
    ASSERT_FALSE(exit);
    EXPECT_EQ(exit.error().code(), Errc::Cancelled);
    EXPECT_EQ(Process::alive(), 0);
}

TEST_F(ProcessTest, EndsTheChildWithTheObject) {
    {
        auto started = Process::spawn(shell("exec sleep 1000", {"PATH=/usr/bin:/bin"}));
        ASSERT_TRUE(started);
        EXPECT_EQ(Process::alive(), 1);
    }
    EXPECT_EQ(Process::alive(), 0);
}

TEST_F(ProcessTest, LeavesNoDescriptorOpen) {
    const auto count = [] {
        int n = 0;
        DIR* folder = ::opendir("/proc/self/fd");
        while (::readdir(folder) != nullptr) ++n;
        ::closedir(folder);
        return n;
    };
    ASSERT_TRUE(run(ctx_, shell("true")));
    const int before = count();
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(run(ctx_, shell("cat", {"PATH=/bin"}), "text"));
    EXPECT_EQ(count(), before);
}

TEST_F(ProcessTest, EndsAChildWithTheThreadThatStartedIt) {
    for (const bool tied : {true, false}) {
        std::optional<Process> process;
        std::jthread([&] {
            auto command = shell("read line; exit 5");
            command.input = true;
            command.ends_with_thread = tied;
            auto started = Process::spawn(std::move(command));
            ASSERT_TRUE(started) << started.error().describe();
            process.emplace(std::move(*started));
        }).join();
        ASSERT_TRUE(process);
        process->feed("go\n");
        const auto exit = process->finish(ctx_);
        ASSERT_TRUE(exit);
        EXPECT_EQ(exit->signal, tied ? SIGKILL : 0);
        EXPECT_EQ(exit->code, tied ? 128 + SIGKILL : 5);
    }
}

TEST_F(ProcessTest, BoundsTheMemoryOfAChild) {
    auto command = shell("ulimit -d; ulimit -v");
    EXPECT_EQ(run(ctx_, command)->out, "unlimited\nunlimited\n");
    command.memory = 64u << 20;
    EXPECT_EQ(run(ctx_, command)->out, "65536\nunlimited\n");
    command = shell("exec tail -n 1 < /dev/zero");  // keeps all of the last line
    command.memory = 64u << 20;
    command.environment = {"PATH=/usr/bin:/bin", "LC_ALL=C"};
    const auto output = run(ctx_, command);
    ASSERT_TRUE(output);
    EXPECT_NE(output->exit.code, 0);
    EXPECT_NE(output->error.find("memory"), std::string::npos) << output->error;
}

}  // namespace
}  // namespace forgehouse::exec
