#include "collect/api/ledger.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/digest.h"
#include "base/json.h"
#include "collect/archive/zstd.h"

namespace forgehouse::collect {
namespace {

constexpr std::uint64_t kFormat = 1;

std::string key_of(const sources::RepoRef& repo) {
    return fmt::format(
        "repositories/{}/{}/{}/pull_requests.json.zst", ports::object_key_part(repo.data_source),
        ports::object_key_part(repo.project_key), ports::object_key_part(repo.repo_slug));
}

template <class Value>
std::vector<std::int64_t> sorted_ids(const std::unordered_map<std::int64_t, Value>& map) {
    std::vector<std::int64_t> ids;
    ids.reserve(map.size());
    for (const auto& [id, value] : map) ids.push_back(id);
    std::ranges::sort(ids);
    return ids;
}

std::string encode_json(const Ledger& ledger) {
    json::Writer out;
    out.object().name("format").count(kFormat).name("unfinished").flag(ledger.unfinished);
    if (ledger.completed) out.name("completed_ms").integer(ledger.completed->ms());
    const auto ids = sorted_ids(ledger.read);
    // Differences and one long text are a third of plain objects, packed too.
    out.name("ids").array();
    std::int64_t last = 0;
    for (const std::int64_t id : ids) out.integer(id - std::exchange(last, id));
    out.end().name("read").array();
    last = 0;
    std::string fingerprints;
    for (const std::int64_t id : ids) {
        const Ledger::Entry& entry = ledger.read.at(id);
        out.integer(entry.read_seconds - std::exchange(last, entry.read_seconds));
        fmt::format_to(std::back_inserter(fingerprints), "{:016x}", entry.fingerprint);
    }
    out.end().name("fingerprints").text(fingerprints).name("without_git").array();
    for (const std::int64_t id : ids)
        if (ledger.read.at(id).without_git) out.integer(id);
    out.end().name("list_only").array();
    for (const std::int64_t id : ids)
        if (ledger.read.at(id).list_only) out.integer(id);
    out.end().name("put_off").array();
    for (const std::int64_t id : sorted_ids(ledger.put_off)) {
        const Ledger::PutOff& item = ledger.put_off.at(id);
        out.object().name("id").integer(id).name("failures").count(item.failures);
        out.name("error").text(item.error).end();
    }
    return out.end().end().take();
}

Error corrupt() {
    return {Errc::Corrupt, "a ledger is damaged"};
}

Result<std::vector<std::int64_t>> integers_at(const json::Value& root, std::string_view name) {
    TRY_LET(member, root.at(name));
    TRY_LET(items, member.items());
    std::vector<std::int64_t> out;
    out.reserve(items.size());
    for (const json::Value& item : items) {
        TRY_LET(number, item.integer());
        out.push_back(number);
    }
    return out;
}

Result<std::uint64_t> hex_at(std::string_view text, std::size_t at) {
    std::uint64_t value = 0;
    const char* const begin = text.data() + at * 16;
    const auto [end, error] = std::from_chars(begin, begin + 16, value, 16);
    if (error != std::errc() || end != begin + 16) return Failure(corrupt());
    return value;
}

Result<void> read_entries(const json::Value& root, Ledger& ledger) {
    TRY_LET(ids, integers_at(root, "ids"));
    TRY_LET(read, integers_at(root, "read"));
    TRY_LET(member, root.at("fingerprints"));
    TRY_LET(fingerprints, member.text());
    if (read.size() != ids.size() || fingerprints.size() != ids.size() * 16)
        return Failure(corrupt());
    std::int64_t id = 0;
    std::int64_t seconds = 0;
    ledger.read.reserve(ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i) {
        TRY_LET(fingerprint, hex_at(fingerprints, i));
        // Wraps around instead of overflowing: damaged numbers must not be undefined behaviour.
        id = static_cast<std::int64_t>(static_cast<std::uint64_t>(id) +
                                       static_cast<std::uint64_t>(ids[i]));
        seconds = static_cast<std::int64_t>(static_cast<std::uint64_t>(seconds) +
                                            static_cast<std::uint64_t>(read[i]));
        ledger.read[id] = {.fingerprint = fingerprint,
                           .read_seconds = seconds,
                           .without_git = false,
                           .list_only = false};
    }
    TRY_LET(without, integers_at(root, "without_git"));
    for (const std::int64_t one : without)
        if (const auto at = ledger.read.find(one); at != ledger.read.end())
            at->second.without_git = true;
    if (!root.find("list_only")) return {};  // as before there were any
    TRY_LET(hidden, integers_at(root, "list_only"));
    for (const std::int64_t one : hidden)
        if (const auto at = ledger.read.find(one); at != ledger.read.end())
            at->second.list_only = true;
    return {};
}

Result<void> read_put_off(const json::Value& root, Ledger& ledger) {
    TRY_LET(member, root.at("put_off"));
    TRY_LET(items, member.items());
    for (const json::Value& item : items) {
        TRY_LET(number, item.at("id"));
        TRY_LET(id, number.integer());
        TRY_LET(count, item.at("failures"));
        TRY_LET(failures, count.count());
        TRY_LET(reason, item.at("error"));
        TRY_LET(error, reason.text());
        ledger.put_off[id] = {.failures = failures, .error = std::string(error)};
    }
    return {};
}

}  // namespace

std::uint64_t short_fingerprint(std::string_view fingerprint) {
    const auto digest = sha256(fingerprint);
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < sizeof value; ++i) value = value << 8 | digest[i];
    return value;
}

