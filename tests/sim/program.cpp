#include "sim/program.h"

#include <signal.h>
#include <stdlib.h>

#include <cstdio>

#include "base/json.h"
#include "sim/bitbucket_server/bitbucket.h"
#include "sim/core/options.h"
#include "sim/core/server.h"

namespace forgehouse::sim {
namespace {

// The folder of the repositories; one of our own goes with us.
class DataFolder {
public:
    explicit DataFolder(Settings& settings) {
        if (!settings.data.empty()) return;
        std::string pattern = std::filesystem::temp_directory_path() / "forgehouse-sim-XXXXXX";
        if (::mkdtemp(pattern.data())) own_ = settings.data = pattern;
    }
    ~DataFolder() {
        std::error_code ignored;
        if (!own_.empty()) std::filesystem::remove_all(own_, ignored);
    }
    DataFolder(const DataFolder&) = delete;
    DataFolder& operator=(const DataFolder&) = delete;

private:
    std::filesystem::path own_;
};

sigset_t ending_signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, number);
    return set;
}

void wait_for_end(int parent) {
    const sigset_t set = ending_signals();
    for (;;) {
        const timespec moment{.tv_sec = 0, .tv_nsec = 500'000'000};
        if (::sigtimedwait(&set, nullptr, &moment) > 0) return;
        if (parent > 0 && ::kill(parent, 0) != 0) return;
    }
}

void announce(const Settings& settings, const std::string& url) {
    json::Writer out;
    out.object().name("url").text(url).name("user").text(settings.user);
    out.name("password").text(settings.password).name("token").text(settings.token);
    out.name("admin_token").text(bitbucket_server::kAdminToken);
    out.name("expired_token").text(bitbucket_server::kExpiredToken);
    out.name("data").text(settings.data.string()).end();
    fmt::print("{}\n", out.take());
    (void)std::fflush(stdout);
}

Result<void> serve(Options& options) {
    const DataFolder folder(options.settings);
    const exec::Context ctx;
    TRY_LET(world, World::make(ctx, options.settings));
    TRY_LET(listener,
            net::Listener::tcp(fmt::format("127.0.0.1:{}", options.settings.port), "rest"));
    const std::string url = "http://" + listener.address();
    bitbucket_server::Bitbucket dialect(*world, url);
    const exec::SystemClock clock;
    SimServer server(*world, dialect, clock);
    TRY(server.faults().set(options.faults));
    TRY(server.write_manifest(ctx));
    TRY(server.listen(std::move(listener)));
    announce(options.settings, url);
    wait_for_end(options.parent);
    server.stop();
    return {};
}

}  // namespace

int run_program(std::span<char* const> arguments) {
    const sigset_t set = ending_signals();
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);  // before any thread, for all of them
    auto options = parse_options(arguments);
    const auto done = options ? serve(*options) : Failure(options.error());
    if (done) return 0;
    fmt::print(stderr, "forgehouse-sim: {}\n", done.error().describe());
    if (!done.error().hint().empty()) fmt::print(stderr, "  {}\n", done.error().hint());
    return options ? 1 : 64;
}

}  // namespace forgehouse::sim
