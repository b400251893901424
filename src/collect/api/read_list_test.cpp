#include "collect/api/read_list.h"

#include <gtest/gtest.h>

namespace forgehouse::collect {
namespace {

sources::Page some_page() {
    return {.call = {.stream = sources::Stream::Users, .repo = {}, .item = {}, .target = "/users"},
            .body = {},
            .received = {},
            .version = 0};
}

TEST(ListProgress, EndsAListThatBringsNothingNew) {
    ListProgress progress;
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(progress.look_at(some_page(), Brought::Nothing));
    const auto ended = progress.look_at(some_page(), Brought::Nothing);
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().code(), Errc::Corrupt);
    EXPECT_EQ(ended.error().field("target"), "/users");
    EXPECT_FALSE(ended.error().hint().empty());
}

TEST(ListProgress, ForgetsEmptyPagesAtNews) {
    ListProgress progress;
    for (int i = 0; i < 1000; ++i)
        ASSERT_TRUE(progress.look_at(some_page(), i % 90 == 0 ? Brought::News : Brought::Nothing));
}

TEST(ListProgress, EndsAListOfTooManyPages) {
    ListProgress progress;
    for (int i = 0; i < 100'000; ++i) ASSERT_TRUE(progress.look_at(some_page(), Brought::News));
    EXPECT_FALSE(progress.look_at(some_page(), Brought::News));
}

}  // namespace
}  // namespace forgehouse::collect
