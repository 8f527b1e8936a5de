-- The first schema. Times are milliseconds since the Unix epoch.

CREATE TABLE subjects (
    subject TEXT PRIMARY KEY,
    version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- AUTOINCREMENT: refresh tokens outlive their session's row, and must not find another one's.
CREATE TABLE sessions (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    sid          TEXT NOT NULL UNIQUE,
    subject      TEXT NOT NULL,
    audience     TEXT NOT NULL,
    client_id    TEXT NOT NULL,
    scope        TEXT NOT NULL,
    claims       TEXT NOT NULL,
    device       TEXT,
    delivery     TEXT NOT NULL,
    refresh_mode TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    auth_time    INTEGER NOT NULL,
    ends_at      INTEGER NOT NULL,
    ended_at     INTEGER,
    end_reason   TEXT
) STRICT;
CREATE INDEX sessions_by_subject ON sessions (subject);
CREATE INDEX sessions_by_end ON sessions (ends_at);

CREATE TABLE session_private (
    session INTEGER PRIMARY KEY,
    sealed  BLOB NOT NULL,
    ends_at INTEGER NOT NULL
) STRICT;
CREATE INDEX session_private_by_end ON session_private (ends_at);

-- One row per session: the one current token and the one before it. That there is never a second current
-- token, nor a second sealed successor, is the shape of the table.
CREATE TABLE families (
    session         INTEGER PRIMARY KEY,
    current_hash    BLOB NOT NULL,
    current_ends_at INTEGER NOT NULL,
    previous_hash   BLOB,
    previous_at     INTEGER,
    sealed          BLOB,
    sealed_until    INTEGER,
    last_used_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX families_sealed ON families (sealed_until) WHERE sealed_until IS NOT NULL;

CREATE TABLE refresh_tokens (
    hash    BLOB PRIMARY KEY,
    session INTEGER NOT NULL,
    made_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX refresh_tokens_by_age ON refresh_tokens (made_at);

CREATE TABLE idempotency (
    key_hash     BLOB PRIMARY KEY,
    request_hash BLOB NOT NULL,
    answer       BLOB NOT NULL,
    version      INTEGER NOT NULL,
    ends_at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_by_end ON idempotency (ends_at);

-- AUTOINCREMENT: the head never goes back, whatever is pruned.
CREATE TABLE revocations (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    audience     TEXT,
    kind         TEXT NOT NULL,
    value        TEXT,
    version      INTEGER,
    issued_up_to INTEGER,
    ends_at      INTEGER NOT NULL,
    at           INTEGER NOT NULL,
    reason       TEXT,
    by           TEXT NOT NULL
) STRICT;
CREATE INDEX revocations_by_end ON revocations (ends_at);

CREATE TABLE keys (
    audience       TEXT NOT NULL,
    kid            TEXT NOT NULL,
    algorithm      TEXT NOT NULL,
    public         TEXT NOT NULL,
    state          TEXT NOT NULL,
    custody        TEXT NOT NULL,
    created_at     INTEGER NOT NULL,
    published_at   INTEGER NOT NULL,
    activated_at   INTEGER,
    retired_at     INTEGER,
    withdrawn_at   INTEGER,
    compromised_at INTEGER,
    imported       INTEGER NOT NULL,
    verify_until   INTEGER,
    epoch          INTEGER NOT NULL,
    PRIMARY KEY (audience, kid)
) STRICT, WITHOUT ROWID;

-- Apart from `keys`, so that the whole table can be rewritten when one handle is destroyed.
CREATE TABLE key_handles (
    audience TEXT NOT NULL,
    kid      TEXT NOT NULL,
    handle   BLOB NOT NULL,
    UNIQUE (audience, kid)
) STRICT;

CREATE TABLE secrets (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE services (
    name      TEXT PRIMARY KEY,
    may       TEXT NOT NULL,
    audiences TEXT NOT NULL,
    scopes    TEXT NOT NULL,
    public    INTEGER NOT NULL,
    declared  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE service_secrets (
    service    TEXT NOT NULL,
    hash       BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    ends_at    INTEGER,
    PRIMARY KEY (service, hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE admin_tokens (
    hash       BLOB PRIMARY KEY,
    label      TEXT NOT NULL UNIQUE,
    scopes     TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    ends_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
