#include "app/terminal/password.h"

#include <termios.h>
#include <unistd.h>

#include <cerrno>

namespace forgehouse::app::terminal {
namespace {

constexpr std::size_t kMost = 4096;

/// The terminal without echo. An interrupt would end the program before it is put back, so Ctrl-C
/// is a character here, as getpass() has it.
class Quiet {
public:
    Quiet() {
        if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
        termios now = before_;
        now.c_lflag &= ~static_cast<tcflag_t>(ECHO | ISIG);
        changed_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &now) == 0;
    }
    ~Quiet() {
        if (changed_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    }
    Quiet(const Quiet&) = delete;
    Quiet& operator=(const Quiet&) = delete;

private:
    termios before_{};
    bool changed_ = false;
};

/// Byte by byte: what follows the line is not ours.
Result<Secret> read_line() {
    std::string line;
    line.reserve(kMost);  // no copies of it are left behind by growing
    for (char c = 0; line.size() < kMost;) {
        const ssize_t n = ::read(STDIN_FILENO, &c, 1);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0 || c == '\n') break;
        if (c == '\x03') return Failure(Error(Errc::Cancelled, "interrupted"));
        line += c;
    }
    if (line.ends_with('\r')) line.pop_back();
    Secret out(std::move(line));
    if (out.empty())
        return Failure(Error(Errc::Invalid, "there is no password on standard input")
                           .hint("type it, or pipe it in: one line"));
    return out;
}

Result<Secret> ask(const Screen& err, std::string_view prompt) {
    write_all(err.descriptor, prompt);
    auto line = read_line();
    write_all(err.descriptor, "\n");
    return line;
}

}  // namespace

Result<Secret> ask_new_password(const Screen& err) {
    if (::isatty(STDIN_FILENO) != 1) return read_line();
    const Quiet quiet;
    TRY_LET(first, ask(err, "Password: "));
    TRY_LET(second, ask(err, "Again: "));
    if (first.reveal() != second.reveal())
        return Failure(Error(Errc::Invalid, "the two are not the same").hint("try again"));
    return first;
}

}  // namespace forgehouse::app::terminal
