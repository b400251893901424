// IndexedText: a text whose lines can be had by number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "git/line_bytes.h"

namespace forgehouse::git {

/// Keeps a view. Threads: const functions from many at once.
class IndexedText {
public:
    IndexedText() : begins_(1, 0) {}

    /// At most 4 GB. Memory is kept between texts.
    void set(std::string_view text) {
        text_ = text;
        size_ = 0;
        for_each_line(text, [this](std::size_t, std::size_t end) {
            if (++size_ == begins_.size()) begins_.resize(begins_.size() * 2 + 64);
            begins_[size_] = static_cast<std::uint32_t>(end);
        });
    }
    std::size_t size() const noexcept { return size_; }
    /// With its line end, where it has one.
    std::string_view operator[](std::size_t line) const noexcept {
        return {text_.data() + begins_[line], begins_[line + 1] - begins_[line]};
    }
    /// Lines `begin` to `end` as one.
    std::string_view lines(std::size_t begin, std::size_t end) const noexcept {
        return {text_.data() + begins_[begin], begins_[end] - begins_[begin]};
    }

private:
    std::string_view text_;
    std::size_t size_ = 0;
    std::vector<std::uint32_t> begins_;  ///< of each line, the end of the last, and room
};

}  // namespace forgehouse::git
