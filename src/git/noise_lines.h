// Which lines git leaves out of its search though they have a counterpart: frequent ones (`}`,
// blank lines) in the midst of many that have none. What they would match there is rarely meant.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace forgehouse::git {

/// How a line stands to the other text, the whole of it.
enum class Standing : std::uint8_t {
    Alone,     ///< does not occur there: never searched for
    Rare,      ///< occurs less often than the limit: always searched for
    Frequent,  ///< searched for unless it is noise
};

/// A limit is rough_root() of the lines in the line's own text, at most this.
inline constexpr std::size_t kMostForNoise = 1024;

/// Judges the frequent lines of one text. Time is linear. Threads: one at a time.
class NoiseLines {
public:
    enum class Question : std::uint8_t {
        Is,
        /// Whether it could be noise if any of the other frequent lines were rare.
        MayBe,
    };

    /// Fewer lines that stand alone make no noise.
    static constexpr std::size_t kLeastAlone = 7;

    /// For each line whether it is noise (1) or not (0); valid until the next call.
    std::span<const std::uint8_t> judge(std::span<const Standing> lines, Question question);

private:
    void judge_run(std::span<const Standing> lines, std::size_t begin, std::size_t end,
                   Question question);

    std::vector<std::uint8_t> answers_;
    std::vector<std::uint32_t> alone_before_;
};

}  // namespace forgehouse::git
