#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "door/door.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A program of its own, so that nothing here depends on what bonbon can do. */
static const struct door_option show_options[] = {{"--deep", NULL, "all of it"},
                                                  {"--lines", "N", "so many"}};
static const struct door_command table[] = {
    {.name = "fetch", .args = "FILE", .summary = "fetch", .min_args = 1, .max_args = 1},
    {.name = "list", .summary = "list", .needs_shop = true, .keeps_jobs = true},
    {.name = "list all", .args = "[WORD]", .summary = "all", .max_args = 1, .needs_shop = true},
    {.name = "note show",
     .args = "NAME",
     .summary = "show",
     DOOR_OPTIONS(show_options),
     .max_args = 3},
};

static const struct door_command *command_at(size_t i)
{
    return i < sizeof table / sizeof table[0] ? &table[i] : NULL;
}

static const struct door_program program = {"prog", "prog is tried.", "That is all.\n", command_at};

/* What was printed by one call. */
struct said {
    char out[4096], err[4096];
    int status; /* -1: a command is to be run */
};

static FILE *capture(int fd, int *kept)
{
    FILE *file = tmpfile();
    assert_non_null(file);
    *kept = dup(fd);
    assert_true(*kept >= 0 && dup2(fileno(file), fd) == fd);
    return file;
}

static void release(FILE *file, int fd, int kept, char text[4096])
{
    rewind(file);
    text[fread(text, 1, 4095, file)] = 0;
    assert_int_equal(dup2(kept, fd), fd);
    close(kept);
    fclose(file);
}

/* A line is words with single blanks between them. */
static void enter(const char *words, struct door *door, struct said *said)
{
    static char copy[512];
    char *argv[32] = {"prog"};
    int argc = 1, kept_out, kept_err;
    snprintf(copy, sizeof copy, "%s", words);
    for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
        argv[argc++] = word;
    fflush(stdout);
    FILE *out = capture(STDOUT_FILENO, &kept_out), *err = capture(STDERR_FILENO, &kept_err);
    said->status = -1;
    if (door_enter(door, &program, argc, argv, &said->status))
        said->status = -1;
    fflush(stdout);
    release(out, STDOUT_FILENO, kept_out, said->out);
    release(err, STDERR_FILENO, kept_err, said->err);
}

