#include "config/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>

#include "base/text.h"

namespace forgehouse::config {
namespace {

std::size_t size_of(const Node& node) {
    std::size_t size = 1;
    for (const Node& item : node.items) size += size_of(item);
    return size;
}

std::string place_of(std::string_view name, int line) {
    return fmt::format("{}:{}", name, line);
}

/// Builds the tree from the parser's events. yaml-cpp cannot be told to stop: after the first
/// problem the rest of the events is ignored.
class Builder final : public YAML::EventHandler {
public:
    explicit Builder(std::string_view name) : name_(name) {}

    std::optional<Error> problem;
    Node root;

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        leaf(mark, anchor, Node());
    }
    void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  const std::string& value) override {
        leaf(mark, anchor, Node::of_scalar(value));
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        if (problem) return;
        const auto at = anchored_.find(anchor);
        if (at == anchored_.end())
            return fail(mark, Error(Errc::Invalid, "an alias stands inside its own anchor")
                                  .hint("write the value out instead"));
        Node copy = at->second;
        if (!count(mark, size_of(copy))) return;
        place(mark, std::move(copy));
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(mark, anchor, Node::Kind::List);
    }
    void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(mark, anchor, Node::Kind::Map);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapEnd() override { close(); }

private:
    struct Open {
        Node node;
        YAML::anchor_t anchor;
        YAML::Mark mark;
        std::optional<Node> key;  // a map's key that waits for its value
    };

    void fail(const YAML::Mark& mark, Error error) {
        if (!problem) problem = std::move(error).with("at", place_of(name_, mark.line + 1));
    }

    bool count(const YAML::Mark& mark, std::size_t more) {
        nodes_ += more;
        if (nodes_ <= kMostNodes) return true;
        fail(mark, Error(Errc::Invalid, "the file has too many values")
                       .with("most", static_cast<std::int64_t>(kMostNodes))
                       .hint("aliases count as often as they are used; write fewer"));
        return false;
    }

    void leaf(const YAML::Mark& mark, YAML::anchor_t anchor, Node node) {
        if (problem || !count(mark, 1)) return;
        node.line = mark.line + 1;
        if (anchor != 0) anchored_[anchor] = node;
        place(mark, std::move(node));
    }

    void open(const YAML::Mark& mark, YAML::anchor_t anchor, Node::Kind kind) {
        if (problem || !count(mark, 1)) return;
        if (stack_.size() >= kMostDepth)
            return fail(mark, Error(Errc::Invalid, "the file is nested too deeply")
                                  .with("most", static_cast<std::int64_t>(kMostDepth))
                                  .hint("no key of ours needs that; see forgehouse config docs"));
        Node node;
        node.kind = kind;
        node.line = mark.line + 1;
        stack_.push_back({std::move(node), anchor, mark, std::nullopt});
    }

    void close() {
        if (problem || stack_.empty()) return;
        Open done = std::move(stack_.back());
        stack_.pop_back();
        if (done.anchor != 0) anchored_[done.anchor] = done.node;
        place(done.mark, std::move(done.node));
    }

    void place(const YAML::Mark& mark, Node node) {
        if (stack_.empty()) {
            root = std::move(node);
            return;
        }
        Open& parent = stack_.back();
        if (parent.node.kind == Node::Kind::List) {
            parent.node.items.push_back(std::move(node));
        } else if (parent.key) {
            node.key = std::move(parent.key->scalar);
            node.line = parent.key->line;
            parent.node.items.push_back(std::move(node));
            parent.key.reset();
        } else {
            take_key(mark, parent, node);
        }
    }

    void take_key(const YAML::Mark& mark, Open& parent, const Node& node) {
        if (node.kind != Node::Kind::Scalar)
            return fail(
                mark,
                Error(Errc::Invalid, "a key must be a plain word").hint("write `key: value`"));
        const auto& members = parent.node.items;
        const auto first = std::ranges::find(members, node.scalar, &Node::key);
        if (first != members.end())
            return fail(mark, Error(Errc::Invalid, "a key is given twice")
                                  .with("key", node.scalar)
                                  .with("first_line", std::int64_t{first->line})
                                  .hint("keep one of the two"));
        parent.key = node;
        parent.key->line = mark.line + 1;
    }

    std::string_view name_;
    std::vector<Open> stack_;
    std::map<YAML::anchor_t, Node> anchored_;
    std::size_t nodes_ = 0;
};

Error not_yaml(std::string place, std::string reason) {
    return Error(Errc::Invalid, "this is not YAML")
        .with("at", std::move(place))
        .with("reason", std::move(reason))
        .hint("mend that line; values with : # { or [ in them want quotes");
}

}  // namespace

Result<Node> parse_yaml(std::string_view text, std::string_view name) {
    if (text.size() > kMostBytes)
        return Failure(Error(Errc::Invalid, "the file is too large for a configuration")
                           .with("at", std::string(name))
                           .with("bytes", static_cast<std::int64_t>(text.size()))
                           .with("most", static_cast<std::int64_t>(kMostBytes))
                           .hint("check that the right file is named"));
    if (const auto nul = text.find('\0'); nul != text.npos) {
        const auto line = std::ranges::count(text.substr(0, nul), '\n') + 1;
        return Failure(not_yaml(place_of(name, static_cast<int>(line)), "a zero byte"));
    }
    if (!text::is_utf8(text))
        return Failure(Error(Errc::Invalid, "the file is not written in UTF-8")
                           .with("at", std::string(name))
                           .hint("save it as UTF-8"));
    Builder builder(name);
    try {
        std::istringstream stream{std::string(text)};
        YAML::Parser parser(stream);
        const bool first = parser.HandleNextDocument(builder);
        if (builder.problem) return Failure(std::move(*builder.problem));
        Node root = std::move(builder.root);
        Builder rest(name);
        if (first && parser.HandleNextDocument(rest))
            return Failure(Error(Errc::Invalid, "the file holds more than one document")
                               .with("at", place_of(name, std::max(rest.root.line, 1)))
                               .hint("remove the --- that begins the second one"));
        return root;
    } catch (const YAML::Exception& failure) {
        return Failure(not_yaml(place_of(name, failure.mark.line + 1), failure.msg));
    } catch (const std::exception& failure) {
        return Failure(not_yaml(place_of(name, 1), failure.what()));
    }
}

}  // namespace forgehouse::config
