/* The door of a worker: who calls is heard, is answered at the right time, and knows when nobody is
 * there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <unistd.h>

#include "spool/door.h"
#include "spool/spool.h"
#include "support/folder.h"

struct house {
    struct folder folder;
    struct spool_door *door;
};

static int make(void **state)
{
    static struct house house;
    struct err err = {0};
    folder_make(&house.folder);
    assert_true(spool_door_open(house.folder.path, "till", &house.door, &err));
    *state = &house;
    return 0;
}

static int unmake(void **state)
{
    struct house *house = *state;
    spool_door_close(house->door);
    folder_remove(&house->folder);
    return 0;
}

static struct spool_call *call(struct house *house)
{
    struct spool_call *made = spool_call_worker(house->folder.path, "till");
    assert_non_null(made);
    return made;
}

static void hear(struct house *house)
{
    spool_door_wait(house->door, NULL, 0, 0);
}

/* Says it, or asks whether the answer to what was said is there; does not wait. */
static enum spool_heard print(struct spool_call *made, int64_t job)
{
    return spool_call_print(made, job, 0);
}

static void nobody_is_at_home_without_a_worker(void **state)
{
    struct house *house = *state;
    assert_null(spool_call_worker(house->folder.path, "bar"));
    assert_null(spool_call_worker("/nowhere", "till"));
    spool_door_close(house->door);
    house->door = NULL;
    assert_null(spool_call_worker(house->folder.path, "till"));
}

static void a_printer_has_one_worker(void **state)
{
    struct house *house = *state;
    struct spool_door *second = NULL;
    struct err err = {0};
    assert_false(spool_door_open(house->folder.path, "till", &second, &err));
    assert_int_equal(err.code, ERR_SPOOL_RUNNING);
    assert_string_equal(err.arg[0], "till");
    struct spool_call *made = call(house); /* the first one still hears */
    spool_hang_up(made);
    spool_door_close(house->door);
    house->door = NULL;
    assert_true(spool_door_open(house->folder.path, "till", &house->door, &err));
}

static void a_socket_left_by_the_dead_is_no_worker_and_in_nobodys_way(void **state)
{
    struct house *house = *state;
    struct err err = {0};
    char dead[FOLDER_PATH_BYTES], there[FOLDER_PATH_BYTES];
    spool_door_close(house->door);
    assert_true(spool_door_open(house->folder.path, "till", &house->door, &err));
    folder_file(&house->folder, "printer-till.door", there);
    folder_file(&house->folder, "saved", dead);
    assert_int_equal(link(there, dead), 0);
    spool_door_close(house->door);
    assert_int_equal(rename(dead, there), 0); /* as kill -9 leaves it */
    assert_null(spool_call_worker(house->folder.path, "till"));
    assert_true(spool_door_open(house->folder.path, "till", &house->door, &err));
    spool_hang_up(call(house));
}

static void a_printer_may_have_a_name_longer_than_a_sockets_path(void **state)
{
    struct house *house = *state;
    struct spool_door *door = NULL;
    struct err err = {0};
    char name[512];
    memset(name, '/', sizeof name - 1);
    name[sizeof name - 1] = 0;
    memcpy(name, "file:", 5);
    assert_true(spool_door_open(house->folder.path, name, &door, &err));
    struct spool_call *made = spool_call_worker(house->folder.path, name);
    assert_non_null(made);
    name[sizeof name - 2] = 'x'; /* told apart by its hash */
    assert_null(spool_call_worker(house->folder.path, name));
    spool_hang_up(made);
    spool_door_close(door);
}

static void a_job_is_work_until_a_round_begins(void **state)
{
    struct house *house = *state;
    struct spool_call *made = call(house);
    hear(house);
    assert_false(spool_door_has_work(house->door));
    assert_int_equal(print(made, 7), SPOOL_TIME_UP);
    hear(house);
    assert_true(spool_door_has_work(house->door));
    spool_door_begin_round(house->door);
    assert_false(spool_door_has_work(house->door));
    spool_hang_up(made);
}

static void who_brought_a_job_hears_when_it_has_its_truth(void **state)
{
    struct house *house = *state;
    struct spool_call *made = call(house);
    print(made, 7);
    hear(house);
    spool_door_begin_round(house->door);
    spool_door_tell(house->door, 8);
    assert_int_equal(print(made, 7), SPOOL_TIME_UP);
    spool_door_tell(house->door, 7);
    assert_int_equal(print(made, 7), SPOOL_ANSWERED);
    spool_hang_up(made);
}

