#include "faces/api/why.h"

#include "base/lifecycle.h"
#include "base/list.h"
#include "base/money.h"
#include "base/sort.h"
#include "base/source.h"
#include "base/time.h"
#include "domain/catalog/product.h"
#include "domain/orders/order.h"
#include "domain/orders/package.h"
#include "domain/orders/return.h"
#include "domain/orders/substitution.h"
#include "domain/orders/work.h"
#include "domain/payments/payment.h"
#include "domain/sites/site.h"
#include "faces/api/actor_names.h"
#include "faces/api/order_dates.h"
#include "stages/7_completion/cases.h"

#include <string.h>

static const struct field step_table[] = {
    FIELD_INSTANT(struct why_step, at_us, "at", .flags = F_REQUIRED),
    FIELD(struct why_step, stage, .about = "the stage it belongs to"),
    FIELD(struct why_step, words, .about = "what happened, in words"),
    FIELD(struct why_step, actor, .about = "who did it"),
    FIELD_ID(struct why_step, command_id, "command_id", "cmd", .flags = F_NULL | F_WIDE,
             .about = "the command that caused it"),
    FIELD(struct why_step, kind, .flags = F_WIDE, .about = "of the event"),
    FIELD(struct why_step, position, .flags = F_WIDE, .about = "of the event in the feed"),
};
const struct fields why_step_fields = FIELDS("why_step", struct why_step, step_table);

static const struct field wait_table[] = {
    FIELD(struct why_wait, words, .about = "what it waits for"),
    FIELD_INSTANT(struct why_wait, since_us, "since"),
    FIELD(struct why_wait, owner, .about = "who has to see to it"),
};
const struct fields why_wait_fields = FIELDS("why_wait", struct why_wait, wait_table);

static const struct field why_table[] = {
    FIELD_ID(struct why, order_id, "id", "ord"),
    FIELD(struct why, number),
    FIELD(struct why, stage),
    FIELD(struct why, state,
          .about = "of the order as a contract: draft, placed, closed, cancelled"),
    FIELD_LIST(struct why, steps, why_step_fields, .max = 5000),
    FIELD_LIST(struct why, waits, why_wait_fields, .max = 1000,
               .about = "empty: it waits for nothing"),
};
const struct fields why_fields = FIELDS("why", struct why, why_table);

/* All that the words need, read as sets. */
struct story {
    struct order order;
    struct order_state state;
    struct list lines, events, work, packages, holds, payments, intents; /* of the order */
    struct list substitutions, cases, returns, return_lines;             /* of the order */
    struct list products, bins, sites;
    struct actors actors;
    struct order_dates *dates;
    struct why_wait *waits;
    size_t wait_count, wait_capacity;
    int64_t last_us; /* when anything happened last */
};

/* --- reading --------------------------------------------------------------------------------- */

static enum err load_actors(struct ctx *c, struct story *s)
{
    const struct event *events = s->events.at;
    const struct hold *holds = s->holds.at;
    const struct care_case *cases = s->cases.at;
    size_t most = s->events.count + s->holds.count + s->cases.count;
    int64_t *ids = arena_new(c->arena, int64_t, most + 1);
    size_t n = 0;
    for (size_t i = 0; i < s->events.count; i++) ids[n++] = events[i].actor_id;
    for (size_t i = 0; i < s->holds.count; i++) ids[n++] = holds[i].owner_id;
    for (size_t i = 0; i < s->cases.count; i++)
        if (cases[i].owner_id > 0) ids[n++] = cases[i].owner_id;
    return actors_load(c, ids, n, &s->actors);
}

static enum err load_names(struct ctx *c, struct story *s)
{
    const struct order_line *lines = s->lines.at;
    const struct event *events = s->events.at;
    int64_t *products = arena_new(c->arena, int64_t, s->lines.count + 1);
    int64_t *bins = arena_new(c->arena, int64_t, s->events.count + 1);
    size_t n = 0, m = 0;
    for (size_t i = 0; i < s->lines.count; i++)
        if (lines[i].product_id != NONE) products[n++] = lines[i].product_id;
    for (size_t i = 0; i < s->events.count; i++)
        if (events[i].other_id != NONE) bins[m++] = events[i].other_id;
    sort_i64(products, n);
    sort_i64(bins, m);
    TRY(products_of(c, products, unique_i64(products, n), &s->products));
    TRY(bins_of(c, bins, unique_i64(bins, m), &s->bins));
    TRY(site_list(c, &s->sites));
    return load_actors(c, s);
}

