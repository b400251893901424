// What an entry of `sources` may say: the other options stand in options.cpp.
#include <array>

#include "config/options.h"

namespace forgehouse::config {
namespace {

constexpr std::array kSourceOptions{
    option<SourceSettings, &SourceSettings::name>(
        {.key = "name",
         .fallback = "",
         .doc = "What `collect --source` calls it. Required, and different for each source.",
         .example = "work"}),
    option<SourceSettings, &SourceSettings::kind>(
        {.key = "kind",
         .fallback = "plain_git",
         .doc = "What it connects to: plain_git reads git repositories by path or address, "
                "bitbucket_server a Bitbucket Server or Data Center with its pull requests.",
         .example = "bitbucket_server"}),
    option<SourceSettings, &SourceSettings::paths>(
        {.key = "paths",
         .fallback = "",
         .doc = "Repositories on this machine, read in place. Relative paths start at the file's "
                "folder.",
         .example = "[~/src/app, ../lib]",
         .use = SourceUse::PlainGit}),
    option<SourceSettings, &SourceSettings::urls>(
        {.key = "urls",
         .fallback = "",
         .doc = "Repositories by address: https, ssh or git. A mirror of each is kept.",
         .example = "[https://git.example.org/team/app.git]",
         .use = SourceUse::PlainGit}),
    option<SourceSettings, &SourceSettings::url>(
        {.key = "url",
         .fallback = "",
         .doc = "The address of the server's start page, without /rest.",
         .example = "https://bitbucket.example.org",
         .use = SourceUse::Forges}),
    option<SourceSettings, &SourceSettings::data_source>(
        {.key = "data_source",
         .fallback = "",
         .doc = "The name in the column data_source of all its rows. Unset: the kind's own, "
                "insight_git for plain_git, insight_bitbucket_server for bitbucket_server.",
         .example = "insight_work"}),
    option<SourceSettings, &SourceSettings::user>({.key = "user",
                                                   .fallback = "",
                                                   .doc = "The user for http and https addresses.",
                                                   .example = "reader"}),
    option<SourceSettings, &SourceSettings::password>(
        {.key = "password",
         .fallback = "",
         .doc = "Where the password or token of that user is to be found.",
         .example = "{env: WORK_GIT_TOKEN}"}),
    option<SourceSettings, &SourceSettings::token>(
        {.key = "token",
         .fallback = "",
         .doc = "Where an access token is to be found, which is sent as `Authorization: Bearer`. "
                "Instead of user and password.",
         .example = "{file: /run/secrets/bitbucket}",
         .use = SourceUse::Forges}),
    option<SourceSettings, &SourceSettings::tokens>(
        {.key = "tokens",
         .fallback = "",
         .doc = "Instead of token: several, of accounts with the same rights. Servers limit each "
                "account apart; requests are spread over all of them. Git uses the first one.",
         .example = "[{env: TOKEN_1}, {env: TOKEN_2}]",
         .use = SourceUse::Forges}),
    option<SourceSettings, &SourceSettings::header>(
        {.key = "header",
         .fallback = "",
         .doc = "The name of a further header that a gateway in front of the server wants to see.",
         .example = "X-Gateway-Token",
         .use = SourceUse::Forges}),
    option<SourceSettings, &SourceSettings::header_value>(
        {.key = "header_value",
         .fallback = "",
         .doc = "Where the whole value of that header is to be found.",
         .example = "{command: [gateway-login, --print]}",
         .use = SourceUse::Forges}),
    option<SourceSettings, &SourceSettings::renew_every>(
        {.key = "renew_every",
         .fallback = "0s",
         .doc = "How long what token, password and header_value refer to is good for. It is looked "
                "up again after that, and also whenever the server refuses it (401). 0: only then.",
         .example = "50m",
         .use = SourceUse::Forges}),
    option<SourceSettings, &SourceSettings::client_certificate>(
        {.key = "client_certificate",
         .fallback = "",
         .doc = "A certificate (PEM) that the server or the gateway wants from its clients.",
         .example = "~/.config/forgehouse/me.pem",
         .use = SourceUse::Forges}),
    option<SourceSettings, &SourceSettings::client_key>(
        {.key = "client_key",
         .fallback = "",
         .doc = "The key of that certificate (PEM, without a passphrase). Unset: it stands in the "
                "same file.",
         .example = "~/.config/forgehouse/me.key",
         .use = SourceUse::Forges}),
    option<SourceSettings, &SourceSettings::ca_file>(
        {.key = "ca_file",
         .fallback = "",
         .doc = "The certificate authorities (PEM) to trust instead of the system's, for a server "
                "with a certificate of your own.",
         .example = "/etc/ssl/certs/company.pem",
         .use = SourceUse::Forges}),
    option<SourceSettings, &SourceSettings::proxy>(
        {.key = "proxy",
         .fallback = "",
         .doc = "The proxy through which the server is reached: http, https, socks5 or socks5h. "
                "Proxies of the environment are not used.",
         .example = "http://proxy.example.org:3128",
         .use = SourceUse::Forges}),
    option<SourceSettings, &SourceSettings::proxy_user>({.key = "proxy_user",
                                                         .fallback = "",
                                                         .doc = "The user at the proxy.",
                                                         .example = "reader",
                                                         .use = SourceUse::Forges}),
    option<SourceSettings, &SourceSettings::proxy_password>(
        {.key = "proxy_password",
         .fallback = "",
         .doc = "Where the password at the proxy is to be found.",
         .example = "{env: PROXY_PASSWORD}",
         .use = SourceUse::Forges}),
    option<SourceSettings, &SourceSettings::projects>(
        {.key = "projects",
         .fallback = "",
         .doc =
             "Only projects whose key matches one of these: a glob (team-*) or, between slashes, "
             "a regular expression. Upper and lower case are the same. Unset: all.",
         .example = "[TEAM, ops-*, '/^APP[0-9]+$/']",
         .use = SourceUse::Forges}),
    option<SourceSettings, &SourceSettings::exclude_projects>(
        {.key = "exclude_projects",
         .fallback = "",
         .doc = "None of the projects whose key matches one of these, whatever includes them. "
                "Personal projects begin with ~.",
         .example = "['~*']",
         .use = SourceUse::Forges}),
    option<SourceSettings, &SourceSettings::repositories>(
        {.key = "repositories",
         .fallback = "",
         .doc = "Only repositories of which KEY/name or the name alone matches one of these.",
         .example = "[TEAM/app, lib-*]",
         .use = SourceUse::Forges}),
    option<SourceSettings, &SourceSettings::exclude_repositories>(
        {.key = "exclude_repositories",
         .fallback = "",
         .doc = "None of the repositories that match one of these, whatever includes them.",
         .example = "['*-archive']",
         .use = SourceUse::Forges}),
    option<SourceSettings, &SourceSettings::max_repositories>(
        {.key = "max_repositories",
         .fallback = "0",
         .doc = "The first so many of the repositories that are included, to try a configuration "
                "out. 0: all of them.",
         .example = "10",
         .use = SourceUse::Forges}),
    option<SourceSettings, &SourceSettings::build_statuses>(
        {.key = "build_statuses",
         .fallback = "false",
         .doc = "Whether the builds of the heads of branches and pull requests are read too: one "
                "more call for each.",
         .use = SourceUse::Forges}),
    option<SourceSettings, &SourceSettings::commits>(
        {.key = "commits",
         .fallback = "auto",
         .doc =
             "Where commits and files come from. git: complete, and with nothing per commit to ask "
             "for. api: over the API, one more call for each commit and pull request that is new; "
             "for servers whose git cannot be reached. auto: git, and the API where git cannot be "
             "reached.",
         .example = "git",
         .use = SourceUse::Forges}),
};

}  // namespace

std::span<const Option<SourceSettings>> source_options() noexcept {
    return kSourceOptions;
}

}  // namespace forgehouse::config
