// The kit that every forge's adapter passes, over this adapter's recorded cases.
#include <filesystem>

#include "conformance/source/source_conformance.h"
#include "sources/bitbucket_server/testing/cases.h"

namespace forgehouse::conformance {
namespace {

namespace cases = sources::bitbucket_server::cases;

std::string errors(std::string_view exception) {
    return fmt::format(R"({{"errors":[{{"message":"It says so.","exceptionName":"{}"}}]}})",
                       exception);
}

ForgeSubject bitbucket_server() {
    ForgeSubject out{
        .forge = cases::forge(),
        .secret = std::string(cases::kPassword),
        .repo = cases::kRepo,
        .good = {},
        .dialects = {{cases::input("activities/merged"),
                      cases::input("activities/merged_iso_dates")}},
        .large_ids = {{cases::input("activities/ids_above_2_to_the_53"), "9007199254740993"},
                      {cases::input("activities/ids_above_2_to_the_53"), "9223372036854775807"}},
        .refusals = {}};
    for (const std::string& name : cases::names())
        if (!name.contains("corrupt_")) out.good.push_back(cases::input(name));
    const std::string json = "application/json;charset=UTF-8";
    const std::string html = "text/html";
    out.refusals = {
        {200, html, "<html><input type=\"password\"></html>", Errc::Denied},
        {200, html, "<html>Welcome</html>", Errc::Invalid},
        {401, json, errors("com.atlassian.bitbucket.AuthorisationException"), Errc::Denied},
        {401, json, errors("com.atlassian.bitbucket.auth.IncorrectPasswordAuthenticationException"),
         Errc::Denied},
        {403, html, "<html>Forbidden</html>", Errc::Denied},
        {404, json, errors("com.atlassian.bitbucket.repository.NoSuchRepositoryException"),
         Errc::NotFound},
        {404, json, R"({"message":"404 Project Not Found"})", Errc::Invalid},
        {429, json, errors("com.atlassian.bitbucket.RateLimited"), Errc::RateLimited},
        {500, json, errors("java.lang.IllegalStateException"), Errc::Unavailable},
        {502, html, "<html>Bad Gateway</html>", Errc::Unavailable},
        {503, json, errors("com.atlassian.bitbucket.Maintenance"), Errc::Unavailable}};
    return out;
}

INSTANTIATE_TEST_SUITE_P(BitbucketServer, SourceConformance, testing::Values(bitbucket_server));

}  // namespace
}  // namespace forgehouse::conformance
