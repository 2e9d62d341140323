#include "faces/api/why_tree.h"

#include "base/sort.h"
#include "base/source.h"
#include "base/time.h"
#include "faces/api/actor_names.h"
#include "faces/api/why.h"
#include "queries.h"
#include "store/db.h"

static const struct field node_table[] = {
    FIELD(struct why_node, fact),
    FIELD(struct why_node, id, .about = "of the thing that the fact is about"),
    FIELD_INSTANT(struct why_node, at_us, "at", .about = "null: it is so now"),
    FIELD(struct why_node, actor, .about = "who did it, or whose turn it is"),
    FIELD_ID(struct why_node, command_id, "command_id", "cmd", .flags = F_NULL),
    FIELD(struct why_node, command, .about = "what was asked: the verb of the command line"),
    FIELD(struct why_node, key, .about = "the idempotency key of that command"),
    FIELD_LIST(struct why_node, nodes, why_node_fields, .max = 100000,
               .about = "the facts that this one follows from"),
};
const struct fields why_node_fields = FIELDS("why_node", struct why_node, node_table);

struct made {
    int64_t command_id;
    struct text way, key;
};
static const struct field made_table[] = {
    FIELD(struct made, command_id),
    FIELD(struct made, way),
    FIELD(struct made, key),
};
static const struct fields made_fields = FIELDS("command_made", struct made, made_table);

/* --- building -------------------------------------------------------------------------------- */

static struct why_node new_node(struct text fact)
{
    return (struct why_node){.fact = fact, .at_us = NONE, .actor_id = NONE, .command_id = NONE};
}

struct why_node *why_root(struct arena *a, struct text fact)
{
    struct why_node *n = arena_new(a, struct why_node, 1);
    *n = new_node(fact);
    return n;
}

struct why_node *why_add(struct arena *a, struct why_node *of, struct text fact)
{
    of->nodes.at =
        arena_grow(a, of->nodes.at, of->nodes.count, &of->capacity, sizeof(struct why_node));
    struct why_node *n = (struct why_node *)of->nodes.at + of->nodes.count++;
    *n = new_node(fact);
    return n;
}

void why_sign(struct why_node *n, int64_t at_us, int64_t actor_id, int64_t command_id)
{
    n->at_us = at_us;
    n->actor_id = actor_id;
    n->command_id = command_id ? command_id : NONE;
}

/* --- names ----------------------------------------------------------------------------------- */

struct names {
    int64_t *actors, *commands;
    size_t actor_count, actor_capacity, command_count, command_capacity;
    struct actors known;
    struct list made;
};

static void collect(struct arena *a, const struct why_node *n, struct names *names)
{
    if (n->actor_id != NONE)
        *arena_push(a, names->actors, names->actor_count, names->actor_capacity) = n->actor_id;
    if (n->command_id != NONE)
        *arena_push(a, names->commands, names->command_count, names->command_capacity) =
            n->command_id;
    for (size_t i = 0; i < n->nodes.count; i++)
        collect(a, (const struct why_node *)n->nodes.at + i, names);
}

/* Who has the link of an order's page has no name here. */
static bool is_customers_page(struct text way)
{
    return text_starts(way, T("POST /t/")) || text_starts(way, T("POST /c/")) ||
           text_starts(way, T("POST /f/"));
}

static void name_all(struct arena *a, struct why_node *n, const struct names *names)
{
    const struct made *made = names->made.at;
    if (n->actor_id != NONE) n->actor = actor_name(a, &names->known, n->actor_id);
    for (size_t i = 0; i < names->made.count && n->command_id != NONE; i++)
        if (made[i].command_id == n->command_id) {
            n->command = made[i].way;
            n->key = made[i].key;
            if (n->actor_id == 0 && is_customers_page(made[i].way)) n->actor = T("the customer");
        }
    for (size_t i = 0; i < n->nodes.count; i++)
        name_all(a, (struct why_node *)n->nodes.at + i, names);
}

