// Written by forgehouse-generate from src/schema; do not edit.
//
// Rows as ClickHouse's JSON formats send them. Ask with
// `output_format_json_quote_64bit_integers=1`: without it 64-bit integers are bare numbers, which
// JavaScript rounds above 2^53.

/** A whole number of up to 64 bits as decimal text; `BigInt(value)` computes with it. */
export type Integer64 = string;

/** `YYYY-MM-DD hh:mm:ss.mmm`, UTC. */
export type Time = string;

/** A JSON document as text. */
export type JsonText = string;

/** One project, owner, group or workspace, as last seen. */
export interface GitProjectsRow {
  /** The connector that wrote the row. */
  data_source: string;
  /** What stands before the repository in its address: project, owner, group path or workspace; '' where the row belongs to none. */
  project_key: string;
  /** The repository's name in its address; '' where the row belongs to none. */
  repo_slug: string;
  /** The forge's own id; NULL for plain git. */
  project_uuid: string | null;
  /** The name for people; NULL where the forge has only the key. */
  name: string | null;
  /** The description; NULL where there is none. */
  description: string | null;
  /** What the forge calls it; NULL for plain git. */
  kind: "PROJECT" | "PERSONAL" | "ORGANIZATION" | "GROUP" | "WORKSPACE" | null;
  /** Whether it is hidden from the public; NULL where the forge does not say. */
  is_private: boolean | null;
  /** The page for people; NULL where there is none. */
  web_url: string | null;
  /** When it was made; NULL where the forge does not say. */
  created_on: Time | null;
  /** When it last changed; NULL where the forge does not say. */
  updated_on: Time | null;
  /** The forge's own object as JSON; for what came from git, what no column holds. */
  metadata: JsonText;
  /** When the row was collected. */
  collected_at: Time;
  /** Epoch milliseconds handed out by the checkpoint store; the largest wins. */
  _version: Integer64;
  /** 1 on a tombstone: the row is gone at its source. */
  is_deleted: number;
}

/** One repository, as last seen. */
export interface GitRepositoriesRow {
  /** The connector that wrote the row. */
  data_source: string;
  /** What stands before the repository in its address: project, owner, group path or workspace; '' where the row belongs to none. */
  project_key: string;
  /** The repository's name in its address; '' where the row belongs to none. */
  repo_slug: string;
  /** The forge's own id, which survives renames; NULL for plain git. */
  repo_uuid: string | null;
  /** The name for people; the slug where there is no other. */
  name: string;
  /** As the forge writes it, such as owner/name; NULL on Bitbucket Server. */
  full_name: string | null;
  /** Bitbucket Cloud's project inside the workspace; else NULL. */
  parent_project_key: string | null;
  /** The description; NULL where there is none. */
  description: string | null;
  /** Who may see it; NULL where the forge does not say. */
  visibility: "PUBLIC" | "INTERNAL" | "PRIVATE" | null;
  /** Whether it is hidden from the public; NULL where the forge does not say. */
  is_private: boolean | null;
  /** Whether it is kept read-only; NULL where the forge does not say. */
  is_archived: boolean | null;
  /** Whether it is a copy of another one; NULL where the forge does not say. */
  is_fork: boolean | null;
  /** The parent, as project_key/repo_slug; NULL unless it is a known fork. */
  forked_from: string | null;
  /** Whether it has no commits; NULL where unknown. */
  is_empty: boolean | null;
  /** Short name; NULL where the repository has none. */
  default_branch: string | null;
  /** The main language, by the forge or by lines of the default branch; NULL where unknown. */
  language: string | null;
  /** Size in units of 1024 bytes, when a run last found something new; NULL where unknown. */
  size_kb: Integer64 | null;
  /** Whether its issue tracker is on; NULL where the forge does not say. */
  has_issues: boolean | null;
  /** Whether its wiki is on; NULL where the forge does not say. */
  has_wiki: boolean | null;
  /** Who may fork, in the forge's words; NULL where the forge does not say. */
  fork_policy: string | null;
  /** Labels of the repository. */
  topics: string[];
  /** The page for people; NULL where there is none. */
  web_url: string | null;
  /** When it was made; NULL where the forge does not say. */
  created_on: Time | null;
  /** When it last changed; NULL where the forge does not say. */
  updated_on: Time | null;
  /** The newest committer's time among its branches; NULL where it has no commits. */
  last_commit_date: Time | null;
  /** When a run first met the repository. */
  first_seen: Time;
  /** The forge's own object as JSON; for what came from git, what no column holds. */
  metadata: JsonText;
  /** When the row was collected. */
  collected_at: Time;
  /** Epoch milliseconds handed out by the checkpoint store; the largest wins. */
  _version: Integer64;
  /** 1 on a tombstone: the row is gone at its source. */
  is_deleted: number;
}