static enum err load_returns(struct ctx *c, int64_t order_id, struct story *s)
{
    TRY(returns_of_orders(c, &order_id, 1, &s->returns));
    if (!s->returns.count) return OK;
    const struct order_return *at = s->returns.at;
    int64_t *ids = arena_new(c->arena, int64_t, s->returns.count);
    for (size_t i = 0; i < s->returns.count; i++) ids[i] = at[i].return_id;
    return return_lines_of(c, ids, s->returns.count, &s->return_lines);
}

static enum err load(struct ctx *c, int64_t order_id, struct story *s)
{
    TRY(order_get(c, order_id, &s->order));
    TRY(order_state_get(c, order_id, &s->state));
    TRY(order_lines_of(c, &order_id, 1, &s->lines));
    TRY(event_timeline(c, order_id, &s->events));
    TRY(fulfillments_of_orders(c, &order_id, 1, &s->work));
    TRY(packages_of_orders(c, &order_id, 1, &s->packages));
    TRY(holds_of(c, &order_id, 1, true, &s->holds));
    TRY(payments_of(c, &order_id, 1, &s->payments));
    TRY(substitutions_of(c, &order_id, 1, &s->substitutions));
    TRY(cases_of(c, &order_id, 1, &s->cases));
    TRY(load_returns(c, order_id, s));
    int64_t *ids = arena_new(c->arena, int64_t, s->payments.count + 1);
    const struct payment *payments = s->payments.at;
    for (size_t i = 0; i < s->payments.count; i++) ids[i] = payments[i].payment_id;
    TRY(intents_of_payments(c, ids, s->payments.count, &s->intents));
    TRY(order_dates_of(c, &order_id, 1, &s->lines, &(struct list){0}, &s->dates));
    return load_names(c, s);
}

/* --- naming ---------------------------------------------------------------------------------- */

static struct text number_text(struct arena *a, int64_t n)
{
    return n == NONE ? (struct text){0} : text_printf(a, "%lld", (long long)n);
}

static struct text amount_text(struct arena *a, const struct story *s, int64_t minor)
{
    return minor == NONE ? (struct text){0} : money_text(a, minor, text_cstr(a, s->order.currency));
}

static struct text site_name(const struct story *s, int64_t site_id)
{
    const struct site *at = s->sites.at;
    for (size_t i = 0; i < s->sites.count; i++)
        if (at[i].site_id == site_id) return at[i].name;
    return (struct text){0};
}

static struct text bin_name(const struct story *s, int64_t bin_id)
{
    const struct bin *at = s->bins.at;
    for (size_t i = 0; i < s->bins.count; i++)
        if (at[i].bin_id == bin_id) return at[i].code;
    return (struct text){0};
}

static struct text sku_of_line(const struct story *s, int64_t line_no)
{
    const struct order_line *at = s->lines.at;
    for (size_t i = 0; i < s->lines.count; i++) {
        if (at[i].line_no != line_no) continue;
        const struct product *p = product_in(&s->products, at[i].product_id);
        return p ? p->sku : at[i].name;
    }
    return (struct text){0};
}

static const struct fulfillment *work_of(const struct story *s, int64_t fulfillment_id)
{
    const struct fulfillment *at = s->work.at;
    for (size_t i = 0; i < s->work.count; i++)
        if (at[i].fulfillment_id == fulfillment_id) return &at[i];
    return NULL;
}

/* "package 2": counted over the order, since each fulfillment counts its own from 1. */
static struct text package_name(struct arena *a, const struct story *s, int64_t package_id)
{
    const struct package *at = s->packages.at;
    for (size_t i = 0; i < s->packages.count; i++)
        if (at[i].package_id == package_id)
            return s->packages.count == 1 ? T("the package") : text_printf(a, "package %zu", i + 1);
    return T("a package");
}

static struct why_names names_of(struct arena *a, const struct story *s, const struct event *e)
{
    const struct fulfillment *f = work_of(s, e->subject_id);
    struct why_names n = {.quantity = number_text(a, e->quantity),
                          .amount = amount_text(a, s, e->amount_minor),
                          .word = e->word,
                          .note = e->note,
                          .line = number_text(a, e->line_no),
                          .sku = sku_of_line(s, e->line_no),
                          .bin = bin_name(s, e->other_id),
                          .site = site_name(s, f ? f->site_id : e->other_id),
                          .package = package_name(a, s, e->subject_id)};
    return n;
}

