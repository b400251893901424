#include "app/notice.h"

namespace forgehouse::app {

Notice::Notice(Time now, std::string_view message) {
    out_.object().name("time").text(to_iso(now)).name("level").text("info");
    out_.name("room").text("app").name("msg").text(message);
}

Notice& Notice::text(std::string_view name, std::string_view value) {
    out_.name(name).text(value);
    return *this;
}

Notice& Notice::count(std::string_view name, std::uint64_t value) {
    out_.name(name).count(value);
    return *this;
}

std::string Notice::take() {
    return out_.end().take() + '\n';
}

}  // namespace forgehouse::app
