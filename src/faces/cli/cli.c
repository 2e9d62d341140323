#include "faces/cli/cli.h"

#include "base/log.h"
#include "domain/people/person.h"
#include "faces/api/problem.h"
#include "faces/cli/cli_inside.h"
#include "faces/jobs/react.h"
#include "store/db.h"
#include "wire/json.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* --- options --------------------------------------------------------------------------------- */

static void drop(int *argc, char **argv, int at, int n)
{
    for (int i = at; i + n <= *argc; i++) argv[i] = argv[i + n];
    *argc -= n;
}

/* Where an option stands; its value when it is written with '='. */
static int find_option(int argc, char **argv, const char *name, const char **value)
{
    size_t len = strlen(name);
    *value = NULL;
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strncmp(argv[i], name, len) != 0) continue;
        if (argv[i][len] == 0) return i;
        if (argv[i][len] == '=') {
            *value = argv[i] + len + 1;
            return i;
        }
    }
    return 0;
}

const char *cli_option(int *argc, char **argv, const char *name, bool *wrong)
{
    const char *value;
    int at = find_option(*argc, argv, name, &value);
    if (!at) return NULL;
    if (value) {
        drop(argc, argv, at, 1);
        return value;
    }
    if (at + 1 >= *argc) {
        if (wrong) *wrong = true;
        return NULL;
    }
    value = argv[at + 1];
    drop(argc, argv, at, 2);
    return value;
}

bool cli_flag(int *argc, char **argv, const char *name)
{
    const char *value;
    int at = find_option(*argc, argv, name, &value);
    if (!at || value) return false;
    drop(argc, argv, at, 1);
    return true;
}

const char *cli_unknown(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (argv[i][0] == '-' && argv[i][1]) return argv[i];
    return NULL;
}

/* --- saying what is wrong -------------------------------------------------------------------- */

enum err cli_fault(struct cli *cli, const char *reason, const char *detail, ...)
{
    char text[sizeof cli->ctx.fault.detail];
    va_list args;
    va_start(args, detail);
    vsnprintf(text, sizeof text, detail, args);
    va_end(args);
    return fail(&cli->ctx, ERR_INVALID, reason, "%s", text);
}

static void say(struct text field, struct text detail, struct text why, struct text reason)
{
    fprintf(stderr, "waybill: %.*s%s%.*s (%.*s)\n", TEXT_ARG(field), field.len ? ": " : "",
            TEXT_ARG(detail), TEXT_ARG(reason));
    if (why.len) fprintf(stderr, "  %.*s\n", TEXT_ARG(why));
}

int cli_fail(struct cli *cli, enum err e)
{
    const struct fault *f = &cli->ctx.fault;
    say(text_of(f->field), text_of(*f->detail ? f->detail : err_meaning(e)), text_of(f->hint),
        text_of(f->reason));
    return err_exit(e);
}

static int exit_of(int status)
{
    switch (status) {
    case 401:
    case 403: return 5;
    case 404: return 3;
    case 409:
    case 412: return 4;
    case 429:
    case 502:
    case 503:
    case 504: return 6;
    default: return status >= 500 ? 1 : 2;
    }
}

/* The headline, and whatever else is wrong with the same input. */
static void say_problem(const struct problem *p)
{
    const struct problem_part *part = p->errors.at;
    say(p->field, p->detail.at ? p->detail : p->title, p->hint, p->reason);
    for (size_t i = 1; i < p->errors.count; i++)
        say(part[i].field, part[i].detail, part[i].hint, part[i].reason);
}

int cli_fail_answer(struct cli *cli, const struct answer *a)
{
    struct problem p;
    if (cli->is_json) cli_put(cli, a->body);
    if (cli->is_json) cli_put(cli, T("\n"));
    if (record_from_reply(&cli->ctx, &problem_fields, a->body, &p) == OK && p.reason.at)
        say_problem(&p);
    else
        fprintf(stderr, "waybill: the server answered %d: %.*s\n", a->status,
                TEXT_ARG(text_head(a->body, 300)));
    return exit_of(a->status);
}

