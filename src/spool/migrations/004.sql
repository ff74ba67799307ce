-- A person does not want to wait any longer for a printer that stopped in the middle of this job. Its sender looks, and gives it up.
ALTER TABLE spool_job ADD COLUMN given_up INTEGER NOT NULL DEFAULT 0;
