-- What is begun with a custody and not finished.

-- Keys that were ordered, and that no row of `keys` holds yet.
CREATE TABLE key_orders (
    audience    TEXT NOT NULL,
    label       TEXT NOT NULL,
    custody     TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    given_up_at INTEGER,
    PRIMARY KEY (audience, label)
) STRICT, WITHOUT ROWID;

-- Handles of private halves elsewhere that are to be destroyed there. Such a handle is a name, and no secret.
CREATE TABLE key_debts (
    audience TEXT NOT NULL,
    kid      TEXT NOT NULL,
    handle   BLOB NOT NULL,
    PRIMARY KEY (audience, kid)
) STRICT, WITHOUT ROWID;
