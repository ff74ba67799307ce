-- Printers whose last job was cut off: they may still wait for the rest of a command. Whatever is decided about the job, this stays
-- until another came through whole.
CREATE TABLE spool_cut (printer TEXT NOT NULL PRIMARY KEY) WITHOUT ROWID;
