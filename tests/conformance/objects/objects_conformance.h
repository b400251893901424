// What every object store must do. An adapter's test includes this header and instantiates the
// suite with a function that makes an empty store:
//
//   INSTANTIATE_TEST_SUITE_P(Local, ObjectsConformance, testing::Values(make_local_store));
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <thread>

#include "ports/objects.h"

namespace forgehouse::conformance {

class ObjectsConformance
    : public testing::TestWithParam<std::function<std::shared_ptr<ports::Objects>()>> {
protected:
    std::vector<std::string> keys(std::string_view prefix) {
        const auto listed = store->list(ctx, prefix);
        EXPECT_TRUE(listed);
        std::vector<std::string> out;
        for (const auto& info : *listed) out.push_back(info.key);
        return out;
    }
    // Shared with what the parameter's function keeps alive: a temporary folder, a server.
    std::shared_ptr<ports::Objects> store = GetParam()();
    exec::Context ctx;
};

TEST_P(ObjectsConformance, GivesBackWhatWasPut) {
    const std::string binary("a\0b\xff\n", 5);
    const auto etag = store->put(ctx, "a/b.json", binary);
    ASSERT_TRUE(etag);
    const auto object = store->get(ctx, "a/b.json");
    ASSERT_TRUE(object);
    EXPECT_EQ(object->bytes, binary);
    EXPECT_EQ(object->etag, *etag);
    ASSERT_TRUE(store->put(ctx, "a/b.json", ""));
    EXPECT_EQ(store->get(ctx, "a/b.json")->bytes, "");
}

TEST_P(ObjectsConformance, KeepsLargeObjectsWhole) {
    std::string large(5'000'000, 'x');
    for (std::size_t i = 0; i < large.size(); i += 7) large[i] = static_cast<char>(i);
    ASSERT_TRUE(store->put(ctx, "large", large));
    EXPECT_TRUE(store->get(ctx, "large")->bytes == large);
}

TEST_P(ObjectsConformance, SaysWhatIsNotThere) {
    for (const char* key : {"missing", "missing/too"}) {
        const auto object = store->get(ctx, key);
        ASSERT_FALSE(object);
        EXPECT_EQ(object.error().code(), Errc::NotFound);
        EXPECT_TRUE(store->remove(ctx, key));
    }
}

TEST_P(ObjectsConformance, EtagNamesTheContent) {
    const auto first = store->put(ctx, "a", "1");
    const auto second = store->put(ctx, "a", "2");
    const auto third = store->put(ctx, "b", "1");
    ASSERT_TRUE(first && second && third);
    EXPECT_NE(*first, *second);
    EXPECT_EQ(*first, *third);
}

TEST_P(ObjectsConformance, SwapsOnlyWhatItHasSeen) {
    const auto made = store->put_if(ctx, "a", "1", std::nullopt);
    ASSERT_TRUE(made);
    const auto again = store->put_if(ctx, "a", "2", std::nullopt);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code(), Errc::Conflict);
    const auto stale = store->put_if(ctx, "a", "2", "somebody-elses-etag");
    ASSERT_FALSE(stale);
    EXPECT_EQ(stale.error().code(), Errc::Conflict);
    EXPECT_EQ(store->get(ctx, "a")->bytes, "1");
    ASSERT_TRUE(store->put_if(ctx, "a", "2", *made));
    EXPECT_EQ(store->get(ctx, "a")->bytes, "2");
    const auto gone = store->put_if(ctx, "b", "1", *made);
    ASSERT_FALSE(gone);
    EXPECT_EQ(gone.error().code(), Errc::Conflict);
}

TEST_P(ObjectsConformance, LosesNoSwapBetweenThreads) {
    ASSERT_TRUE(store->put(ctx, "n", "0"));
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([this] {
                exec::Context own;
                for (int done = 0; done < 10;) {
                    const auto now = store->get(own, "n");
                    if (!now) break;
                    const std::string next = std::to_string(std::stoi(now->bytes) + 1);
                    if (store->put_if(own, "n", next, now->etag)) ++done;
                }
            });
    }
    EXPECT_EQ(store->get(ctx, "n")->bytes, "40");
}

TEST_P(ObjectsConformance, ListsByPrefixInOrder) {
    for (const char* key : {"b/2", "a", "b/10", "b/1/x", "bc", "b-"})
        ASSERT_TRUE(store->put(ctx, key, key));
    using Keys = std::vector<std::string>;
    EXPECT_EQ(keys(""), (Keys{"a", "b-", "b/1/x", "b/10", "b/2", "bc"}));
    EXPECT_EQ(keys("b"), (Keys{"b-", "b/1/x", "b/10", "b/2", "bc"}));
    EXPECT_EQ(keys("b/"), (Keys{"b/1/x", "b/10", "b/2"}));
    EXPECT_EQ(keys("b/1"), (Keys{"b/1/x", "b/10"}));
    EXPECT_EQ(keys("z"), Keys{});
    EXPECT_EQ(keys("z/z"), Keys{});
    EXPECT_EQ((*store->list(ctx, "bc"))[0].size, 2U);
}

TEST_P(ObjectsConformance, RemovesOnlyTheOne) {
    ASSERT_TRUE(store->put(ctx, "a/1", "1"));
    ASSERT_TRUE(store->put(ctx, "a/2", "2"));
    ASSERT_TRUE(store->remove(ctx, "a/1"));
    ASSERT_TRUE(store->remove(ctx, "a/1"));
    EXPECT_EQ(keys(""), std::vector<std::string>{"a/2"});
    EXPECT_EQ(store->get(ctx, "a/1").error().code(), Errc::NotFound);
}

TEST_P(ObjectsConformance, RefusesKeysThatCouldEscape) {
    for (const std::string& key :
         {std::string(), std::string("/a"), std::string("a/"), std::string("a//b"),
          std::string(".."), std::string("a/../b"), std::string("a/.hidden"), std::string("a b"),
          std::string("a\0b", 3), std::string("\xc3\xa9"), std::string(201, 'a')}) {
        EXPECT_EQ(store->put(ctx, key, "x").error().code(), Errc::Invalid) << key;
        EXPECT_EQ(store->get(ctx, key).error().code(), Errc::Invalid) << key;
        EXPECT_EQ(store->remove(ctx, key).error().code(), Errc::Invalid) << key;
    }
}

TEST_P(ObjectsConformance, StopsWhenItIsTold) {
    std::stop_source stop;
    exec::Context stopped(stop.get_token());
    stop.request_stop();
    EXPECT_EQ(store->put(stopped, "a", "1").error().code(), Errc::Cancelled);
    EXPECT_EQ(store->get(stopped, "a").error().code(), Errc::Cancelled);
    EXPECT_EQ(keys(""), std::vector<std::string>{});
}

}  // namespace forgehouse::conformance
