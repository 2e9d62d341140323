/* app/main.c: `waybill`. */
#include "base/version.h"
#include "faces/cli/cli.h"

#include <string.h>
#include <unistd.h>

/* `waybill --version` is asked by every script that checks what is installed. It is answered before
   the libraries below set themselves up, which takes longer than all the rest of the start. */
static void version_first(int argc, char **argv, char **environment)
{
    static const char said[] = "waybill " WAYBILL_VERSION "\n";
    (void)environment;
    if (argc != 2 || strcmp(argv[1], "--version") != 0) return;
    _exit(write(STDOUT_FILENO, said, sizeof said - 1) == (ssize_t)sizeof said - 1 ? 0 : 1);
}
__attribute__((section(".preinit_array"),
               used)) static void (*const first)(int, char **, char **) = version_first;

int main(int argc, char **argv) { return cli_main(argc, argv); }
