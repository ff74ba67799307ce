#include "spool/internal.h"

#include <stdio.h>

/* Text of a slice as an argument of an error: as much of it as an error holds. */
static const char *cut(struct slice s, char out[ERR_ARG_BYTES])
{
    size_t n = s.n < ERR_ARG_BYTES - 1 ? s.n : ERR_ARG_BYTES - 1;
    if (n)
        memcpy(out, s.p, n);
    out[n] = 0;
    return out;
}

/* The printer says what is the matter: before the first byte the job has its turn again, in the
 * middle it goes on. */
static void not_ready(const struct spool_job *job, const char *printer, const char *id,
                      enum lang lang, struct err *out)
{
    struct buf words;
    buf_init(&words, 0);
    printer_words(job->printer_state, lang, &words);
    if (job->state == JOB_SENDING)
        FAIL(out, ERR_PRINTER_STOPPED, printer, buf_cstr(&words), id);
    else
        FAIL(out, ERR_PRINTER_NOT_READY, printer, buf_cstr(&words));
    buf_finish(&words);
}

static void trouble_of_reason(const struct spool_job *job, enum lang lang, struct err *out)
{
    char printer[ERR_ARG_BYTES], detail[ERR_ARG_BYTES], id[24];
    cut(job->printer, printer);
    cut(job->detail, detail);
    snprintf(id, sizeof id, "%lld", (long long)job->id);
    switch (job->reason) {
    case ERR_NONE:
    case ERR_PRINTER_BUSY:
        FAIL(out, ERR_PRINTER_BUSY, printer);
        break;
    case ERR_PRINTER_NOT_READY:
        not_ready(job, printer, id, lang, out);
        break;
    case ERR_JOB_HELD:
        FAIL(out, ERR_JOB_HELD, id);
        break;
    case ERR_PRINTER_LOST:
    case ERR_PRINTER_STALLED:
        FAIL(out, job->reason, printer, detail);
        break;
    default: /* what the house around said when it opened the printer or laid the job out */
        if (transport_error(job->reason))
            FAIL(out, job->reason, printer, detail);
        else
            FAIL(out, job->reason, detail);
    }
}

void spool_trouble(const struct spool_job *job, enum lang lang, struct err *out)
{
    char printer[ERR_ARG_BYTES];
    *out = (struct err){.code = ERR_NONE};
    switch (job->state) {
    case JOB_QUEUED:
    case JOB_SENDING:
    case JOB_HELD:
        trouble_of_reason(job, lang, out);
        break;
    case JOB_UNKNOWN:
        FAIL(out, ERR_PRINTER_UNKNOWN, cut(job->printer, printer));
        break;
    case JOB_PRINTED:
    case JOB_SENT:
    case JOB_CANCELLED:
    case JOB_STATE_COUNT:
        break;
    }
}
