/* test/sim/sim_verb.c: `waybill simulate`: one seed after the other, in as many processes as asked
 * for. A run that fails is told in one line that lives it again, and can be made smaller. */
#include "sim_verb.h"

#include "base/log.h"
#include "faces/cli/cli.h"
#include "sim.h"
#include "wire/json.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { DAYS = 3, ORDERS = 12, PROCESSES_MAX = 64, NAMES_MAX = 64 };

static const struct field counts_table[] = {
    FIELD(struct sim_counts, seeds),
    FIELD(struct sim_counts, failed),
    FIELD(struct sim_counts, simulated_days),
    FIELD(struct sim_counts, steps),
    FIELD(struct sim_counts, calls),
    FIELD(struct sim_counts, refused, .about = "of the calls: what made no sense"),
    FIELD(struct sim_counts, orders),
    FIELD(struct sim_counts, completed),
    FIELD(struct sim_counts, cancelled),
    FIELD(struct sim_counts, units_left, .about = "the house"),
    FIELD(struct sim_counts, packages),
    FIELD(struct sim_counts, changes, .about = "of orders, that took effect"),
    FIELD(struct sim_counts, returns),
    FIELD(struct sim_counts, repeats, .about = "calls sent again, at once or much later"),
    FIELD(struct sim_counts, previews),
    FIELD(struct sim_counts, deaths, .about = "of the process, after others did what it asked"),
    FIELD(struct sim_counts, dropped_jobs, .about = "whose holder was gone"),
    FIELD(struct sim_counts, bank_faults),
    FIELD(struct sim_counts, carrier_faults),
    FIELD(struct sim_counts, mail_faults),
    FIELD(struct sim_counts, link_faults, .about = "between us and PostgreSQL"),
    FIELD(struct sim_counts, asked_again, .about = "because of those"),
    FIELD(struct sim_counts, looks, .about = "orders held against the model"),
    FIELD(struct sim_counts, audits),
    FIELD(struct sim_counts, milliseconds),
};
const struct fields sim_counts_fields = FIELDS("simulation", struct sim_counts, counts_table);

/* Counters are int64 all: those of processes add up. */
static void add(struct sim_counts *to, const struct sim_counts *n)
{
    for (size_t i = 0; i < sizeof counts_table / sizeof *counts_table; i++) {
        int64_t more;
        char *at = (char *)to + counts_table[i].offset;
        memcpy(&more, (const char *)n + counts_table[i].offset, sizeof more);
        int64_t sum;
        memcpy(&sum, at, sizeof sum);
        sum += more;
        memcpy(at, &sum, sizeof sum);
    }
}

/* --- one seed -------------------------------------------------------------------------------- */

static bool run_one(const struct sim_options *o, struct sim_counts *counts, char *why, size_t size,
                    int64_t *until)
{
    struct sim *s = calloc(1, sizeof *s);
    s->options = o;
    s->counts = counts;
    counts->seeds++;
    bool ok = sim_run(s);
    if (!ok) counts->failed++;
    snprintf(why, size, "%s", s->failure);
    *until = s->is_healed ? NONE : s->step_no; /* who stops there never comes to the end */
    if (o->is_loud || o->until != NONE)
        fprintf(stderr, "events end in %016llx\n", (unsigned long long)s->events_hash);
    sim_close(s);
    free(s);
    return ok;
}

static void put_line(FILE *to, const struct sim_options *o, int64_t until, const char *why)
{
    fprintf(to, "waybill simulate --seed %llu --days %lld --orders %lld",
            (unsigned long long)o->seed, (long long)o->days, (long long)o->orders);
    if (until != NONE) fprintf(to, " --until %lld", (long long)until);
    if (o->without_count) fputs(" --without ", to);
    for (size_t i = 0; i < o->without_count; i++) fprintf(to, "%s%s", i ? "," : "", o->without[i]);
    if (o->database) fprintf(to, " --db \"%s\"", o->database);
    if (o->link_rate) fprintf(to, " --link-faults %lld", (long long)o->link_rate);
    fprintf(to, "  # %s\n", why);
}