enum err why_finish(struct ctx *c, struct why_node *root)
{
    struct names names = {0};
    collect(c->arena, root, &names);
    sort_i64(names.commands, names.command_count);
    names.command_count = unique_i64(names.commands, names.command_count);
    if (names.actor_count) TRY(actors_load(c, names.actors, names.actor_count, &names.known));
    if (names.command_count)
        TRY(db_rows(c, &Q_why_commands,
                    ARGS(I64(c->merchant_id), I64S(names.commands, names.command_count)),
                    &made_fields, &names.made));
    name_all(c->arena, root, &names);
    return OK;
}

/* --- an order -------------------------------------------------------------------------------- */

enum err why_order(struct ctx *c, int64_t order_id, struct why_node **out)
{
    struct why why;
    struct arena *a = c->arena;
    TRY(why_of(c, order_id, &why));
    const struct why_step *steps = why.steps.at;
    const struct why_wait *waits = why.waits.at;
    struct why_node *root =
        why_root(a, text_printf(a, "order %lld: %.*s", (long long)why.number, TEXT_ARG(why.stage)));
    struct why_node *stage = NULL;
    root->id = id_text(a, "ord", order_id);
    for (size_t i = 0; i < why.steps.count; i++) {
        if (!stage || !text_eq(stage->fact, steps[i].stage))
            stage = why_add(a, root, steps[i].stage);
        struct why_node *n = why_add(a, stage, steps[i].words);
        n->id = text_printf(a, "event %lld", (long long)steps[i].position);
        n->at_us = steps[i].at_us;
        n->actor = steps[i].actor;
        n->command_id = steps[i].command_id;
    }
    struct why_node *now = why_add(a, root, why.waits.count ? T("now it waits") : T("now"));
    if (!why.waits.count) why_add(a, now, T("it waits for nothing"));
    for (size_t i = 0; i < why.waits.count; i++) {
        struct why_node *n = why_add(a, now, text_printf(a, "for %.*s", TEXT_ARG(waits[i].words)));
        n->at_us = waits[i].since_us;
        n->actor = waits[i].owner;
    }
    *out = root;
    return why_finish(c, root);
}

/* --- for people ------------------------------------------------------------------------------ */

static void put_node(struct arena *a, struct buf *b, const struct why_node *n, bool is_wide)
{
    buf_printf(b, "%.*s", TEXT_ARG(n->fact));
    if (n->at_us != NONE) {
        struct civil t = civil_of_us(n->at_us);
        buf_printf(b, "  (%04d-%02d-%02d %02d:%02d", t.year, t.month, t.day, t.hour, t.minute);
        if (n->actor.len) buf_printf(b, ", %.*s", TEXT_ARG(n->actor));
        if (n->command.len) buf_printf(b, ", by `%.*s`", TEXT_ARG(n->command));
        if (n->key.len) buf_printf(b, ", key %.*s", TEXT_ARG(n->key));
        buf_putc(b, ')');
    } else if (n->actor.len) {
        buf_printf(b, "  (%.*s)", TEXT_ARG(n->actor));
    }
    if (is_wide && n->id.len) buf_printf(b, "  [%.*s]", TEXT_ARG(n->id));
    if (is_wide && n->command_id != NONE)
        buf_printf(b, "  [%.*s]", TEXT_ARG(id_text(a, "cmd", n->command_id)));
    buf_putc(b, '\n');
}

static void put_below(struct arena *a, struct buf *b, const struct why_node *n, struct text indent,
                      bool is_wide)
{
    for (size_t i = 0; i < n->nodes.count; i++) {
        const struct why_node *below = (const struct why_node *)n->nodes.at + i;
        bool is_last = i + 1 == n->nodes.count;
        buf_printf(b, "%.*s%s", TEXT_ARG(indent), is_last ? "└─ " : "├─ ");
        put_node(a, b, below, is_wide);
        put_below(a, b, below, text_printf(a, "%.*s%s", TEXT_ARG(indent), is_last ? "   " : "│  "),
                  is_wide);
    }
}

