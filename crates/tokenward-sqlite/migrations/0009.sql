-- What services prove themselves by besides secrets.
ALTER TABLE services ADD COLUMN proof TEXT;
ALTER TABLE service_secrets ADD COLUMN last_used_at INTEGER;

-- To which other audiences tokens of a session were exchanged, until the last of them is refused: whatever ends
-- the session ends it there too.
CREATE TABLE session_reaches (
    id       INTEGER PRIMARY KEY,
    session  INTEGER NOT NULL,
    audience TEXT NOT NULL,
    until    INTEGER NOT NULL,
    UNIQUE (session, audience)
) STRICT;

CREATE INDEX session_reaches_by_end ON session_reaches (until);
