/* The cells of the fault matrix that need no real process: a worker's rounds over a spool, a
 * printer's session and a printer in software, on a clock of their own. Writes one JSON object a
 * cell; test_matrix.py holds them against what must always be true and makes the table.
 *
 *   matrix_clock            all cells
 *   matrix_clock FAULT [SEED]    those of one fault, with other noise */
#include "matrix/world.h"
#include "base/json.h"
#include "shop/house.h"
#include "shop/jobs.h"
#include "support/folder.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    LINES = 300, /* a receipt of 9 KiB, a metre long: more than the printer's 4 KiB buffer holds */
    MIDDLE_BYTES = 5000,
    PICTURE_BEFORE_LINE = 100,
    PICTURE_ROW_BYTES = 72,
    PICTURE_ROWS = 120,
    LOOK_US = 1000000, /* a worker's round (shop/service_worker.c) */
    FIRST = 1,
    NEXT = 2,
};

/* A fault: how it begins, how it ends, and after how many seconds. */
struct cell {
    const char *fault;
    bool in_the_middle;
    enum world_wire wire;
    const char *begins[2];
    const char *ends[2];
    unsigned lasts_s;
    unsigned patience_s; /* of whoever waits; 0: a worker's, which has no end */
    const char *but[4];  /* why there is no such cell, by proof; NULL: there is */
};

static const char one_way[] = "a printer that never says anything has nothing to falsify";
#define ONE_WAY                                                                                    \
    {                                                                                              \
        [PROOF_NONE] = one_way                                                                     \
    }

static const struct cell cells[] = {
    {"paper out", false, WORLD_USB, {"paper out"}, {"paper reload"}, 60, 0, {0}},
    {"paper out", true, WORLD_USB, {"paper out"}, {"paper reload"}, 60, 0, {0}},
    {"paper out", true, WORLD_TCP, {"paper out"}, {"paper reload"}, 60, 0, {0}},
    {"paper out, its sender is ended after 10 s",
     true,
     WORLD_USB,
     {"paper out"},
     {"paper reload"},
     60,
     10,
     {0}},
    {"paper out, its sender is ended after 10 s",
     true,
     WORLD_TCP,
     {"paper out"},
     {"paper reload"},
     60,
     10,
     {0}},
    {"paper out in a picture, its sender is ended after 10 s",
     true,
     WORLD_USB,
     {"paper out"},
     {"paper reload"},
     60,
     10,
     {0}},
    {"paper out in a picture, its sender is ended after 10 s",
     true,
     WORLD_TCP,
     {"paper out"},
     {"paper reload"},
     60,
     10,
     {0}},
    {"cover open", false, WORLD_USB, {"cover open"}, {"cover close"}, 60, 0, {0}},
    {"cover open", true, WORLD_USB, {"cover open"}, {"cover close"}, 60, 0, {0}},
    {"cover open", true, WORLD_TCP, {"cover open"}, {"cover close"}, 60, 0, {0}},
    {"cutter jam", false, WORLD_USB, {"cutter jam"}, {"cutter clear", "recover"}, 60, 0, {0}},
    {"cutter jam", true, WORLD_USB, {"cutter jam"}, {"cutter clear", "recover"}, 60, 0, {0}},
    {"cutter jam", true, WORLD_TCP, {"cutter jam"}, {"cutter clear", "recover"}, 60, 0, {0}},
    {"head too hot", false, WORLD_USB, {"heat"}, {"cool"}, 60, 0, {0}},
    {"head too hot", true, WORLD_USB, {"heat"}, {"cool"}, 60, 0, {0}},
    {"head too hot", true, WORLD_TCP, {"heat"}, {"cool"}, 60, 0, {0}},
    {"NAK for 60 s", false, WORLD_USB, {"nak 60s"}, {0}, 60, 0, {0}},
    {"NAK for 60 s", true, WORLD_USB, {"nak 60s"}, {0}, 60, 0, {0}},
    {"NAK for 60 s", true, WORLD_TCP, {"nak 60s"}, {0}, 60, 0, {0}},
    {"STALL", false, WORLD_USB, {"stall out"}, {0}, 0, 0, {0}},
    {"STALL", true, WORLD_USB, {"stall out"}, {0}, 0, 0, {0}},
    {"corrupt back channel", false, WORLD_USB, {"back corrupt"}, {"back ok"}, 60, 0, ONE_WAY},
    {"corrupt back channel", true, WORLD_USB, {"back corrupt"}, {"back ok"}, 60, 0, ONE_WAY},
    {"flooding back channel", false, WORLD_USB, {"back flood"}, {"back ok"}, 60, 0, ONE_WAY},
    {"flooding back channel", true, WORLD_USB, {"back flood"}, {"back ok"}, 60, 0, ONE_WAY},
    {"corrupt back channel, paper out",
     true,
     WORLD_USB,
     {"back corrupt", "paper out"},
     {"back ok", "paper reload"},
     60,
     0,
     ONE_WAY},
    {"flooding back channel, paper out",
     true,
     WORLD_USB,
     {"back flood", "paper out"},
     {"back ok", "paper reload"},
     60,
     0,
     ONE_WAY},
    {"no back channel, paper out",
     true,
     WORLD_USB,
     {"back silent", "paper out"},
     {"back ok", "paper reload"},
     60,
     0,
     ONE_WAY},
    {"no back channel", false, WORLD_USB, {"back silent"}, {"back ok"}, 60, 0, ONE_WAY},
    {"no back channel", true, WORLD_USB, {"back silent"}, {"back ok"}, 60, 0, ONE_WAY},
    {"TCP half-open", false, WORLD_TCP, {"dark"}, {"reset", "light"}, 60, 0, {0}},
    {"TCP half-open", true, WORLD_TCP, {"dark"}, {"reset", "light"}, 60, 0, {0}},
    {"TCP half-open in a picture", true, WORLD_TCP, {"dark"}, {"reset", "light"}, 60, 0, {0}},
    {"serial without flow control", false, WORLD_SERIAL, {0}, {0}, 0, 0, {0}},
    {"serial without flow control, paper out",
     true,
     WORLD_SERIAL,
     {"paper out"},
     {"paper reload"},
     60,
     0,
     {0}},
};

