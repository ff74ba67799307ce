#include "firmware-tools/fw.h"

#include <poll.h>

enum { STEP_MS = 100 };

static bool answers(struct fw *fw)
{
    struct fw_status status;
    struct err ignored = {0};
    if (!fw->printer && !fw_connect(fw, &ignored))
        return false;
    if (!fw_read_status(fw, &status, &ignored)) {
        fw_close(fw); /* the wire broke with the restart: it is opened again */
        return false;
    }
    return status.any;
}

bool fw_await_restart(struct fw *fw, struct err *err)
{
    int64_t deadline_ms = transport_clock_ms() + (int64_t)fw->wait_ms * FW_PATIENT;
    if (!fw->two_way || !fw->answers_status) /* nothing can tell when it is back */
        return fw->printer || fw_connect(fw, err);
    while (!answers(fw)) {
        if (transport_clock_ms() >= deadline_ms)
            return FAIL(err, ERR_FW_RESTART, fw->name);
        poll(NULL, 0, STEP_MS);
    }
    return true;
}
