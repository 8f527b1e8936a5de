-- The key that the tokens of a session are bound to, by its thumbprint (RFC 7638).
ALTER TABLE sessions ADD COLUMN bound_to TEXT;

-- Proofs that were used, by hash, until they are too old to be used again.
CREATE TABLE proofs (
    hash    BLOB PRIMARY KEY,
    ends_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX proofs_by_end ON proofs (ends_at);
