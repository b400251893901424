#include "git/noise_lines.h"

#include <algorithm>

namespace forgehouse::git {
namespace {

constexpr std::size_t kWindow = 100;      // lines that are looked at on either side
constexpr std::size_t kAlonePerLine = 3;  // noise has more lines alone around it for each frequent

}  // namespace

std::span<const std::uint8_t> NoiseLines::judge(std::span<const Standing> lines,
                                                Question question) {
    answers_.assign(lines.size(), 0);
    alone_before_.resize(lines.size() + 1);
    alone_before_[0] = 0;
    for (std::size_t i = 0; i < lines.size(); ++i)
        alone_before_[i + 1] = alone_before_[i] + (lines[i] == Standing::Alone ? 1 : 0);
    // A rare line ends the surroundings of those before and after it.
    for (std::size_t begin = 0; begin < lines.size();) {
        const auto end =
            static_cast<std::size_t>(std::find(lines.begin() + static_cast<std::ptrdiff_t>(begin),
                                               lines.end(), Standing::Rare) -
                                     lines.begin());
        if (alone_before_[end] - alone_before_[begin] >= kLeastAlone)
            judge_run(lines, begin, end, question);
        begin = end + 1;
    }
    return answers_;
}

void NoiseLines::judge_run(std::span<const Standing> lines, std::size_t begin, std::size_t end,
                           Question question) {
    for (auto i = begin; i < end; ++i) {
        if (lines[i] != Standing::Frequent) continue;
        const auto first = i - std::min(i - begin, kWindow);
        const auto last = std::min(end, i + 1 + kWindow);
        const std::size_t above = alone_before_[i] - alone_before_[first];
        const std::size_t below = alone_before_[last] - alone_before_[i + 1];
        // The line itself counts twice: in what is above it and in what is below.
        const auto frequent = question == Question::MayBe ? 2 : (last - first) - above - below + 1;
        answers_[i] = above > 0 && below > 0 && kAlonePerLine * frequent < above + below;
    }
}

}  // namespace forgehouse::git
