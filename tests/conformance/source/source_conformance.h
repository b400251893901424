// What every forge's adapter must do with whatever a server sends. An adapter's test includes this
// header and instantiates the suite with a function that describes it:
//
//   INSTANTIATE_TEST_SUITE_P(BitbucketServer, SourceConformance, testing::Values(subject));
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <set>
#include <thread>

#include "base/json.h"
#include "support/forge_text.h"

namespace forgehouse::conformance {

using namespace testing_support;

/// An adapter, and answers of its server that are good.
struct ForgeSubject {
    std::unique_ptr<Forge> forge;
    std::string secret;  ///< that the adapter was given: must appear nowhere
    RepoRef repo;
    std::vector<ForgeInput> good;
    /// The same facts in two dialects of dates: the same rows, apart from their metadata.
    std::vector<std::pair<ForgeInput, ForgeInput>> dialects;
    /// An input, and the number above 2^53 that its rows must hold to the digit.
    std::vector<std::pair<ForgeInput, std::string>> large_ids;
    struct Answer {
        int status;
        std::string content_type;
        std::string body;
        Errc code;
    };
    std::vector<Answer> refusals;
};

class SourceConformance : public testing::TestWithParam<std::function<ForgeSubject()>> {
protected:
    std::string text_of(const ForgeInput& input, std::optional<Error>* failed = nullptr) const {
        return mapped(*subject.forge, subject.repo, input, stamp, failed);
    }

    // The texts of an input that come from the server.
    static std::vector<std::string*> bodies(ForgeInput& input) {
        std::vector<std::string*> out{&input.body};
        for (std::string& page : input.activities) out.push_back(&page);
        return out;
    }

    // Whatever the bytes are: rows or Corrupt.
    void expect_rows_or_corrupt(const ForgeInput& input) const {
        std::optional<Error> failed;
        text_of(input, &failed);
        if (failed) EXPECT_EQ(failed->code(), Errc::Corrupt) << failed->describe();
    }

    static std::set<std::string> member_names(const json::Value& value) {
        std::set<std::string> out;
        if (const auto members = value.members())
            for (const auto& [name, member] : *members) {
                out.insert(std::string(name));
                out.merge(member_names(member));
            }
        if (const auto items = value.items())
            for (const json::Value& item : *items) out.merge(member_names(item));
        return out;
    }

    // Calls `mutate(name, whole)`, which gives the mutated body, once for each member of each
    // stream.
    template <class Mutate>
    void mutate_members(Mutate&& mutate) const {
        std::set<std::pair<Stream, std::string>> seen;
        for (const ForgeInput& good : subject.good) {
            ForgeInput input = good;
            for (std::string* body : bodies(input)) {
                const std::string whole = *body;
                const auto document = json::Document::parse(whole);
                ASSERT_TRUE(document) << document.error().describe();
                for (const std::string& name : member_names(document->root())) {
                    if (!seen.emplace(input.stream, name).second) continue;
                    for (std::string& mutant : mutate(name, whole, document->root())) {
                        *body = std::move(mutant);
                        expect_rows_or_corrupt(input);
                    }
                }
                *body = whole;
            }
        }
        EXPECT_GT(seen.size(), 50U);
    }

    static std::string without_metadata(std::string rows) {
        constexpr std::string_view kName = "\"metadata\":";
        for (std::size_t at = 0; (at = rows.find(kName, at)) != std::string::npos;) {
            const auto end = rows.find(",\"collected_at\"", at);
            rows.erase(at, end - at);
        }
        return rows;
    }

