#include "api/rest_v2/partial.h"

#include <span>

#include "base/json.h"
#include "base/text.h"

namespace forgehouse::api {
namespace {

constexpr std::size_t kMostBytes = 4096, kMostNames = 200, kMostLevels = 16;

Error refused(Literal reason, std::string_view name) {
    return Error(Errc::Invalid, "the parameter fields cannot be read")
        .with("reason", std::string(reason.view()))
        .with("name", text::printable(name.substr(0, 100)));
}

}  // namespace

Result<Partial> Partial::parse(std::string_view text) {
    Partial out;
    if (text.empty()) return out;
    if (text.size() > kMostBytes) return Failure(refused("it is too long", text));
    for (std::string_view item : text::split(text, ',')) {
        item = text::trim(item);
        Name name;
        if (item.starts_with('-') || item.starts_with('+')) {
            name.wanted = item.front() == '+';
            item.remove_prefix(1);
        } else {
            out.rest_is_wanted_ = false;
        }
        for (const std::string_view part : text::split(item, '.')) {
            if (part.empty()) return Failure(refused("a name is empty", item));
            name.parts.emplace_back(part);
        }
        if (name.parts.size() > kMostLevels) return Failure(refused("too many levels", item));
        if (out.names_.size() == kMostNames) return Failure(refused("too many names", item));
        out.names_.push_back(std::move(name));
    }
    return out;
}

bool Partial::asks_for(std::string_view path) const {
    const auto parts = text::split(path, '.');
    bool asked = false;
    for (const Name& name : names_) {
        std::size_t same = 0;
        while (same < parts.size() && same < name.parts.size() &&
               (name.parts[same] == parts[same] || name.parts[same] == "*"))
            ++same;
        if (name.wanted && (same == parts.size() || same == name.parts.size())) asked = true;
        if (!name.wanted && same == name.parts.size()) asked = false;
    }
    return asked;
}

/// One walk over a document. Goes no deeper than the names do: what lies beneath is copied or left
/// out as a whole.
class PartialWriting {
public:
    explicit PartialWriting(const Partial& partial) : partial_(partial) {}

    std::string all(const json::Value& root) {
        View view{.level = 0, .wanted = partial_.rest_is_wanted_, .decided_by = -1, .names = {}};
        for (std::size_t i = 0; i < partial_.names_.size(); ++i) view.names.push_back(i);
        value(root, view);
        return writer_.take();
    }

private:
    /// What the names say of a place in the document.
    struct View {
        std::size_t level;
        bool wanted;
        std::ptrdiff_t decided_by;       ///< the name that said so, -1 for none
        std::vector<std::size_t> names;  ///< those that say something of what lies beneath
    };

    View beneath(const View& view, std::string_view member) const {
        View out{.level = view.level + 1,
                 .wanted = view.wanted,
                 .decided_by = view.decided_by,
                 .names = {}};
        for (const std::size_t index : view.names) {
            const auto& name = partial_.names_[index];
            const std::string& part = name.parts[view.level];
            if (part != member && part != "*") continue;
            if (name.parts.size() > out.level) {
                out.names.push_back(index);
                continue;
            }
            out.wanted = name.wanted;
            out.decided_by = static_cast<std::ptrdiff_t>(index);
        }
        // What was said before of something beneath is overruled.
        std::erase_if(out.names, [&](std::size_t index) {
            return static_cast<std::ptrdiff_t>(index) < out.decided_by;
        });
        return out;
    }

    bool leads_on(const View& view) const {
        for (const std::size_t index : view.names)
            if (partial_.names_[index].wanted) return true;
        return false;
    }

    /// Whether anything of the value is to be there.
    bool shows(const json::Value& value, const View& view) const {
        if (view.wanted) return true;
        // Null may stand for something that has the part that was asked for.
        return leads_on(view) && (value.kind() == json::Kind::Object ||
                                  value.kind() == json::Kind::Array || value.is_null());
    }

    void value(const json::Value& value, const View& view) {
        if (value.kind() == json::Kind::Object && !view.names.empty()) return object(value, view);
        if (value.kind() == json::Kind::Array && !view.names.empty()) return array(value, view);
        // A root that nobody asked for keeps its brackets: an answer has to be something.
        if (!view.wanted && value.kind() == json::Kind::Object) {
            writer_.object().end();
            return;
        }
        std::string text;
        json::print(text, value);
        writer_.raw(text);
    }

    void object(const json::Value& value, const View& view) {
        writer_.object();
        const auto members = value.members();
        for (const auto& [name, member] : members ? *members : decltype(members)::value_type()) {
            const View inner = beneath(view, name);
            if (!shows(member, inner)) continue;
            writer_.name(name);
            this->value(member, inner);
        }
        writer_.end();
    }

    void array(const json::Value& value, const View& view) {
        writer_.array();
        const auto items = value.items();
        for (const json::Value& item : items ? *items : decltype(items)::value_type())
            if (shows(item, view)) this->value(item, view);
        writer_.end();
    }

    const Partial& partial_;
    json::Writer writer_;
};

Result<std::string> Partial::apply(std::string json) const {
    if (wants_everything()) return json;
    TRY_LET(document, json::Document::parse(json));
    return PartialWriting(*this).all(document.root());
}

}  // namespace forgehouse::api
