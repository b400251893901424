-- Who there is, what they prove themselves with, and what workspaces are called. Times are
-- milliseconds since 1970, flags 0 and 1, uuids without braces. Names that are compared without
-- regard to case are kept in lower case.

CREATE TABLE users (
    id {{integer}} NOT NULL PRIMARY KEY,
    uuid {{text}} NOT NULL UNIQUE,
    username {{text}} NOT NULL UNIQUE,
    display_name {{text}} NOT NULL,
    password_hash {{text}},
    totp_secret {{text}},
    totp_last_step {{integer}} NOT NULL DEFAULT 0,
    is_admin {{integer}} NOT NULL DEFAULT 0,
    is_active {{integer}} NOT NULL DEFAULT 1,
    created_on {{integer}} NOT NULL
) {{strict}};

CREATE TABLE recovery_codes (
    user_id {{integer}} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    hash {{text}} NOT NULL,
    PRIMARY KEY (user_id, hash)
) {{clustered}};

CREATE TABLE emails (
    email {{text}} NOT NULL PRIMARY KEY,
    user_id {{integer}} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    is_primary {{integer}} NOT NULL DEFAULT 0,
    is_confirmed {{integer}} NOT NULL DEFAULT 0
) {{clustered}};
CREATE INDEX emails_of_user ON emails (user_id);

-- Accounts at outside OAuth 2.0 and OpenID providers that sign a user in.
CREATE TABLE outside_identities (
    issuer {{text}} NOT NULL,
    subject {{text}} NOT NULL,
    user_id {{integer}} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (issuer, subject)
) {{clustered}};

CREATE TABLE workspaces (
    id {{integer}} NOT NULL PRIMARY KEY,
    uuid {{text}} NOT NULL UNIQUE,
    slug {{text}} NOT NULL UNIQUE,
    name {{text}} NOT NULL,
    is_private {{integer}} NOT NULL DEFAULT 0,
    private_by_default {{integer}} NOT NULL DEFAULT 0,
    created_on {{integer}} NOT NULL,
    updated_on {{integer}} NOT NULL
) {{strict}};

-- The role that a member has in everything of the workspace: 0 none, 1 read, 2 write, 3 create,
-- 4 admin.
CREATE TABLE workspace_members (
    workspace_id {{integer}} NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    user_id {{integer}} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role {{integer}} NOT NULL,
    added_on {{integer}} NOT NULL,
    PRIMARY KEY (workspace_id, user_id)
) {{clustered}};
CREATE INDEX workspaces_of_user ON workspace_members (user_id, workspace_id);

CREATE TABLE groups (
    id {{integer}} NOT NULL PRIMARY KEY,
    uuid {{text}} NOT NULL UNIQUE,
    workspace_id {{integer}} NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    slug {{text}} NOT NULL,
    name {{text}} NOT NULL,
    UNIQUE (workspace_id, slug)
) {{strict}};

CREATE TABLE group_members (
    group_id {{integer}} NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    user_id {{integer}} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (group_id, user_id)
) {{clustered}};
CREATE INDEX groups_of_user ON group_members (user_id, group_id);

-- All that is shown instead of a password, by its hash: app passwords, access tokens, OAuth's codes
-- and tokens, sessions. Which of the four owners are set says what the token is bound to.
CREATE TABLE tokens (
    id {{integer}} NOT NULL PRIMARY KEY,
    uuid {{text}} NOT NULL UNIQUE,
    kind {{text}} NOT NULL,
    hash {{text}} NOT NULL UNIQUE,
    user_id {{integer}} REFERENCES users (id) ON DELETE CASCADE,
    workspace_id {{integer}} REFERENCES workspaces (id) ON DELETE CASCADE,
    project_id {{integer}},
    repository_id {{integer}},
    consumer_id {{integer}},
    name {{text}} NOT NULL,
    scopes {{text}} NOT NULL,
    detail {{text}} NOT NULL DEFAULT '',
    created_on {{integer}} NOT NULL,
    expires_on {{integer}},
    last_used_on {{integer}}
) {{strict}};
CREATE INDEX tokens_of_user ON tokens (user_id, kind, id);
CREATE INDEX tokens_of_workspace ON tokens (workspace_id, kind, id);
CREATE INDEX tokens_of_consumer ON tokens (consumer_id);
CREATE INDEX tokens_by_expiry ON tokens (expires_on);

-- Keys of users, and deploy keys of repositories.
CREATE TABLE ssh_keys (
    id {{integer}} NOT NULL PRIMARY KEY,
    uuid {{text}} NOT NULL UNIQUE,
    fingerprint {{text}} NOT NULL,
    user_id {{integer}} REFERENCES users (id) ON DELETE CASCADE,
    workspace_id {{integer}} REFERENCES workspaces (id) ON DELETE CASCADE,
    repository_id {{integer}},
    key_text {{text}} NOT NULL,
    comment {{text}} NOT NULL,
    label {{text}} NOT NULL,
    created_on {{integer}} NOT NULL,
    last_used_on {{integer}}
) {{strict}};
CREATE UNIQUE INDEX ssh_keys_of_user ON ssh_keys (fingerprint, user_id);
CREATE UNIQUE INDEX ssh_keys_of_repository ON ssh_keys (fingerprint, repository_id);
CREATE INDEX ssh_keys_by_user ON ssh_keys (user_id, id);
CREATE INDEX ssh_keys_by_repository ON ssh_keys (repository_id, id);

-- Programs that ask users for access to their accounts.
CREATE TABLE oauth_consumers (
    id {{integer}} NOT NULL PRIMARY KEY,
    uuid {{text}} NOT NULL UNIQUE,
    workspace_id {{integer}} NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    client_id {{text}} NOT NULL UNIQUE,
    secret_hash {{text}},
    name {{text}} NOT NULL,
    description {{text}} NOT NULL,
    url {{text}} NOT NULL,
    redirect_uris {{text}} NOT NULL,
    scopes {{text}} NOT NULL,
    is_confidential {{integer}} NOT NULL,
    created_by {{integer}} NOT NULL,
    created_on {{integer}} NOT NULL
) {{strict}};
CREATE INDEX oauth_consumers_of_workspace ON oauth_consumers (workspace_id, id);

-- Facts of this installation by name, such as its signing key (sealed).
CREATE TABLE installation (
    name {{text}} NOT NULL PRIMARY KEY,
    value {{text}} NOT NULL
) {{clustered}};