static void tell_steps(struct ctx *c, struct story *s, struct why *out)
{
    const struct event *events = s->events.at;
    struct why_step *steps = arena_new(c->arena, struct why_step, s->events.count + 1);
    for (size_t i = 0; i < s->events.count; i++) {
        const struct event *e = &events[i];
        bool is_known = e->kind >= 0 && e->kind < EVENT_KIND_COUNT;
        const char *template = is_known ? why_template((enum event_kind)e->kind) : NULL;
        struct why_names names = names_of(c->arena, s, e);
        int32_t stage = is_known ? why_stage((enum event_kind)e->kind) : STAGE_RECEIVED;
        struct text kind = text_of(word_of(&event_words, e->kind));
        bool is_mail = e->kind == EVENT_MESSAGE_SENT || e->kind == EVENT_MESSAGE_FAILED;
        struct text shown = text_of(word_of(&stage_words, stage));
        if (is_mail && i) shown = steps[i - 1].stage; /* mails go out at every stage */
        steps[i] =
            (struct why_step){.at_us = e->at_us,
                              .stage = shown,
                              .words = template ? why_words(c->arena, template, &names) : kind,
                              .actor = actor_name(c->arena, &s->actors, e->actor_id),
                              .command_id = e->command_id ? e->command_id : NONE,
                              .kind = kind,
                              .position = e->position};
        if (e->at_us > s->last_us) s->last_us = e->at_us;
    }
    out->steps = (struct list){steps, s->events.count};
}

/* --- waiting --------------------------------------------------------------------------------- */

static void add_wait(struct ctx *c, struct story *s, struct text words, int64_t since_us,
                     struct text owner)
{
    struct why_wait *w = arena_push(c->arena, s->waits, s->wait_count, s->wait_capacity);
    *w = (struct why_wait){words, since_us, owner};
}

/* When something was last told of this thing; otherwise of the order. */
static int64_t last_about(const struct story *s, int64_t subject_id)
{
    const struct event *e = s->events.at;
    for (size_t i = s->events.count; i-- > 0;)
        if (e[i].subject_id == subject_id) return e[i].at_us;
    return s->last_us;
}

static void wait_for_holds(struct ctx *c, struct story *s)
{
    const struct hold *at = s->holds.at;
    for (size_t i = 0; i < s->holds.count; i++) {
        struct buf b = buf_new(c->arena);
        buf_printf(&b, "hold %s", word_of(&hold_reason_words, at[i].reason));
        if (at[i].note.len) buf_printf(&b, " (%.*s)", TEXT_ARG(at[i].note));
        if (at[i].release_due_us != NONE)
            buf_printf(&b, ", which ends by itself at %.*s",
                       TEXT_ARG(instant_text(c->arena, at[i].release_due_us)));
        /* payment, confirmation and stock end by themselves; the others wait for a person */
        bool is_for_staff = at[i].reason != HOLD_PAYMENT && at[i].reason != HOLD_CONFIRMATION &&
                            at[i].reason != HOLD_STOCK;
        struct text owner = actor_name(c->arena, &s->actors, at[i].owner_id);
        if (!at[i].owner_id && is_for_staff) owner = T("the order desk");
        add_wait(c, s, buf_text(&b), at[i].placed_us, owner);
    }
}

static void wait_for_money(struct ctx *c, struct story *s)
{
    const struct payment_intent *at = s->intents.at;
    for (size_t i = 0; i < s->intents.count; i++) {
        if (at[i].state != INTENT_ASKED && at[i].state != INTENT_UNKNOWN) continue;
        struct text amount = amount_text(c->arena, s, at[i].amount_minor);
        add_wait(c, s,
                 text_printf(c->arena, "the payment provider's answer: %s %.*s%s",
                             word_of(&intent_kind_words, at[i].kind), TEXT_ARG(amount),
                             at[i].state == INTENT_UNKNOWN ? " (the first answer was lost)" : ""),
                 at[i].asked_us, T("the system"));
    }
}

/* What suppliers are expected to bring of it, and by when it is at the door. */
static void wait_for_deliveries(struct ctx *c, struct story *s)
{
    const struct earmark_view *at = s->dates->earmarks.at;
    for (size_t i = 0; i < s->dates->earmarks.count; i++) {
        struct text day = at[i].promised_day == NONE
                              ? T("nobody knows when")
                              : text_printf(c->arena, "at the door by %.*s",
                                            TEXT_ARG(day_text(c->arena, at[i].promised_day)));
        add_wait(c, s,
                 text_printf(c->arena, "%lld of %.*s with delivery %.*s%s: %.*s",
                             (long long)(at[i].units + at[i].arrived),
                             TEXT_ARG(sku_of_line(s, at[i].line_no)), TEXT_ARG(at[i].reference),
                             at[i].units ? "" : ", which has come in", TEXT_ARG(day)),
                 s->last_us, T("purchasing"));
    }
    if (s->dates->undated > 0)
        add_wait(c, s,
                 text_printf(c->arena, "a date for %.*s: no delivery brings %s",
                             TEXT_ARG(units_text(c->arena, s->dates->undated)),
                             s->dates->undated == 1 ? "it" : "them"),
                 s->last_us, T("purchasing"));
}

