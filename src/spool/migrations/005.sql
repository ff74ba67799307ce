-- Printers that were asked to tell by themselves how they are (GS a), came to the end of a job and never did: nobody waits for that
-- word again.
CREATE TABLE spool_untold (printer TEXT NOT NULL PRIMARY KEY) WITHOUT ROWID;
