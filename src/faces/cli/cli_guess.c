/* faces/cli/cli_guess.c: the front page, and what somebody probably meant. */
#include "base/field.h"
#include "base/guess.h"
#include "base/table.h"
#include "faces/cli/cli_inside.h"

#include <ctype.h>
#include <string.h>

enum { NAMES_MAX = 1000, FOUND_MAX = 12 };

/* --- the front page -------------------------------------------------------------------------- */

static const struct {
    const char *stage;
    const char *verbs[8];
} front[] = {
    {"Begin", {"serve", "import", "products add", "stock receive", "users add", "keys create"}},
    {"Receipt and processing",
     {"orders place", "orders list", "orders show", "orders cancel", "orders hold", "board"}},
    {"Picking", {"waves plan", "pick claim", "pick scan", "pick short"}},
    {"Packing", {"pack open", "pack scan", "pack seal"}},
    {"Shipping", {"ship list", "ship label", "ship print", "ship handover"}},
    {"Delivery and completion", {"track add", "deliver confirm", "payments refund", "cases list"}},
    {"Look into it", {"why", "audit", "doctor"}},
};

static void put_verb(struct cli *cli, struct table *t, const char *name)
{
    for (const struct verb *v = verbs; v->name; v++)
        if (strcmp(v->name, name) == 0) {
            struct text shown = text_printf(&cli->arena, "%s %s", name, v->usage);
            table_row(t, (const struct text[]){text_trim(text_fit(t->arena, shown, 48)),
                                               text_of(v->about)});
        }
    for (const struct route *const *table = route_tables; *table; table++)
        for (const struct route *r = *table; r->method; r++) {
            if (!r->verb || strcmp(r->verb, name) != 0) continue;
            struct text usage = route_usage(&cli->arena, r);
            struct text shown = text_printf(&cli->arena, "%s %.*s", name, TEXT_ARG(usage));
            table_row(t, (const struct text[]){text_trim(text_fit(t->arena, shown, 48)),
                                               text_of(r->about)});
        }
}

int help_front(struct cli *cli)
{
    struct table t = {.arena = &cli->arena};
    struct buf b = buf_new(&cli->arena);
    size_t groups = sizeof front / sizeof *front, before[sizeof front / sizeof *front];
    table_column(&t, T(""), false);
    table_column(&t, T(""), false);
    for (size_t g = 0; g < groups; g++) {
        before[g] = t.count;
        for (size_t i = 0; i < 8 && front[g].verbs[i]; i++) put_verb(cli, &t, front[g].verbs[i]);
    }
    table_put(&b, &t, cli->width, 2);
    struct text rest = buf_text(&b);
    text_split(rest, '\n', &rest); /* the titles are empty */
    puts("Waybill: order fulfillment, from the order received to the customer satisfied.");
    for (size_t row = 0, g = 0; row < t.count; row++) {
        if (g < groups && before[g] == row) printf("\n%s\n", front[g++].stage);
        struct text line = text_split(rest, '\n', &rest);
        printf("%.*s\n", TEXT_ARG(line));
    }
    puts("\nwaybill help all        every verb there is\n"
         "waybill help VERB       its options; a part of its name, or a word like refund, will do\n"
         "waybill VERB --help     the same");
    return 0;
}

bool help_front_names(size_t i, const char **name)
{
    for (size_t g = 0; g < sizeof front / sizeof *front; g++)
        for (size_t k = 0; k < 8 && front[g].verbs[k]; k++)
            if (i-- == 0) {
                *name = front[g].verbs[k];
                return true;
            }
    return false;
}

/* --- by a word ------------------------------------------------------------------------------- */

/* Words of customers and clerks that no verb is called by. */
static const struct {
    const char *said, *meant;
} same[] = {
    {"money", "payment"},      {"return", "case"},   {"rma", "case"},        {"complaint", "case"},
    {"exchange", "case"},      {"invoice", "slip"},  {"courier", "carrier"}, {"login", "user"},
    {"log-in", "user"},        {"password", "user"}, {"staff", "user"},      {"warehouse", "site"},
    {"inventory", "stock"},    {"item", "product"},  {"sku", "product"},     {"article", "product"},
    {"parcel", "package"},     {"box", "carton"},    {"address", "confirm"}, {"change", "confirm"},
    {"price", "price"},        {"mail", "messages"}, {"email", "messages"},  {"token", "keys"},
    {"stop", "hold"},          {"block", "hold"},    {"wait", "hold"},       {"unhold", "release"},
    {"abort", "cancel"},       {"storno", "cancel"}, {"dispatch", "ship"},   {"backup", "export"},
    {"status", "orders show"}, {"where", "track"},   {"lost", "deliver"},    {"review", "feedback"},
    {"score", "feedback"},     {"wrap", "services"}, {"engrave", "services"}};

static bool holds_word(const char *words, struct text word)
{
    for (const char *at = words; *at;) {
        size_t n = strcspn(at, " ,.;:-");
        if (text_eq_nocase(text_head(text_of(at), word.len), word) && n >= word.len) return true;
        at += n + strspn(at + n, " ,.;:-");
    }
    return false;
}

static void add_found(struct table *t, struct text shown, const char *about)
{
    for (size_t i = 0; i < t->count; i++)
        if (text_eq(t->cells[i * t->columns], shown)) return;
    table_row(t, (const struct text[]){shown, text_of(about)});
}

