/* Between the files of this room. */
#ifndef BONBON_DOOR_INSIDE_H
#define BONBON_DOOR_INSIDE_H

#include "door/door.h"

#include <stdio.h>

/* ── help.c ── */

/* All commands. */
void help_overview(const struct door_program *program, FILE *out);
void help_command(const struct door_program *program, const struct door_command *command);
/* The commands that begin with a word that is none alone: "voucher". False when there are none. */
bool help_group(const struct door_program *program, const char *word, FILE *out);

/* Whether the first word of a command's name is this one; *rest is the other, or "". */
bool door_begins(const struct door_command *command, const char *word, const char **rest);

#endif
