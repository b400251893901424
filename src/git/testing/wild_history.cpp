#include "git/testing/wild_history.h"

#include <fmt/format.h>

#include <set>

#include "base/text.h"

namespace forgehouse::git::testing {
namespace {

class Writer {
public:
    Writer(std::mt19937& random, ObjectFormat format) : random_(&random), format_(format) {}

    std::string write(int commits) {
        for (int i = 1; i <= commits; ++i) commit(i);
        return std::move(out_);
    }

private:
    int pick(int below) { return static_cast<int>((*random_)() % static_cast<unsigned>(below)); }

    int date(int commit) {
        switch (pick(8)) {
            case 0: return pick(2000000000);
            case 1: return 1000000000;
            default: return 1000000000 + 10 * commit + pick(30);
        }
    }

    void commit(int number) {
        out_ += fmt::format(
            "commit refs/heads/c{0}\nmark :{0}\ncommitter B <b@x> {1} +0000\ndata 3\n{0:03}\n",
            number, date(number));
        std::vector<int> parents;
        std::set<int> known{number};
        const int wanted = number == 1 || pick(40) == 0 ? 0
                           : pick(3) != 0               ? 1
                                                        : 2 + (pick(4) == 0 ? pick(4) : 0);
        for (int i = 0; i < wanted; ++i) {
            const int parent = std::max(1, number - 1 - pick(pick(5) == 0 ? 25 : 4));
            if (known.insert(parent).second) parents.push_back(parent);
        }
        for (std::size_t i = 0; i < parents.size(); ++i)
            out_ += fmt::format("{} :{}\n", i == 0 ? "from" : "merge", parents[i]);
        for (int changes = parents.size() > 1 ? pick(2) : 1 + pick(3); changes > 0; --changes)
            change();
        out_ += "\n";
    }

    void change() {
        const auto paths = wild_paths();
        const auto content = fmt::format("{}\n", pick(3));
        switch (pick(10)) {
            case 0: out_ += fmt::format("D {}\n", quoted(paths[pick_path(paths)])); return;
            case 1: {  // moved, a line of it changed
                std::string text;
                for (int line = 0; line < 20; ++line)
                    text += fmt::format("line {} of what is moved\n", line == 7 ? pick(9) : line);
                out_ += fmt::format("D moved{}\n", pick(4));
                file("100644", fmt::format("moved{}", pick(4)), text);
                return;
            }
            case 2: file("100755", "dir/file", content); return;
            case 3: file("120000", "dir/file", content); return;
            case 4:
                out_ += fmt::format("M 160000 {} module\n",
                                    std::string(2 * id_size(format_), pick(2) == 0 ? '1' : '2'));
                return;
            default: file("100644", paths[pick_path(paths)], content); return;
        }
    }

    std::size_t pick_path(const std::vector<std::string>& paths) {
        return static_cast<std::size_t>(pick(static_cast<int>(paths.size()) - 1));
    }

    void file(std::string_view mode, std::string_view path, std::string_view content) {
        out_ += fmt::format("M {} inline {}\ndata {}\n{}\n", mode, quoted(path), content.size(),
                            content);
    }

    static std::string quoted(std::string_view path) {
        std::string out = "\"";
        for (const char c : path) {
            if (c == '"' || c == '\\') out += '\\';
            if (c == '\n')
                out += "\\n";
            else
                out += c;
        }
        return out + "\"";
    }

    std::mt19937* random_;
    ObjectFormat format_;
    std::string out_;
};

}  // namespace

std::string wild_history(std::mt19937& random, int commits, ObjectFormat format) {
    return Writer(random, format).write(commits);
}

std::vector<std::string> wild_paths() {
    return {"a",
            "a.b",
            "dir/file",
            "dir/deep/er/file",
            "dir",
            "dir/deep",
            "a blank/new\nline",
            "\xc3\xbcn\xc3\xaf/\xf6",
            "swap",
            "swap/inner",
            "*",
            "moved1",
            "moved2",
            "module",
            ":(top)odd",
            "not/there"};
}

std::string endless_folders(const Git& git, bool is_other) {
    const auto entry = [](char name, std::string_view hex) {
        const auto id = id_of(hex);
        return std::string("40000 ") + name + '\0' +
               std::string(reinterpret_cast<const char*>(id.bytes().data()), id.bytes().size());
    };
    auto tree = git.write_object("tree", "");
    if (is_other) tree = git.write_object("tree", entry('e', tree));
    for (int i = 0; i < 60; ++i)
        tree = git.write_object("tree", entry('a', tree) + entry('b', tree));
    return tree;
}

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> out;
    for (const auto line : text::split(text, '\n'))
        if (!line.empty()) out.emplace_back(line);
    return out;
}

ObjectId id_of(std::string_view hex) {
    const auto parsed = ObjectId::from_hex(hex);
    EXPECT_TRUE(parsed) << hex;
    return parsed.value_or(ObjectId());
}

}  // namespace forgehouse::git::testing
