#include "git/testing/histories.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>

namespace forgehouse::git::testing {

std::string head(std::string_view branch, int mark, std::string_view from,
                 std::vector<std::string> merges) {
    auto text =
        fmt::format("commit refs/heads/{}\nmark :{}\ncommitter B <b@x> {} +0000\ndata 2\nm\n\n",
                    branch, mark, 1000000000 + mark);
    if (!from.empty()) text += fmt::format("from {}\n", from);
    for (const auto& merge : merges) text += fmt::format("merge {}\n", merge);
    return text;
}

std::string file(std::string_view path, std::string_view content, std::string_view mode) {
    return fmt::format("M {} inline {}\ndata {}\n{}\n", mode, path, content.size(), content);
}

std::string lines(int from, int to) {
    std::string out;
    for (int i = from; i < to; ++i) out += fmt::format("line {}\n", i);
    return out;
}

/// Every kind of change that git knows, and merges of all of them.
std::string nasty_history(ObjectFormat format) {
    using namespace std::string_literals;
    const auto submodule = [format](char digit) { return std::string(2 * id_size(format), digit); };
    std::string s = head("main", 1) + file("a", lines(0, 50)) + file("b", "x\0y"s) +
                    file("link", "target", "120000") + file("dir/deep/c.txt", lines(0, 9)) +
                    file("empty", "") + file("no newline", "end") +
                    file("\"tab\\there\\nnewline \\\"quoted\\\"\"", "odd\n") +
                    file("\"latin\\351\"", "bytes\n") + file("run", "#!/bin/sh\n") + "M 160000 " +
                    submodule('1') + " sub\n\n";
    s += head("main", 2, ":1") + "R a moved\n" + file("moved", lines(0, 48) + "new\n") +
         file("b", "x\0z"s) + file("link", "a real file now\n") +
         file("run", "#!/bin/sh\n", "100755") + "M 160000 " + submodule('2') + " sub\n\n";
    s += head("main", 3, ":2") + "\n";  // empty
    s += head("side", 4, ":1") + file("dir/deep/c.txt", lines(0, 12)) + "D empty\n" +
         file("bin", std::string(3000, '\0')) + "\n";
    s += head("side", 5, ":4") + "R bin moved bin\n" + "M 120000 inline run\ndata 1\nx\n" +
         "D sub\n\n";
    s += head("other", 6, ":1") + file("z/1", lines(0, 5)) + file("z/2", lines(0, 5)) + "\n";
    s += head("main", 7, ":3", {":5"}) + file("dir/deep/c.txt", lines(0, 12)) + "D empty\n" +
         file("moved bin", std::string(3000, '\0')) + "\n";
    s += head("main", 8, ":7", {":6", ":4"}) + file("z/1", lines(0, 5)) + file("z/2", lines(2, 5)) +
         "\n";
    s += head("orphan", 9) + file("moved", lines(0, 48)) + "\n";
    s += head("main", 10, ":8", {":9"}) + "deleteall\n" + file("only", "one\n") + "\n";
    s += "reset refs/pull/1/head\nfrom :6\n\n";
    return s;
}

/// Many commits that touch few files, with merges that bring them together.
std::string busy_history(unsigned seed, int commits) {
    std::mt19937 random(seed);
    const auto pick = [&random](int below) {
        return static_cast<int>(random() % static_cast<unsigned>(below));
    };
    std::string s = head("main", 1) + file("f0", lines(0, 20)) + "\n";
    for (int i = 2; i <= commits; ++i) {
        const auto from = fmt::format(":{}", std::max(1, i - 1 - pick(4)));
        std::vector<std::string> merges;
        if (pick(3) == 0) merges.push_back(fmt::format(":{}", std::max(1, i - 1 - pick(9))));
        s += head(pick(5) == 0 ? "side" : "main", i, from, merges);
        for (int n = pick(4); n > 0; --n)
            s += pick(6) == 0 ? fmt::format("D f{}\n", pick(12))
                              : file(fmt::format("f{}", pick(12)), lines(pick(6), 6 + pick(30)));
        s += "\n";
    }
    return s;
}

}  // namespace forgehouse::git::testing
