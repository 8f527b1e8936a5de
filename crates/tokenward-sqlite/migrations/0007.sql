-- When a raised token version can be forgotten: no token is out that it could refuse. What is there already
-- waits for two days, which is longer than any token lives.
ALTER TABLE subjects ADD COLUMN keep_until INTEGER NOT NULL DEFAULT 0;
UPDATE subjects SET keep_until = (unixepoch() + 172800) * 1000;
CREATE INDEX subjects_by_end ON subjects (keep_until);
