#include "sim/core/server.h"

#include <ctime>

#include "base/json.h"
#include "base/text.h"
#include "sim/core/git_http.h"
#include "sim/core/mutations.h"

namespace forgehouse::sim {
namespace {

constexpr std::size_t kWorkers = 32;
constexpr std::string_view kProxyPage =
    "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><h1>Corporate proxy</h1>"
    "<form action=\"/login\"><input name=\"user\"></form></body></html>\n";

Answer proxy_page(unsigned status) {
    return {.status = status, .body = std::string(kProxyPage), .type = "text/html;charset=UTF-8"};
}

std::string http_date(Time time) {
    const std::time_t seconds = time.seconds();
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    char text[40];
    std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return text;
}

Result<std::string> read_all(exec::Context& ctx, net::BodyReader& body) {
    std::string out;
    for (;;) {
        TRY_LET(part, body.read(ctx, 256 * 1024));
        if (part.empty()) return out;
        out += part;
    }
}

std::vector<std::string> words_of(std::string_view list) {
    std::vector<std::string> out;
    for (const std::string_view word : text::split(list, ','))
        if (!word.empty()) out.emplace_back(word);
    return out;
}

std::string who_asks(const Asked& asked) {
    return std::string(asked.request->header("authorization"));
}

Answer plain(unsigned status, std::string text) {
    return {.status = status, .body = std::move(text), .type = "text/plain"};
}

}  // namespace

SimServer::SimServer(World& world, Dialect& dialect, const exec::Clock& clock)
    : world_(world), dialect_(dialect), clock_(clock) {}

Result<void> SimServer::listen(net::Listener listener) {
    server_ = std::make_unique<net::HttpServer>(net::HttpServer::Options{
        .handler = [this](exec::Context& ctx, const net::HttpRequest& request,
                          net::BodyReader& body,
                          net::ResponseWriter& response) { handle(ctx, request, body, response); },
        .workers = kWorkers,
        .limits = {}});
    server_->add(std::move(listener));
    return {};
}

void SimServer::stop() {
    if (server_) (void)server_->drain(std::chrono::seconds(2));
    server_.reset();
}

Result<void> SimServer::write_manifest(const exec::Context& ctx) const {
    if (world_.settings().manifest.empty()) return {};
    TRY_LET(manifest, dialect_.manifest(ctx));
    return manifest.write(world_.settings().manifest);
}

void SimServer::handle(exec::Context& ctx, const net::HttpRequest& request, net::BodyReader& body,
                       net::ResponseWriter& response) {
    Asked asked = parse_target(request);
    auto read = read_all(ctx, body);
    if (!read) return;
    asked.body = std::move(*read);
    if (asked.parts.size() > 1 && asked.parts[0] == "_sim") {
        const Answer answer = own_endpoint(ctx, asked);
        (void)response.send(ctx, answer.status, {{"Content-Type", answer.type}}, answer.body);
        return;
    }
    serve(ctx, asked, response);
}

Answer SimServer::mutate(exec::Context& ctx, const Asked& asked) {
    MutationOrder order{
        .seed = static_cast<std::uint64_t>(text::to_int(asked.value("seed", "1")).value_or(1)),
        .rounds = static_cast<int>(text::to_int(asked.value("rounds", "1")).value_or(1)),
        .changes = static_cast<int>(text::to_int(asked.value("changes", "10")).value_or(10)),
        .only = words_of(asked.value("only")),
        .without = words_of(asked.value("without"))};
    const auto changes = sim::mutate(ctx, world_, order);
    if (!changes) return plain(400, changes.error().describe() + "\n");
    if (const auto written = write_manifest(ctx); !written)
        return plain(500, written.error().describe() + "\n");
    json::Writer out;
    out.object().name("rounds").integer(order.rounds).name("changes").object();
    for (const auto& [kind, count] : *changes) out.name(kind).integer(count);
    return {.body = out.end().end().take()};
}

Answer SimServer::own_endpoint(exec::Context& ctx, const Asked& asked) {
    const std::string& what = asked.parts[1];
    const bool is_post = asked.request->method == "POST";
    if (what == "counters") return {.body = counters_.json()};
    if (what == "manifest") {
        const auto manifest = dialect_.manifest(ctx);
        if (!manifest) return plain(500, manifest.error().describe() + "\n");
        const std::string_view table = asked.value("table");
        return {.body = table.empty() ? manifest->all() : manifest->lines(table),
                .type = "application/x-ndjson"};
    }
    if (what == "reset" && is_post) {
        counters_.reset();
        faults_.reset();
        return plain(200, "reset\n");
    }
    if (what == "faults" && is_post) {
        const auto set = faults_.set(asked.body);
        return set ? plain(200, "set\n") : plain(400, set.error().describe() + "\n");
    }
    if (what == "mutate" && is_post) return mutate(ctx, asked);
    return plain(404, "the simulator has no such endpoint; tests/sim/README.md names them\n");
}

void SimServer::serve(exec::Context& ctx, const Asked& asked, net::ResponseWriter& response) {
    const std::string kind = dialect_.kind_of(asked);
    counters_.asked(kind);
    const std::string user = who_asks(asked);
    const auto plan = faults_.plan({.target = asked.request->target, .kind = kind, .user = user},
                                   asked.request->header("x-sim-fault"));
    if (!plan) {
        (void)response.send(ctx, 400, {}, plan.error().describe() + "\n");
        return;
    }
    for (const std::string& name : plan->names) counters_.fault(name);
    if (plan->latency.count() > 0 && !ctx.sleep(plan->latency)) return;
    switch (plan->deed) {
        case Plan::Deed::Reset: return response.reset();
        case Plan::Deed::Status: {
            const bool is_proxy = plan->code == 502 || plan->code == 504;
            Answer answer = is_proxy ? proxy_page(plan->code) : dialect_.failure(plan->code);
            add_wait(*plan, answer);
            return send(ctx, *plan, std::move(answer), response);
        }
        case Plan::Deed::Html: return send(ctx, *plan, proxy_page(plan->code), response);
        case Plan::Deed::Denied: return send(ctx, *plan, dialect_.failure(plan->code), response);
        default: return answer_plainly(ctx, asked, *plan, kind, response);
    }
}

void SimServer::answer_plainly(exec::Context& ctx, const Asked& asked, const Plan& plan,
                               std::string_view kind, net::ResponseWriter& response) {
    const auto viewer = dialect_.let_in(asked, plan.deed == Plan::Deed::Expire);
    if (const auto* refusal = std::get_if<Answer>(&viewer))
        return send(ctx, plan, *refusal, response);
    const auto place = dialect_.git_place(asked, std::get<Viewer>(viewer));
    if (place) {
        if (const auto* refusal = std::get_if<Answer>(&*place))
            return send(ctx, plan, *refusal, response);
        const GitAnswer done =
            serve_git(ctx, world_.store(), std::get<Dialect::GitPlace>(*place), asked, response);
        counters_.answered(done.status, done.bytes);
        return;
    }
    if (plan.drift && asked.value("start", "0") != "0" && kind == "pull_requests")
        dialect_.drift(ctx, asked);
    send(ctx, plan, dialect_.answer(ctx, asked, std::get<Viewer>(viewer), plan), response);
}

void SimServer::add_wait(const Plan& plan, Answer& answer) const {
    if (!plan.retry_after) return;
    const int seconds = plan.retry_after->seconds;
    answer.headers.emplace_back("Retry-After",
                                plan.retry_after->as_date
                                    ? http_date(clock_.now().plus(std::chrono::seconds(seconds)))
                                    : fmt::to_string(seconds));
}

void SimServer::send(exec::Context& ctx, const Plan& plan, Answer answer,
                     net::ResponseWriter& response) {
    counters_.answered(answer.status, answer.body.size());
    net::ResponseWriter::Headers headers = std::move(answer.headers);
    headers.emplace_back("Content-Type", answer.type);
    if (plan.quota) {
        headers.emplace_back("X-RateLimit-Limit", fmt::to_string(plan.quota->limit));
        headers.emplace_back("X-RateLimit-Remaining", fmt::to_string(plan.quota->left));
        headers.emplace_back("X-RateLimit-FillRate", fmt::to_string(plan.quota->rate));
        headers.emplace_back("X-RateLimit-Interval-Seconds", "1");
    }
    if (plan.deed == Plan::Deed::Malformed && !answer.body.empty())
        answer.body[answer.body.size() / 2] = '\x01';
    if (plan.deed == Plan::Deed::Cut) {
        const auto share =
            static_cast<std::size_t>(plan.at * static_cast<double>(answer.body.size()));
        if (response.start(ctx, answer.status, headers))
            (void)response.write(ctx, std::string_view(answer.body).substr(0, share));
        return;
    }
    if (plan.parts <= 1) {
        (void)response.send(ctx, answer.status, headers, answer.body);
        return;
    }
    if (!response.start(ctx, answer.status, headers)) return;
    const std::size_t size = answer.body.size() / static_cast<std::size_t>(plan.parts) + 1;
    for (std::size_t at = 0; at < answer.body.size(); at += size) {
        if (!response.write(ctx, std::string_view(answer.body).substr(at, size))) return;
        if (!ctx.sleep(plan.gap)) return;
    }
    (void)response.finish(ctx);
}

}  // namespace forgehouse::sim
