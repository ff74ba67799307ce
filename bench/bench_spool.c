/* bench_spool [JOBS]: the way from the database to the wire, and memory over many jobs.
 *
 *  - from durable to the wire: from the return of the commit that accepted a job to the first byte
 *    of it that a printer on TCP (127.0.0.1) takes; everything between, the status request and the
 *    second wait for the disk included. Once by the worker of a running service, session kept; once
 *    by a process that holds the lock and prints by itself, its session kept, too.
 *  - memory: resident size of this process, which is the service, the client and the printer, after
 *    200 jobs and after all.
 *
 * Prints Markdown. The folder is made in the current one, so that the disk is the real one. */
#include "document/document.h"
#include "setup/init.h"
#include "shop/service.h"
#include "shop/shop.h"
#include "spool/door.h"
#include "spool/spool.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { JOBS = 10000, WARM = 200, DIRECT_JOBS = 2000, PATH_BYTES = 512, DOCUMENT_BYTES = 1 << 20 };

_Noreturn static void die(const struct err *err)
{
    struct buf text;
    buf_init(&text, 0);
    err_text(err, LANG_EN, &text);
    fprintf(stderr, "bench_spool: %.*s\n", (int)text.n, (const char *)text.p);
    exit(1);
}

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

/* ── a printer that is ready and proves at once ── */

static _Atomic uint64_t first_byte_ns; /* of the job under way; 0: none yet */

static bool is_question(const uint8_t *p, size_t n)
{
    return n >= 3 && ((p[0] == 0x10 && p[1] == 0x04) || (p[0] == 0x1D && p[1] == 'r'));
}

/* Questions stand apart in the stream of this profile's jobs: nobody sends a picture here. */
static void take(int fd, const uint8_t *p, size_t n)
{
    const uint64_t now = now_ns();
    for (size_t i = 0; i < n; i++) {
        if (is_question(p + i, n - i)) {
            const uint8_t answer = p[i] == 0x10 ? 0x12 : 0;
            if (write(fd, &answer, 1) != 1)
                return;
            i += 2;
        } else if (!first_byte_ns) {
            first_byte_ns = now;
        }
    }
}

static void *serve_wire(void *arg)
{
    uint8_t bytes[65536];
    int fd = (int)(intptr_t)arg;
    for (ssize_t n; (n = read(fd, bytes, sizeof bytes)) > 0;)
        take(fd, bytes, (size_t)n);
    close(fd);
    return NULL;
}

static void *be_printer(void *arg)
{
    int listener = (int)(intptr_t)arg;
    for (int fd; (fd = accept(listener, NULL, NULL)) >= 0;) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, serve_wire, (void *)(intptr_t)fd) == 0)
            pthread_detach(thread);
    }
    return NULL;
}

static unsigned start_printer(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof address;
    pthread_t thread;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, n) != 0 ||
        listen(listener, 16) != 0 || getsockname(listener, (struct sockaddr *)&address, &n) != 0 ||
        pthread_create(&thread, NULL, be_printer, (void *)(intptr_t)listener) != 0) {
        perror("bench_spool: printer");
        exit(1);
    }
    pthread_detach(thread);
    return ntohs(address.sin_port);
}

/* ── a till ── */

struct bench {
    char dir[PATH_BYTES], folder[PATH_BYTES + 16], uri[64];
    const struct profile *profile;
    struct env env;
    struct store *store;
    struct spool *spool;
    struct slice document;
    struct buf bytes;
    int64_t number;
};

static const char markup[] =
    "^^^CORNER STORE\n---\n{width:*,8}\nFlat white | 3.40\nCinnamon bun | 3.20\n"
    "Sourdough | 4.10\n---\n^^^TOTAL | ^^^10.70\n\n"
    "{code:https://shop.example.com/v/8F3K2M9QZ7X4;option:qrcode,4,m}\n"
    "Thank you\n";

static void prepare(struct bench *b)
{
    char path[PATH_BYTES + 16];
    struct err err = {0};
    const struct document_paper paper = {.profile = b->profile};
    const struct shop_init init = {.dir = b->dir, .printer = b->uri};
    struct shop *shop;
    buf_init(&b->bytes, DOCUMENT_BYTES);
    b->document = slice_of(markup, sizeof markup - 1);
    if (!env_system(&b->env, &err) || !shop_init(&init, &err) ||
        !shop_open(&shop, b->dir, &b->env, NULL, &err) ||
        !document_print(b->document, &paper, &b->bytes, &err))
        die(&err);
    shop_close(shop);
    snprintf(path, sizeof path, "%s/bonbon.db", b->dir);
    snprintf(b->folder, sizeof b->folder, "%s/spool", b->dir);
    if (!store_open(&b->store, path, &err) || !spool_create(&b->spool, b->store, &b->env, &err))
        die(&err);
}

/* Returns when it is durable; the clock starts here. */
static int64_t accept_job(struct bench *b, struct spool_lock *lock)
{
    char key[32];
    int64_t id;
    struct err err = {0};
    snprintf(key, sizeof key, "bench/%" PRId64, ++b->number);
    const struct spool_job job = {.key = slice_str(key),
                                  .kind = SLICE("sale"),
                                  .printer = SLICE("receipt"),
                                  .profile = slice_str(b->profile->name),
                                  .till = SLICE("1"),
                                  .created_s = b->env.now(b->env.ctx),
                                  .document = b->document,
                                  .bytes = buf_slice(&b->bytes)};
    first_byte_ns = 0;
    if (!store_begin(b->store, &err) || !spool_add(b->spool, &job, lock, &id, NULL, NULL, &err) ||
        !store_commit(b->store, &err))
        die(&err);
    return id;
}

