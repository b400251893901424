-- What belongs to a workspace. Kinds of objects: 1 workspace, 2 project, 3 repository. Kinds of
-- subjects: 1 user, 2 group. Roles: 0 none, 1 read, 2 write, 3 create, 4 admin.

CREATE TABLE projects (
    workspace_id {{integer}} NOT NULL,
    id {{integer}} NOT NULL,
    uuid {{text}} NOT NULL UNIQUE,
    key {{text}} NOT NULL,
    name {{text}} NOT NULL,
    description {{text}} NOT NULL,
    is_private {{integer}} NOT NULL,
    created_on {{integer}} NOT NULL,
    updated_on {{integer}} NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, key)
) {{clustered}};
CREATE UNIQUE INDEX projects_by_name ON projects (workspace_id, name, id);

CREATE TABLE repositories (
    workspace_id {{integer}} NOT NULL,
    id {{integer}} NOT NULL,
    uuid {{text}} NOT NULL UNIQUE,
    project_id {{integer}} NOT NULL,
    slug {{text}} NOT NULL,
    name {{text}} NOT NULL,
    description {{text}} NOT NULL,
    website {{text}} NOT NULL,
    language {{text}} NOT NULL,
    is_private {{integer}} NOT NULL,
    fork_policy {{text}} NOT NULL,
    has_issues {{integer}} NOT NULL,
    has_wiki {{integer}} NOT NULL,
    main_branch {{text}} NOT NULL,
    object_format {{text}} NOT NULL,
    size {{integer}} NOT NULL,
    parent_workspace_id {{integer}},
    parent_id {{integer}},
    created_by {{integer}},
    created_on {{integer}} NOT NULL,
    updated_on {{integer}} NOT NULL,
    version {{integer}} NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, slug)
) {{clustered}};
CREATE INDEX repositories_of_project ON repositories (workspace_id, project_id, id);
CREATE INDEX repositories_by_update ON repositories (workspace_id, updated_on, id);
CREATE INDEX repositories_public ON repositories (is_private, id);
CREATE INDEX forks_of_repository ON repositories (parent_id, id);

-- Names that a repository had, until another one takes them.
CREATE TABLE repository_redirects (
    workspace_id {{integer}} NOT NULL,
    slug {{text}} NOT NULL,
    to_workspace_id {{integer}} NOT NULL,
    to_repository_id {{integer}} NOT NULL,
    PRIMARY KEY (workspace_id, slug)
) {{clustered}};

CREATE TABLE grants (
    workspace_id {{integer}} NOT NULL,
    object_kind {{integer}} NOT NULL,
    object_id {{integer}} NOT NULL,
    subject_kind {{integer}} NOT NULL,
    subject_id {{integer}} NOT NULL,
    role {{integer}} NOT NULL,
    PRIMARY KEY (workspace_id, object_kind, object_id, subject_kind, subject_id)
) {{clustered}};
CREATE INDEX grants_of_subject
    ON grants (workspace_id, subject_kind, subject_id, object_kind, object_id, role);

CREATE TABLE watchers (
    workspace_id {{integer}} NOT NULL,
    repository_id {{integer}} NOT NULL,
    user_id {{integer}} NOT NULL,
    PRIMARY KEY (workspace_id, repository_id, user_id)
) {{clustered}};

CREATE TABLE branch_restrictions (
    workspace_id {{integer}} NOT NULL,
    repository_id {{integer}} NOT NULL,
    id {{integer}} NOT NULL,
    kind {{text}} NOT NULL,
    branch_match_kind {{text}} NOT NULL,
    branch_type {{text}} NOT NULL,
    pattern {{text}} NOT NULL,
    value {{integer}},
    PRIMARY KEY (workspace_id, repository_id, id)
) {{clustered}};

-- Who may do what a restriction of pushes or merges forbids to all others.
CREATE TABLE branch_restriction_subjects (
    workspace_id {{integer}} NOT NULL,
    repository_id {{integer}} NOT NULL,
    restriction_id {{integer}} NOT NULL,
    subject_kind {{integer}} NOT NULL,
    subject_id {{integer}} NOT NULL,
    PRIMARY KEY (workspace_id, repository_id, restriction_id, subject_kind, subject_id)
) {{clustered}};

CREATE TABLE branching_models (
    workspace_id {{integer}} NOT NULL,
    object_kind {{integer}} NOT NULL,
    object_id {{integer}} NOT NULL,
    settings {{text}} NOT NULL,
    PRIMARY KEY (workspace_id, object_kind, object_id)
) {{clustered}};

CREATE TABLE default_reviewers (
    workspace_id {{integer}} NOT NULL,
    object_kind {{integer}} NOT NULL,
    object_id {{integer}} NOT NULL,
    user_id {{integer}} NOT NULL,
    PRIMARY KEY (workspace_id, object_kind, object_id, user_id)
) {{clustered}};

CREATE TABLE webhooks (
    workspace_id {{integer}} NOT NULL,
    id {{integer}} NOT NULL,
    object_kind {{integer}} NOT NULL,
    object_id {{integer}} NOT NULL,
    uuid {{text}} NOT NULL UNIQUE,
    description {{text}} NOT NULL,
    url {{text}} NOT NULL,
    events {{text}} NOT NULL,
    is_active {{integer}} NOT NULL,
    secret {{text}},
    created_on {{integer}} NOT NULL,
    PRIMARY KEY (workspace_id, id)
) {{clustered}};
CREATE INDEX webhooks_of_object ON webhooks (workspace_id, object_kind, object_id, id);

CREATE TABLE downloads (
    workspace_id {{integer}} NOT NULL,
    repository_id {{integer}} NOT NULL,
    id {{integer}} NOT NULL,
    name {{text}} NOT NULL,
    size {{integer}} NOT NULL,
    file {{text}} NOT NULL,
    user_id {{integer}},
    downloads {{integer}} NOT NULL,
    created_on {{integer}} NOT NULL,
    PRIMARY KEY (workspace_id, repository_id, id),
    UNIQUE (workspace_id, repository_id, name)
) {{clustered}};

-- Numbers that count per repository: branch restrictions, later pull requests and pipelines.
CREATE TABLE repository_counters (
    workspace_id {{integer}} NOT NULL,
    repository_id {{integer}} NOT NULL,
    name {{text}} NOT NULL,
    value {{integer}} NOT NULL,
    PRIMARY KEY (workspace_id, repository_id, name)
) {{clustered}};
