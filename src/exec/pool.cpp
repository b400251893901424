#include "exec/pool.h"

#include <pthread.h>

#include <algorithm>

namespace forgehouse::exec {

Pool::Pool(Options options) : options_(std::move(options)) {
    const std::size_t count = std::max<std::size_t>(options_.threads, 1);
    threads_.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
        threads_.emplace_back(
            [this, name = options_.name.substr(0, 10) + "-" + std::to_string(i)] { work(name); });
}

Pool::~Pool() {
    request_stop();
    {
        const std::lock_guard lock(mutex_);
        accepting_ = false;
        leaving_ = true;
        queue_.clear();
    }
    wake_.notify_all();
}

bool Pool::submit(Task task) {
    {
        const std::lock_guard lock(mutex_);
        if (!accepting_ || queue_.size() >= options_.queue) return false;
        queue_.push_back(std::move(task));
    }
    wake_.notify_one();
    return true;
}

void Pool::drain() {
    std::unique_lock lock(mutex_);
    accepting_ = false;
    idle_.wait(lock, [this] { return queue_.empty() && running_ == 0; });
}

void Pool::request_stop() {
    stop_.request_stop();
}

std::size_t Pool::pending() const {
    const std::lock_guard lock(mutex_);
    return queue_.size() + running_;
}

void Pool::work(const std::string& name) {
    pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
    std::unique_lock lock(mutex_);
    for (;;) {
        wake_.wait(lock, [this] { return leaving_ || !queue_.empty(); });
        if (leaving_) return;
        Task task = std::move(queue_.front());
        queue_.pop_front();
        ++running_;
        lock.unlock();
        task(stop_.get_token());
        task = nullptr;  // what it holds must go before the pool counts as idle
        lock.lock();
        --running_;
        if (queue_.empty() && running_ == 0) idle_.notify_all();
    }
}

}  // namespace forgehouse::exec