    const ForgeSubject subject = GetParam()();
    const RowStamp stamp{.data_source = subject.repo.data_source,
                         .collected_at = Time::from_seconds(1'800'000'000),
                         .version = 7};
};

TEST_P(SourceConformance, MapsWhatIsGood) {
    ASSERT_FALSE(subject.good.empty());
    for (const ForgeInput& input : subject.good) {
        std::optional<Error> failed;
        EXPECT_FALSE(text_of(input, &failed).empty());
        EXPECT_FALSE(failed) << failed->describe();
    }
}

TEST_P(SourceConformance, NoCutPageIsTakenForAWholeOne) {
    for (const ForgeInput& good : subject.good) {
        ForgeInput cut = good;
        for (std::string* body : bodies(cut)) {
            const std::string whole = *body;
            const std::size_t end = whole.find_last_of("]}");
            const std::size_t step = std::max<std::size_t>(1, end / 40);
            for (std::size_t length = 0; length <= end; length += step) {
                *body = whole.substr(0, length);
                std::optional<Error> failed;
                text_of(cut, &failed);
                ASSERT_TRUE(failed) << "cut after " << length << ": " << whole.substr(0, 200);
                EXPECT_EQ(failed->code(), Errc::Corrupt);
            }
            *body = whole;
        }
    }
}

TEST_P(SourceConformance, GarbageIsCorrupt) {
    for (const ForgeInput& good : subject.good)
        for (const std::string& garbage : std::vector<std::string>{
                 "", " ", "null", "[]", "42", "\"text\"", "{}", "{\"values\":{}}", "<html></html>",
                 std::string(5, '\0'), "\xff\xfe{", std::string(2000, '['),
                 "{\"a\":" + std::string(3000, '{')}) {
            ForgeInput input = good;
            input.body = garbage;
            std::optional<Error> failed;
            text_of(input, &failed);
            ASSERT_TRUE(failed) << garbage;
            EXPECT_EQ(failed->code(), Errc::Corrupt) << garbage;
        }
}

TEST_P(SourceConformance, FlippedBytesGiveRowsOrCorrupt) {
    std::uint64_t state = 42;
    const auto random = [&state](std::size_t below) {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        return static_cast<std::size_t>(state >> 33) % below;
    };
    for (const ForgeInput& good : subject.good)
        for (int round = 0; round < 40; ++round) {
            ForgeInput input = good;
            for (std::string* body : bodies(input))
                for (std::size_t i = random(3) + 1; i > 0 && !body->empty(); --i)
                    (*body)[random(body->size())] = "0\"{}[]:,nte-9.x\x7f\xe2"[random(17)];
            expect_rows_or_corrupt(input);
        }
}

TEST_P(SourceConformance, AMissingMemberGivesRowsOrCorrupt) {
    static std::string dropped;  // a function pointer holds nothing
    mutate_members([](const std::string& name, const std::string&, const json::Value& root) {
        dropped = name;
        std::string without;
        json::print(without, root,
                    [](std::string_view member) noexcept { return member == dropped; });
        return std::vector{std::move(without)};
    });
}

TEST_P(SourceConformance, AMemberOfAnotherKindGivesRowsOrCorrupt) {
    mutate_members([](const std::string& name, const std::string& whole, const json::Value&) {
        std::vector<std::string> mutants;
        const std::string head = "\"" + name + "\":";
        const auto at = whole.find(head);
        if (at == std::string::npos) return mutants;
        // In place of the value, which becomes that of a member nobody knows.
        for (const std::string_view other :
             {"null", "-1", "1.5", "18446744073709551615", "\"x\"", "[[]]", "{\"id\":{}}"})
            mutants.emplace_back(whole).insert(at + head.size(),
                                               fmt::format("{},\"_other\":", other));
        return mutants;
    });
}

TEST_P(SourceConformance, TheSamePageGivesTheSameRowsFromManyThreads) {
    std::vector<std::string> once;
    for (const ForgeInput& input : subject.good) once.push_back(text_of(input));
    std::vector<std::vector<std::string>> many(4);
    {
        std::vector<std::jthread> threads;
        for (auto& texts : many)
            threads.emplace_back([&] {
                for (const ForgeInput& input : subject.good) texts.push_back(text_of(input));
            });
    }
    for (const auto& texts : many) EXPECT_EQ(texts, once);
}

TEST_P(SourceConformance, ANextPageIsAnotherOneOfTheSameList) {
    std::size_t further = 0;
    for (const ForgeInput& input : subject.good) {
        if (input.stream == Stream::Activities) continue;
        const auto page = page_of(*subject.forge, subject.repo, input, input.body, stamp);
        ASSERT_TRUE(page) << page.error().describe();
        const auto next = subject.forge->next_page(*page);
        ASSERT_TRUE(next) << next.error().describe();
        if (!*next) continue;
        ++further;
        EXPECT_NE((*next)->target, page->call.target);
        EXPECT_EQ((*next)->stream, page->call.stream);
        EXPECT_EQ((*next)->item, page->call.item);
        EXPECT_EQ((*next)->repo, page->call.repo);
    }
    EXPECT_GT(further, 0U) << "no good page has one after it";
}

TEST_P(SourceConformance, NothingShowsTheSecret) {
    EXPECT_EQ(subject.forge->address().find(subject.secret), std::string::npos);
    EXPECT_EQ(subject.forge->hello().target.find(subject.secret), std::string::npos);
    for (const ForgeInput& input : subject.good) {
        const auto page = page_of(*subject.forge, subject.repo, input, input.body, stamp);
        ASSERT_TRUE(page);
        EXPECT_EQ(page->call.target.find(subject.secret), std::string::npos);
        EXPECT_EQ(text_of(input).find(subject.secret), std::string::npos);
    }
}

TEST_P(SourceConformance, BothDialectsOfDatesGiveTheSameRows) {
    ASSERT_FALSE(subject.dialects.empty());
    for (const auto& [one, other] : subject.dialects) {
        std::optional<Error> failed;
        EXPECT_EQ(without_metadata(text_of(one, &failed)),
                  without_metadata(text_of(other, &failed)));
        EXPECT_FALSE(failed) << failed->describe();
    }
}

TEST_P(SourceConformance, IdsAboveTwoToThe53KeepAllDigits) {
    ASSERT_FALSE(subject.large_ids.empty());
    for (const auto& [input, id] : subject.large_ids)
        EXPECT_NE(text_of(input).find(id), std::string::npos) << id;
}

TEST_P(SourceConformance, RefusalsAreClassifiedAndSayWhatToDo) {
    const auto call = subject.forge->first(Stream::PullRequests, subject.repo, "");
    ASSERT_TRUE(call) << call.error().describe();
    std::set<int> statuses;
    for (const auto& answer : subject.refusals) {
        statuses.insert(answer.status);
        const auto error = subject.forge->refusal(
            *call,
            {.status = answer.status, .content_type = answer.content_type, .body = answer.body});
        ASSERT_TRUE(error) << answer.status << ' ' << answer.body;
        EXPECT_EQ(error->code(), answer.code) << answer.status << ' ' << answer.body;
        EXPECT_FALSE(error->hint().empty()) << error->describe();
    }
    for (const int status : {200, 401, 403, 404, 429, 500, 502, 503})
        EXPECT_TRUE(statuses.contains(status)) << "no case for " << status;
}

TEST_P(SourceConformance, AnyStatusWithAnyBodyIsRefusedOrRead) {
    const Call call = subject.forge->hello();
    for (int status = 100; status < 600; ++status)
        for (const std::string_view body :
             {"", "{}", "<html>", "{\"errors\":[{}]}", "\xff", "[1"}) {
            const auto error = subject.forge->refusal(
                call, {.status = status, .content_type = "application/json", .body = body});
            const bool is_good = status / 100 == 2;
            if (!is_good) EXPECT_TRUE(error) << status << ' ' << body;
            if (error) EXPECT_FALSE(error->hint().empty()) << status << ' ' << body;
        }
}

}  // namespace forgehouse::conformance