/** One branch of a repository, as last seen: heads only. */
export interface GitBranchesRow {
  /** The connector that wrote the row. */
  data_source: string;
  /** What stands before the repository in its address: project, owner, group path or workspace; '' where the row belongs to none. */
  project_key: string;
  /** The repository's name in its address; '' where the row belongs to none. */
  repo_slug: string;
  /** Short name, without refs/heads/, as git's bytes. */
  branch_name: string;
  /** Full id of the commit it points at, in hex. */
  head_hash: string;
  /** Whether it is the repository's default branch. */
  is_default: boolean;
  /** Whether the forge guards it; NULL where unknown. */
  is_protected: boolean | null;
  /** The committer's time of its head; NULL where unknown. */
  last_commit_date: Time | null;
  /** The forge's own object as JSON; for what came from git, what no column holds. */
  metadata: JsonText;
  /** When the row was collected. */
  collected_at: Time;
  /** Epoch milliseconds handed out by the checkpoint store; the largest wins. */
  _version: Integer64;
  /** 1 on a tombstone: the row is gone at its source. */
  is_deleted: number;
}

/** One tag of a repository, as last seen. */
export interface GitTagsRow {
  /** The connector that wrote the row. */
  data_source: string;
  /** What stands before the repository in its address: project, owner, group path or workspace; '' where the row belongs to none. */
  project_key: string;
  /** The repository's name in its address; '' where the row belongs to none. */
  repo_slug: string;
  /** Short name, without refs/tags/, as git's bytes. */
  tag_name: string;
  /** Full id of the object that it names in the end, tag objects peeled off. */
  target_hash: string;
  /** Whether it is a tag object of its own. */
  is_annotated: boolean;
  /** Who tagged; NULL on a lightweight tag. */
  tagger_name: string | null;
  /** Who tagged; NULL on a lightweight tag. */
  tagger_email: string | null;
  /** When it was tagged; NULL on a lightweight tag. */
  tagged_on: Time | null;
  /** The message; NULL on a lightweight tag. */
  message: string | null;
  /** When the row was collected. */
  collected_at: Time;
  /** Epoch milliseconds handed out by the checkpoint store; the largest wins. */
  _version: Integer64;
  /** 1 on a tombstone: the row is gone at its source. */
  is_deleted: number;
}

/** One commit. A commit that no ref reaches any more stays. */
export interface GitCommitsRow {
  /** The connector that wrote the row. */
  data_source: string;
  /** What stands before the repository in its address: project, owner, group path or workspace; '' where the row belongs to none. */
  project_key: string;
  /** The repository's name in its address; '' where the row belongs to none. */
  repo_slug: string;
  /** Full id of the commit, in hex. */
  commit_hash: string;
  /** The default branch if it holds the commit, else the first by name among heads, remote-tracking branches, tags, pull request refs, other refs; '' where no ref reaches it. A head's short name, the full name of any other ref. */
  branch: string;
  /** Whether a ref reaches it. */
  is_reachable: boolean;
  /** Whether the default branch reaches it. */
  is_in_default_branch: boolean;
  /** As the commit itself says. */
  author_name: string;
  /** As the commit itself says. */
  author_email: string;
  /** The author's login, by the forge's attribution or its users' addresses; NULL where unknown. */
  author_login: string | null;
  /** Those of the Co-authored-by trailers, as `Name <e-mail>`. */
  co_authors: string[];
  /** As the commit itself says; NULL where only a forge that hides it was asked. */
  committer_name: string | null;
  /** As the commit itself says; NULL where only a forge that hides it was asked. */
  committer_email: string | null;
  /** The whole message, made valid UTF-8. */
  message: string;
  /** The author's time. */
  date: Time;
  /** The committer's time. */
  committed_on: Time;
  /** Full ids of the parents, the first one first. */
  parents: string[];
  /** Against the first parent; NULL where the difference was not read. */
  files_changed: number | null;
  /** Against the first parent; NULL where the difference was not read. */
  lines_added: number | null;
  /** Against the first parent; NULL where the difference was not read. */
  lines_removed: number | null;
  /** Whether it has more than one parent. */
  is_merge_commit: boolean;
  /** `git patch-id --stable`; NULL for merges and where the option patch_ids is off. */
  patch_id: string | null;
  /** Lines added and removed by language. */
  language_breakdown: JsonText;
  /** The forge's own object as JSON; for what came from git, what no column holds. */
  metadata: JsonText;
  /** When the row was collected. */
  collected_at: Time;
  /** Epoch milliseconds handed out by the checkpoint store; the largest wins. */
  _version: Integer64;
  /** 1 on a tombstone: the row is gone at its source. */
  is_deleted: number;
}

/** One file that one commit changed, compared with the commit's first parent. */
export interface GitCommitFilesRow {
  /** The connector that wrote the row. */
  data_source: string;
  /** What stands before the repository in its address: project, owner, group path or workspace; '' where the row belongs to none. */
  project_key: string;
  /** The repository's name in its address; '' where the row belongs to none. */
  repo_slug: string;
  /** Full id of the commit, in hex. */
  commit_hash: string;
  /** The path after the commit (before it, when deleted), as git's bytes. */
  file_path: string;
  /** The committer's time. */
  committed_on: Time;
  /** The path before a rename or copy, as git's bytes; else NULL. */
  old_path: string | null;
  /** What became of the file. */
  change_type: "ADDED" | "MODIFIED" | "DELETED" | "RENAMED" | "COPIED";
  /** Lower case, without the dot; '' where there is none. */
  file_extension: string;
  /** The programming language by file name (linguist's table); '' where unknown. */
  language: string;
  /** As git counts them; 0 for binary files. */
  lines_added: number;
  /** As git counts them; 0 for binary files. */
  lines_removed: number;
  /** Whether git takes the file for binary. */
  is_binary: boolean;
  /** Id of the new blob, '' when deleted. */
  blob_hash: string;
  /** SHA-256 in hex of `OLD NEW`, the two full blob ids, zeros for a missing side. */
  diff_hash: string;
  /** When the row was collected. */
  collected_at: Time;
  /** Epoch milliseconds handed out by the checkpoint store; the largest wins. */
  _version: Integer64;
  /** 1 on a tombstone: the row is gone at its source. */
  is_deleted: number;
}