static const char *const proof_names[] = {[PROOF_NONE] = "none",
                                          [PROOF_STATUS] = "status",
                                          [PROOF_FENCE] = "GS r",
                                          [PROOF_PROCESS_ID] = "GS ( H"};
static const char *const wire_names[] = {
    [WORLD_USB] = "USB", [WORLD_TCP] = "TCP", [WORLD_SERIAL] = "serial"};

enum { PROOFS = 4, SAID_BYTES = 8192, BASE_S = 1795262580 };

struct bed {
    const struct cell *cell;
    struct world world;
    struct folder folder;
    struct env env;
    struct store *store;
    struct spool *spool;
    struct spool_lock *lock;
    struct arena arena;
    bool too_soon;                /* a job was said to be printed that was not on paper yet */
    bool strikes, struck, mended; /* the fault waits for its moment; has come; is gone */
    uint64_t strike_bytes;
    int64_t struck_us;
    int64_t until_us;
    struct buf said; /* what `bonbon jobs` showed for the first job, each once, a line each */
};

static void must(bool ok, const struct err *err)
{
    struct buf text;
    if (ok)
        return;
    buf_init(&text, 0);
    err_text(err, LANG_EN, &text);
    fprintf(stderr, "matrix_clock: %s\n", buf_cstr(&text));
    abort();
}

/* ── time and faults ── */

static int64_t now(void *ctx)
{
    const struct bed *bed = ctx;
    return BASE_S + bed->world.now_us / WORLD_SECOND_US;
}

static void randomness(void *ctx, void *p, size_t n)
{
    (void)ctx;
    memset(p, 7, n);
}

/* The network is nothing that a printer can be ordered to. */
static bool is_of_net(const struct cell *cell)
{
    return cell->begins[0] && strcmp(cell->begins[0], "dark") == 0;
}