static void wait_for_stock(struct ctx *c, struct story *s)
{
    const struct order_state *o = &s->state;
    int64_t wanted = o->units - o->cancelled;
    if (o->allocated < wanted) {
        add_wait(c, s,
                 text_printf(c->arena, "stock for %lld of %.*s", (long long)(wanted - o->allocated),
                             TEXT_ARG(units_text(c->arena, wanted))),
                 s->last_us, T("purchasing"));
        wait_for_deliveries(c, s);
    }
    if (o->released < o->allocated && o->holds == 0)
        add_wait(c, s,
                 text_printf(c->arena, "the release of %.*s to a site",
                             TEXT_ARG(units_text(c->arena, o->allocated - o->released))),
                 s->last_us, T("the system"));
}

/* The step that a fulfillment is at; absent when it is over or with the carrier. */
static struct text work_step(struct arena *a, const struct fulfillment *f)
{
    switch ((enum fulfillment_state)f->state) {
    case FULFILLMENT_PLANNED: return T("its release");
    case FULFILLMENT_RELEASED:
    case FULFILLMENT_PICKING:
        return text_printf(a, "picking, %lld of %.*s done", (long long)f->picked,
                           TEXT_ARG(units_text(a, f->units)));
    case FULFILLMENT_PICKED:
    case FULFILLMENT_PACKING:
        if (f->services_open)
            return text_printf(a, "packing, %lld of %.*s done, %lld services to do",
                               (long long)f->packed, TEXT_ARG(units_text(a, f->units)),
                               (long long)f->services_open);
        return text_printf(a, "packing, %lld of %.*s done", (long long)f->packed,
                           TEXT_ARG(units_text(a, f->units)));
    case FULFILLMENT_PACKED: return T("label and hand-over to the carrier");
    case FULFILLMENT_CANCELLING: return T("goods to be put back into their bins");
    case FULFILLMENT_HANDED_OVER:
    case FULFILLMENT_DELIVERED:
    case FULFILLMENT_CLOSED:
    case FULFILLMENT_REJECTED:
    case FULFILLMENT_CANCELLED: break;
    }
    return (struct text){0};
}

static void wait_for_work(struct ctx *c, struct story *s)
{
    const struct fulfillment *at = s->work.at;
    for (size_t i = 0; i < s->work.count; i++) {
        struct text step = work_step(c->arena, &at[i]);
        if (!step.len) continue;
        struct text site = site_name(s, at[i].site_id);
        add_wait(c, s, step, last_about(s, at[i].fulfillment_id), site.len ? site : T("the site"));
    }
}

static void wait_for_carrier(struct ctx *c, struct story *s)
{
    const struct package *at = s->packages.at;
    for (size_t i = 0; i < s->packages.count; i++) {
        if (at[i].state != PACKAGE_HANDED_OVER && at[i].state != PACKAGE_IN_TRANSIT &&
            at[i].state != PACKAGE_RETURNING)
            continue;
        struct text name = package_name(c->arena, s, at[i].package_id);
        const char *step = at[i].state == PACKAGE_RETURNING ? "to come back" : "to arrive";
        add_wait(c, s,
                 text_printf(c->arena, "%.*s %s (%s)", TEXT_ARG(name), step,
                             word_of(&tracking_status_words, at[i].status)),
                 last_about(s, at[i].package_id), T("the carrier"));
    }
}

static void wait_for_customer(struct ctx *c, struct story *s)
{
    const struct substitution *at = s->substitutions.at;
    for (size_t i = 0; i < s->substitutions.count; i++) {
        if (at[i].state != SUBSTITUTION_ASKED) continue;
        struct text id = id_text(c->arena, "sbs", at[i].substitution_id);
        add_wait(c, s,
                 text_printf(c->arena,
                             "an answer: may something else come instead of %lld of %.*s (%.*s)",
                             (long long)at[i].replaced, TEXT_ARG(sku_of_line(s, at[i].line_no)),
                             TEXT_ARG(id)),
                 at[i].asked_us, T("the customer"));
    }
}

