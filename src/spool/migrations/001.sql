-- Jobs. What moves often (the row) stands apart from what is large: a move rewrites one short row.
CREATE TABLE spool_job (
    id            INTEGER PRIMARY KEY,
    key           TEXT    NOT NULL UNIQUE,
    kind          TEXT    NOT NULL,
    printer       TEXT    NOT NULL,
    profile       TEXT    NOT NULL,
    till          TEXT    NOT NULL,
    drawer        INTEGER NOT NULL,
    created_s     INTEGER NOT NULL,
    state         TEXT    NOT NULL CHECK (state IN
                  ('queued', 'sending', 'printed', 'sent', 'unknown', 'cancelled', 'held')),
    changed_s     INTEGER NOT NULL,
    attempts      INTEGER NOT NULL,
    taken         INTEGER NOT NULL DEFAULT 0,
    interrupted   INTEGER NOT NULL DEFAULT 0,
    reason        TEXT    NOT NULL DEFAULT '',
    printer_state INTEGER NOT NULL DEFAULT 0,
    detail        TEXT    NOT NULL DEFAULT ''
) STRICT;

-- Few jobs are open at a time, and many are finished.
CREATE INDEX spool_job_queued ON spool_job (printer, id) WHERE state = 'queued';
CREATE INDEX spool_job_sending ON spool_job (printer, id) WHERE state = 'sending';

CREATE TABLE spool_document (
    job      INTEGER PRIMARY KEY REFERENCES spool_job (id),
    document BLOB NOT NULL
) STRICT;

CREATE TABLE spool_bytes (
    job   INTEGER PRIMARY KEY REFERENCES spool_job (id),
    bytes BLOB NOT NULL
) STRICT;