static void check_printed(struct bench *b, size_t jobs)
{
    size_t n;
    struct err err = {0};
    if (!spool_count(b->spool, (struct slice){0}, JOB_PRINTED, &n, &err))
        die(&err);
    if (n != jobs) {
        fprintf(stderr, "bench_spool: %zu of %zu jobs were printed\n", n, jobs);
        exit(1);
    }
}

static double resident_mib(void)
{
    unsigned long all = 0, resident = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (!f || fscanf(f, "%lu %lu", &all, &resident) != 2)
        resident = 0;
    if (f)
        fclose(f);
    return (double)resident * (double)sysconf(_SC_PAGESIZE) / (1 << 20);
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* ── with the service ── */

struct serving {
    struct service service;
    pthread_t thread;
    int ready;
};

static void tell_ready(void *ctx)
{
    const struct serving *s = ctx;
    const uint64_t one = 1;
    (void)!write(s->ready, &one, sizeof one);
}

static void *run_service(void *arg)
{
    struct serving *s = arg;
    struct err err = {0};
    if (!service_run(&s->service, &err))
        die(&err);
    return NULL;
}

static void through_worker(struct bench *b, double *ms)
{
    struct spool_call *call = spool_call_worker(b->folder, "receipt");
    if (!call) {
        fprintf(stderr, "bench_spool: no worker\n");
        exit(1);
    }
    int64_t id = accept_job(b, NULL);
    const uint64_t durable = now_ns();
    if (spool_call_print(call, id, 10000) != SPOOL_ANSWERED)
        fprintf(stderr, "bench_spool: job %" PRId64 " was not answered\n", id);
    spool_hang_up(call);
    *ms = (double)(int64_t)(first_byte_ns - durable) / 1e6;
}

static void with_service(struct bench *b, size_t jobs, double *ms, double *before, double *after)
{
    struct serving s = {.ready = eventfd(0, EFD_CLOEXEC)};
    uint64_t one = 1;
    s.service = (struct service){.dir = b->dir,
                                 .env = &b->env,
                                 .stop_fd = eventfd(0, EFD_CLOEXEC),
                                 .ctx = &s,
                                 .ready = tell_ready};
    if (pthread_create(&s.thread, NULL, run_service, &s) != 0 ||
        read(s.ready, &one, sizeof one) != sizeof one)
        exit(1);
    for (size_t i = 0; i < jobs; i++) {
        through_worker(b, &ms[i]);
        if (i + 1 == WARM)
            *before = resident_mib();
    }
    *after = resident_mib();
    if (write(s.service.stop_fd, &one, sizeof one) != sizeof one)
        exit(1);
    pthread_join(s.thread, NULL);
}

/* ── by itself ── */

static bool open_wire(void *ctx, const char *printer, struct printer **session, struct err *err)
{
    struct bench *b = ctx;
    struct transport *wire;
    return transport_tcp.open(NULL, b->uri + strlen("tcp:"), &wire, err) &&
           printer_create(session, printer, b->profile, wire, err);
}

static void by_itself(struct bench *b, size_t jobs, double *ms)
{
    struct err err = {0};
    struct spool_lock *lock;
    struct spool_outcome outcome;
    const struct spool_host host = {.ctx = b, .open = open_wire, .profile = b->profile->name};
    if (!spool_lock(b->folder, "receipt", 1000, &lock, &err))
        die(&err);
    for (size_t i = 0; i < jobs; i++) {
        int64_t id = accept_job(b, lock);
        const uint64_t durable = now_ns();
        if (!spool_print(b->spool, lock, id, &host, &spool_limits_default, &outcome, &err))
            die(&err);
        ms[i] = (double)(int64_t)(first_byte_ns - durable) / 1e6;
    }
    spool_unlock(lock);
}

static void print_row(const char *what, double *ms, size_t n)
{
    qsort(ms, n, sizeof *ms, by_size);
    printf("| %s | %.2f | %.2f | %.2f |\n", what, ms[n / 2], ms[n * 95 / 100], ms[n * 99 / 100]);
}

int main(int argc, char **argv)
{
    static struct bench b;
    char command[PATH_BYTES + 16];
    double before = 0, after = 0;
    size_t jobs = argc > 1 ? strtoul(argv[1], NULL, 10) : JOBS;
    jobs = jobs > WARM ? jobs : WARM + 1;
    double *ms = calloc(jobs > DIRECT_JOBS ? jobs : DIRECT_JOBS, sizeof *ms);
    b.profile = profile_find(SLICE_LITERAL("generic-80"));
    snprintf(b.dir, sizeof b.dir, "bench-spool-%ld", (long)getpid());
    snprintf(b.uri, sizeof b.uri, "tcp://127.0.0.1:%u", start_printer());
    if (!ms || !b.profile)
        return 1;
    prepare(&b);
    printf("| from durable to the first byte on the wire | median ms | 95 %% | 99 %% |\n"
           "|---|---:|---:|---:|\n");
    with_service(&b, jobs, ms, &before, &after);
    check_printed(&b, jobs);
    print_row("by the worker of the service", ms, jobs);
    by_itself(&b, DIRECT_JOBS, ms);
    check_printed(&b, jobs + DIRECT_JOBS);
    print_row("by the process that accepted it", ms, DIRECT_JOBS);
    printf(
        "\nresident memory of service, client and printer: %.1f MiB after %d jobs, %.1f MiB after "
        "%zu\n",
        before, WARM, after, jobs);
    spool_destroy(b.spool);
    store_close(b.store);
    buf_finish(&b.bytes);
    free(ms);
    snprintf(command, sizeof command, "rm -rf %s", b.dir);
    return system(command) == 0 ? 0 : 1;
}
