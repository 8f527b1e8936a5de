-- Up to which minute, without it, each shard of token ids is leased. A shard that is not here never was.

CREATE TABLE shards (
    shard        INTEGER PRIMARY KEY,
    leased_until INTEGER NOT NULL
) STRICT;
