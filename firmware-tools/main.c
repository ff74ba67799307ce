#include "firmware-tools/fw.h"

int main(int argc, char **argv)
{
    return fw_main(argc, argv);
}
