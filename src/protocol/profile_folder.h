/* Profiles that somebody wrote or imported: DIR/profiles.d/NAME.yaml, a file a profile
 * (profile_file.h says what stands in it), usable by its name like the rows of profile.c; a file
 * stands before a row of the same name. A file that is read only when its name is asked for spoils
 * nothing but itself. */
#ifndef BONBON_PROTOCOL_PROFILE_FOLDER_H
#define BONBON_PROTOCOL_PROFILE_FOLDER_H

#include "base/arena.h"
#include "base/err.h"
#include "protocol/profile.h"

enum { PROFILE_NAME_BYTES = 64 };

/* Letters, digits, '-', '_' and '.', not '.' first, shorter than PROFILE_NAME_BYTES. */
bool profile_name_is_good(struct slice name);

/* A profile by its name: DIR/profiles.d/NAME.yaml (dir may be NULL), else the table. ERR_PROFILE
 * when there is neither; the errors of profile_parse() when the file is wrong. */
bool profile_lookup(struct arena *arena, const char *dir, struct slice name,
                    const struct profile **profile, struct err *err);
/* Names of the files in DIR/profiles.d, sorted; none when there is no such folder. ERR_TOO_BIG. */
bool profile_names(struct arena *arena, const char *dir, const struct slice **names, size_t *n,
                   struct err *err);
/* The file of DIR/profiles.d (dir may be NULL) whose name or model is this one; case, blanks,
 * hyphens and the maker's name in front do not count. A broken file is passed over. NULL when there
 * is none.
 */
const struct profile *profile_of_model(struct arena *arena, const char *dir, struct slice maker,
                                       struct slice model);

#endif
