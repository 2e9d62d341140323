/* faces/cli/cli_inside.h: what the files of the command line share; nobody else's. */
#pragma once

#include "faces/cli/cli.h"

enum { CLI_BODY_MAX = 64 * 1024 * 1024, CLI_WORDS_MAX = 4 };

/* Run a route's verb with the arguments behind its name. */
int route_run(struct cli *cli, const struct route *r, int argc, char **argv);
int route_help(struct cli *cli, const struct route *r);
/* What the options of one of our own verbs mean; NULL: nothing to say. */
const char *verb_words(const char *verb);
/* "ORDER --reason WORD [--note TEXT]" */
struct text route_usage(struct arena *a, const struct route *r);
must_check enum err remote_ask(struct cli *cli, const struct call *call, struct answer *out);
/* Like fail(): records why, for `return`. */
enum err cli_fault(struct cli *cli, const char *reason, const char *detail, ...)
    __attribute__((format(printf, 3, 4)));
/* All verbs that begin with this word; how many. */
size_t help_group(struct cli *cli, FILE *to, const char *word);