static void wait_for_care(struct ctx *c, struct story *s)
{
    const struct care_case *at = s->cases.at;
    for (size_t i = 0; i < s->cases.count; i++) {
        if (at[i].resolution >= 0) continue;
        struct text owner = at[i].owner_id == NONE || !at[i].owner_id
                                ? T("customer care")
                                : actor_name(c->arena, &s->actors, at[i].owner_id);
        struct text id = id_text(c->arena, "cas", at[i].case_id);
        add_wait(c, s,
                 text_printf(c->arena, "an end of case %.*s, %s, due %.*s", TEXT_ARG(id),
                             word_of(&case_kind_words, at[i].kind),
                             TEXT_ARG(day_text(c->arena, day_of_us(at[i].due_us)))),
                 at[i].opened_us, owner);
    }
}

/* What a line of a return waits for; units that are further already are not counted. */
static const struct {
    const char *before, *after, *owner; /* owner NULL: the site that has the goods */
} return_steps[] = {
    [RETURN_REQUESTED] = {"a yes or no: may", " come back", "customer care"},
    [RETURN_APPROVED] = {"the customer to send", " back", "the customer"},
    [RETURN_IN_TRANSIT] = {"the carrier to bring", " back", "the carrier"},
    [RETURN_RECEIVED] = {"a look at", ", which came back", NULL},
    [RETURN_INSPECTED] = {"what is given for", ", which came back", "customer care"},
    [RETURN_RESOLVED] = {"a look at", ", which came back", NULL}, /* the customer is content */
    [RETURN_CANCELLED] = {NULL, NULL, NULL},
};

static int64_t units_that_wait(const struct return_line *l)
{
    if (l->state == RETURN_RECEIVED || l->state == RETURN_RESOLVED) return l->waiting;
    if (l->state == RETURN_INSPECTED) return l->quantity - l->ended;
    return l->quantity - (l->received > l->ended ? l->received : l->ended);
}

static void wait_for_returns(struct ctx *c, struct story *s)
{
    const struct return_line *at = s->return_lines.at;
    for (size_t i = 0; i < s->return_lines.count; i++) {
        const struct order_return *r =
            LIST_FIND(&s->returns, struct order_return, return_id, at[i].return_id);
        int64_t units = units_that_wait(&at[i]);
        if (!r || units <= 0 || !return_steps[at[i].state].before) continue;
        const char *owner = return_steps[at[i].state].owner;
        struct text site = site_name(s, r->site_id);
        add_wait(c, s,
                 text_printf(c->arena, "%s %lld of %.*s%s (%.*s)", return_steps[at[i].state].before,
                             (long long)units, TEXT_ARG(sku_of_line(s, at[i].line_no)),
                             return_steps[at[i].state].after,
                             TEXT_ARG(id_text(c->arena, "ret", r->return_id))),
                 last_about(s, r->return_id),
                 owner      ? text_of(owner)
                 : site.len ? site
                            : T("the site"));
    }
}

static void tell_waits(struct ctx *c, struct story *s)
{
    bool is_open = s->state.commercial == COMMERCIAL_PLACED;
    if (s->state.commercial == COMMERCIAL_DRAFT)
        add_wait(c, s, T("the draft to be placed"), s->order.created_us, T("the order desk"));
    if (is_open) {
        wait_for_holds(c, s);
        wait_for_customer(c, s);
        wait_for_stock(c, s);
    }
    wait_for_money(c, s);
    wait_for_work(c, s);
    wait_for_carrier(c, s);
    wait_for_care(c, s);
    wait_for_returns(c, s);
    if (is_open && s->state.stage == STAGE_COMPLETING)
        add_wait(c, s, T("the days in which the customer may still say something"), s->last_us,
                 T("the system"));
}

enum err why_of(struct ctx *c, int64_t order_id, struct why *out)
{
    struct story s = {0};
    TRY(load(c, order_id, &s));
    *out = (struct why){.order_id = order_id,
                        .number = s.order.number,
                        .stage = text_of(word_of(&stage_words, s.state.stage)),
                        .state = text_of(word_of(&commercial_words, s.state.commercial))};
    s.last_us = s.order.created_us;
    tell_steps(c, &s, out);
    tell_waits(c, &s);
    out->waits = (struct list){s.waits, s.wait_count};
    return OK;
}

static enum err answer(struct ctx *c, const struct request *in, struct reply *out)
{
    struct why *why = arena_new(c->arena, struct why, 1);
    TRY(why_of(c, in->ids[0], why));
    out->record = why;
    return OK;
}

const struct route why_routes[] = {
    {"GET", "/v1/orders/{ord}/why", NULL, SCOPE(ORDERS_READ), ROUTE_OWNED, NULL, NULL, &why_fields,
     answer, "What happened to an order, step by step, and what it waits for."},
    {0},
};