/* What may be left out: faults, and verbs. */
static size_t all_names(const char **names)
{
    static const char *const faults[] = {"preview", "double", "late",    "death",   "drop",
                                         "restart", "bank",   "decline", "carrier", "mail",
                                         "short",   "loss",   "shuffle", "nonsense"};
    size_t n = 0;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) names[n++] = faults[i];
    for (size_t t = 0; t < SIM_TABLES; t++)
        for (const struct sim_verb *v = sim_tables[t]; v->name && n < NAMES_MAX; v++)
            names[n++] = v->name;
    return n;
}

/* Leave out verbs and faults, and orders, as long as it still fails. */
static void shrink(struct sim_options o, int64_t until, const char *first)
{
    const char *names[NAMES_MAX];
    size_t n = all_names(names);
    char why[600], kept[600];
    int64_t step_no;
    struct sim_counts unused = {0};
    snprintf(kept, sizeof kept, "%s", first);
    for (size_t i = 0; i < n && o.without_count < SIM_WITHOUT_MAX; i++) {
        struct sim_options less = o;
        less.without[less.without_count++] = names[i];
        if (run_one(&less, &unused, why, sizeof why, &step_no)) continue;
        if (until != NONE && (step_no == NONE || step_no > until)) continue;
        o = less;
        until = step_no;
        snprintf(kept, sizeof kept, "%s", why);
    }
    put_line(stderr, &o, until, kept);
}

/* --- many ------------------------------------------------------------------------------------ */

struct plan {
    struct sim_options first;
    int64_t seeds, processes;
    bool is_shrunk;
};

/* Every n-th seed from the k-th on. */
static void run_share(const struct plan *p, int64_t k, struct sim_counts *counts)
{
    char why[600];
    for (int64_t i = k; i < p->seeds; i += p->processes) {
        struct sim_options o = p->first;
        int64_t step_no = 0;
        o.seed += (uint64_t)i;
        if (run_one(&o, counts, why, sizeof why, &step_no)) continue;
        put_line(stderr, &o, step_no, why);
        if (p->is_shrunk) shrink(o, step_no, why);
    }
}

static bool run_processes(const struct plan *p, struct sim_counts *sum)
{
    int from[PROCESSES_MAX];
    pid_t pids[PROCESSES_MAX];
    bool ok = true;
    fflush(NULL);
    for (int64_t k = 0; k < p->processes; k++) {
        int ends[2];
        if (pipe(ends) != 0) return false;
        pids[k] = fork();
        if (pids[k] == 0) {
            struct sim_counts counts = {0};
            close(ends[0]);
            run_share(p, k, &counts);
            bool told = write(ends[1], &counts, sizeof counts) == (ssize_t)sizeof counts;
            fflush(NULL);
            _exit(told ? 0 : 1);
        }
        close(ends[1]);
        from[k] = ends[0];
        if (pids[k] < 0) return false;
    }
    for (int64_t k = 0; k < p->processes; k++) {
        struct sim_counts counts;
        int status = 0;
        if (read(from[k], &counts, sizeof counts) == (ssize_t)sizeof counts)
            add(sum, &counts);
        else
            ok = false;
        close(from[k]);
        waitpid(pids[k], &status, 0);
        ok = ok && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }
    return ok;
}

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool number(const char *text, int64_t least, int64_t *out)
{
    return !text || (text_to_i64(text_of(text), out) && *out >= least);
}

static void take_without(struct cli *cli, const char *list, struct sim_options *o)
{
    struct text rest = text_of(list);
    while (list && rest.at && o->without_count < SIM_WITHOUT_MAX) {
        struct text word = text_split(rest, ',', &rest);
        if (word.len) o->without[o->without_count++] = text_cstr(&cli->arena, word);
    }
}

