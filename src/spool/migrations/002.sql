-- Since when a job waits: a person's word begins the time anew, trouble with a printer does not.
ALTER TABLE spool_job ADD COLUMN waits_since_s INTEGER NOT NULL DEFAULT 0;
UPDATE spool_job SET waits_since_s = changed_s;
CREATE INDEX spool_job_open ON spool_job (id) WHERE state NOT IN ('printed', 'sent', 'cancelled');