static void a_round_answers_for_what_was_brought_before_it_began(void **state)
{
    struct house *house = *state;
    struct spool_call *early = call(house), *late = call(house);
    print(early, 1);
    hear(house);
    spool_door_begin_round(house->door);
    print(late, 2);
    hear(house);
    spool_door_end_round(house->door);
    assert_int_equal(spool_call_print(early, 1, 0), SPOOL_ANSWERED);
    assert_int_equal(spool_call_print(late, 2, 0), SPOOL_TIME_UP);
    assert_true(spool_door_has_work(house->door)); /* so the next round begins at once */
    spool_hang_up(early);
    spool_hang_up(late);
}

static void who_waits_knows_that_the_worker_is_gone(void **state)
{
    struct house *house = *state;
    struct spool_call *made = call(house);
    print(made, 7);
    hear(house);
    spool_door_close(house->door);
    house->door = NULL;
    assert_int_equal(spool_call_print(made, 7, SPOOL_DO_NOT_WAIT), SPOOL_GONE);
    spool_hang_up(made);
}

static void a_worker_stays_away_until_who_needs_the_printer_hangs_up(void **state)
{
    struct house *house = *state;
    struct spool_call *made = call(house);
    spool_call_leave(made);
    hear(house);
    assert_true(spool_door_must_leave(house->door));
    spool_door_begin_round(house->door);
    hear(house);
    assert_true(spool_door_must_leave(house->door));
    spool_hang_up(made);
    hear(house);
    assert_false(spool_door_must_leave(house->door));
}

static void a_lock_that_is_free_asks_nobody_to_leave(void **state)
{
    struct house *house = *state;
    struct spool_lock *lock = NULL;
    struct err err = {0};
    assert_true(spool_lock(house->folder.path, "till", 5, &lock, &err));
    hear(house);
    assert_false(spool_door_must_leave(house->door));
    spool_unlock(lock);
}

static void who_waits_for_a_lock_asks_the_worker_to_leave(void **state)
{
    struct house *house = *state;
    struct spool_lock *workers = NULL, *lock = NULL;
    struct err err = {0};
    assert_true(spool_lock(house->folder.path, "till", SPOOL_DO_NOT_WAIT, &workers, &err));
    assert_false(spool_lock(house->folder.path, "till", SPOOL_DO_NOT_WAIT, &lock, &err));
    assert_int_equal(err.code, ERR_PRINTER_BUSY);
    hear(house);
    assert_false(spool_door_must_leave(house->door)); /* nobody waits */
    assert_false(spool_lock(house->folder.path, "till", 1, &lock, &err));
    /* it was asked, and who asked has given up since */
    hear(house);
    assert_false(spool_door_must_leave(house->door));
    spool_unlock(workers);
}

static void nonsense_at_the_door_is_not_heard(void **state)
{
    struct house *house = *state;
    struct spool_call *made = call(house);
    print(made, -1);
    hear(house);
    assert_false(spool_door_has_work(house->door));
    assert_false(spool_door_must_leave(house->door));
    spool_hang_up(made);
}

static void more_callers_than_the_door_holds_wait_outside(void **state)
{
    enum { MANY = 60 };
    struct house *house = *state;
    struct spool_call *made[MANY];
    for (int i = 0; i < MANY; i++) {
        made[i] = call(house);
        print(made[i], i + 1);
    }
    unsigned answered = 0;
    for (int round = 0; round < 3; round++) {
        hear(house);
        spool_door_begin_round(house->door);
        spool_door_end_round(house->door);
        for (int i = 0; i < MANY; i++)
            if (made[i] && print(made[i], i + 1) == SPOOL_ANSWERED) {
                answered++;
                spool_hang_up(made[i]);
                made[i] = NULL;
            }
        hear(house);
    }
    assert_int_equal(answered, MANY);
}

int main(void)
{
#define FACT(test) cmocka_unit_test_setup_teardown(test, make, unmake)
    const struct CMUnitTest tests[] = {
        FACT(nobody_is_at_home_without_a_worker),
        FACT(a_printer_has_one_worker),
        FACT(a_socket_left_by_the_dead_is_no_worker_and_in_nobodys_way),
        FACT(a_printer_may_have_a_name_longer_than_a_sockets_path),
        FACT(a_job_is_work_until_a_round_begins),
        FACT(who_brought_a_job_hears_when_it_has_its_truth),
        FACT(a_round_answers_for_what_was_brought_before_it_began),
        FACT(who_waits_knows_that_the_worker_is_gone),
        FACT(a_worker_stays_away_until_who_needs_the_printer_hangs_up),
        FACT(a_lock_that_is_free_asks_nobody_to_leave),
        FACT(who_waits_for_a_lock_asks_the_worker_to_leave),
        FACT(nonsense_at_the_door_is_not_heard),
        FACT(more_callers_than_the_door_holds_wait_outside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