/* What the server says against all of it, as a fault of ours. */
enum err cli_answer_fault(struct cli *cli, const struct answer *a)
{
    struct ctx *c = &cli->ctx;
    struct problem p;
    enum err code = ERR_UPSTREAM;
    for (int e = OK + 1; e < ERR_COUNT; e++)
        if (err_http((enum err)e) == a->status) {
            code = (enum err)e;
            break;
        }
    if (a->status == 429) code = ERR_BUSY;
    if (record_from_reply(c, &problem_fields, a->body, &p) != OK || !p.reason.at)
        return fail(c, ERR_UPSTREAM, "server_answer", "the server answered %d", a->status);
    fail_at(c, code, text_cstr(c->arena, p.reason), p.field.at ? text_cstr(c->arena, p.field) : "",
            "%.*s", TEXT_ARG(p.detail.at ? p.detail : p.title));
    return p.hint.at ? hint(c, "%.*s", TEXT_ARG(p.hint)) : code;
}

int cli_misuse(struct cli *cli, const char *verb, const char *what, ...)
{
    va_list args;
    (void)cli;
    va_start(args, what);
    fprintf(stderr, "waybill %s: ", verb);
    vfprintf(stderr, what, args);
    va_end(args);
    fprintf(stderr, "\n  waybill help %s\n", verb);
    return err_exit(ERR_INVALID);
}

/* --- files and output ------------------------------------------------------------------------ */

void cli_put(struct cli *cli, struct text t)
{
    (void)cli;
    fwrite(t.at, 1, t.len, stdout);
}

enum err cli_read(struct cli *cli, const char *path, size_t most, struct text *out)
{
    bool is_input = strcmp(path, "-") == 0;
    FILE *f = is_input ? stdin : fopen(path, "rbe");
    if (!f) {
        fail(&cli->ctx, ERR_INVALID, "file", "cannot read \"%s\": %s", path, strerror(errno));
        return ERR_INVALID;
    }
    struct buf b = buf_new(&cli->arena);
    size_t n;
    buf_puts(&b, "");
    while (b.len <= most && (n = fread(buf_space(&b, 65536), 1, 65536, f)) > 0) b.len += n;
    bool is_bad = ferror(f);
    if (!is_input) fclose(f);
    if (is_bad) return cli_fault(cli, "file", "cannot read \"%s\": %s", path, strerror(errno));
    if (b.len > most)
        return fail(&cli->ctx, ERR_TOO_LARGE, "file_too_large", "\"%s\" has more than %zu bytes",
                    path, most);
    *out = buf_text(&b);
    return OK;
}

/* --- the database ---------------------------------------------------------------------------- */

/* Who sits at this machine: facts name them. */
static enum err act_as(struct cli *cli)
{
    struct ctx *c = &cli->ctx;
    struct person person;
    bool found = false;
    if (!cli->user) return OK;
    TRY(person_by_login(c, text_of(cli->user), &person, &found));
    if (!found || person.disabled_us != NONE) {
        fail_at(c, ERR_INVALID, "user_not_found", "--as", "there is no user \"%s\"", cli->user);
        return hint(c, "`waybill users list` shows who there is");
    }
    c->actor_id = person.person_id;
    return OK;
}

enum err cli_open(struct cli *cli)
{
    if (cli->store) return OK;
    if (cli->server_url) {
        fail(&cli->ctx, ERR_INVALID, "remote", "this verb works on a database, not on a server");
        return hint(&cli->ctx,
                    "leave --server and WAYBILL_SERVER out, or name the database by --db");
    }
    struct store_options options = {.writers = cli->writers, .queue_us = cli->queue_us};
    TRY(store_open(&cli->ctx, text_of(cli->database), options, &cli->store));
    TRY(installation_open(&cli->ctx, cli->merchant));
    TRY(act_as(cli));
    server_open(&cli->server, cli->store, &cli->source, route_tables);
    cli->server.merchant_id = cli->ctx.merchant_id;
    return OK;
}