/** One pull request, as last seen. */
export interface GitPullRequestsRow {
  /** The connector that wrote the row. */
  data_source: string;
  /** What stands before the repository in its address: project, owner, group path or workspace; '' where the row belongs to none. */
  project_key: string;
  /** The repository's name in its address; '' where the row belongs to none. */
  repo_slug: string;
  /** The forge's own id; where ids are per repository, the number. */
  pr_id: Integer64;
  /** The number that people see, per repository. */
  pr_number: Integer64;
  /** The title. */
  title: string;
  /** The description; NULL where there is none. */
  description: string | null;
  /** Closed unmerged is DECLINED. */
  state: "OPEN" | "MERGED" | "DECLINED" | "SUPERSEDED";
  /** The forge's own word for the state. */
  state_raw: string;
  /** Whether it is marked as not ready. */
  is_draft: boolean;
  /** Login or name, as the forge shows it; NULL where unknown. */
  author_name: string | null;
  /** The forge's id of the person (git_users.user_uuid); NULL where unknown. */
  author_uuid: string | null;
  /** The author's e-mail address; NULL where the forge does not say. */
  author_email: string | null;
  /** What kind of account the author has; NULL where unknown. */
  author_type: "USER" | "BOT" | "GHOST" | null;
  /** When it was opened. */
  created_on: Time;
  /** When it last changed; the watermark of collection. */
  updated_on: Time;
  /** When it left OPEN, by merge or decline; NULL while open. */
  closed_on: Time | null;
  /** When it was merged; NULL unless merged. */
  merged_on: Time | null;
  /** Who merged it, as author_name; NULL unless merged and known. */
  merged_by: string | null;
  /** As author_name. */
  assignees: string[];
  /** The commit that the merge made; NULL unless merged and known. */
  merge_commit_hash: string | null;
  /** In the forge's words; NULL unless merged and known. */
  merge_strategy: string | null;
  /** Where the change comes from; NULL where that repository is gone. */
  source_project_key: string | null;
  /** Where the change comes from; NULL where that repository is gone. */
  source_repo_slug: string | null;
  /** Short name of the branch with the change. */
  source_branch: string;
  /** Head of the change when last seen; NULL where unknown. */
  source_hash: string | null;
  /** Short name of the branch that it is to go into. */
  destination_branch: string;
  /** Head of the destination as the forge gives it; NULL where unknown. */
  destination_hash: string | null;
  /** Commits that it holds; NULL where unknown. */
  commit_count: number | null;
  /** Comments on it; NULL where unknown. */
  comment_count: number | null;
  /** Submitted reviews; NULL where unknown. */
  review_count: number | null;
  /** Tasks on it; NULL where unknown. */
  task_count: number | null;
  /** Files that it changes; NULL where unknown. */
  files_changed: number | null;
  /** Lines that it adds; NULL where unknown. */
  lines_added: number | null;
  /** Lines that it removes; NULL where unknown. */
  lines_removed: number | null;
  /** What a label such as size/M says, else by lines added and removed: XS under 10, S under 30, M under 100, L under 500, XL under 1,000, XXL from there; NULL where unknown. */
  size_label: string | null;
  /** Names of its labels. */
  labels: string[];
  /** From opening to leaving OPEN; NULL while open. */
  duration_seconds: Integer64 | null;
  /** When somebody other than the author first reviewed or commented; NULL where nobody has. */
  first_review_on: Time | null;
  /** Ticket keys found in it (git_tickets). */
  jira_tickets: string[];
  /** The page for people; NULL where there is none. */
  web_url: string | null;
  /** The forge's own object as JSON; for what came from git, what no column holds. */
  metadata: JsonText;
  /** When the row was collected. */
  collected_at: Time;
  /** Epoch milliseconds handed out by the checkpoint store; the largest wins. */
  _version: Integer64;
  /** 1 on a tombstone: the row is gone at its source. */
  is_deleted: number;
}

