-- What every database has, whichever part it serves: the changes that were made in it.

-- Every change, in the order in which the changes became durable: `position` comes from one counter
-- that is held until the transaction ends, so that no smaller one can appear after a reader has
-- gone by.
CREATE TABLE IF NOT EXISTS outbox (
    position {{integer}} NOT NULL PRIMARY KEY,
    uuid {{text}} NOT NULL,
    workspace_id {{integer}},
    repository_id {{integer}},
    event {{text}} NOT NULL,
    actor_id {{integer}},
    payload {{text}} NOT NULL,
    happened_on {{integer}} NOT NULL
) {{strict}};

CREATE TABLE IF NOT EXISTS outbox_head (
    one {{integer}} NOT NULL PRIMARY KEY CHECK (one = 1),
    position {{integer}} NOT NULL
) {{strict}};
INSERT INTO outbox_head (one, position) VALUES (1, 0) ON CONFLICT (one) DO NOTHING;

CREATE TABLE IF NOT EXISTS outbox_readers (
    name {{text}} NOT NULL PRIMARY KEY,
    position {{integer}} NOT NULL,
    moved_on {{integer}} NOT NULL
) {{clustered}};

-- Who changed what is of weight for security: written in the change's own transaction. `id` comes
-- from the outbox's counter.
CREATE TABLE IF NOT EXISTS audit_log (
    id {{integer}} NOT NULL PRIMARY KEY,
    happened_on {{integer}} NOT NULL,
    actor_id {{integer}},
    actor {{text}} NOT NULL,
    address {{text}} NOT NULL,
    action {{text}} NOT NULL,
    workspace_id {{integer}},
    object {{text}} NOT NULL,
    detail {{text}} NOT NULL
) {{strict}};
CREATE INDEX IF NOT EXISTS audit_log_of_workspace ON audit_log (workspace_id, id);
CREATE INDEX IF NOT EXISTS audit_log_of_actor ON audit_log (actor_id, id);