static void give(struct bed *bed, const char *const orders[2])
{
    for (size_t i = 0; i < 2 && orders[i]; i++) {
        if (strcmp(orders[i], "dark") == 0 || strcmp(orders[i], "light") == 0)
            bed->world.dark = orders[i][0] == 'd';
        else
            world_order(&bed->world, orders[i]);
    }
}

/* The world's own doing, whenever its clock has moved. */
static void happen(void *ctx)
{
    struct bed *bed = ctx;
    const struct cell *cell = bed->cell;
    if (bed->strikes && device_figures(bed->world.dev).received_bytes >= bed->strike_bytes) {
        bed->strikes = false;
        bed->struck = true;
        bed->struck_us = bed->world.now_us;
        if (!cell->in_the_middle || is_of_net(cell))
            give(bed, cell->begins);
    }
    if (bed->struck && !bed->mended &&
        bed->world.now_us >= bed->struck_us + cell->lasts_s * (int64_t)WORLD_SECOND_US) {
        bed->mended = true;
        give(bed, cell->ends);
    }
}

/* In the middle the device itself strikes, at the very byte. */
static void prepare_strike(struct bed *bed)
{
    const struct cell *cell = bed->cell;
    char order[64];
    bed->strikes = true;
    bed->strike_bytes = device_figures(bed->world.dev).received_bytes;
    if (!cell->in_the_middle) {
        happen(bed);
        return;
    }
    bed->strike_bytes += MIDDLE_BYTES;
    for (size_t i = 0; i < 2 && cell->begins[i] && !is_of_net(cell); i++) {
        snprintf(order, sizeof order, "after %d bytes %s", MIDDLE_BYTES, cell->begins[i]);
        world_order(&bed->world, order);
    }
}

/* ── the house around the spool ── */

static bool open_wire(void *ctx, const char *printer, struct printer **session, struct err *err)
{
    struct bed *bed = ctx;
    struct transport *t = NULL;
    return world_open(&bed->world, &t, err) &&
           printer_create(session, printer, &bed->world.profile, t, err);
}

static bool mark(void *ctx, const struct spool_job *job, struct slice document, struct buf *bytes,
                 struct err *err)
{
    (void)ctx;
    (void)err;
    if (job->interrupted)
        buf_str(bytes, "PRINTED AGAIN\n");
    buf_slice_append(bytes, document);
    return true;
}

static bool part(void *ctx, struct buf *bytes)
{
    (void)ctx;
    buf_append(bytes, "\x1b@\x1dVB", 6); /* and the 0 that ends it */
    return true;
}

static unsigned paper_ms(void *ctx, struct slice bytes)
{
    struct bed *bed = ctx;
    return paper_time_ms(&bed->world.profile, bytes);
}

static bool go_on(void *ctx, const struct spool_job *job)
{
    const struct bed *bed = ctx;
    (void)job;
    unsigned patience_s = bed->cell->patience_s;
    return bed->world.now_us < bed->until_us &&
           !(patience_s && bed->struck && !bed->mended &&
             bed->world.now_us > bed->struck_us + patience_s * (int64_t)WORLD_SECOND_US);
}

/* Its last line is on the paper; whether all the others are is for who reads the paper. */
static bool is_whole(struct bed *bed, unsigned number)
{
    struct buf paper;
    char ends[32];
    buf_init(&paper, 0);
    world_paper(&bed->world, &paper);
    snprintf(ends, sizeof ends, "RECEIPT %u ENDS", number);
    bool whole = strstr(buf_cstr(&paper), ends);
    buf_finish(&paper);
    return whole;
}

static void hear(void *ctx, const struct spool_job *job)
{
    struct bed *bed = ctx;
    struct buf why;
    if (job->state == JOB_PRINTED)
        bed->too_soon |= !is_whole(bed, (unsigned)job->id);
    if (job->id != FIRST || (job->state == JOB_SENDING && job->reason == ERR_NONE))
        return;
    buf_init(&why, 0);
    job_why(job, LANG_EN, &why);
    buf_byte(&why, '\n');
    if (!strstr(buf_cstr(&bed->said), buf_cstr(&why)))
        buf_slice_append(&bed->said, buf_slice(&why));
    buf_finish(&why);
}

