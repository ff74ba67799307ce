/* The figures of bench.c as a table: Markdown for people, JSON for peers/table.js. A figure that
 * was not measured is NAN and printed as a dash (null in JSON). Below the table: the machine, the
 * compiler and the day. */
#ifndef BONBON_BENCH_REPORT_H
#define BONBON_BENCH_REPORT_H

#include <stdint.h>

enum figure {
    FACTS_A_SECOND,
    FACTS_BYTES,
    DOCUMENT_A_SECOND,
    DOCUMENT_BYTES,
    JSON_A_SECOND,
    COLD_MS,
    COLD_PEAK_MIB,
    SALES_A_SECOND,
    SALES_A_CPU_SECOND,
    FSYNCS_A_SALE,
    FIGURES
};

/* Both print to standard output; seen is the hash of everything that was made. */
void report_markdown(const double figures[FIGURES], uint64_t seen);
void report_json(const double figures[FIGURES], uint64_t seen);

#endif
