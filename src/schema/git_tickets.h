#pragma once

#include "schema/table.h"

namespace forgehouse::schema {

/// Where a ticket key was found.
enum class TicketPlace : std::uint8_t { Title, Description, Branch, CommitMessage, Explicit };

constexpr std::string_view name_of(TicketPlace value) noexcept {
    switch (value) {
        case TicketPlace::Title: return "TITLE";
        case TicketPlace::Description: return "DESCRIPTION";
        case TicketPlace::Branch: return "BRANCH";
        case TicketPlace::CommitMessage: return "COMMIT_MESSAGE";
        case TicketPlace::Explicit: return "EXPLICIT";
    }
    return "";
}

/// One place where one ticket of a tracker outside is named.
struct GitTicket {
    Word data_source;
    std::string project_key;
    std::string repo_slug;
    std::string external_ticket_id;
    std::int64_t pr_id;
    std::string commit_hash;
    TicketPlace found_in;
    Time collected_at;
    std::uint64_t _version;
    std::uint8_t is_deleted;
};

inline constexpr auto git_tickets = table<GitTicket>(
    "git_tickets", "One place where a ticket of a tracker outside (Jira) is named.",
    repository_key("external_ticket_id", "pr_id", "commit_hash", "found_in"), "",
    column<&GitTicket::external_ticket_id>("The ticket's key in upper case, such as ABC-123."),
    column<&GitTicket::pr_id>(
        "The pull request that names it, as in git_pull_requests; 0 where a commit does."),
    column<&GitTicket::commit_hash>("The commit that names it; '' where a pull request does."),
    column<&GitTicket::found_in>("Where the key stands."));

}  // namespace forgehouse::schema
