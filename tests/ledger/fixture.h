/* A ledger in a folder of its own, with a clock that stands at noon of 21 November 2026. */
#ifndef BONBON_TESTS_LEDGER_FIXTURE_H
#define BONBON_TESTS_LEDGER_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "ledger/ledger.h"

enum { DAY = 20778 /* 2026-11-21 */, NOON = 12 * 3600, A_DAY_S = 86400 };

extern char folder[64], path[96];
extern struct env_fixed clock_now;
extern struct env env;
extern struct store *store;
extern struct ledger *ledger;
extern struct arena arena;
extern struct err err;

/* For cmocka: a folder; a folder with a ledger opened in it. */
int make_folder(void **state);
int make_ledger(void **state);
int remove_folder(void **state);

bool open_ledger(void); /* into the variables above */
void close_ledger(void);
void begin(void);
void commit(void);

/* An act of today at till 1; request and reason may be "". */
struct ledger_act act(const char *request, const char *reason);
/* A voucher of ten percent that is valid to the end of `valid_to`. */
struct ledger_voucher voucher(const char *twelve, int32_t valid_to);
struct voucher_code code_of(const char *twelve);
struct ledger_sale sale_of(const char *id, int32_t day, int64_t total_minor);

/* Each in a transaction of its own. */
void issue(const char *twelve, int32_t valid_to);
struct ledger_answer redeem(const char *twelve, const char *request);
bool undo(const char *twelve, const char *request, const char *reason);
bool make_void(const char *twelve, const char *request, const char *reason);
struct ledger_voucher find(const char *twelve, int32_t day);
/* Verifies and gives the number of differences; the first stands in first_difference as "table
 * column". */
uint64_t differences(void);
extern char first_difference[128];

/* Starts n processes that run f(i), and gives how many of them returned each of 0, 1 and 2. */
void in_processes(int n, int (*f)(int i), int counts[3]);

#endif
