-- Numbers that are given out once, by name.
CREATE TABLE global_sequences (
    name {{text}} NOT NULL,
    value {{integer}} NOT NULL,
    PRIMARY KEY (name)
) {{clustered}};

-- Which database holds which logical shard. Empty where the global database holds them all.
CREATE TABLE shard_map (
    shard {{integer}} NOT NULL,
    database {{text}} NOT NULL,
    PRIMARY KEY (shard)
) {{clustered}};