std::string encode(const Ledger& ledger) {
    Packer packer;
    packer.add(encode_json(ledger));
    return packer.take();
}

Result<Ledger> decode_ledger(std::string_view bytes) {
    TRY_LET(text, unpack_whole(bytes));
    TRY_LET(document, json::Document::parse(text));
    const json::Value root = document.root();
    TRY_LET(number, root.at("format"));
    TRY_LET(format, number.count());
    if (format > kFormat)
        return Failure(Error(Errc::Conflict, "the checkpoints are of a newer version")
                           .hint("Use the forgehouse that wrote them, or a newer one."));
    Ledger ledger;
    TRY_LET(flag, root.at("unfinished"));
    TRY_LET(unfinished, flag.flag());
    ledger.unfinished = unfinished;
    if (const auto completed = root.find("completed_ms")) {
        TRY_LET(ms, completed->integer());
        ledger.completed = Time::from_ms(ms);
    }
    TRY(read_entries(root, ledger));
    TRY(read_put_off(root, ledger));
    return ledger;
}

Result<StoredLedger> load_ledger(exec::Context& ctx, ports::Objects& objects,
                                 const sources::RepoRef& repo) {
    const std::string key = key_of(repo);
    const auto object = objects.get(ctx, key);
    if (!object) {
        if (object.error().code() == Errc::NotFound) return StoredLedger{};
        return Failure(object.error());
    }
    auto ledger = decode_ledger(object->bytes);
    if (!ledger)
        return Failure(std::move(ledger)
                           .error()
                           .with("checkpoint", key)
                           .hint("Remove that file from the checkpoints folder: the next run reads "
                                 "the repository's pull requests again."));
    return StoredLedger{.ledger = std::move(*ledger), .etag = object->etag};
}

Result<void> save_ledger(exec::Context& ctx, ports::Objects& objects, const sources::RepoRef& repo,
                         StoredLedger& stored) {
    TRY_LET(etag, objects.put_if(ctx, key_of(repo), encode(stored.ledger), stored.etag));
    stored.etag = std::move(etag);
    return {};
}

Result<void> remove_ledger(exec::Context& ctx, ports::Objects& objects,
                           const sources::RepoRef& repo) {
    return objects.remove(ctx, key_of(repo));
}

}  // namespace forgehouse::collect
