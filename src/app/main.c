/* app/main.c: `waybill`. */
#include "base/version.h"
#include "faces/cli/cli.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    /* Asked by every script that checks what is installed: before anything else is begun. */
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        puts("waybill " WAYBILL_VERSION);
        return 0;
    }
    return cli_main(argc, argv);
}