static void a_command_is_named_by_its_words_wherever_options_stand(void **state)
{
    (void)state;
    static const struct {
        const char *line, *command;
    } rows[] = {
        {"fetch x", "fetch"},
        {"--json fetch x", "fetch"},
        {"list", "list"},
        {"list all", "list all"},
        {"--shop all list", "list"}, /* the value of an option is no word of a name */
        {"list --shop s all", "list all"},
        {"note --deep show", "note show"},
        {"--lines 3 note show", "note show"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct door door;
        struct said said;
        enter(rows[i].line, &door, &said);
        if (said.status != -1)
            fail_msg("%s: %s", rows[i].line, said.err);
        assert_string_equal(door.command->name, rows[i].command);
        assert_ptr_equal(door.command, command_at(door.index));
    }
}

static void values_stand_behind_an_equals_sign_or_in_the_next_word(void **state)
{
    (void)state;
    struct door door;
    struct said said;
    struct err err = {0};
    int64_t n;
    enter("note show a --lines=7 --deep -- --lines b", &door, &said);
    assert_int_equal(said.status, -1);
    assert_int_equal(door.n_args, 3);
    assert_string_equal(door.args[1], "--lines"); /* behind "--" it is none */
    assert_string_equal(door_value(&door, "--lines"), "7");
    assert_true(door_has(&door, "--deep"));
    assert_true(door_number(&door, "--lines", 1, 9, 3, &n, &err));
    assert_int_equal(n, 7);
    enter("note show --shop s", &door, &said); /* not one of its options */
    assert_int_equal(said.status, EXIT_USAGE);
    enter("list --shop s", &door, &said);
    assert_string_equal(door_shop(&door), "s");
    enter("note show", &door, &said);
    assert_true(door_number(&door, "--lines", 1, 9, 3, &n, &err));
    assert_int_equal(n, 3);
}

static void a_line_that_is_not_understood_runs_nothing_and_says_why(void **state)
{
    (void)state;
    static const struct {
        const char *line, *says;
    } rows[] = {
        {"", "say a command"},
        {"fecth x", "there is no command fecth"},
        {"note", "say which command of note"},
        {"fetch", "something is missing: FILE\nsee: prog fetch --help"},
        {"fetch a b", "this is one word too many: b"},
        {"fetch a --deep", "there is no option --deep here"},
        {"note show --deep=1", "--deep takes no value"},
        {"note show --lines", "--lines needs a value"},
        {"note show --lines --deep", "--lines needs a value"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct door door;
        struct said said;
        enter(rows[i].line, &door, &said);
        assert_int_equal(said.status, EXIT_USAGE);
        assert_string_equal(said.out, "");
        if (!strstr(said.err, rows[i].says))
            fail_msg("%s: %s", rows[i].line, said.err);
    }
}

static void a_number_out_of_its_range_is_a_usage_error_that_names_the_range(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "note show --lines 0", "note show --lines 10", "note show --lines 1e1",
        "note show --lines=", "note show --lines 99999999999999999999"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct door door;
        struct said said;
        struct err err = {0};
        int64_t n;
        enter(lines[i], &door, &said);
        assert_false(door_number(&door, "--lines", 1, 9, 3, &n, &err));
        assert_int_equal(err.code, ERR_USAGE_NUMBER);
        assert_string_equal(err.arg[1], "1");
        assert_string_equal(err.arg[2], "9");
    }
}

static void the_terminals_language_words_a_usage_error(void **state)
{
    (void)state;
    static const struct {
        const char *lang, *says, *see;
    } rows[] = {
        {"ro_RO.UTF-8", "--lines are nevoie de o valoare", "vedeți: prog note show --help"},
        {"ru_RU.UTF-8", "для --lines нужно значение", "смотрите: prog note show --help"},
        {"de_DE.UTF-8", "--lines needs a value", "see: prog note show --help"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct door door;
        struct said said;
        setenv("LC_ALL", rows[i].lang, 1);
        enter("note show --json --lines", &door, &said);
        assert_non_null(strstr(said.err, rows[i].says));
        assert_non_null(strstr(said.err, rows[i].see));
        assert_non_null(strstr(said.out, "\"code\":\"usage_value\""));
        assert_non_null(strstr(said.out, rows[i].says));
    }
    setenv("LC_ALL", "C", 1);
}

static void help_needs_no_arguments_and_wins_over_mistakes(void **state)
{
    (void)state;
    static const struct {
        const char *line, *says;
    } rows[] = {
        {"--help", "  note show"},
        {"help", "  note show"},
        {"fetch --bogus --help", "usage: prog fetch FILE"},
        {"help list all", "usage: prog list all [WORD]"},
        {"note --help", "usage: prog note COMMAND"},
        {"list --help", "  --shop DIR"},
        {"note show --help", "  --lines N"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct door door;
        struct said said;
        enter(rows[i].line, &door, &said);
        assert_int_equal(said.status, EXIT_DONE);
        assert_string_equal(said.err, "");
        if (!strstr(said.out, rows[i].says))
            fail_msg("%s: %s", rows[i].line, said.out);
    }
}

/* Errors of wires are worded for a sale that waits. */
static void a_kept_job_is_spoken_of_only_where_one_is_kept(void **state)
{
    (void)state;
    static const char *const langs[] = {"en", "ro", "ru"};
    for (size_t lang = 0; lang < sizeof langs / sizeof langs[0]; lang++) {
        struct err err = {0};
        struct buf whole;
        setenv("LC_ALL", langs[lang], 1);
        FAIL(&err, ERR_PRINTER_UNPLUGGED, "bar");
        buf_init(&whole, 0);
        err_text(&err, (enum lang)lang, &whole);
        for (int keeps = 0; keeps < 2; keeps++) {
            struct door door;
            struct said said;
            char expected[512];
            int kept;
            enter(keeps ? "list" : "list all", &door, &said);
            FILE *out = capture(STDERR_FILENO, &kept);
            assert_int_equal(door_fail(&door, &err), EXIT_NOT_READY);
            release(out, STDERR_FILENO, kept, said.err);
            snprintf(expected, sizeof expected, "prog: %.*s\n", (int)whole.n,
                     (const char *)whole.p);
            assert_int_equal(strcmp(said.err, expected) == 0, keeps);
            if (!keeps) {
                said.err[strlen(said.err) - 1] = 0; /* the same, and shorter */
                assert_int_equal(strncmp(said.err, expected, strlen(said.err)), 0);
                assert_int_equal(expected[strlen(said.err)], ';');
            }
        }
        buf_finish(&whole);
    }
    setenv("LC_ALL", "C", 1);
}

static void a_file_is_kept_whole_and_a_device_is_written_through(void **state)
{
    (void)state;
    char dir[] = "/tmp/bonbon-door-XXXXXX", path[64], link[64];
    struct err err = {0};
    struct stat there;
    struct buf read;
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/a", dir);
    snprintf(link, sizeof link, "%s/null", dir);
    assert_int_equal(symlink("/dev/null", link), 0);
    assert_true(door_keep_file(path, slice_str("one"), &err));
    assert_true(door_keep_file(path, slice_str("two"), &err));
    assert_true(door_keep_file(link, slice_str("two"), &err));
    assert_true(lstat(link, &there) == 0 && S_ISLNK(there.st_mode)); /* still the link it was */
    assert_true(door_read_file(path, 3, &read, &err));
    assert_int_equal(read.n, 3);
    assert_memory_equal(read.p, "two", 3);
    buf_finish(&read);
    assert_false(door_read_file(path, 2, &read, &err));
    assert_int_equal(err.code, ERR_TOO_BIG);
    assert_false(door_keep_file(dir, slice_str("x"), &err));
    assert_int_equal(err.code, ERR_FILE_WRITE);
    assert_int_equal(unlink(link), 0);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(dir), 0); /* nothing else is left */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_command_is_named_by_its_words_wherever_options_stand),
        cmocka_unit_test(values_stand_behind_an_equals_sign_or_in_the_next_word),
        cmocka_unit_test(a_line_that_is_not_understood_runs_nothing_and_says_why),
        cmocka_unit_test(a_number_out_of_its_range_is_a_usage_error_that_names_the_range),
        cmocka_unit_test(the_terminals_language_words_a_usage_error),
        cmocka_unit_test(help_needs_no_arguments_and_wins_over_mistakes),
        cmocka_unit_test(a_kept_job_is_spoken_of_only_where_one_is_kept),
        cmocka_unit_test(a_file_is_kept_whole_and_a_device_is_written_through),
    };
    setenv("LC_ALL", "C", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