/** One review of a pull request; where a reviewer has one present state and not numbered reviews, one row for each reviewer. */
export interface GitPrReviewersRow {
  /** The connector that wrote the row. */
  data_source: string;
  /** What stands before the repository in its address: project, owner, group path or workspace; '' where the row belongs to none. */
  project_key: string;
  /** The repository's name in its address; '' where the row belongs to none. */
  repo_slug: string;
  /** As in git_pull_requests. */
  pr_id: Integer64;
  /** The forge's id of the reviewer (git_users.user_uuid). */
  reviewer_uuid: string;
  /** The review's own id; '' where the forge does not number reviews. */
  review_id: string;
  /** Login or name, as the forge shows it; NULL where unknown. */
  reviewer_name: string | null;
  /** The reviewer's e-mail address; NULL where the forge does not say. */
  reviewer_email: string | null;
  /** What kind of account the reviewer has; NULL where unknown. */
  reviewer_type: "USER" | "BOT" | "GHOST" | null;
  /** The reviewer's verdict. */
  status: "APPROVED" | "UNAPPROVED" | "NEEDS_WORK" | "CHANGES_REQUESTED" | "COMMENTED" | "DISMISSED" | "REQUESTED";
  /** Why the reviewer was asked, in the forge's words; NULL where unknown. */
  role: string | null;
  /** Whether the verdict is an approval that still stands. */
  approved: boolean;
  /** The commit that was reviewed; NULL where unknown. */
  commit_hash: string | null;
  /** NULL where the reviewer has not answered or the forge does not say when. */
  reviewed_at: Time | null;
  /** The review's text; NULL where there is none. */
  body: string | null;
  /** The forge's own object as JSON; for what came from git, what no column holds. */
  metadata: JsonText;
  /** When the row was collected. */
  collected_at: Time;
  /** Epoch milliseconds handed out by the checkpoint store; the largest wins. */
  _version: Integer64;
  /** 1 on a tombstone: the row is gone at its source. */
  is_deleted: number;
}

/** One comment or task on a pull request. */
export interface GitPrCommentsRow {
  /** The connector that wrote the row. */
  data_source: string;
  /** What stands before the repository in its address: project, owner, group path or workspace; '' where the row belongs to none. */
  project_key: string;
  /** The repository's name in its address; '' where the row belongs to none. */
  repo_slug: string;
  /** As in git_pull_requests. */
  pr_id: Integer64;
  /** Which of the forge's two number ranges the comment's id is from; '' where it has one. */
  stream: "" | "REVIEW" | "ISSUE";
  /** The forge's own id. */
  comment_id: Integer64;
  /** The comment that it answers; NULL where it starts a thread. */
  parent_id: Integer64 | null;
  /** The review that it belongs to; NULL where to none. */
  review_id: string | null;
  /** What it is about: the whole, a line or a file. */
  kind: "GENERAL" | "INLINE" | "FILE";
  /** Whether it is a task that must be resolved. */
  is_task: boolean;
  /** The text as written. */
  content: string;
  /** Login or name, as the forge shows it; NULL where unknown. */
  author_name: string | null;
  /** The forge's id of the person (git_users.user_uuid); NULL where unknown. */
  author_uuid: string | null;
  /** The author's e-mail address; NULL where the forge does not say. */
  author_email: string | null;
  /** What kind of account the author has; NULL where unknown. */
  author_type: "USER" | "BOT" | "GHOST" | null;
  /** When it was written. */
  created_at: Time;
  /** When it was last changed; NULL where the forge does not say. */
  updated_at: Time | null;
  /** In the forge's words, such as OPEN or RESOLVED; NULL where it has none. */
  state: string | null;
  /** In the forge's words, such as NORMAL or BLOCKER; NULL where it has none. */
  severity: string | null;
  /** Whether its thread is resolved; NULL where the forge does not say. */
  thread_resolved: boolean | null;
  /** As author_name; NULL where not resolved or unknown. */
  resolved_by: string | null;
  /** NULL unless it stands at a file or line. */
  file_path: string | null;
  /** Counted from 1; NULL unless it stands at a line that still exists. */
  line_number: number | null;
  /** Which side of the difference the line is on: OLD or NEW; NULL unless it stands at a line. */
  line_side: string | null;
  /** The commit that was commented; NULL where unknown. */
  commit_hash: string | null;
  /** The forge's own object as JSON; for what came from git, what no column holds. */
  metadata: JsonText;
  /** When the row was collected. */
  collected_at: Time;
  /** Epoch milliseconds handed out by the checkpoint store; the largest wins. */
  _version: Integer64;
  /** 1 on a tombstone: the row is gone at its source. */
  is_deleted: number;
}

/** One commit that one pull request holds. */
export interface GitPrCommitsRow {
  /** The connector that wrote the row. */
  data_source: string;
  /** What stands before the repository in its address: project, owner, group path or workspace; '' where the row belongs to none. */
  project_key: string;
  /** The repository's name in its address; '' where the row belongs to none. */
  repo_slug: string;
  /** As in git_pull_requests. */
  pr_id: Integer64;
  /** Full id of the commit, in hex. */
  commit_hash: string;
  /** From 0, in the forge's order. */
  commit_order: number;
  /** When the row was collected. */
  collected_at: Time;
  /** Epoch milliseconds handed out by the checkpoint store; the largest wins. */
  _version: Integer64;
  /** 1 on a tombstone: the row is gone at its source. */
  is_deleted: number;
}