void why_put_tree(struct arena *a, struct buf *b, const struct why_node *root, bool is_wide)
{
    put_node(a, b, root, is_wide);
    put_below(a, b, root, T(""), is_wide);
}

/* --- ways in --------------------------------------------------------------------------------- */

struct stock_query {
    struct text bin;
};
static const struct field stock_query_table[] = {
    FIELD(struct stock_query, bin, .max = 64, .about = "the code of a bin: only what lies there"),
};
static const struct fields stock_query_fields =
    FIELDS("why_stock_query", struct stock_query, stock_query_table);

struct price_query {
    int64_t line;
};
static const struct field price_query_table[] = {
    FIELD(struct price_query, line, .flags = F_NULL, .min = 1, .max = 100000,
          .about = "the number of a line; null: all of them, and the sums"),
};
static const struct fields price_query_fields =
    FIELDS("why_price_query", struct price_query, price_query_table);

static enum err show(struct reply *out, struct why_node *root, enum err e)
{
    out->record = root;
    return e;
}

static enum err ask_order(struct ctx *c, const struct request *in, struct reply *out)
{
    struct why_node *root = NULL;
    enum err e = why_order(c, in->ids[0], &root);
    return show(out, root, e);
}

static enum err ask_stock(struct ctx *c, const struct request *in, struct reply *out)
{
    struct why_node *root = NULL;
    const struct stock_query *q = in->query;
    enum err e = why_stock(c, in->words[0], q ? q->bin : (struct text){0}, &root);
    return show(out, root, e);
}

static enum err ask_late(struct ctx *c, const struct request *in, struct reply *out)
{
    struct why_node *root = NULL;
    (void)in;
    enum err e = why_late(c, NONE, &root);
    return show(out, root, e);
}

static enum err ask_late_order(struct ctx *c, const struct request *in, struct reply *out)
{
    struct why_node *root = NULL;
    enum err e = why_late(c, in->ids[0], &root);
    return show(out, root, e);
}

static enum err ask_site(struct ctx *c, const struct request *in, struct reply *out)
{
    struct why_node *root = NULL;
    enum err e = why_site(c, in->ids[0], &root);
    return show(out, root, e);
}

static enum err ask_price(struct ctx *c, const struct request *in, struct reply *out)
{
    struct why_node *root = NULL;
    const struct price_query *q = in->query;
    enum err e = why_price(c, in->ids[0], q ? q->line : NONE, &root);
    return show(out, root, e);
}

const struct route why_tree_routes[] = {
    {"GET", "/v1/why/orders/{ord}", NULL, SCOPE(ORDERS_READ), ROUTE_OWNED, NULL, NULL,
     &why_node_fields, ask_order, "Why an order is where it is: its facts as a tree."},
    {"GET", "/v1/why/stock/{sku}", NULL, SCOPE(STOCK_READ), ROUTE_BY_OWNER, NULL,
     &stock_query_fields, &why_node_fields, ask_stock, "How the numbers of a product came to be."},
    {"GET", "/v1/why/late", NULL, SCOPE(ORDERS_READ), 0, NULL, NULL, &why_node_fields, ask_late,
     "Which orders are late, and what each waits for."},
    {"GET", "/v1/why/late/{ord}", NULL, SCOPE(ORDERS_READ), ROUTE_OWNED, NULL, NULL,
     &why_node_fields, ask_late_order,
     "Which step took the time, against the day that was promised."},
    {"GET", "/v1/why/site/{ord}", NULL, SCOPE(ORDERS_READ), ROUTE_OWNED, NULL, NULL,
     &why_node_fields, ask_site, "Why these sites send an order."},
    {"GET", "/v1/why/price/{ord}", NULL, SCOPE(ORDERS_READ), ROUTE_OWNED, NULL, &price_query_fields,
     &why_node_fields, ask_price, "How the price of an order, or of one line, is made up."},
    {0},
};
