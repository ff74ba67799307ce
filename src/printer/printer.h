/* A session with one printer: a profile and a wire. It sends bytes, asks for status, waits for
 * proof that the paper came out, and puts what a printer says into words. What the bytes mean is
 * not its affair. Blocks up to the given time; one thread at a time. */
#ifndef BONBON_PRINTER_PRINTER_H
#define BONBON_PRINTER_PRINTER_H

#include "protocol/profile.h"
#include "protocol/status.h"
#include "transport/transport.h"

struct printer;

/* Takes the wire over, also when it fails. name is what errors call it. */
bool printer_create(struct printer **p, const char *name, const struct profile *profile,
                    struct transport *wire, struct err *err);
void printer_destroy(struct printer *p);
/* Milliseconds by which this session's waiting is counted: the wire's. */
int64_t printer_clock_ms(const struct printer *p);

/* Asks DLE EOT 1 to 4 where the profile has status; state is printer_state bits. false
 * (ERR_PRINTER_IO) when the wire failed; a printer that cannot answer is ready (state 0). One
 * that is silent cannot, unless its profile is of a make that always answers (PROOF_PROCESS_ID):
 * then it is off or hangs, ERR_PRINTER_IO. */
bool printer_status(struct printer *p, unsigned timeout_ms, unsigned *state, struct err *err);
/* It can be asked: its profile has status and its wire a way back. */
bool printer_can_answer(const struct printer *p);
/* True when a printer in this state prints. */
bool printer_is_ready(unsigned state);
/* "paper out", in the reader's language. */
void printer_words(unsigned state, enum lang lang, struct buf *out);

/* Sends all bytes; *taken is exact in any case. */
bool printer_send(struct printer *p, struct slice bytes, unsigned timeout_ms, size_t *taken,
                  struct err *err);

/* A question outside every job: its bytes, and what its answer looks like. */
struct printer_question {
    struct slice request;
    enum reply_kind kind; /* REPLY_DLE_EOT, REPLY_ONE, REPLY_BLOCK, REPLY_INFO */
    uint8_t id;           /* of a block or of 3D; 0 for 5F */
    bool alone;           /* nothing may go behind it, not even GS r */
};
enum { PRINTER_ANSWER_BYTES = 256 };
struct printer_answer {
    bool came;
    unsigned noise; /* bytes that are no printer's, heard meanwhile */
    uint8_t first;  /* the first byte, which is all of a short answer */
    size_t n;       /* of data: what stands between header and 00 */
    uint8_t data[PRINTER_ANSWER_BYTES];
};
/* Asks and waits; what comes in between is passed over. Behind a question that is answered in turn
 * goes GS r 1: when its answer comes first, the printer knows no answer and nobody waits longer,
 * unless it turns out to know no GS r either. false: the wire failed. Without a way back nothing is
 * sent and nothing came. */
bool printer_ask(struct printer *p, const struct printer_question *question, unsigned timeout_ms,
                 struct printer_answer *answer, struct err *err);

enum proof_result {
    PROOF_PRINTED, /* the printer said so */
    PROOF_CANNOT,  /* it has no way to say so: sent */
    PROOF_MISSING, /* it should have said so and did not in time: unknown */
    PROOF_LOST,    /* it says that it was switched on since printer_begin(): what it had is gone */
};
/* What comes now is one piece of work, these bytes: what the printer said about itself before is
 * old. A question gets stuck behind bytes that the printer does not take, so the bytes are made to
 * ask it to tell by itself when it stops: GS a, behind the ESC @ that they begin with, for profiles
 * with GS ( H, and with GS r where the wire loses nothing (TCP). */
void printer_begin(struct printer *p, struct buf *bytes);
/* It was asked to tell by itself and did not, though it came to the end of a job: its answer to GS
 * r is then believed a second later, because its first word was waited for. Who knows it from an
 * earlier session, and that no sender died since (whose GS r may still be answered), says so. */
bool printer_never_tells(const struct printer *p);
void printer_expect_no_word(struct printer *p);
/* Bytes of the longest command that a job of ours has for this printer: a band of a picture, or the
 * text of a QR code. */
size_t printer_longest_command(const struct printer *p);
/* What is known of a printer that takes no bytes, without putting a question behind them: what it
 * told by itself since printer_begin(), else what the wire can tell (the port status of USB).
 * printer_state bits; 0: nothing is known to be the matter. Does not wait. */
unsigned printer_told(struct printer *p);
/* Bytes that the wire took and the printer has not accepted: no question reaches it now. */
size_t printer_waiting(const struct printer *p);
/* The printer loses what its buffer has no room for; window_bytes (may be NULL) is how much is
 * certain to fit into an empty one. */
bool printer_overruns(const struct printer *p, size_t *window_bytes);
/* Lets time pass while listening. false: the wire failed. */
bool printer_pause(struct printer *p, unsigned ms, struct err *err);
/* Waits until everything sent before has been printed, by the best means the profile has (GS ( H
 * with id, GS r 1). Without any, waits until the wire gave everything away, which is all that
 * PROOF_CANNOT says; PROOF_MISSING when it did not in time. false: the wire failed, and *result is
 * PROOF_MISSING. */
bool printer_prove(struct printer *p, uint32_t id, unsigned timeout_ms, enum proof_result *result,
                   struct err *err);
/* Goes on waiting for what the last printer_prove() waited for, without asking anew; status may be
 * asked in between. */
bool printer_await_proof(struct printer *p, unsigned timeout_ms, enum proof_result *result,
                         struct err *err);

#endif
