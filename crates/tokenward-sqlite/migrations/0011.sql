-- Passkeys: the public keys of a subject's devices, for each audience.
CREATE TABLE passkeys (
    id              INTEGER PRIMARY KEY,
    audience        TEXT NOT NULL,
    subject         TEXT NOT NULL,
    credential      BLOB NOT NULL,
    name            TEXT NOT NULL,
    algorithm       TEXT NOT NULL,
    public_key      BLOB NOT NULL,
    sign_count      INTEGER NOT NULL,
    backup_eligible INTEGER NOT NULL,
    transports      TEXT NOT NULL,
    created_at      INTEGER NOT NULL,
    last_used_at    INTEGER NOT NULL,
    UNIQUE (audience, credential)
) STRICT;

CREATE INDEX passkeys_by_subject ON passkeys (subject);

-- The passkey that last signed for a session, and when.
ALTER TABLE sessions ADD COLUMN passkey BLOB;
ALTER TABLE sessions ADD COLUMN passkey_at INTEGER;
