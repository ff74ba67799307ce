-- A person does not want to wait any longer for a printer that stopped in the middle of this job. Its sender looks, and gives it up.
ALTER TABLE spool_job ADD COLUMN given_up INTEGER NOT NULL DEFAULT 0;
-- Whether what was cut off left paper that is not parted from what follows.
ALTER TABLE spool_cut ADD COLUMN torn INTEGER NOT NULL DEFAULT 1;
