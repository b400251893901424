-- Numbers that are given out once in each logical shard, by name.
CREATE TABLE shard_sequences (
    shard {{integer}} NOT NULL,
    name {{text}} NOT NULL,
    value {{integer}} NOT NULL,
    PRIMARY KEY (shard, name)
) {{clustered}};
