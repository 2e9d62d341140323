/* faces/cli/cli_help.c: what there is to say; help and completion come from the same tables. */
#include "base/field.h"
#include "base/table.h"
#include "base/version.h"
#include "faces/api/route_tree.h"
#include "faces/cli/cli_inside.h"

#include <ctype.h>
#include <string.h>

static const char *kind_word(const struct field *f)
{
    switch ((enum field_kind)f->kind) {
    case F_I64:
    case F_I32: return "N";
    case F_BOOL: return "";
    case F_TEXT: return "TEXT";
    case F_ID: return "ID";
    case F_INSTANT: return "TIME";
    case F_DAY: return "DATE";
    case F_ENUM: return "WORD";
    case F_FLAGS: return "WORD,WORD";
    case F_MONEY: return "\"19.99 EUR\"";
    case F_RECORD: return "NAME=VALUE,...";
    case F_LIST: return f->of ? "NAME=VALUE,..." : "TEXT";
    case F_JSON: return "JSON";
    }
    return "";
}

static const struct {
    const char *name, *shown;
} parameters[] = {
    {"ord", "ORDER"},    {"pkg", "PACKAGE"},  {"ful", "FULFILLMENT"}, {"tsk", "TASK"},
    {"wav", "WAVE"},     {"cus", "CUSTOMER"}, {"prd", "PRODUCT"},     {"sit", "SITE"},
    {"hld", "HOLD"},     {"rfd", "REFUND"},   {"crd", "CREDIT"},      {"cas", "CASE"},
    {"ret", "RETURN"},   {"man", "MANIFEST"}, {"pay", "PAYMENT"},     {"job", "JOB"},
    {"sbs", "QUESTION"}, {"chg", "CHANGE"},   {"cnt", "COUNT"},       {"own", "OWNER"},
    {"usr", "USER"},     {"bsk", "CART"},     {"clm", "CLAIM"},       {"inv", "INVOICE"},
    {"asn", "DELIVERY"}, {"prf", "PROOF"}};

struct text route_parameter_shown(struct arena *a, struct text name)
{
    for (size_t i = 0; i < sizeof parameters / sizeof *parameters; i++)
        if (text_is(name, parameters[i].name)) return text_of(parameters[i].shown);
    return text_upper(a, name);
}

struct text route_usage(struct arena *a, const struct route *r)
{
    struct buf b = buf_new(a);
    buf_puts(&b, "");
    for (size_t i = 0; i < ROUTE_IDS_MAX; i++) {
        struct text name = route_parameter(r, i);
        if (!name.at) break;
        struct text shown = route_parameter_shown(a, name);
        buf_printf(&b, "%s%.*s", b.len ? " " : "", TEXT_ARG(shown));
    }
    for (size_t i = 0; r->body && i < r->body->count && !(r->flags & ROUTE_BULK); i++) {
        const struct field *f = &r->body->at[i];
        if (f->flags & F_REQUIRED && !(f->flags & F_OUT))
            buf_printf(&b, "%s--%s %s", b.len ? " " : "", f->json,
                       f->kind == F_BOOL ? "yes|no" : kind_word(f));
    }
    if (r->flags & ROUTE_BULK) buf_printf(&b, "%s--body @FILE", b.len ? " " : "");
    return buf_text(&b);
}

/* "names: line_no, disposition (restock|scrap)" */
static void put_inner(struct buf *b, const struct fields *inner, const char *before)
{
    size_t n = 0;
    for (size_t i = 0; inner && i < inner->count; i++) {
        const struct field *f = &inner->at[i];
        if (f->flags & F_OUT) continue;
        buf_printf(b, "%s%s%s", n ? "" : before, n ? ", " : "names: ", f->json);
        n++;
        const struct words *w = f->kind == F_ENUM ? f->of : NULL;
        for (size_t k = 0; w && k < w->count; k++) buf_printf(b, "%s%s", k ? "|" : " (", w->at[k]);
        if (w) buf_putc(b, ')');
    }
}

static void add_fields(struct table *t, const struct fields *f, const char *before)
{
    for (size_t i = 0; f && i < f->count; i++) {
        const struct field *at = &f->at[i];
        if (at->flags & F_OUT) continue;
        struct buf about = buf_new(t->arena);
        buf_printf(&about, "%s%s", at->flags & F_REQUIRED ? "(needed) " : "",
                   at->about ? at->about : "");
        const char *between = at->about && *at->about ? "; " : "";
        const struct words *w = at->kind == F_ENUM || at->kind == F_FLAGS ? at->of : NULL;
        for (size_t k = 0; w && k < w->count; k++)
            buf_printf(&about, "%s%s", k ? ", " : between, w->at[k]);
        const struct fields *inner = at->kind == F_RECORD || at->kind == F_LIST ? at->of : NULL;
        put_inner(&about, inner, between);
        struct text option = text_printf(t->arena, "%s%s %s", before, at->json, kind_word(at));
        table_row(t, (const struct text[]){option, buf_text(&about)});
    }
}

