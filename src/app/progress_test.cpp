#include "app/progress.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace forgehouse::app {
namespace {

using namespace std::chrono_literals;

TEST(Bar, FillsByShare) {
    EXPECT_EQ(bar(0.0, 4, true), "░░░░");
    EXPECT_EQ(bar(0.5, 4, true), "██░░");
    EXPECT_EQ(bar(7.0, 4, true), "████");
    EXPECT_EQ(bar(0.25, 4, false), "#...");
}

/// Progress whose output goes to a pipe and whose clock is moved by hand.
class Piped : public testing::Test {
protected:
    Piped() {
        int ends[2];
        if (::pipe(ends) != 0) std::abort();
        read_ = ends[0];
        screen_.descriptor = ends[1];
    }
    ~Piped() override {
        ::close(read_);
        ::close(screen_.descriptor);
    }
    std::string written() const {
        char buffer[4096];
        // Ends the text, so that reading an empty pipe does not wait.
        terminal::write_all(screen_.descriptor, ".");
        const auto got = ::read(read_, buffer, sizeof buffer);
        return std::string(buffer, static_cast<std::size_t>(got) - 1);
    }
    Progress::Options options(bool quiet, bool json) {
        return {.quiet = quiet,
                .json = json,
                .now = [this] { return now_; },
                .wall_clock = [] { return Time::from_ms(1000); },
                .failed = {}};
    }
    collect::Progress moment(std::uint64_t commits) const {
        collect::Progress out{.repo = repo_,
                              .phase = collect::Phase::Reading,
                              .commits_total = 1000,
                              .done = {},
                              .note = {}};
        out.done.commits = commits;
        return out;
    }

    collect::RepoReport finished(collect::Outcome outcome, std::uint64_t commits) const {
        collect::RepoReport out{
            .repo = repo_, .outcome = outcome, .error = std::nullopt, .counts = {}, .took = 100ms};
        out.counts.commits = commits;
        out.counts.files = commits * 2;
        return out;
    }

    sources::RepoRef repo_{"insight_git", "team", "app"};
    int read_ = -1;
    terminal::Screen screen_;
    Progress::Steady::time_point now_{1h};
};

TEST_F(Piped, SaysPlainLinesAtIntervals) {
    terminal::Live live(screen_);
    Progress all(live, screen_, options(false, false));
    const auto progress = all.of("source");
    progress->started(repo_);
    progress->progress(moment(0));
    now_ += 1s;
    progress->progress(moment(100));
    EXPECT_EQ(written(), "");
    now_ += 4s;
    progress->progress(moment(500));
    EXPECT_EQ(written(), "team/app: reading 500 of 1,000 commits, 100/s\n");
}

TEST_F(Piped, SaysObjectsForPrograms) {
    terminal::Live live(screen_);
    Progress all(live, screen_, options(false, true));
    const auto progress = all.of("source");
    progress->started(repo_);
    now_ += 6s;
    progress->progress(moment(500));
    EXPECT_EQ(written(),
              "{\"time\":\"1970-01-01T00:00:01.000Z\",\"level\":\"info\",\"room\":\"app\","
              "\"msg\":\"progress\",\"repository\":\"team/app\",\"phase\":\"reading\","
              "\"commits\":500,\"commits_total\":1000}\n");
}

TEST_F(Piped, LeavesAFailedRepositoryToWhoComplains) {
    terminal::Live live(screen_);
    auto told = options(true, false);
    int complaints = 0;
    told.failed = [&](const collect::RepoReport&) { ++complaints; };
    Progress all(live, screen_, told);
    const auto progress = all.of("source");
    progress->started(repo_);
    progress->finished(finished(collect::Outcome::Failed, 0));
    EXPECT_EQ(written(), "");
    EXPECT_EQ(complaints, 1);
}

TEST_F(Piped, SaysWhatBecameOfThoseThatBegan) {
    terminal::Live live(screen_);
    Progress all(live, screen_, options(false, false));
    const auto progress = all.of("source");
    progress->finished(finished(collect::Outcome::Cancelled, 0));
    EXPECT_EQ(written(), "") << "it had not begun when the run was stopped";
    progress->started(repo_);
    progress->finished(finished(collect::Outcome::Cancelled, 7));
    EXPECT_EQ(written(), "team/app: stopped after 7 commits, 14 changed files in 0.1 s\n");
}

TEST_F(Piped, FitsTheTerminal) {
    screen_.terminal = screen_.moves = true;
    for (const std::size_t columns : {100u, 80u, 60u}) {
        screen_.columns = columns;
        terminal::Live live(screen_);
        Progress all(live, screen_, options(false, false));
        const auto progress = all.of("source");
        repo_.repo_slug = std::string(60, 'x');
        progress->started(repo_);
        progress->progress(moment(0));
        (void)written();
        now_ += 300s;
        progress->progress(moment(400));
        const std::string line = written();
        EXPECT_NE(line.find(" left\x1b[K"), line.npos) << line;
    }
}

TEST_F(Piped, SaysNothingWhenQuiet) {
    terminal::Live live(screen_);
    Progress all(live, screen_, options(true, false));
    const auto progress = all.of("source");
    progress->started(repo_);
    now_ += 6s;
    progress->progress(moment(500));
    EXPECT_EQ(written(), "");
}

TEST_F(Piped, RedrawsInPlaceOnATerminal) {
    screen_.terminal = screen_.moves = true;
    screen_.columns = 100;
    terminal::Live live(screen_);
    Progress all(live, screen_, options(false, false));
    const auto progress = all.of("source");
    progress->started(repo_);
    EXPECT_NE(written().find("team/app"), std::string::npos);
    now_ += 10ms;
    progress->progress(moment(0));
    EXPECT_EQ(written(), "") << "not more often than ten times a second";
    now_ += 1s;
    progress->progress(moment(500));
    const std::string line = written();
    EXPECT_TRUE(line.starts_with("\r")) << line;
    EXPECT_NE(line.find("██████████░░░░░░░░░░  50 %"), line.npos) << line;
    live.above("note\n");
    EXPECT_TRUE(written().starts_with("\r\x1b[Jnote\n\rteam/app"));
}

}  // namespace
}  // namespace forgehouse::app