/** One person who takes part in a pull request. */
export interface GitPrParticipantsRow {
  /** The connector that wrote the row. */
  data_source: string;
  /** What stands before the repository in its address: project, owner, group path or workspace; '' where the row belongs to none. */
  project_key: string;
  /** The repository's name in its address; '' where the row belongs to none. */
  repo_slug: string;
  /** As in git_pull_requests. */
  pr_id: Integer64;
  /** The forge's id of the person (git_users.user_uuid). */
  participant_uuid: string;
  /** Login or name, as the forge shows it; NULL where unknown. */
  participant_name: string | null;
  /** The person's e-mail address; NULL where the forge does not say. */
  participant_email: string | null;
  /** The part that the person takes. */
  role: "AUTHOR" | "REVIEWER" | "PARTICIPANT";
  /** The person's verdict; NULL where there is none. */
  status: "APPROVED" | "UNAPPROVED" | "NEEDS_WORK" | "CHANGES_REQUESTED" | "COMMENTED" | "DISMISSED" | "REQUESTED" | null;
  /** Whether the verdict is an approval that still stands. */
  approved: boolean;
  /** The commit that the person reviewed last; NULL where there is none or the forge does not say. */
  last_reviewed_commit: string | null;
  /** The forge's own object as JSON; for what came from git, what no column holds. */
  metadata: JsonText;
  /** When the row was collected. */
  collected_at: Time;
  /** Epoch milliseconds handed out by the checkpoint store; the largest wins. */
  _version: Integer64;
  /** 1 on a tombstone: the row is gone at its source. */
  is_deleted: number;
}

/** One thing that happened to a pull request. */
export interface GitPrEventsRow {
  /** The connector that wrote the row. */
  data_source: string;
  /** What stands before the repository in its address: project, owner, group path or workspace; '' where the row belongs to none. */
  project_key: string;
  /** The repository's name in its address; '' where the row belongs to none. */
  repo_slug: string;
  /** As in git_pull_requests. */
  pr_id: Integer64;
  /** The forge's own id of the event. */
  event_id: string;
  /** OPENED, UPDATED, RESCOPED, APPROVED, UNAPPROVED, REVIEWED, COMMENTED, MERGED, DECLINED, REOPENED, LABELED, or what else the forge reports. */
  action: string;
  /** Login or name, as the forge shows it; NULL where unknown. */
  actor_name: string | null;
  /** The forge's id of the person (git_users.user_uuid); NULL where unknown. */
  actor_uuid: string | null;
  /** When it happened. */
  occurred_at: Time;
  /** Source head after a rescope; else NULL. */
  from_hash: string | null;
  /** Destination head after a rescope; else NULL. */
  to_hash: string | null;
  /** Source head before a rescope; else NULL. */
  previous_from_hash: string | null;
  /** Destination head before a rescope; else NULL. */
  previous_to_hash: string | null;
  /** The forge's own object as JSON; for what came from git, what no column holds. */
  metadata: JsonText;
  /** When the row was collected. */
  collected_at: Time;
  /** Epoch milliseconds handed out by the checkpoint store; the largest wins. */
  _version: Integer64;
  /** 1 on a tombstone: the row is gone at its source. */
  is_deleted: number;
}

/** One issue, as last seen. */
export interface GitIssuesRow {
  /** The connector that wrote the row. */
  data_source: string;
  /** What stands before the repository in its address: project, owner, group path or workspace; '' where the row belongs to none. */
  project_key: string;
  /** The repository's name in its address; '' where the row belongs to none. */
  repo_slug: string;
  /** The forge's own id; where ids are per repository, the number. */
  issue_id: Integer64;
  /** The number that people see, per repository. */
  issue_number: Integer64;
  /** The title. */
  title: string;
  /** The text; NULL where there is none. */
  body: string | null;
  /** In upper case: OPEN, CLOSED, or what else the forge has. */
  state: string;
  /** In upper case, such as BUG or TASK; NULL where the forge has none. */
  kind: string | null;
  /** In upper case; NULL where the forge has none. */
  priority: string | null;
  /** Names of its labels. */
  labels: string[];
  /** The milestone that it belongs to; NULL where there is none. */
  milestone: string | null;
  /** Login or name, as the forge shows it; NULL where unknown. */
  author_name: string | null;
  /** The forge's id of the person (git_users.user_uuid); NULL where unknown. */
  author_uuid: string | null;
  /** What kind of account the author has; NULL where unknown. */
  author_type: "USER" | "BOT" | "GHOST" | null;
  /** As author_name. */
  assignees: string[];
  /** Comments on it; NULL where unknown. */
  comment_count: number | null;
  /** When it was opened. */
  created_on: Time;
  /** When it last changed; the watermark of collection. */
  updated_on: Time;
  /** When it was closed; NULL while open. */
  closed_on: Time | null;
  /** The page for people; NULL where there is none. */
  web_url: string | null;
  /** The forge's own object as JSON; for what came from git, what no column holds. */
  metadata: JsonText;
  /** When the row was collected. */
  collected_at: Time;
  /** Epoch milliseconds handed out by the checkpoint store; the largest wins. */
  _version: Integer64;
  /** 1 on a tombstone: the row is gone at its source. */
  is_deleted: number;
}

/** One comment on an issue. */
export interface GitIssueCommentsRow {
  /** The connector that wrote the row. */
  data_source: string;
  /** What stands before the repository in its address: project, owner, group path or workspace; '' where the row belongs to none. */
  project_key: string;
  /** The repository's name in its address; '' where the row belongs to none. */
  repo_slug: string;
  /** As in git_issues. */
  issue_id: Integer64;
  /** The forge's own id. */
  comment_id: Integer64;
  /** The text as written. */
  content: string;
  /** Login or name, as the forge shows it; NULL where unknown. */
  author_name: string | null;
  /** The forge's id of the person (git_users.user_uuid); NULL where unknown. */
  author_uuid: string | null;
  /** What kind of account the author has; NULL where unknown. */
  author_type: "USER" | "BOT" | "GHOST" | null;
  /** When it was written. */
  created_at: Time;
  /** When it was last changed; NULL where the forge does not say. */
  updated_at: Time | null;
  /** The forge's own object as JSON; for what came from git, what no column holds. */
  metadata: JsonText;
  /** When the row was collected. */
  collected_at: Time;
  /** Epoch milliseconds handed out by the checkpoint store; the largest wins. */
  _version: Integer64;
  /** 1 on a tombstone: the row is gone at its source. */
  is_deleted: number;
}