static const struct spool_host host_of = {.open = open_wire,
                                          .layout = mark,
                                          .part = part,
                                          .paper_ms = paper_ms,
                                          .go_on = go_on,
                                          .begin_again = true,
                                          .progress = hear};

/* GS v 0: 72 bytes a row; the 5,000th byte of the receipt is one of its dots, and the printer's
 * buffer ends in it. */
static void picture(struct buf *bytes)
{
    static const uint8_t head[] = {0x1D, 'v', '0', 0, PICTURE_ROW_BYTES, 0, PICTURE_ROWS, 0};
    buf_append(bytes, head, sizeof head);
    for (unsigned i = 0; i < PICTURE_ROWS * PICTURE_ROW_BYTES; i++)
        buf_byte(bytes, 'A');
}

static void receipt(unsigned number, bool with_picture, struct buf *bytes)
{
    buf_printf(bytes, "\x1b@RECEIPT %u BEGINS\n", number);
    for (unsigned i = 1; i <= LINES; i++) {
        if (with_picture && i == PICTURE_BEFORE_LINE)
            picture(bytes);
        buf_printf(bytes, "%u line %03u of a long receipt\n", number, i);
    }
    buf_printf(bytes, "RECEIPT %u ENDS\n\x1dVB%c", number, 0);
}

static void add(struct bed *bed, unsigned number)
{
    struct err err = {0};
    struct buf bytes;
    char key[16];
    int64_t id = 0;
    buf_init(&bytes, 0);
    receipt(number, strstr(bed->cell->fault, "in a picture"), &bytes);
    snprintf(key, sizeof key, "%u", number);
    const struct spool_job job = {.key = slice_str(key),
                                  .kind = SLICE_LITERAL("receipt"),
                                  .printer = SLICE_LITERAL("till"),
                                  .profile = SLICE_LITERAL("generic-80"),
                                  .till = SLICE_LITERAL("1"),
                                  .created_s = now(bed),
                                  .document = buf_slice(&bytes),
                                  .bytes = buf_slice(&bytes)};
    must(store_begin(bed->store, &err) &&
             spool_add(bed->spool, &job, NULL, &id, NULL, NULL, &err) &&
             store_commit(bed->store, &err),
         &err);
    if (id != number)
        abort();
    buf_finish(&bytes);
}

static enum job_state state_of(struct bed *bed, int64_t id)
{
    struct spool_job job;
    struct err err = {0};
    arena_reset(&bed->arena, 0);
    must(spool_job_get(bed->spool, id, &bed->arena, &job, &err), &err);
    return job.state;
}

/* Rounds of the worker until a job is where nobody acts on it, or for so many seconds. */
static void work(struct bed *bed, int64_t id, unsigned seconds)
{
    struct spool_host host = host_of;
    struct spool_limits limits = spool_limits_default;
    struct spool_outcome outcome;
    struct err err = {0};
    host.ctx = bed;
    limits.hold_after_s = 600;
    bed->until_us = bed->world.now_us + seconds * (int64_t)WORLD_SECOND_US;
    while (bed->world.now_us < bed->until_us) {
        enum job_state state = state_of(bed, id);
        if (job_state_is_final(state) || state == JOB_UNKNOWN || state == JOB_HELD)
            return;
        must(spool_drain(bed->spool, bed->lock, &host, &limits, &outcome, &err), &err);
        world_wait(&bed->world, LOOK_US);
    }
}

static void decide(struct bed *bed, int64_t id, enum job_state to)
{
    struct err err = {0};
    must(store_begin(bed->store, &err) &&
             spool_decide(bed->spool, id, to, SLICE_LITERAL("looked"), &err) &&
             store_commit(bed->store, &err),
         &err);
}

/* ── one cell ── */

