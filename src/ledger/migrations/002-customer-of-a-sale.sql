-- Whose sale it was ('' for an unknown guest), so that a voucher given to the sale by hand counts for that guest.

ALTER TABLE sale ADD COLUMN customer TEXT NOT NULL DEFAULT '';
