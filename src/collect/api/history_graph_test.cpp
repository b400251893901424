// Histories as text, `C:B,A` a commit and its parents, against a server that lists them in whatever
// order it likes: what must be asked for, and after whom commits are named.
#include "collect/api/history_graph.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "base/text.h"

namespace forgehouse::collect {
namespace {

git::ObjectId id_of(std::string_view name) {
    std::string hex;
    for (const char c : name) hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
    hex.resize(40, '0');
    return git::ObjectId::from_hex(hex).value();
}

struct History {
    explicit History(std::string_view text) {
        for (const std::string_view line : text::split(text, ' ')) {
            const auto colon = line.find(':');
            const std::string name(line.substr(0, colon));
            names.push_back(name);
            if (colon == std::string_view::npos) continue;
            for (const std::string_view parent : text::split(line.substr(colon + 1), ','))
                parents[name].emplace_back(parent);
        }
    }
    std::vector<git::ObjectId> parents_of(const std::string& name) const {
        std::vector<git::ObjectId> out;
        if (const auto at = parents.find(name); at != parents.end())
            for (const std::string& parent : at->second) out.push_back(id_of(parent));
        return out;
    }
    std::set<std::string> below(const std::string& tip) const {
        std::set<std::string> out;
        std::vector<std::string> open{tip};
        while (!open.empty()) {
            const std::string name = open.back();
            open.pop_back();
            if (!out.insert(name).second) continue;
            if (const auto at = parents.find(name); at != parents.end())
                std::ranges::copy(at->second, std::back_inserter(open));
        }
        return out;
    }
    std::string name_of(const git::ObjectId& id) const {
        return *std::ranges::find_if(names, [&](const auto& name) { return id_of(name) == id; });
    }
    std::vector<std::string> names;  ///< as the text has them: the order of the server's lists
    std::map<std::string, std::vector<std::string>> parents;
};

// Goes on from each head in turn, reading lists page by page; gives how many items were read.
std::size_t walk(HistoryGraph& graph, const History& history, std::vector<std::string> heads,
                 std::size_t page) {
    std::size_t items = 0;
    std::uint32_t number = 0;
    for (const std::string& head : heads) {
        graph.head(++number, id_of(head));
        while (const auto target = graph.begin_round()) {
            const auto below = history.below(history.name_of(*target));
            std::size_t on_page = 0;
            for (const std::string& name : history.names) {
                if (!below.contains(name)) continue;
                if (on_page == 0 && graph.closed()) break;
                graph.add(id_of(name), history.parents_of(name));
                ++items;
                on_page = (on_page + 1) % page;
            }
            EXPECT_TRUE(graph.closed());
            EXPECT_TRUE(graph.knows(*target));
        }
    }
    return items;
}

void learn(HistoryGraph& graph, const History& history, const std::set<std::string>& names) {
    for (const std::string& name : names) graph.learn(id_of(name), history.parents_of(name));
}

TEST(HistoryGraph, NamesCommitsAfterTheFirstHeadThatReachesThem) {
    const History history("M:C,F F:E E:B C:B B:A A T:C");
    HistoryGraph graph;
    walk(graph, history, {"C", "F", "M", "T"}, 1);
    for (const auto& [name, head] : std::map<std::string, std::uint32_t>{
             {"A", 1}, {"B", 1}, {"C", 1}, {"E", 2}, {"F", 2}, {"M", 3}, {"T", 4}})
        EXPECT_EQ(graph.reached_by(id_of(name)), head) << name;
    EXPECT_EQ(graph.reachable(), 7U);
    EXPECT_EQ(graph.reached_by(id_of("Z")), 0U);
}

TEST(HistoryGraph, AsksForNothingThatIsKnown) {
    const History history("C:B B:A A");
    HistoryGraph graph;
    learn(graph, history, {"A", "B", "C"});
    EXPECT_EQ(walk(graph, history, {"C", "B"}, 1), 0U);
    EXPECT_EQ(graph.reachable(), 3U);
    EXPECT_EQ(graph.reached_by(id_of("A")), 1U);
}

TEST(HistoryGraph, StopsOnceEveryParentIsKnown) {
    const History history("E:D D:C C:B B:A A");
    HistoryGraph graph;
    learn(graph, history, {"A", "B", "C"});
    EXPECT_EQ(walk(graph, history, {"E"}, 1), 2U);
    EXPECT_EQ(graph.reachable(), 5U);
}

// A branch that was begun long ago stands far down a list that is in the order of dates.
TEST(HistoryGraph, FindsALateMergeHoweverFarDownItStands) {
    const History history("M:E,Y E:D D:C C:B B:A A Y:X X:A");
    HistoryGraph graph;
    learn(graph, history, {"A", "B", "C", "D", "E"});
    walk(graph, history, {"M"}, 2);
    EXPECT_TRUE(graph.knows(id_of("X")));
    EXPECT_EQ(graph.reachable(), 8U);
}

// A run that was killed has stored the newest commits, or some in the middle, and not the rest.
TEST(HistoryGraph, FillsTheHolesThatADeathHasLeft) {
    const History history("F:E E:D D:C C:B B:A A");
    HistoryGraph graph;
    learn(graph, history, {"F", "E", "B"});
    walk(graph, history, {"F"}, 1);
    EXPECT_EQ(graph.reachable(), 6U);
    for (const std::string& name : history.names) EXPECT_TRUE(graph.knows(id_of(name))) << name;
}

TEST(HistoryGraph, LeavesAloneWhatNoHeadReachesAnyMore) {
    const History history("N:A O:B B:A A");
    HistoryGraph graph;
    learn(graph, history, {"O", "B", "A"});
    walk(graph, history, {"N"}, 5);
    EXPECT_EQ(graph.reached_by(id_of("O")), 0U);
    EXPECT_EQ(graph.reached_by(id_of("B")), 0U);
    EXPECT_EQ(graph.reachable(), 2U);
}

TEST(HistoryGraph, GivesOutOnceWhatTheServerDoesNotHave) {
    HistoryGraph graph;
    graph.head(1, id_of("X"));
    EXPECT_EQ(graph.begin_round(), id_of("X"));
    EXPECT_FALSE(graph.closed());
    EXPECT_EQ(graph.begin_round(), std::nullopt);
    graph.head(2, id_of("X"));
    EXPECT_EQ(graph.begin_round(), std::nullopt);
    EXPECT_EQ(graph.reachable(), 0U);
}

// Any history, any order of the lists, anything stored before: all is known and well named.
TEST(HistoryGraph, ComesToTheSameWhateverTheOrder) {
    std::mt19937 dice(11);
    for (int round = 0; round < 300; ++round) {
        std::string text;
        const int size = 2 + static_cast<int>(dice() % 30);
        for (int i = size; i > 0; --i) {
            std::set<int> parents;
            for (int n = static_cast<int>(dice() % 3); n > 0 && i > 1; --n)
                parents.insert(1 + static_cast<int>(dice()) % (i - 1 > 0 ? i - 1 : 1));
            std::erase_if(parents, [&](int parent) { return parent < 1 || parent >= i; });
            text += fmt::format("{}c{}", text.empty() ? "" : " ", i);
            std::string list;
            for (const int parent : parents)
                list += fmt::format("{}c{}", list.empty() ? ":" : ",", parent);
            text += list;
        }
        History history(text);
        std::ranges::shuffle(history.names, dice);
        std::vector<std::string> heads;
        for (std::size_t n = 1 + dice() % 4; n > 0; --n)
            heads.push_back(history.names[dice() % history.names.size()]);
        HistoryGraph graph;
        std::set<std::string> stored;
        for (const std::string& name : history.names)
            if (dice() % 2 == 0) stored.insert(name);
        learn(graph, history, stored);
        walk(graph, history, heads, 1 + dice() % 5);
        std::set<std::string> reached;
        for (std::size_t h = 0; h < heads.size(); ++h)
            for (const std::string& name : history.below(heads[h]))
                if (reached.insert(name).second)
                    ASSERT_EQ(graph.reached_by(id_of(name)), h + 1) << text << ' ' << name;
        for (const std::string& name : reached) ASSERT_TRUE(graph.knows(id_of(name))) << text;
        ASSERT_EQ(graph.reachable(), reached.size()) << text;
    }
}

}  // namespace
}  // namespace forgehouse::collect
