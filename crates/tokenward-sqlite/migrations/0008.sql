-- The key that the tokens of a session are bound to, by its thumbprint (RFC 7638).
ALTER TABLE sessions ADD COLUMN bound_to TEXT;

-- Whether its session was bound to a key when a refresh token was made.
ALTER TABLE refresh_tokens ADD COLUMN was_bound INTEGER NOT NULL DEFAULT 0;

-- Proofs that were used, by hash, until they are too old to be used again.
CREATE TABLE proofs (
    hash    BLOB PRIMARY KEY,
    ends_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX proofs_by_end ON proofs (ends_at);
