#include "engine/front.h"

#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "engine/answer.h"
#include "engine/coded_body.h"
#include "engine/data_dir.h"
#include "engine/exceptions.h"
#include "engine/launcher.h"

namespace forgehouse::engine {
namespace {

/// What the ids of queries begin with that come without one.
constexpr std::string_view kOwnIds = "fh-";

/// Of a target, for its user's name.
constexpr std::size_t kMostLookedAt = 4096;

const net::ResponseWriter::Headers kText{{"Content-Type", "text/plain; charset=UTF-8"}};

/// An answer in the packings that a client wants, one inside of the other.
class PackedAnswer {
public:
    PackedAnswer(net::ResponseWriter& response, const AnswerPacking& wanted) : writer_(&response) {
        if (wanted.coding != Coding::None) writer_ = &coded_.emplace(*writer_, wanted.coding);
        if (wanted.in_blocks) writer_ = &blocks_.emplace(*writer_, Coding::Blocks);
    }
    PackedAnswer(const PackedAnswer&) = delete;
    PackedAnswer& operator=(const PackedAnswer&) = delete;
    net::ResponseWriter& writer() noexcept { return *writer_; }

private:
    std::optional<PackedResponse> coded_, blocks_;
    net::ResponseWriter* writer_;
};

/// The host without its port, lower case.
std::string host_of(std::string_view authority) {
    if (authority.starts_with('[')) {
        const auto end = authority.find(']');
        return std::string(authority.substr(0, end == std::string_view::npos ? end : end + 1));
    }
    return text::lower_ascii(authority.substr(0, authority.find(':')));
}

bool reads(const net::HttpRequest& request) {
    return request.method == "GET" || request.method == "HEAD";
}

bool is_loopback_name(const std::string& host) {
    return host == "localhost" || host == "[::1]" || host.ends_with(".localhost") ||
           (host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string::npos);
}

}  // namespace

Front::Front(Database& database, Options options)
    : database_(database), options_(std::move(options)) {
    if (!options_.users.empty()) logins_.emplace(std::move(options_.users));
}

std::optional<Front::Refusal> Front::from_web_page(const net::HttpRequest& request) const {
    // A page in the user's browser can reach loopback. It cannot leave these headers out, and with
    // a name of its own that points here it cannot make the Host ours.
    const std::string_view site = request.header("sec-fetch-site");
    if (!request.header("origin").empty() || (!site.empty() && site != "none"))
        return Refusal{403, "requests of web pages are not answered here\n"};
    if (request.listener == kTcpListener && !options_.tcp_remote &&
        !is_loopback_name(host_of(request.header("host"))))
        return Refusal{403, "the Host header must name this machine: localhost or 127.0.0.1\n"};
    return std::nullopt;
}

ResultOf<Role, Front::Refusal> Front::role_of(const net::HttpRequest& request) const {
    const std::string_view token = request.header(kWriterHeader);
    if (request.listener != kUnixListener) {
        if (!token.empty())
            return FailureOf(Refusal{403, "the writer is served on the Unix socket alone\n"});
        return options_.tcp_writable ? Role::Owner : Role::Reader;
    }
    if (token.empty()) return Role::Reader;
    if (!same_secret(token, options_.token.reveal()))
        return FailureOf(Refusal{403, "the writer's token is wrong\n"});
    return Role::Writer;
}

ResultOf<Front::Visitor, Front::Refusal> Front::visitor_of(const net::HttpRequest& request) const {
    if (auto refusal = from_web_page(request)) return FailureOf(std::move(*refusal));
    auto role = role_of(request);
    if (!role) return FailureOf(std::move(role.error()));
    // The path alone: parameters may be long, and this runs where all sockets wait.
    const auto target =
        parse_target(std::string_view(request.target).substr(0, request.target.find('?')));
    if (!target) return FailureOf(Refusal{400, std::string(target.error().text()) + "\n"});
    if (!reads(request) && request.method != "POST")
        return FailureOf(Refusal{405, "GET, HEAD and POST are served here\n"});
    return Visitor{.role = *role, .path = target->path};
}

std::optional<net::HttpAnswer> Front::greet(const net::HttpRequest& request) const {
    const auto answer = [](unsigned status, std::string text) {
        return net::HttpAnswer{.status = status, .headers = kText, .body = std::move(text)};
    };
    auto visitor = visitor_of(request);
    if (!visitor) return answer(visitor.error().status, std::move(visitor.error().text));
    const std::string& path = visitor->path;
    if (path == "/" || path == "/query" || path == kLeavePath || path == kHandOverPath)
        return std::nullopt;
    if (reads(request) && (path == "/ping" || path == "/replicas_status"))
        return answer(200, "Ok.\n");
    return answer(404, fmt::format("There is no handle {}\n\nUse / with the parameter query, or "
                                   "/ping for health checks.\n",
                                   text::printable(path)));
}

std::string Front::party_of(const net::HttpRequest& request) const {
    std::string party(net::peer_host(request.peer));
    // Where nobody is asked for a password a name is anybody's. Parameters may be long, and this
    // runs where all sockets wait.
    if (!logins_ || request.listener != kTcpListener || request.target.size() > kMostLookedAt)
        return party;
    const auto target = parse_target(request.target);
    const auto credentials = target ? credentials_of(*target, request) : SqlResult<Credentials>();
    return credentials ? credentials->user + "@" + party : party;
}

void Front::handle(exec::Context& ctx, const net::HttpRequest& request, net::BodyReader& body,
                   net::ResponseWriter& response) {
    const auto refuse = [&](unsigned status, std::string_view text) {
        (void)response.send(ctx, status, kText, text);
    };
    const auto visitor = visitor_of(request);
    if (!visitor) return refuse(visitor.error().status, visitor.error().text);
    if (visitor->path == kLeavePath || visitor->path == kHandOverPath)
        return leave(ctx, request, *visitor, response);
    const auto target = parse_target(request.target);
    if (!target) return refuse(400, std::string(target.error().text()) + "\n");
    if (reads(request) && target->parameters.empty() && body.length() == std::uint64_t{0})
        return refuse(200, "Ok.\n");
    query(ctx, request, *target, *visitor, body, response);
}

ResultOf<Asker, Front::Exception> Front::asker_of(const exec::Context& ctx,
                                                  const net::HttpRequest& request,
                                                  const Target& target, const Visitor& visitor) {
    auto credentials = credentials_of(target, request);
    if (!credentials) {
        const unsigned status = status_of(credentials.error().code);
        return FailureOf(Exception{std::move(credentials.error()), status});
    }
    if (logins_ && request.listener == kTcpListener) return log_in(ctx, request, *credentials);
    if (!is_nobody(*credentials))
        return FailureOf(
            Exception{exception(Code::AuthenticationFailed,
                                "there are no users and passwords here; connect without them"),
                      status_of(516)});
    return Asker{.role = visitor.role, .limits = database_.limits()};
}

ResultOf<Asker, Front::Exception> Front::log_in(const exec::Context& ctx,
                                                const net::HttpRequest& request,
                                                const Credentials& credentials) {
    const auto user = logins_->check(ctx, credentials, request.peer);
    if (user)
        return Asker{.role = (*user)->may_write ? Role::Owner : Role::Reader,
                     .logged_in = true,
                     .user = (*user)->name,
                     .limits = bounded(database_.limits(), (*user)->limits)};
    const std::string name = text::printable(credentials.user);
    log::info("engine", "a login was refused",
              {{"user", name}, {"peer", request.peer}, {"looked", user.error().wrong ? 1 : 0}});
    if (user.error().wrong)
        return FailureOf(Exception{
            exception(Code::AuthenticationFailed,
                      fmt::format("{}: Authentication failed: password is incorrect, or there is "
                                  "no user with such name",
                                  name)),
            status_of(516)});
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(user.error().after).count();
    return FailureOf(
        Exception{exception(Code::TooManySimultaneousQueries,
                            fmt::format("Too many attempts to log in; try again in {} s", seconds)),
                  429,
                  {{"Retry-After", std::to_string(seconds)}}});
}

void Front::query(exec::Context& ctx, const net::HttpRequest& request, const Target& target,
                  const Visitor& visitor, net::BodyReader& body, net::ResponseWriter& response) {
    const auto refuse = [&](Exception&& why, net::ResponseWriter& to) {
        net::ResponseWriter::Headers headers = kText;
        headers.emplace_back("X-ClickHouse-Exception-Code", std::to_string(why.error.code));
        headers.insert(headers.end(), why.headers.begin(), why.headers.end());
        (void)to.send(ctx, why.status, headers, why.error.text + "\n");
    };
    auto asker = asker_of(ctx, request, target, visitor);
    if (!asker) return refuse(std::move(asker.error()), response);
    auto asked = parse_query_request(target, request);
    if (!asked) {
        const int code = static_cast<int>(text::to_int(asked.error().field("code")).value_or(400));
        // A client that wants its answers packed unpacks its errors too.
        PackedAnswer packed(response, packing_of(target, request));
        return refuse({exception(static_cast<Code>(code), asked.error().describe()),
                       asked.error().field("code").empty() ? 400 : status_of(code)},
                      packed.writer());
    }
    // Ids of our own making are not for clients: they would stand in another's way.
    if (asked->query_id.empty() || asked->query_id.starts_with(kOwnIds))
        asked->query_id = fresh_id();
    // A GET may change nothing: links and prefetches come as GET.
    if (request.method != "POST" && asker->role == Role::Owner) asker->role = Role::Reader;
    unpacked(ctx, std::move(*asker), std::move(*asked), body, response);
}

void Front::unpacked(exec::Context& ctx, Asker asker, QueryRequest asked, net::BodyReader& body,
                     net::ResponseWriter& response) {
    // The codings of HTTP lie outside of ClickHouse's blocks.
    std::optional<UnpackedBody> plain, blocks;
    net::BodyReader* from = &body;
    if (asked.of_body != Coding::None) from = &plain.emplace(*from, asked.of_body);
    if (asked.body_in_blocks) from = &blocks.emplace(*from, Coding::Blocks);
    PackedAnswer packed(response, asked.packing);
    Query(database_, sessions_, std::move(asker), std::move(asked), ctx, *from, packed.writer())
        .run();
}

void Front::leave(exec::Context& ctx, const net::HttpRequest& request, const Visitor& visitor,
                  net::ResponseWriter& response) {
    if (visitor.role != Role::Writer || request.method != "POST")
        return (void)response.send(ctx, 403, kText, "only the writer may ask that\n");
    log::info("engine", "asked to leave", {{"peer", request.peer}});
    response.close_after();
    (void)response.send(ctx, 200, kText, "Leaving.\n");
    options_.leave(visitor.path == kHandOverPath);
}

std::string Front::fresh_id() {
    return fmt::format("{}{}-{}", kOwnIds, ::getpid(), ++last_id_);
}

}  // namespace forgehouse::engine
