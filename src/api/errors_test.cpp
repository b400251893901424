#include "api/errors.h"

#include <gtest/gtest.h>

namespace forgehouse::api {
namespace {

TEST(Errors, TellNothingOfThisMachine) {
    const Answer conflict = error_answer(Error(Errc::Conflict, "something is there already")
                                             .with("path", "/srv/forgehouse/repositories/01/17.git")
                                             .with("file", "src/a.txt"),
                                         "7");
    EXPECT_EQ(conflict.status, 409U);
    EXPECT_EQ(conflict.body.find("/srv"), std::string::npos) << conflict.body;
    EXPECT_NE(conflict.body.find("src/a.txt"), std::string::npos) << conflict.body;
    const Answer broken = error_answer(
        Error(Errc::Corrupt, "a pack is damaged").with("reason", "at byte 7").hint("look"), "7");
    EXPECT_EQ(broken.status, 500U);
    EXPECT_EQ(broken.body.find("pack"), std::string::npos) << broken.body;
    EXPECT_NE(broken.body.find("\"id\":\"7\""), std::string::npos) << broken.body;
}

}  // namespace
}  // namespace forgehouse::api
