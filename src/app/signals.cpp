#include "app/signals.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <utility>

#include "app/exit.h"

namespace forgehouse::app {
namespace {

/// The signals that mean stop; one that is ignored (nohup) stays ignored.
sigset_t stopping() {
    sigset_t set;
    sigemptyset(&set);
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        struct ::sigaction now{};
        ::sigaction(number, nullptr, &now);
        if (now.sa_handler != SIG_IGN) sigaddset(&set, number);
    }
    return set;
}

}  // namespace

Signals::Signals(std::function<void()> on_first, std::function<void()> on_hangup)
    : on_hangup_(std::move(on_hangup)) {
    sigset_t set = stopping();
    if (on_hangup_) sigaddset(&set, SIGHUP);
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    thread_ = std::jthread([this, on_first = std::move(on_first)](const std::stop_token& ended) {
        wait(ended, on_first);
    });
    ::pthread_setname_np(thread_.native_handle(), "signals");
}

Signals::~Signals() {
    thread_.request_stop();
    // Wakes the waiting thread; harmless to a process that has the signal blocked and no handler.
    ::pthread_kill(thread_.native_handle(), SIGTERM);
}

void Signals::wait(const std::stop_token& ended, const std::function<void()>& on_first) {
    sigset_t set = stopping();
    sigaddset(&set, SIGTERM);
    if (on_hangup_) sigaddset(&set, SIGHUP);
    for (bool again = false;;) {
        int number = 0;
        if (::sigwait(&set, &number) != 0 || ended.stop_requested()) return;
        if (number == SIGHUP && on_hangup_) {
            on_hangup_();
            continue;
        }
        if (again && number == SIGINT) ::_exit(static_cast<int>(Exit::Interrupted));
        if (std::exchange(again, true)) continue;
        if (on_first) on_first();
        stop_.request_stop();
    }
}

}  // namespace forgehouse::app
