#include "git/encoding.h"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>

#include "base/text.h"

namespace forgehouse::git {
namespace {

/// A name as encodings have it. Anything else could carry options or paths to iconv.
bool is_plain_name(std::string_view name) noexcept {
    return !name.empty() && name.size() <= 40 && std::ranges::all_of(name, [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' ||
               c == ':' || c == '.' || c == '+';
    });
}

class Converter {
public:
    explicit Converter(const std::string& from) : handle_(::iconv_open("UTF-8", from.c_str())) {}
    Converter(const Converter&) = delete;
    Converter& operator=(const Converter&) = delete;
    ~Converter() {
        if (known()) ::iconv_close(handle_);
    }
    bool known() const noexcept { return handle_ != invalid(); }

    std::optional<std::string> convert(std::string_view bytes) {
        std::string out, input(bytes);
        std::array<char, 4096> buffer{};
        char* in = input.data();
        std::size_t in_left = input.size();
        for (bool flushed = false; !flushed;) {
            flushed = in_left == 0;
            char* to = buffer.data();
            std::size_t room = buffer.size();
            const auto n = flushed ? ::iconv(handle_, nullptr, nullptr, &to, &room)
                                   : ::iconv(handle_, &in, &in_left, &to, &room);
            if (n == static_cast<std::size_t>(-1) && errno != E2BIG) return std::nullopt;
            out.append(buffer.data(), buffer.size() - room);
        }
        return out;
    }

private:
    static iconv_t invalid() noexcept {
        return reinterpret_cast<iconv_t>(-1);  // NOLINT: iconv_open's way to say no
    }
    iconv_t handle_;
};

}  // namespace

bool means_utf8(std::string_view encoding) noexcept {
    if (encoding.empty()) return true;
    const auto lower = text::lower_ascii(encoding);
    return lower == "utf-8" || lower == "utf8";
}

std::optional<std::string> to_utf8(std::string_view bytes, std::string_view encoding) {
    if (!is_plain_name(encoding)) return std::nullopt;
    Converter converter{std::string(encoding)};
    if (!converter.known()) return std::nullopt;
    auto out = converter.convert(bytes);
    if (!out || !text::is_utf8(*out)) return std::nullopt;
    return out;
}

}  // namespace forgehouse::git