static void put_table(struct cli *cli, struct table *t)
{
    struct buf b = buf_new(&cli->arena);
    table_put(&b, t, 0, 2);
    /* The titles are empty: their line goes. */
    struct text rest, first = text_split(buf_text(&b), '\n', &rest);
    (void)first;
    cli_put(cli, rest);
}

int route_help(struct cli *cli, const struct route *r)
{
    struct text usage = route_usage(&cli->arena, r);
    struct table t = {.arena = &cli->arena};
    table_column(&t, T(""), false);
    table_column(&t, T(""), false);
    printf("waybill %s %.*s%s\n\n%s\n", r->verb, TEXT_ARG(usage), usage.len ? " [options]" : "",
           r->about);
    add_fields(&t, r->query, "--");
    if (!(r->flags & ROUTE_BULK)) add_fields(&t, r->body, "--");
    if (route_asks_owner(r))
        table_row(&t, (const struct text[]){T("--owner CODE"),
                                            T("as that owner sees it; a dot: the merchant's own")});
    if (r->body)
        table_row(&t, (const struct text[]){T("--body @FILE"),
                                            T("the whole body as JSON; - is standard input")});
    if (r->flags & ROUTE_WRITE) {
        table_row(
            &t, (const struct text[]){T("--preview"), T("show what would happen, change nothing")});
        table_row(&t, (const struct text[]){T("--idempotency-key KEY"),
                                            T("the same key has one effect, however often")});
    }
    if (t.count) puts("\nOptions:");
    if (t.count) put_table(cli, &t);
    if (r->flags & ROUTE_BULK && r->body) {
        struct table fields = {.arena = &cli->arena};
        table_column(&fields, T(""), false);
        table_column(&fields, T(""), false);
        add_fields(&fields, r->body, "");
        puts("\nThe body holds one JSON object per line, with");
        put_table(cli, &fields);
    }
    printf("\nOver HTTP: %s %s\n", r->method, r->path);
    return 0;
}

static const char globals[] =
    "\nFor all verbs:\n"
    "  --db FILE         the database (WAYBILL_DB, else waybill.db); or a postgresql:// address\n"
    "  --server URL      ask a running server instead (WAYBILL_SERVER), with\n"
    "  --key KEY         an API key (WAYBILL_KEY)\n"
    "  --merchant CODE   whose data, when there are several (WAYBILL_MERCHANT)\n"
    "  --as LOGIN        who does it, on the database itself (WAYBILL_USER)\n"
    "  --json            the answer as JSON\n"
    "  --wide            all columns\n"
    "  --quiet           no remarks\n"
    "\nwaybill help VERB says more about a verb.\n";

static struct text head_of(const char *verb)
{
    struct text rest;
    return text_split(text_of(verb), ' ', &rest);
}

static size_t add_routes(struct cli *cli, struct table *t, const char *word)
{
    size_t n = 0;
    for (const struct route *const *table = route_tables; *table; table++)
        for (const struct route *r = *table; r->method; r++) {
            if (!r->verb || (word && !text_is(head_of(r->verb), word))) continue;
            struct text usage = route_usage(&cli->arena, r);
            struct text name =
                text_printf(&cli->arena, "%s %.*s", r->verb, TEXT_ARG(text_head(usage, 60)));
            table_row(t, (const struct text[]){name, text_of(r->about)});
            n++;
        }
    return n;
}

static size_t add_verbs(struct cli *cli, struct table *t, const char *word)
{
    size_t n = 0;
    for (const struct verb *v = verbs; v->name; v++) {
        if (!v->about || (word && !text_is(head_of(v->name), word))) continue;
        struct text name = text_printf(&cli->arena, "%s %s", v->name, v->usage);
        table_row(t, (const struct text[]){name, text_of(v->about)});
        n++;
    }
    return n;
}

size_t help_group(struct cli *cli, FILE *to, const char *word)
{
    struct table t = {.arena = &cli->arena};
    table_column(&t, T(""), false);
    table_column(&t, T(""), false);
    size_t n = add_verbs(cli, &t, word) + add_routes(cli, &t, word);
    if (!n) return 0;
    struct buf b = buf_new(&cli->arena);
    table_put(&b, &t, 0, 2);
    struct text rest, first = text_split(buf_text(&b), '\n', &rest);
    (void)first;
    if (to) fprintf(to, "waybill %s ...\n\n%.*s", word, TEXT_ARG(rest));
    return n;
}