void cli_close(struct cli *cli)
{
    if (cli->server.tree) server_close(&cli->server);
    cli->server.tree = NULL; /* a verb may have closed it before */
    if (cli->store) {
        installation_close(&cli->ctx);
        store_close(cli->store);
    }
    cli->store = NULL;
}

enum err cli_ask(struct cli *cli, const struct call *call, struct answer *out)
{
    if (cli->server_url) return remote_ask(cli, call, out);
    TRY(cli_open(cli));
    struct call local = *call;
    local.is_trusted = true;
    local.actor_id = cli->ctx.actor_id;
    local.merchant_id = cli->ctx.merchant_id;
    dispatch(&cli->server, &cli->arena, &local, out);
    return OK;
}

enum err cli_settle(struct cli *cli)
{
    if (!cli->store || store_engine(cli->store) != DB_SQLITE) return OK;
    return react_until_quiet(&cli->ctx);
}

/* --- which verb ------------------------------------------------------------------------------ */

/* How many of the arguments from argv[1] on make up this name; 0: it is another verb. */
static int words_of(int argc, char **argv, const char *name)
{
    struct text rest = text_of(name);
    int n = 0;
    while (rest.at) {
        struct text word = text_split(rest, ' ', &rest);
        if (n + 1 >= argc || !text_is(word, argv[n + 1])) return 0;
        n++;
    }
    return n;
}

/* An option that nobody knows may be a slip: the verb has said so, here is which was meant. */
static int run_own(struct cli *cli, const struct verb *v, int argc, char **argv)
{
    char **sent = arena_new(&cli->arena, char *, (size_t)argc + 1);
    memcpy(sent, argv, (size_t)argc * sizeof *sent);
    int sent_count = argc, code = v->run(cli, argc, argv);
    for (int i = 1; code == err_exit(ERR_INVALID) && i < sent_count; i++) {
        struct text rest, option = text_split(text_of(sent[i]), '=', &rest);
        const char *meant = NULL;
        if (text_starts(option, T("--"))) meant = guess_own_option(cli, v, option);
        if (meant) fprintf(stderr, "  did you mean %s?\n", meant);
    }
    return code;
}

static int no_verb(struct cli *cli, int argc, char **argv)
{
    bool is_group = help_group(cli, NULL, argv[1]) > 0;
    const char *meant = guess_verb(cli, argc, argv, 2);
    if (is_group && argc == 2) {
        help_group(cli, stderr, argv[1]);
        return err_exit(ERR_INVALID);
    }
    fprintf(stderr, "waybill: there is no verb \"%s%s%s\"\n", argv[1], is_group ? " " : "",
            is_group ? argv[2] : "");
    if (meant) {
        fprintf(stderr, "  did you mean \"%s\"?\n", meant);
    } else if (is_group) {
        help_group(cli, stderr, argv[1]);
    } else if (help_word(cli, NULL, argv[1])) {
        fputs("  these may be what you look for:\n", stderr);
        help_word(cli, stderr, argv[1]);
    } else if ((meant = guess_verb(cli, argc, argv, 1))) {
        fprintf(stderr, "  did you mean \"%s\"?\n", meant);
    } else {
        fputs("  waybill help all\n", stderr);
    }
    return err_exit(ERR_INVALID);
}

