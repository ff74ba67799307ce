#include "cli/cli.h"

#include <inttypes.h>
#include <stdio.h>

static void tell(void *ctx, const struct shop_difference *d)
{
    struct cli *cli = ctx;
    door_say(&cli->door, "%s %.*s: %s is '%.*s', the events say '%.*s'\n", d->table, (int)d->key.n,
             d->key.n ? (const char *)d->key.p : "", d->column, (int)d->stored.n,
             d->stored.n ? (const char *)d->stored.p : "", (int)d->replayed.n,
             d->replayed.n ? (const char *)d->replayed.p : "");
}

static const char *const count_words[LANG_COUNT][2] = {
    {"events replayed", "differences"},
    {"evenimente verificate", "diferențe"},
    {"событий проверено", "расхождений"},
};

static int run(struct cli *cli)
{
    uint64_t events, differences;
    struct err err = {0};
    if (!cli_open_shop(cli, &err) ||
        !shop_verify(cli->shop, tell, cli, &events, &differences, &err))
        return door_fail(&cli->door, &err);
    if (cli->door.json) {
        struct buf line;
        struct json j;
        buf_init(&line, 0);
        json_init(&j, &line);
        json_open_object(&j, NULL);
        json_bool(&j, "ok", differences == 0);
        json_int(&j, "events", (int64_t)events);
        json_int(&j, "differences", (int64_t)differences);
        json_close_object(&j);
        door_put(&line);
        buf_finish(&line);
    }
    door_say(&cli->door, "%s: %" PRIu64 "; %s: %" PRIu64 "\n", count_words[cli->door.lang][0],
             events, count_words[cli->door.lang][1], differences);
    return differences ? EXIT_OUR_FAULT : EXIT_DONE;
}

const struct cli_command cmd_ledger_verify = {
    .door =
        {
            .name = "ledger verify",
            .summary = "prove that what is stored equals the replayed events",
            .needs_shop = true,
        },
    .run = run,
};
