/* faces/cli/cli_inside.h: what the files of the command line share; nobody else's. */
#pragma once

#include "faces/cli/cli.h"

enum { CLI_BODY_MAX = 64 * 1024 * 1024, CLI_WORDS_MAX = 4 };

/* Run a route's verb with the arguments behind its name. */
int route_run(struct cli *cli, const struct route *r, int argc, char **argv);
/* The call that these arguments mean; nothing is asked yet. */
must_check enum err route_call(struct cli *cli, const struct route *r, int argc, char **argv,
                               struct call *out);
int route_help(struct cli *cli, const struct route *r);
/* What the options of one of our own verbs mean; NULL: nothing to say. */
const char *verb_words(const char *verb);
/* "ORDER --reason WORD [--note TEXT]" */
struct text route_usage(struct arena *a, const struct route *r);
struct text route_parameter_shown(struct arena *a, struct text name); /* "ord": ORDER */
must_check enum err remote_ask(struct cli *cli, const struct call *call, struct answer *out);
/* Like fail(): records why, for `return`. */
enum err cli_fault(struct cli *cli, const char *reason, const char *detail, ...)
    __attribute__((format(printf, 3, 4)));
/* The most used verbs by stage: what `waybill` alone prints. */
int help_front(struct cli *cli);
/* The i-th verb of the front page; false behind the last. */
bool help_front_names(size_t i, const char **name);
/* `to` NULL: only count. Verbs that are called by a word or speak of it ("refund"); how many. */
size_t help_word(struct cli *cli, FILE *to, const char *said);
/* What was probably meant, or NULL: a verb's name, an option's. */
/* With `least` words or more. */
const char *guess_verb(struct cli *cli, int argc, char **argv, int least);
const char *guess_option(struct cli *cli, const struct route *r, struct text name);
const char *guess_own_option(struct cli *cli, const struct verb *v, struct text option);
/* A bulk answer, row by row: what became of it, and what is wrong. */
enum err cli_show_rows(struct cli *cli, const struct fields *f, struct text ndjson);
/* All verbs that begin with this word; how many. */
size_t help_group(struct cli *cli, FILE *to, const char *word);
