-- The ledger's first tables. What happened stands in `event`; sale, voucher and counter are derived from it and are
-- kept beside it in the same transaction. Days are counted from 1970-01-01; times are unix seconds; amounts are minor units.

CREATE TABLE event (
    n         INTEGER PRIMARY KEY,          -- the order in which this database learnt of it
    shop      TEXT NOT NULL,
    till      TEXT NOT NULL,
    seq       INTEGER NOT NULL,
    at_s      INTEGER NOT NULL,
    day       INTEGER NOT NULL,
    clock_set INTEGER NOT NULL,             -- 1: the clock was set by $BONBON_NOW
    kind      TEXT NOT NULL,
    code      TEXT,                         -- the voucher it is about
    who       TEXT NOT NULL,
    reason    TEXT NOT NULL,
    request   TEXT,
    data      TEXT NOT NULL                 -- a JSON object
) STRICT;
CREATE UNIQUE INDEX event_number ON event (shop, till, seq);
CREATE UNIQUE INDEX event_request ON event (request) WHERE request IS NOT NULL;
CREATE INDEX event_code ON event (code) WHERE code IS NOT NULL;

CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event BEGIN
    SELECT raise(ABORT, 'an event is never changed');
END;
CREATE TRIGGER event_is_never_deleted BEFORE DELETE ON event BEGIN
    SELECT raise(ABORT, 'an event is never deleted');
END;

CREATE TABLE sale (
    till          TEXT NOT NULL,
    id            TEXT NOT NULL,
    day           INTEGER NOT NULL,
    content_hash  TEXT NOT NULL,
    total         INTEGER NOT NULL,
    currency      TEXT NOT NULL,
    exponent      INTEGER NOT NULL,
    kind          TEXT NOT NULL,
    time_s        INTEGER NOT NULL,
    time_offset_s INTEGER NOT NULL,
    job           TEXT NOT NULL,
    recorded_s    INTEGER NOT NULL,
    copies        INTEGER NOT NULL,
    answer        BLOB NOT NULL,
    view          BLOB NOT NULL,
    PRIMARY KEY (till, id, day)
) STRICT;
CREATE INDEX sale_till ON sale (till);      -- the last one of a till: its highest rowid

CREATE TABLE voucher (
    code          TEXT NOT NULL PRIMARY KEY,
    offer         TEXT NOT NULL,
    rule          TEXT NOT NULL,
    reason        TEXT NOT NULL,
    value         TEXT NOT NULL,            -- note, percent, amount, gift
    percent       INTEGER NOT NULL,         -- hundredths
    at_most       INTEGER NOT NULL,
    amount        INTEGER NOT NULL,
    gift          TEXT NOT NULL,
    cost          INTEGER NOT NULL,
    currency      TEXT NOT NULL,
    exponent      INTEGER NOT NULL,
    valid_to      INTEGER NOT NULL,         -- the last day on which it works
    sale_id       TEXT NOT NULL,
    sale_day      INTEGER NOT NULL,
    customer      TEXT NOT NULL,
    key_id        TEXT NOT NULL,
    job           TEXT NOT NULL,
    template      TEXT NOT NULL,
    till          TEXT NOT NULL,
    who           TEXT NOT NULL,
    issued_s      INTEGER NOT NULL,
    issued_day    INTEGER NOT NULL,
    taken         TEXT NOT NULL,            -- JSON: [[scope, per, is_amount, who, period, taken], …]
    state         TEXT NOT NULL,            -- issued, redeemed, void; expired is derived
    copies        INTEGER NOT NULL,
    redeemed_s    INTEGER,
    redeemed_day  INTEGER,
    redeemed_till TEXT,
    redeemed_who  TEXT,
    redeemed_sale TEXT,
    void_s        INTEGER,
    void_day      INTEGER,
    void_reason   TEXT,
    view          BLOB NOT NULL
) STRICT;
CREATE INDEX voucher_job ON voucher (job);
CREATE INDEX voucher_sale ON voucher (sale_id) WHERE sale_id <> '';

CREATE TABLE counter (
    offer     TEXT NOT NULL,
    scope     TEXT NOT NULL,                -- customer, shop, till, stock
    per       TEXT NOT NULL,                -- sale, day, week, month, ever
    is_amount INTEGER NOT NULL,
    who       TEXT NOT NULL,
    period    TEXT NOT NULL,
    used      INTEGER NOT NULL,
    PRIMARY KEY (offer, scope, per, is_amount, who, period)
) STRICT, WITHOUT ROWID;