static int run_verb(struct cli *cli, int argc, char **argv)
{
    const struct verb *own = NULL;
    const struct route *route = NULL;
    int most = 0;
    for (const struct verb *v = verbs; v->name; v++) {
        int n = words_of(argc, argv, v->name);
        if (n > most) most = n, own = v, route = NULL;
    }
    for (const struct route *const *t = route_tables; *t; t++)
        for (const struct route *r = *t; r->method; r++) {
            int n = r->verb ? words_of(argc, argv, r->verb) : 0;
            if (n > most) most = n, route = r, own = NULL;
        }
    bool wants_help = most && (cli_flag(&argc, argv, "--help") || cli_flag(&argc, argv, "-h"));
    if (wants_help && route) return route_help(cli, route);
    if (wants_help) return verb_help(cli, most + 1, argv);
    if (route) return route_run(cli, route, argc - most, argv + most);
    if (own) return run_own(cli, own, argc - most, argv + most);
    if (argc < 2) return verb_help(cli, 1, argv);
    /* of a group as well: `pack --help` */
    if (cli_flag(&argc, argv, "--help") || cli_flag(&argc, argv, "-h"))
        return verb_help(cli, argc, argv);
    return no_verb(cli, argc, argv);
}

/* --json alone: show JSON. With something that looks like JSON, a file or "-": the body as well. */
static enum err take_json(struct cli *cli, int *argc, char **argv)
{
    const char *value = NULL, *more;
    bool wrong = false;
    int at = find_option(*argc, argv, "--json", &value);
    if (at && !value && at + 1 < *argc) {
        const char *next = argv[at + 1];
        if (strchr("{[@", next[0]) || strcmp(next, "-") == 0)
            value = cli_option(argc, argv, "--json", &wrong);
    } else if (value) {
        value = cli_option(argc, argv, "--json", &wrong);
    }
    cli->is_json = at != 0;
    while (cli_flag(argc, argv, "--json")) {}
    more = cli_option(argc, argv, "--body", &wrong);
    if (wrong) return cli_fault(cli, "usage", "--body needs a value");
    if (more) value = more;
    if (!value) return OK;
    if (value[0] == '@' || strcmp(value, "-") == 0)
        return cli_read(cli, value[0] == '@' ? value + 1 : value, CLI_BODY_MAX, &cli->body);
    cli->body = text_of(value);
    return OK;
}

static const char *either(const char *option, const char *environment, const char *otherwise)
{
    const char *set = getenv(environment);
    return option ? option : set && *set ? set : otherwise;
}

static enum err take_globals(struct cli *cli, int *argc, char **argv)
{
    bool wrong = false;
    cli->is_wide = cli_flag(argc, argv, "--wide");
    cli->is_quiet = cli_flag(argc, argv, "--quiet");
    cli->database = cli_option(argc, argv, "--db", &wrong);
    cli->server_url = cli_option(argc, argv, "--server", &wrong);
    bool is_local = cli->database && !cli->server_url;
    cli->has_database = cli->database != NULL;
    cli->database = either(cli->database, "WAYBILL_DB", "waybill.db");
    if (!is_local) cli->server_url = either(cli->server_url, "WAYBILL_SERVER", NULL);
    cli->key = either(cli_option(argc, argv, "--key", &wrong), "WAYBILL_KEY", NULL);
    cli->merchant = either(cli_option(argc, argv, "--merchant", &wrong), "WAYBILL_MERCHANT", NULL);
    cli->user = either(cli_option(argc, argv, "--as", &wrong), "WAYBILL_USER", NULL);
    if (wrong) return cli_fault(cli, "usage", "an option lacks its value");
    return take_json(cli, argc, argv);
}

int cli_main(int argc, char **argv)
{
    struct cli cli = {.program = argv[0]};
    struct winsize size;
    source_real(&cli.source, 0);
    cli.ctx = (struct ctx){
        .arena = &cli.arena, .source = &cli.source, .now_us = source_now_us(&cli.source)};
    cli.is_terminal = isatty(STDOUT_FILENO);
    if (cli.is_terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) cli.width = size.ws_col;
    enum err e = take_globals(&cli, &argc, argv);
    int code = e == OK ? run_verb(&cli, argc, argv) : cli_fail(&cli, e);
    if (fflush(stdout) != 0 && code == 0) {
        fprintf(stderr, "waybill: cannot write the output: %s\n", strerror(errno));
        code = err_exit(ERR_UPSTREAM);
    }
    cli_close(&cli);
    arena_free(&cli.arena);
    return code;
}
