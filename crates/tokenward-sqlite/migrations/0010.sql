-- Where a session began on a device that was not known: how many others of its subject were.
ALTER TABLE sessions ADD COLUMN new_beside INTEGER;

-- Devices that are known, by hashes under a key that is not here.
CREATE TABLE devices (
    id    INTEGER PRIMARY KEY,
    owner BLOB NOT NULL,
    mark  BLOB NOT NULL,
    until INTEGER NOT NULL,
    UNIQUE (owner, mark)
) STRICT;

CREATE INDEX devices_by_end ON devices (until);

-- What an event tells, and up to where the facts of each source have become events.
ALTER TABLE events ADD COLUMN kind TEXT NOT NULL DEFAULT 'session-revoked';

CREATE TABLE event_heads (
    source TEXT PRIMARY KEY,
    seq    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO event_heads (source, seq) SELECT 'revocations', seq FROM events_head;
DROP TABLE events_head;
