-- What receivers of events are to be told, until they have it.
CREATE TABLE events (
    id          INTEGER PRIMARY KEY,
    receiver    TEXT NOT NULL,
    audience    TEXT NOT NULL,
    jti         TEXT NOT NULL,
    seq         INTEGER NOT NULL,
    happened_at INTEGER NOT NULL,
    issued_at   INTEGER NOT NULL,
    subject_id  TEXT NOT NULL,
    event       TEXT NOT NULL,
    UNIQUE (receiver, jti)
) STRICT;

CREATE INDEX events_in_order ON events (receiver, id);

-- How far revocations have become events: one row at the most.
CREATE TABLE events_head (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    seq INTEGER NOT NULL
) STRICT;