/** One place where a ticket of a tracker outside (Jira) is named. */
export interface GitTicketsRow {
  /** The connector that wrote the row. */
  data_source: string;
  /** What stands before the repository in its address: project, owner, group path or workspace; '' where the row belongs to none. */
  project_key: string;
  /** The repository's name in its address; '' where the row belongs to none. */
  repo_slug: string;
  /** The ticket's key in upper case, such as ABC-123. */
  external_ticket_id: string;
  /** The pull request that names it, as in git_pull_requests; 0 where a commit does. */
  pr_id: Integer64;
  /** The commit that names it; '' where a pull request does. */
  commit_hash: string;
  /** Where the key stands. */
  found_in: "TITLE" | "DESCRIPTION" | "BRANCH" | "COMMIT_MESSAGE" | "EXPLICIT";
  /** When the row was collected. */
  collected_at: Time;
  /** Epoch milliseconds handed out by the checkpoint store; the largest wins. */
  _version: Integer64;
  /** 1 on a tombstone: the row is gone at its source. */
  is_deleted: number;
}

/** One user of a forge, as last seen. */
export interface GitUsersRow {
  /** The connector that wrote the row. */
  data_source: string;
  /** What stands before the repository in its address: project, owner, group path or workspace; '' where the row belongs to none. */
  project_key: string;
  /** The repository's name in its address; '' where the row belongs to none. */
  repo_slug: string;
  /** The forge's own id, which survives renames. */
  user_uuid: string;
  /** The name that the user signs in with; NULL where the forge does not say. */
  login: string | null;
  /** The name for people; NULL where the forge does not say. */
  name: string | null;
  /** The e-mail address; NULL where the forge does not say. */
  email: string | null;
  /** What kind of account it is; NULL where the forge does not say. */
  user_type: "USER" | "BOT" | "GHOST" | null;
  /** In the forge's words, such as active or blocked; NULL where it does not say. */
  state: string | null;
  /** When it was made; NULL where the forge does not say. */
  created_on: Time | null;
  /** When the user last did something; NULL where the forge does not say. */
  last_activity_on: Time | null;
  /** The page for people; NULL where there is none. */
  web_url: string | null;
  /** The forge's own object as JSON; for what came from git, what no column holds. */
  metadata: JsonText;
  /** When the row was collected. */
  collected_at: Time;
  /** Epoch milliseconds handed out by the checkpoint store; the largest wins. */
  _version: Integer64;
  /** 1 on a tombstone: the row is gone at its source. */
  is_deleted: number;
}

/** One run of a build pipeline. */
export interface GitPipelinesRow {
  /** The connector that wrote the row. */
  data_source: string;
  /** What stands before the repository in its address: project, owner, group path or workspace; '' where the row belongs to none. */
  project_key: string;
  /** The repository's name in its address; '' where the row belongs to none. */
  repo_slug: string;
  /** The forge's own id. */
  pipeline_id: string;
  /** The number that people see; NULL where there is none. */
  number: Integer64 | null;
  /** The name for people; NULL where there is none. */
  name: string | null;
  /** What started it, in the forge's words; NULL where unknown. */
  trigger: string | null;
  /** Branch or tag that it ran for; NULL where for none. */
  ref: string | null;
  /** The commit that it ran for; NULL where unknown. */
  commit_hash: string | null;
  /** How far it is. */
  state: "PENDING" | "RUNNING" | "COMPLETED";
  /** How it ended; NULL until it is completed. */
  result: "SUCCESSFUL" | "FAILED" | "STOPPED" | "ERROR" | "SKIPPED" | null;
  /** When it was asked for. */
  created_on: Time;
  /** When it began; NULL until it starts. */
  started_on: Time | null;
  /** When it ended; NULL until it is completed. */
  completed_on: Time | null;
  /** As the forge counts it; NULL until it is completed. */
  duration_seconds: Integer64 | null;
  /** The page for people; NULL where there is none. */
  web_url: string | null;
  /** The forge's own object as JSON; for what came from git, what no column holds. */
  metadata: JsonText;
  /** When the row was collected. */
  collected_at: Time;
  /** Epoch milliseconds handed out by the checkpoint store; the largest wins. */
  _version: Integer64;
  /** 1 on a tombstone: the row is gone at its source. */
  is_deleted: number;
}

