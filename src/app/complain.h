// Complain: how an error is shown to the person in front of the terminal, or to the program.
#pragma once

#include <string>

#include "app/terminal/screen.h"
#include "base/result.h"

namespace forgehouse::app {

/// `forgehouse: AT: text (key=value)` and below it what to do. Values are made printable.
std::string complaint(const Error& error, const terminal::Screen& screen);

/// `{"error":{"code":…,"text":…,"fields":{…},"hint":…}}` and a newline.
std::string complaint_json(const Error& error);

/// The error's hint in the form that all are shown in: some rooms write it as a sentence, others
/// begin small and end without a full stop, as it is wanted here.
std::string hint_of(const Error& error);

}  // namespace forgehouse::app