/* Those called by the word come before those that only speak of it. */
static size_t find_verbs(struct cli *cli, struct table *t, struct text word, bool by_name)
{
    size_t n = 0;
    for (const struct verb *v = verbs; v->name; v++) {
        bool is_called = holds_word(v->name, word);
        if (!v->about || is_called != by_name) continue;
        if (!is_called && !holds_word(v->about, word)) continue;
        struct text shown = text_printf(&cli->arena, "%s %s", v->name, v->usage);
        add_found(t, text_trim(shown), v->about);
        n++;
    }
    for (const struct route *const *table = route_tables; *table; table++)
        for (const struct route *r = *table; r->method; r++) {
            bool is_called = r->verb && holds_word(r->verb, word);
            if (!r->verb || is_called != by_name) continue;
            if (!is_called && !holds_word(r->about, word)) continue;
            struct text usage = route_usage(&cli->arena, r);
            struct text shown = text_printf(&cli->arena, "%s %.*s", r->verb, TEXT_ARG(usage));
            add_found(t, text_trim(shown), r->about);
            n++;
        }
    return n;
}

size_t help_word(struct cli *cli, FILE *to, const char *said)
{
    struct table t = {.arena = &cli->arena};
    struct text word = text_of(said);
    table_column(&t, T(""), false);
    table_column(&t, T(""), false);
    if (word.len > 4 && text_ends(word, T("s"))) word.len--;
    if (word.len < 3) return 0;
    find_verbs(cli, &t, word, true);
    find_verbs(cli, &t, word, false);
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        if (text_eq_nocase(word, text_of(same[i].said)))
            find_verbs(cli, &t, text_of(same[i].meant), true);
    if (!t.count) return 0;
    if (t.count > FOUND_MAX) t.count = FOUND_MAX;
    struct buf b = buf_new(&cli->arena);
    table_put(&b, &t, cli->width, 2);
    struct text rest = buf_text(&b);
    text_split(rest, '\n', &rest);
    if (to) fprintf(to, "%.*s", TEXT_ARG(rest));
    return t.count;
}

/* --- by a slip of the finger ----------------------------------------------------------------- */

/* The first `n` words of a verb's name; absent when it has fewer. */
static struct text first_words(const char *name, int n)
{
    struct text all = text_of(name);
    for (size_t i = 0; i < all.len; i++)
        if (all.at[i] == ' ' && --n == 0) return text_head(all, i);
    return n == 1 ? all : (struct text){0};
}

static void add_name(struct cli *cli, const char **names, size_t *count, const char *name, int n)
{
    struct text head = first_words(name, n);
    if (head.at && *count < NAMES_MAX) names[(*count)++] = text_cstr(&cli->arena, head);
}

const char *guess_verb(struct cli *cli, int argc, char **argv, int least)
{
    const char **names = arena_new(&cli->arena, const char *, NAMES_MAX);
    for (int n = argc - 1 > CLI_WORDS_MAX ? CLI_WORDS_MAX : argc - 1; n >= least; n--) {
        size_t count = 0;
        struct buf said = buf_new(&cli->arena);
        for (int i = 1; i <= n; i++) buf_printf(&said, "%s%s", i > 1 ? " " : "", argv[i]);
        for (const struct verb *v = verbs; v->name; v++)
            if (v->about) add_name(cli, names, &count, v->name, n);
        for (const struct route *const *t = route_tables; *t; t++)
            for (const struct route *r = *t; r->method; r++)
                if (r->verb) add_name(cli, names, &count, r->verb, n);
        const char *best = guess_word(buf_text(&said), names, count);
        if (best) return best;
    }
    return NULL;
}

const char *guess_option(struct cli *cli, const struct route *r, struct text name)
{
    static const char *const general[] = {
        "preview", "idempotency-key", "if-match", "body", "server", "merchant", "json",
        "wide",    "quiet",           "key",      "db",   "as",     "owner"};
    const char **names = arena_new(&cli->arena, const char *, NAMES_MAX);
    size_t count = 0;
    const struct fields *both[] = {r->query, r->flags & ROUTE_BULK ? NULL : r->body};
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; both[k] && i < both[k]->count; i++)
            if (!(both[k]->at[i].flags & F_OUT)) names[count++] = both[k]->at[i].json;
    for (size_t i = 0; i < sizeof general / sizeof *general; i++) names[count++] = general[i];
    return guess_word(name, names, count);
}

/* Our own verbs have no table of options: they stand in what help says. */
const char *guess_own_option(struct cli *cli, const struct verb *v, struct text option)
{
    const char *told = verb_words(v->name), *texts[] = {v->usage, told ? told : ""};
    const char **names = arena_new(&cli->arena, const char *, NAMES_MAX);
    size_t count = 0;
    for (size_t k = 0; k < 2; k++)
        for (const char *at = texts[k]; (at = strstr(at, "--")) && count < NAMES_MAX;) {
            size_t n = 2;
            while (isalnum((unsigned char)at[n]) || at[n] == '-' || at[n] == '_') n++;
            names[count++] = text_cstr(&cli->arena, (struct text){at, n});
            at += n;
        }
    for (size_t i = 0; i < count; i++)
        if (text_is(option, names[i])) return NULL; /* it is one: something else is wrong */
    return guess_word(option, names, count);
}
