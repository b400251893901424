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