static void bed_make(struct bed *bed, const struct cell *cell, enum profile_proof proof,
                     uint64_t seed)
{
    char path[FOLDER_PATH_BYTES];
    struct err err = {0};
    *bed = (struct bed){.cell = cell};
    world_make(&bed->world, cell->wire, proof, seed);
    bed->world.ctx = bed;
    bed->world.happen = happen;
    bed->env = (struct env){.ctx = bed, .now = now, .random = randomness};
    buf_init(&bed->said, 0);
    folder_make(&bed->folder);
    must(arena_init(&bed->arena, 1 << 20) || FAIL(&err, ERR_BUG, "memory"), &err);
    must(store_open(&bed->store, folder_file(&bed->folder, "bonbon.db", path), &err), &err);
    must(spool_create(&bed->spool, bed->store, &bed->env, &err), &err);
    must(spool_lock(bed->folder.path, "till", SPOOL_DO_NOT_WAIT, &bed->lock, &err), &err);
}

static void bed_remove(struct bed *bed)
{
    spool_unlock(bed->lock);
    spool_destroy(bed->spool);
    store_close(bed->store);
    arena_finish(&bed->arena);
    buf_finish(&bed->said);
    world_finish(&bed->world);
    folder_remove(&bed->folder);
}

static void put_paper(struct bed *bed, struct json *j, const char *key)
{
    struct buf paper;
    buf_init(&paper, 0);
    world_paper(&bed->world, &paper);
    json_text(j, key, buf_slice(&paper));
    buf_finish(&paper);
}

/* What is unknown is looked at by a person: done where it is there, else printed again. */
static void look(struct bed *bed, struct json *j)
{
    bool whole = is_whole(bed, FIRST);
    json_str(j, "person", whole ? "done" : "again");
    decide(bed, FIRST, whole ? JOB_PRINTED : JOB_QUEUED);
    work(bed, FIRST, 300);
}

static void play(struct bed *bed, struct json *j)
{
    prepare_strike(bed);
    add(bed, FIRST);
    work(bed, FIRST, 1200);
    /* the printer does what it has to do, the fault passes */
    world_wait(&bed->world, 100 * (int64_t)WORLD_SECOND_US);
    enum job_state state = state_of(bed, FIRST);
    json_str(j, "state", job_state_name(state));
    json_text(j, "said", buf_slice(&bed->said));
    put_paper(bed, j, "paper");
    add(bed, NEXT);
    work(bed, NEXT, 300);
    world_wait(&bed->world, 20 * (int64_t)WORLD_SECOND_US);
    json_str(j, "next", job_state_name(state_of(bed, NEXT)));
    if (state == JOB_UNKNOWN)
        look(bed, j);
    world_wait(&bed->world, 20 * (int64_t)WORLD_SECOND_US);
    json_bool(j, "too soon", bed->too_soon);
    json_str(j, "end", job_state_name(state_of(bed, FIRST)));
    put_paper(bed, j, "paper at the end");
}

static void run(const struct cell *cell, enum profile_proof proof, uint64_t seed)
{
    struct bed bed;
    struct buf out;
    struct json j;
    buf_init(&out, 0);
    json_init(&j, &out);
    json_open_object(&j, NULL);
    json_str(&j, "fault", cell->fault);
    json_str(&j, "when", cell->in_the_middle ? "in the middle" : "before");
    json_str(&j, "wire", wire_names[cell->wire]);
    json_str(&j, "proof", proof_names[proof]);
    if (cell->but[proof]) {
        json_str(&j, "but", cell->but[proof]);
    } else {
        bed_make(&bed, cell, proof, seed);
        play(&bed, &j);
        bed_remove(&bed);
    }
    json_close_object(&j);
    puts(buf_cstr(&out));
    buf_finish(&out);
}

int main(int argc, char **argv)
{
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++)
        for (unsigned proof = PROOFS; proof-- > 0;)
            if (argc < 2 || strcmp(argv[1], cells[i].fault) == 0)
                run(&cells[i], (enum profile_proof)proof, seed);
    return 0;
}
