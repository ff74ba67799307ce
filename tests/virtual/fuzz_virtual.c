/* Any bytes, on any profile: no crash, no hang, and the same paper however they are cut. The first
 * byte chooses the profile, its characters of two bytes and the cuts. */
#include "protocol/trace.h"
#include "same.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    size_t n_profiles;
    const struct profile *profiles = profile_all(&n_profiles);
    struct profile profile = profiles[data[0] % n_profiles];
    profile.double_byte =
        (enum profile_double_byte)(data[0] / n_profiles % (DOUBLE_BYTE_EUC_KR + 1));
    struct slice bytes = slice_of(data + 1, size - 1);
    struct virtual_printer *whole = NULL, *cut = NULL;
    struct err err;
    if (!virtual_create(&whole, &profile, &err) || !virtual_create(&cut, &profile, &err))
        abort();
    virtual_feed(whole, bytes);
    virtual_end(whole);
    feed_in_pieces(cut, bytes, 1u + data[0] % 11, data[0]);
    const char *what = printers_differ(whole, cut);
    if (what) {
        fprintf(stderr, "%s\n", what);
        abort();
    }
    virtual_destroy(cut);
    virtual_destroy(whole);
    struct buf out;
    buf_init(&out, 0);
    trace_text(bytes, &out);
    buf_finish(&out);
    return 0;
}
