-- The status lists that tokens name, each for one minute of expiry and one shard.
CREATE TABLE status_lists (
    id       INTEGER PRIMARY KEY,
    audience TEXT NOT NULL,
    minute   INTEGER NOT NULL,
    shard    INTEGER NOT NULL,
    UNIQUE (audience, minute, shard)
) STRICT;

CREATE INDEX status_lists_by_minute ON status_lists (minute);

-- The tokens on them, with everything that a revocation can be about.
CREATE TABLE statuses (
    list      INTEGER NOT NULL,
    idx       INTEGER NOT NULL,
    jti       TEXT NOT NULL,
    sid       TEXT,
    subject   TEXT NOT NULL,
    version   INTEGER,
    issued_at INTEGER NOT NULL,
    kid       TEXT NOT NULL,
    PRIMARY KEY (list, idx)
) STRICT, WITHOUT ROWID;