static bool is_same(const char *name, int argc, char **argv)
{
    struct text rest = text_of(name);
    for (int i = 1; i < argc; i++)
        if (!rest.at || !text_is(text_split(rest, ' ', &rest), argv[i])) return false;
    return !rest.at;
}

/* No verb is called so: those that speak of it, or that are nearly called so. */
static int help_about(struct cli *cli, int argc, char **argv)
{
    if (help_word(cli, stdout, argv[1])) return 0;
    const char *meant = guess_verb(cli, argc, argv, 1);
    fprintf(stderr, "waybill: there is no verb \"%s\"\n", argv[1]);
    if (meant) fprintf(stderr, "  did you mean \"%s\"?\n", meant);
    fputs("  waybill help all\n", stderr);
    return err_exit(ERR_INVALID);
}

int verb_help(struct cli *cli, int argc, char **argv)
{
    for (const struct verb *v = verbs; argc > 1 && v->name; v++)
        if (is_same(v->name, argc, argv)) {
            const char *words = verb_words(v->name);
            printf("waybill %s%s%s\n\n%s\n%s%s%s", v->name, *v->usage ? " " : "", v->usage,
                   v->about ? v->about : "", words ? "\n" : "", words ? words : "", globals);
            return 0;
        }
    for (const struct route *const *table = route_tables; argc > 1 && *table; table++)
        for (const struct route *r = *table; r->method; r++)
            if (r->verb && is_same(r->verb, argc, argv)) return route_help(cli, r);
    if (argc > 1) {
        if (help_group(cli, stdout, argv[1])) return 0;
        if (strcmp(argv[1], "all") != 0) return help_about(cli, argc, argv);
    }
    if (argc < 2) return help_front(cli);
    struct table t = {.arena = &cli->arena};
    table_column(&t, T(""), false);
    table_column(&t, T(""), false);
    add_verbs(cli, &t, NULL);
    add_routes(cli, &t, NULL);
    puts("Waybill: order fulfillment, from the order received to the customer satisfied.\n");
    put_table(cli, &t);
    fputs(globals, stdout);
    return 0;
}

int verb_version(struct cli *cli, int argc, char **argv)
{
    (void)cli, (void)argc, (void)argv;
    puts("waybill " WAYBILL_VERSION);
    return 0;
}

/* --- completion ------------------------------------------------------------------------------ */

static void put_word(struct buf *b, const char *name, size_t n)
{
    struct text rest = text_of(name), word = {0};
    for (size_t i = 0; i <= n; i++) {
        if (!rest.at) return;
        word = text_split(rest, ' ', &rest);
    }
    struct text line = text_printf(b->arena, " %.*s ", TEXT_ARG(word));
    if (text_find(buf_text(b), line) < 0) buf_printf(b, "%.*s ", TEXT_ARG(word));
}

static struct text words_behind(struct cli *cli, const char *head)
{
    struct buf b = buf_new(&cli->arena);
    buf_puts(&b, " ");
    for (const struct verb *v = verbs; v->name; v++)
        if (!head || text_is(head_of(v->name), head)) put_word(&b, v->name, head ? 1 : 0);
    for (const struct route *const *t = route_tables; *t; t++)
        for (const struct route *r = *t; r->method; r++)
            if (r->verb && (!head || text_is(head_of(r->verb), head)))
                put_word(&b, r->verb, head ? 1 : 0);
    return text_trim(buf_text(&b));
}

int verb_completion(struct cli *cli, int argc, char **argv)
{
    if (argc > 2 || (argc == 2 && strcmp(argv[1], "bash") != 0))
        return cli_misuse(cli, "completion", "only bash is known");
    struct text heads = words_behind(cli, NULL), rest = heads;
    printf("# source <(waybill completion bash)\n"
           "_waybill() {\n"
           "    local word=${COMP_WORDS[COMP_CWORD]}\n"
           "    case $COMP_CWORD:${COMP_WORDS[1]} in\n"
           "    1:*) COMPREPLY=($(compgen -W '%.*s' -- \"$word\")) ;;\n",
           TEXT_ARG(heads));
    while (rest.len) {
        struct text head = text_split(rest, ' ', &rest);
        struct text words = words_behind(cli, text_cstr(&cli->arena, head));
        if (words.len)
            printf("    2:%.*s) COMPREPLY=($(compgen -W '%.*s' -- \"$word\")) ;;\n", TEXT_ARG(head),
                   TEXT_ARG(words));
    }
    puts("    *) COMPREPLY=($(compgen -W '--db --server --key --merchant --json --wide --quiet "
         "--help' -- \"$word\") $(compgen -f -- \"$word\")) ;;\n"
         "    esac\n"
         "}\n"
         "complete -F _waybill waybill");
    return 0;
}