/** One step (job) of one pipeline run. */
export interface GitPipelineStepsRow {
  /** The connector that wrote the row. */
  data_source: string;
  /** What stands before the repository in its address: project, owner, group path or workspace; '' where the row belongs to none. */
  project_key: string;
  /** The repository's name in its address; '' where the row belongs to none. */
  repo_slug: string;
  /** As in git_pipelines. */
  pipeline_id: string;
  /** The forge's own id. */
  step_id: string;
  /** The name for people; NULL where there is none. */
  name: string | null;
  /** In the forge's words, such as a stage or deployment; NULL where it has none. */
  kind: string | null;
  /** How far it is. */
  state: "PENDING" | "RUNNING" | "COMPLETED";
  /** How it ended; NULL until it is completed. */
  result: "SUCCESSFUL" | "FAILED" | "STOPPED" | "ERROR" | "SKIPPED" | null;
  /** The machine or runner that did it; NULL where unknown. */
  runner: string | null;
  /** Of its command; NULL where unknown. */
  exit_code: Integer64 | null;
  /** When it was made; NULL where the forge does not say. */
  created_on: Time | null;
  /** When it began; NULL until it starts. */
  started_on: Time | null;
  /** When it ended; NULL until it is completed. */
  completed_on: Time | null;
  /** As the forge counts it; NULL until it is completed. */
  duration_seconds: Integer64 | null;
  /** The page for people; NULL where there is none. */
  web_url: string | null;
  /** The forge's own object as JSON; for what came from git, what no column holds. */
  metadata: JsonText;
  /** When the row was collected. */
  collected_at: Time;
  /** Epoch milliseconds handed out by the checkpoint store; the largest wins. */
  _version: Integer64;
  /** 1 on a tombstone: the row is gone at its source. */
  is_deleted: number;
}

/** What one check or build outside says about one commit. */
export interface GitCommitStatusesRow {
  /** The connector that wrote the row. */
  data_source: string;
  /** What stands before the repository in its address: project, owner, group path or workspace; '' where the row belongs to none. */
  project_key: string;
  /** The repository's name in its address; '' where the row belongs to none. */
  repo_slug: string;
  /** Full id of the commit, in hex. */
  commit_hash: string;
  /** The reporter's own key of the check, one for each commit. */
  status_key: string;
  /** The name for people; NULL where there is none. */
  name: string | null;
  /** In upper case, in the forge's words, such as SUCCESSFUL or INPROGRESS. */
  state: string;
  /** The description; NULL where there is none. */
  description: string | null;
  /** Who reported it; NULL where unknown. */
  author_name: string | null;
  /** When it was made; NULL where the forge does not say. */
  created_on: Time | null;
  /** When it last changed; NULL where the forge does not say. */
  updated_on: Time | null;
  /** The page for people; NULL where there is none. */
  web_url: string | null;
  /** The forge's own object as JSON; for what came from git, what no column holds. */
  metadata: JsonText;
  /** When the row was collected. */
  collected_at: Time;
  /** Epoch milliseconds handed out by the checkpoint store; the largest wins. */
  _version: Integer64;
  /** 1 on a tombstone: the row is gone at its source. */
  is_deleted: number;
}

/** One release, as last seen. */
export interface GitReleasesRow {
  /** The connector that wrote the row. */
  data_source: string;
  /** What stands before the repository in its address: project, owner, group path or workspace; '' where the row belongs to none. */
  project_key: string;
  /** The repository's name in its address; '' where the row belongs to none. */
  repo_slug: string;
  /** The tag that it is made of. */
  tag_name: string;
  /** The forge's own id; NULL where it has none. */
  release_id: string | null;
  /** The name for people; NULL where there is none. */
  name: string | null;
  /** The notes; NULL where there are none. */
  body: string | null;
  /** Whether it is marked as not final; NULL where the forge does not say. */
  is_prerelease: boolean | null;
  /** Whether it is not published yet; NULL where the forge does not say. */
  is_draft: boolean | null;
  /** Login or name, as the forge shows it; NULL where unknown. */
  author_name: string | null;
  /** NULL until it is published. */
  published_on: Time | null;
  /** The page for people; NULL where there is none. */
  web_url: string | null;
  /** The forge's own object as JSON; for what came from git, what no column holds. */
  metadata: JsonText;
  /** When the row was collected. */
  collected_at: Time;
  /** Epoch milliseconds handed out by the checkpoint store; the largest wins. */
  _version: Integer64;
  /** 1 on a tombstone: the row is gone at its source. */
  is_deleted: number;
}

/** One deployment of one commit to one environment. */
export interface GitDeploymentsRow {
  /** The connector that wrote the row. */
  data_source: string;
  /** What stands before the repository in its address: project, owner, group path or workspace; '' where the row belongs to none. */
  project_key: string;
  /** The repository's name in its address; '' where the row belongs to none. */
  repo_slug: string;
  /** The forge's own id. */
  deployment_id: string;
  /** Where to; NULL where unknown. */
  environment: string | null;
  /** What was deployed; NULL where unknown. */
  commit_hash: string | null;
  /** In upper case, in the forge's words, such as COMPLETED or FAILED. */
  state: string;
  /** When it began; NULL where the forge does not say. */
  started_on: Time | null;
  /** When it ended; NULL until it is completed. */
  completed_on: Time | null;
  /** The forge's own object as JSON; for what came from git, what no column holds. */
  metadata: JsonText;
  /** When the row was collected. */
  collected_at: Time;
  /** Epoch milliseconds handed out by the checkpoint store; the largest wins. */
  _version: Integer64;
  /** 1 on a tombstone: the row is gone at its source. */
  is_deleted: number;
}