static bool take_plan(struct cli *cli, int *argc, char **argv, struct plan *p)
{
    bool wrong = false;
    int64_t seed = 1;
    p->first = (struct sim_options){.days = DAYS, .orders = ORDERS, .until = NONE};
    p->seeds = p->processes = 1;
    p->is_shrunk = cli_flag(argc, argv, "--shrink");
    p->first.is_loud = cli_flag(argc, argv, "--verbose");
    bool ok = number(cli_option(argc, argv, "--seed", &wrong), 0, &seed) &&
              number(cli_option(argc, argv, "--seeds", &wrong), 1, &p->seeds) &&
              number(cli_option(argc, argv, "--days", &wrong), 1, &p->first.days) &&
              number(cli_option(argc, argv, "--orders", &wrong), 1, &p->first.orders) &&
              number(cli_option(argc, argv, "--until", &wrong), 1, &p->first.until) &&
              number(cli_option(argc, argv, "--processes", &wrong), 1, &p->processes) &&
              number(cli_option(argc, argv, "--link-faults", &wrong), 0, &p->first.link_rate);
    take_without(cli, cli_option(argc, argv, "--without", &wrong), &p->first);
    p->first.seed = (uint64_t)seed;
    if (cli->has_database) p->first.database = cli->database;
    if (p->processes > PROCESSES_MAX) p->processes = PROCESSES_MAX;
    if (p->processes > p->seeds) p->processes = p->seeds;
    return ok && !wrong && !cli_unknown(*argc, argv) && *argc == 1;
}

/* NULL: each of them is one. Otherwise the word, and all there are in the hint. */
static const char *not_left_out(struct cli *cli, const struct sim_options *o)
{
    const char *names[NAMES_MAX];
    size_t n = all_names(names);
    for (size_t i = 0; i < o->without_count; i++) {
        bool is_known = false;
        for (size_t k = 0; k < n; k++) is_known = is_known || !strcmp(names[k], o->without[i]);
        if (is_known) continue;
        struct buf b = buf_new(&cli->arena);
        for (size_t k = 0; k < n; k++) buf_printf(&b, "%s%s", k ? ", " : "", names[k]);
        return text_cstr(&cli->arena, text_printf(&cli->arena, "--without \"%s\": one of %.*s",
                                                  o->without[i], TEXT_ARG(buf_text(&b))));
    }
    return NULL;
}

int verb_simulate(struct cli *cli, int argc, char **argv)
{
    struct plan plan;
    struct sim_counts counts = {0};
    if (!take_plan(cli, &argc, argv, &plan))
        return cli_misuse(cli, argv[0],
                          "it takes --seed N, --seeds N, --days D, --orders PER_DAY, "
                          "--until STEP, --processes N, --without LIST, --shrink, "
                          "--verbose, --link-faults N (of ten thousand, with --db "
                          "postgresql://...)");
    const char *unknown = not_left_out(cli, &plan.first);
    if (unknown) return cli_misuse(cli, argv[0], "%s", unknown);
    if (plan.first.days * plan.first.orders * 2 > SIM_ORDERS)
        return cli_misuse(cli, argv[0], "at most %d orders in one run", SIM_ORDERS / 2);
    if (!plan.first.is_loud) log_open(LOG_ERROR, -1);
    int64_t begun_ms = now_ms();
    bool ok = true;
    if (plan.processes > 1)
        ok = run_processes(&plan, &counts);
    else
        run_share(&plan, 0, &counts);
    counts.milliseconds = now_ms() - begun_ms;
    if (cli->is_json)
        cli_put(cli,
                text_printf(&cli->arena, "%.*s\n",
                            TEXT_ARG(record_to_json(&cli->arena, &sim_counts_fields, &counts))));
    else
        cli_show_record(cli, &sim_counts_fields, &counts);
    if (!ok) fputs("waybill: a process of the simulation died\n", stderr);
    return ok && !counts.failed ? 0 : 1;
}
