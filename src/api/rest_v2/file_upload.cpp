#include "api/rest_v2/file_upload.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "net/form.h"

namespace forgehouse::api::rest_v2 {
namespace {

constexpr std::size_t kMostFiles = 10'000;

Error invalid(Literal field, const char* hint) {
    return Error(Errc::Invalid, "this is no valid value")
        .with("field", std::string(field.view()))
        .hint(hint);
}

std::string from_the_top(std::string_view path) {
    while (path.starts_with('/')) path.remove_prefix(1);
    return std::string(path);
}

/// `Name <email>`.
Result<git::Identity> author_in(std::string_view text) {
    text = text::trim(text);
    const auto open = text.find('<');
    git::Identity who;
    if (open != std::string_view::npos && text.ends_with('>')) {
        who.name = text::trim(text.substr(0, open));
        who.email = text::trim(text.substr(open + 1, text.size() - open - 2));
    }
    if (who.name.empty() || !git::check_identity(who))
        return Failure(invalid("author", "write it as Name <address>"));
    return who;
}

class Reading {
public:
    /// False where no field has that name.
    Result<bool> field(std::string_view name, std::string_view value) {
        if (name == "message") {
            upload_.message = value;
        } else if (name == "author") {
            TRY_LET(who, author_in(value));
            upload_.author = std::move(who);
        } else if (name == "branch") {
            upload_.branch = value;
        } else if (name == "files") {
            named_.push_back(from_the_top(value));
        } else if (name == "parents") {
            for (const std::string_view one : text::split(value, ','))
                if (!text::trim(one).empty()) upload_.parents.emplace_back(text::trim(one));
        } else {
            return false;
        }
        return true;
    }

    void file(std::string_view path, std::string_view content,
              git::FileWrite::Kind kind = git::FileWrite::Kind::Plain) {
        upload_.changes.push_back(
            {.path = from_the_top(path), .content = std::string(content), .kind = kind});
    }

    Result<FileUpload> finish() {
        if (upload_.parents.size() > 1)
            return Failure(invalid("parents",
                                   "a commit made of files has one parent: merge "
                                   "branches by a pull request"));
        std::set<std::string_view> sent;
        for (const git::FileWrite& one : upload_.changes) sent.insert(one.path);
        std::ranges::sort(named_);
        named_.erase(std::ranges::unique(named_).begin(), named_.end());
        std::erase_if(named_, [&](const std::string& path) { return sent.contains(path); });
        for (std::string& path : named_)
            upload_.changes.push_back(
                {.path = std::move(path), .content = {}, .kind = git::FileWrite::Kind::Deleted});
        return std::move(upload_);
    }

private:
    FileUpload upload_;
    std::vector<std::string> named_;
};

/// `x-attributes="executable"`; Bitbucket's own examples have a colon for the equals sign.
git::FileWrite::Kind kind_of(std::string_view disposition) {
    auto said = net::form_parameter(disposition, "x-attributes");
    if (!said)
        if (const auto at = disposition.find("x-attributes:"); at != std::string_view::npos)
            said = disposition.substr(at + std::string_view("x-attributes:").size());
    if (!said) return git::FileWrite::Kind::Plain;
    if (said->find("link") != std::string::npos) return git::FileWrite::Kind::Symlink;
    return said->find("executable") != std::string::npos ? git::FileWrite::Kind::Executable
                                                         : git::FileWrite::Kind::Plain;
}

Result<FileUpload> read_parts(std::string_view body, std::string_view boundary) {
    TRY_LET(parts, net::parse_form(body, boundary, {.parts = kMostFiles}));
    Reading reading;
    for (const net::FormPart& part : parts) {
        std::string name = part.name;
        if (name.empty()) {
            name = part.header("content-id");
            std::erase_if(name, [](char c) { return c == '"' || c == '<' || c == '>'; });
        }
        if (name.empty())
            return Failure(invalid("name",
                                   "each part says in its Content-Disposition what its "
                                   "field or file is called"));
        if (!part.is_file()) {
            TRY_LET(is_field, reading.field(name, part.data));
            if (is_field) continue;
        }
        reading.file(name, part.data, kind_of(part.header("content-disposition")));
    }
    return reading.finish();
}

/// A form that is encoded like a query may hold files longer than any query.
Result<std::string> decoded(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i] == '+' ? ' ' : text[i];
            continue;
        }
        const auto byte = text::from_hex(text.substr(i + 1, 2));
        if (!byte || byte->size() != 1)
            return Failure(Error(Errc::Invalid, "the body has a broken percent code"));
        out += static_cast<char>(byte->front());
        i += 2;
    }
    return out;
}

Result<FileUpload> read_pairs(std::string_view body) {
    Reading reading;
    std::size_t count = 0;
    while (!body.empty()) {
        const std::string_view pair = body.substr(0, body.find('&'));
        body.remove_prefix(std::min(body.size(), pair.size() + 1));
        if (pair.empty()) continue;
        if (++count > kMostFiles)
            return Failure(Error(Errc::Invalid, "the form has too many fields")
                               .with("limit", static_cast<std::int64_t>(kMostFiles)));
        const auto equals = std::min(pair.size(), pair.find('='));
        TRY_LET(name, decoded(pair.substr(0, equals)));
        TRY_LET(value, decoded(pair.substr(std::min(pair.size(), equals + 1))));
        TRY_LET(is_field, reading.field(name, value));
        if (!is_field) reading.file(name, value);
    }
    return reading.finish();
}

}  // namespace

Result<FileUpload> parse_upload(std::string_view content_type, std::string_view body) {
    const std::string boundary = net::form_boundary(content_type);
    if (!boundary.empty()) return read_parts(body, boundary);
    if (body.empty() ||
        text::lower_ascii(content_type).starts_with("application/x-www-form-urlencoded"))
        return read_pairs(body);
    return Failure(Error(Errc::Invalid, "the body is no form")
                       .hint("send multipart/form-data or application/x-www-form-urlencoded"));
}

Result<FileUpload> upload_in(Call& call) {
    TRY_LET(body, call.body(kMostUpload));
    return parse_upload(call.header("Content-Type"), body);
}

}  // namespace forgehouse::api::rest_v2
