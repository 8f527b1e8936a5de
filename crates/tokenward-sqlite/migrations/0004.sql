-- The frames of each audience's feed, as they were signed: a chain that grows at its end.
CREATE TABLE frames (
    audience TEXT NOT NULL,
    seq_from INTEGER NOT NULL,
    seq_to   INTEGER NOT NULL,
    ends_at  INTEGER NOT NULL,
    jws      TEXT NOT NULL
) STRICT;

-- With the end in it, so that what may be forgotten is found without reading a frame.
CREATE UNIQUE INDEX frames_in_order ON frames (audience, seq_to, ends_at);
