#include "protocol/command_table.h"

#define NONE     NO_BYTE
#define EXECUTED true
#define FRAMED   false

const struct command command_table[COMMAND_COUNT] = {
#define COMMAND(id, name, first, second, third, key, framing, fixed, params, executed)             \
    {name, {first, second, third}, executed, fixed, FRAMING_##framing, SLICE(key), params},
#include "protocol/commands.def"
#undef COMMAND
};

const char *command_name(enum command_id id)
{
    return command_table[id].name;
}