/** One run of the collector over one data source. project_key and repo_slug are always empty. */
export interface GitCollectionRunsRow {
  /** The connector that wrote the row. */
  data_source: string;
  /** What stands before the repository in its address: project, owner, group path or workspace; '' where the row belongs to none. */
  project_key: string;
  /** The repository's name in its address; '' where the row belongs to none. */
  repo_slug: string;
  /** `<data_source>-%Y%m%d-%H%M%S`, with a suffix where two start in one second. */
  run_id: string;
  /** When the run began. */
  started_at: Time;
  /** When it ended; NULL while it runs. */
  completed_at: Time | null;
  /** How long it took; NULL while it runs. */
  duration_seconds: Integer64 | null;
  /** How the run goes or ended; partial: some repositories failed. */
  status: "running" | "completed" | "partial" | "failed" | "cancelled";
  /** Repositories that were read to their end. */
  repos_processed: Integer64;
  /** Repositories that were not. */
  repos_failed: Integer64;
  /** Commit rows written. */
  commits_collected: Integer64;
  /** Pull request rows written. */
  prs_collected: Integer64;
  /** Rows written, of all tables. */
  records: Integer64;
  /** Requests sent to the forge. */
  api_calls: Integer64;
  /** Requests that caches, ETags and fingerprints spared. */
  api_calls_saved: Integer64;
  /** Times that the run waited for a rate limit. */
  rate_limit_waits: Integer64;
  /** Requests and writes that were tried again. */
  retries: Integer64;
  /** From the forge, by API and git. */
  bytes_downloaded: Integer64;
  /** Failures that were counted and passed over. */
  errors: Integer64;
  /** Items put aside because they could not be right. */
  quarantined: Integer64;
  /** The options of the run, without secrets. */
  settings: JsonText;
  /** What failed and why, for people; NULL where nothing did. */
  error_summary: string | null;
  /** When the row was collected. */
  collected_at: Time;
  /** Epoch milliseconds handed out by the checkpoint store; the largest wins. */
  _version: Integer64;
  /** 1 on a tombstone: the row is gone at its source. */
  is_deleted: number;
}

/** What one check of one run found in one table. */
export interface GitDataQualityRow {
  /** The connector that wrote the row. */
  data_source: string;
  /** What stands before the repository in its address: project, owner, group path or workspace; '' where the row belongs to none. */
  project_key: string;
  /** The repository's name in its address; '' where the row belongs to none. */
  repo_slug: string;
  /** The run, as in git_collection_runs. */
  run_id: string;
  /** Name of the check. */
  check: string;
  /** The table that was looked at. */
  table_name: string;
  /** Rows or items looked at. */
  checked: Integer64;
  /** Those that were not right. */
  failed: Integer64;
  /** Some of those that were not right, by their keys. */
  sample: string[];
  /** How much a failure of the check matters. */
  severity: "INFO" | "WARNING" | "ERROR";
  /** When the row was collected. */
  collected_at: Time;
  /** Epoch milliseconds handed out by the checkpoint store; the largest wins. */
  _version: Integer64;
  /** 1 on a tombstone: the row is gone at its source. */
  is_deleted: number;
}

/** How complete one stream of one repository is in one window of time. */
export interface GitCoverageRow {
  /** The connector that wrote the row. */
  data_source: string;
  /** What stands before the repository in its address: project, owner, group path or workspace; '' where the row belongs to none. */
  project_key: string;
  /** The repository's name in its address; '' where the row belongs to none. */
  repo_slug: string;
  /** Such as commits or pull_requests. */
  stream: string;
  /** The window's name, such as 2024-02 or all. */
  window: string;
  /** Items that the source says it has; NULL where it does not say. */
  expected: Integer64 | null;
  /** Items that the warehouse holds. */
  stored: Integer64;
  /** Expected and not stored; NULL where unknown. */
  missing: Integer64 | null;
  /** When this was counted. */
  last_checked_at: Time;
  /** When the row was collected. */
  collected_at: Time;
  /** Epoch milliseconds handed out by the checkpoint store; the largest wins. */
  _version: Integer64;
  /** 1 on a tombstone: the row is gone at its source. */
  is_deleted: number;
}

/** The row of each table. */
export interface Tables {
  git_projects: GitProjectsRow;
  git_repositories: GitRepositoriesRow;
  git_branches: GitBranchesRow;
  git_tags: GitTagsRow;
  git_commits: GitCommitsRow;
  git_commit_files: GitCommitFilesRow;
  git_pull_requests: GitPullRequestsRow;
  git_pr_reviewers: GitPrReviewersRow;
  git_pr_comments: GitPrCommentsRow;
  git_pr_commits: GitPrCommitsRow;
  git_pr_participants: GitPrParticipantsRow;
  git_pr_events: GitPrEventsRow;
  git_issues: GitIssuesRow;
  git_issue_comments: GitIssueCommentsRow;
  git_tickets: GitTicketsRow;
  git_users: GitUsersRow;
  git_pipelines: GitPipelinesRow;
  git_pipeline_steps: GitPipelineStepsRow;
  git_commit_statuses: GitCommitStatusesRow;
  git_releases: GitReleasesRow;
  git_deployments: GitDeploymentsRow;
  git_collection_runs: GitCollectionRunsRow;
  git_data_quality: GitDataQualityRow;
  git_coverage: GitCoverageRow;
}
