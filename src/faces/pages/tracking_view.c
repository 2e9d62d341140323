#include "faces/pages/tracking_view.h"

#include "base/country.h"
#include "base/source.h"
#include "domain/events/event.h"
#include "domain/orders/return.h"
#include "domain/payments/invoice.h"
#include "faces/pages/address_inputs.h"
#include "faces/pages/links.h"
#include "faces/pages/tracking_words.h"
#include "stages/2_processing/cancelling.h"
#include "stages/7_completion/cases.h"
#include "stages/7_completion/feedback.h"

static const struct field step_table[] = {
    FIELD(struct page_step, name),   FIELD(struct page_step, state),
    FIELD(struct page_step, part),   FIELD(struct page_step, is_done),
    FIELD(struct page_step, is_now), FIELD_INSTANT(struct page_step, at_us, "at"),
};
static const struct fields step_fields = FIELDS("tracking_step", struct page_step, step_table);

static const struct field page_line_table[] = {
    FIELD(struct page_line, quantity),
    FIELD(struct page_line, name),
    FIELD(struct page_line, personalisation),
};
const struct fields page_line_fields = FIELDS("tracking_line", struct page_line, page_line_table);

static const struct field coming_table[] = {
    FIELD(struct page_coming, quantity),
    FIELD(struct page_coming, name),
    FIELD_DAY(struct page_coming, by_day, "promised_date"),
};
static const struct fields coming_fields =
    FIELDS("tracking_coming", struct page_coming, coming_table);

static const struct field event_table[] = {
    FIELD_INSTANT(struct page_event, at_us, "at"),
    FIELD(struct page_event, words),
    FIELD(struct page_event, place),
};
static const struct fields page_event_fields =
    FIELDS("tracking_event", struct page_event, event_table);

static const struct field package_table[] = {
    FIELD(struct page_package, number),
    FIELD(struct page_package, of),
    FIELD(struct page_package, title),
    FIELD(struct page_package, status),
    FIELD(struct page_package, tone),
    FIELD(struct page_package, carrier),
    FIELD(struct page_package, tracking_number),
    FIELD_LIST(struct page_package, lines, page_line_fields),
    FIELD_LIST(struct page_package, events, page_event_fields),
};
static const struct fields package_view_fields =
    FIELDS("tracking_package", struct page_package, package_table);

static const struct field concern_table[] = {
    FIELD(struct page_concern, kind),   FIELD(struct page_concern, status),
    FIELD(struct page_concern, tone),   FIELD(struct page_concern, words),
    FIELD(struct page_concern, answer),
};
static const struct fields concern_fields =
    FIELDS("tracking_concern", struct page_concern, concern_table);

static const struct field goods_table[] = {
    FIELD(struct page_goods, line_no),
    FIELD(struct page_goods, most),
    FIELD(struct page_goods, name),
    FIELD(struct page_goods, given),
};
static const struct fields goods_fields = FIELDS("tracking_goods", struct page_goods, goods_table);

static const struct field return_table[] = {
    FIELD(struct page_return, status),
    FIELD(struct page_return, tone),
    FIELD(struct page_return, reason),
    FIELD(struct page_return, answer),
    FIELD_LIST(struct page_return, lines, page_line_fields),
};
static const struct fields return_fields =
    FIELDS("tracking_return", struct page_return, return_table);

static const struct field document_table[] = {
    FIELD(struct page_document, title),
    FIELD_DAY(struct page_document, issued_day, "issued_on"),
    FIELD(struct page_document, total),
    FIELD(struct page_document, path),
};
static const struct fields document_fields =
    FIELDS("tracking_document", struct page_document, document_table);

static const struct field question_table[] = {
    FIELD(struct page_question, id),        FIELD(struct page_question, words),
    FIELD(struct page_question, otherwise), FIELD_INSTANT(struct page_question, until_us, "until"),
    FIELD(struct page_question, action),
};
static const struct fields question_fields =
    FIELDS("tracking_question", struct page_question, question_table);

static const struct field choice_table[] = {
    FIELD(struct page_choice, value),
    FIELD(struct page_choice, name),
    FIELD(struct page_choice, is_chosen),
};
static const struct fields choice_fields = FIELDS("page_choice", struct page_choice, choice_table);

/* The twin's members stand first, so that one table holds the other. */
#define TRACKING_FACTS                                                                             \
    FIELD(struct tracking_view, order_number),                                                     \
        FIELD_INSTANT(struct tracking_view, placed_us, "placed_at"),                               \
        FIELD(struct tracking_view, stage), FIELD(struct tracking_view, method),                   \
        FIELD_DAY(struct tracking_view, promised_day, "promised_date"),                            \
        FIELD_INSTANT(struct tracking_view, delivered_us, "delivered_at"),                         \
        FIELD(struct tracking_view, is_late), FIELD(struct tracking_view, is_cancelled),           \
        FIELD(struct tracking_view, total, .flags = F_NULL),                                       \
        FIELD_LIST(struct tracking_view, steps, step_fields),                                      \
        FIELD_LIST(struct tracking_view, packages, package_view_fields),                           \
        FIELD_LIST(struct tracking_view, waiting, page_line_fields),                               \
        FIELD_LIST(struct tracking_view, coming, coming_fields),                                   \
        FIELD_TEXTS(struct tracking_view, ship_to),                                                \
        FIELD_TEXTS(struct tracking_view, pickup_place), FIELD(struct tracking_view, is_pickup),   \
        FIELD_LIST(struct tracking_view, concerns, concern_fields),                                \
        FIELD_LIST(struct tracking_view, returns, return_fields),                                  \
        FIELD_LIST(struct tracking_view, documents, document_fields),                              \
        FIELD_LIST(struct tracking_view, questions, question_fields),                              \
        FIELD_LIST(struct tracking_view, goods_back, goods_fields),                                \
        FIELD(struct tracking_view, can_return), FIELD(struct tracking_view, can_confirm),         \
        FIELD(struct tracking_view, can_cancel), FIELD(struct tracking_view, can_redirect),        \
        FIELD(struct tracking_view, can_report), FIELD(struct tracking_view, feedback_path)

static const struct field twin_table[] = {
    FRAME_TEXT(struct tracking_view, merchant_name), FRAME_TEXT(struct tracking_view, headline),
    FRAME_TEXT(struct tracking_view, explanation), TRACKING_FACTS};
const struct fields tracking_fields = FIELDS("tracking", struct tracking_view, twin_table);

static const struct field page_table[] = {
    PAGE_FRAME(struct tracking_view),
    TRACKING_FACTS,
    FIELD(struct tracking_view, path),
    FIELD(struct tracking_view, waiting_title),
    FIELD(struct tracking_view, has_actions),
    FIELD(struct tracking_view, is_reporting),
    FIELD(struct tracking_view, is_returning),
    FIELD(struct tracking_view, is_redirecting),
    FIELD(struct tracking_view, is_cancelling),
    FIELD(struct tracking_view, country),
    FIELD_LIST(struct tracking_view, inputs, address_input_fields),
    FIELD_LIST(struct tracking_view, return_reasons, choice_fields),
    FIELD_LIST(struct tracking_view, kinds, choice_fields),
    FIELD(struct tracking_view, words_given),
};
const struct fields tracking_page_fields =
    FIELDS("tracking_page", struct tracking_view, page_table);

/* What all of the filling below looks at. */
struct tracking {
    struct order_set set;
    const struct order_parts *order;
    struct list events, holds, cases, feedback, returns, return_lines, documents;
    int64_t wanted; /* units */
};

/* --- masking --------------------------------------------------------------------------------- */

static size_t char_len(struct text t, size_t at)
{
    size_t n = 1;
    while (at + n < t.len && ((unsigned char)t.at[at + n] & 0xc0) == 0x80) n++;
    return n;
}

struct text mask_words(struct arena *a, struct text t)
{
    struct buf b = buf_new(a);
    bool is_start = true;
    for (size_t i = 0, n; i < t.len; i += n) {
        n = char_len(t, i);
        if (t.at[i] == ' ') {
            buf_putc(&b, ' ');
            is_start = true;
        } else if (is_start) {
            buf_put(&b, (struct text){t.at + i, n});
            buf_puts(&b, "•••");
            is_start = false;
        }
    }
    return buf_text(&b);
}

struct text mask_postal_code(struct arena *a, struct text t)
{
    size_t shown = t.len / 2;
    ptrdiff_t gap = text_find(t, T(" "));
    if (gap > 0) shown = (size_t)gap;
    while (shown && shown < t.len && ((unsigned char)t.at[shown] & 0xc0) == 0x80) shown--;
    if (!t.len) return t;
    return text_printf(a, "%.*s%s•••", (int)shown, t.at, gap > 0 ? " " : "");
}

static struct list masked_address(struct arena *a, const struct tracking *k)
{
    const struct postal_address *at = &k->order->ship_to.at;
    const struct country *country = country_by_code(at->country);
    struct text *lines = arena_new(a, struct text, 4);
    size_t n = 0;
    struct text who = at->recipient.len ? at->recipient : at->organization;
    if (who.len) lines[n++] = mask_words(a, who);
    if (at->line1.len) lines[n++] = mask_words(a, at->line1);
    struct text code = mask_postal_code(a, at->postal_code);
    struct text town = text_printf(a, "%.*s%s%.*s", TEXT_ARG(at->city),
                                   at->city.len && code.len ? ", " : "", TEXT_ARG(code));
    if (town.len) lines[n++] = town;
    if (country) lines[n++] = text_of(country->name);
    return (struct list){lines, n};
}

/* --- how far --------------------------------------------------------------------------------- */

/* When it last was told of; NONE when never. */
static int64_t when(const struct tracking *k, enum event_kind kind)
{
    const struct event *at = k->events.at;
    int64_t us = NONE;
    for (size_t i = 0; i < k->events.count; i++)
        if (at[i].kind == (int32_t)kind) us = at[i].at_us;
    return us;
}

static void fill_steps(struct arena *a, const struct tracking *k, struct tracking_view *v)
{
    const struct order_state *s = &k->order->state;
    int64_t wanted = k->wanted;
    const char *way = v->is_pickup ? "Ready for you" : "On its way";
    const char *end = v->is_pickup ? "Collected" : "Delivered";
    const struct {
        const char *name, *now; /* now: while it is what is being done */
        int64_t units, at_us;
    } all[] = {
        {"Ordered", "Ordered", wanted, k->order->order.placed_us},
        {"Picked", "Being picked", s->picked, when(k, EVENT_FULFILLMENT_PICKED)},
        {"Packed", "Being packed", s->packed, when(k, EVENT_FULFILLMENT_PACKED)},
        {way, s->shipped || v->is_pickup ? way : "Ready to leave", s->shipped,
         when(k, EVENT_PACKAGE_HANDED_OVER)},
        {end, end, s->delivered, v->delivered_us},
    };
    enum { TRAVEL = 3, STEPS = 5 };
    struct page_step *steps = arena_new(a, struct page_step, STEPS);
    size_t now = 0;
    while (now < STEPS && wanted && all[now].units >= wanted) now++;
    /* it is on its way from the first package that left until the last is there */
    if (now < STEPS && s->shipped > 0) now = TRAVEL;
    /* nobody has begun while it waits for money, goods or an answer */
    if (now == 1 && s->stage <= STAGE_PROCESSING) now = 0;
    for (size_t i = 0; i < STEPS; i++) {
        bool is_whole = wanted && all[i].units >= wanted;
        bool is_part = !is_whole && all[i].units > 0;
        steps[i].is_now = i == now;
        steps[i].name = text_of(i == now ? all[i].now : all[i].name);
        steps[i].is_done = is_whole && !steps[i].is_now;
        steps[i].state = steps[i].is_now    ? T("now")
                         : steps[i].is_done ? T("done")
                         : is_part          ? T("part")
                                            : T("todo");
        steps[i].at_us = is_whole ? all[i].at_us : NONE;
        if (is_part)
            steps[i].part =
                text_printf(a, "%lld of %lld", (long long)all[i].units, (long long)wanted);
    }
    v->steps = (struct list){steps, STEPS};
}

static struct page_line line_view(struct arena *a, const struct tracking *k, int64_t line_no,
                                  int64_t quantity)
{
    const struct order_parts *o = k->order;
    for (size_t i = 0; i < o->line_count; i++)
        if (o->lines[i].line_no == line_no)
            return (struct page_line){quantity, order_line_name(&k->set, &o->lines[i]),
                                      order_line_words(a, &k->set, &o->lines[i])};
    return (struct page_line){quantity, T("item"), {0}};
}

static struct list events_of(struct arena *a, const struct tracking *k, int64_t package_id)
{
    const struct event *at = k->events.at;
    struct page_event *events = arena_new(a, struct page_event, k->events.count + 1);
    size_t n = 0;
    for (size_t i = k->events.count; i-- > 0;) { /* newest first */
        bool is_pickup = k->order->order.method == METHOD_PICKUP;
        struct text place = {0}, words = tracking_event_words(a, &at[i], is_pickup, &place);
        if (at[i].subject_id != package_id || !words.at) continue;
        const struct page_event *later = n ? &events[n - 1] : NULL;
        bool is_repeated = later && text_eq(later->words, words) &&
                           (!later->place.len || !place.len || text_eq(later->place, place));
        if (is_repeated && !place.len) place = later->place;
        if (is_repeated) n--; /* of equal ones the first counts */
        events[n++] = (struct page_event){at[i].at_us, words, place};
    }
    return (struct list){events, n};
}

static void fill_packages(struct arena *a, const struct tracking *k, struct tracking_view *v)
{
    const struct order_parts *o = k->order;
    struct page_package *packages = arena_new(a, struct page_package, o->package_count + 1);
    size_t n = 0;
    for (size_t i = 0; i < o->package_count; i++) {
        const struct package *p = &o->packages[i];
        size_t count;
        const struct package_line *content = package_content(&k->set, p->package_id, &count);
        if (p->state == PACKAGE_OPEN || !count) continue;
        const struct label *label = package_label(&k->set, p->package_id);
        struct page_line *lines = arena_new(a, struct page_line, count);
        for (size_t l = 0; l < count; l++)
            lines[l] = line_view(a, k, content[l].line_no, content[l].quantity);
        packages[n] = (struct page_package){.number = (int64_t)n + 1,
                                            .status = package_status_words(p, v->is_pickup),
                                            .tone = package_tone(p),
                                            .lines = {lines, count},
                                            .events = events_of(a, k, p->package_id)};
        if (label && p->state >= PACKAGE_LABELLED) {
            packages[n].carrier = carrier_text(&k->set, label);
            packages[n].tracking_number = label->tracking_number;
        }
        n++;
    }
    for (size_t i = 0; i < n; i++) {
        packages[i].of = (int64_t)n;
        packages[i].title = n > 1 ? text_printf(a, "Package %zu of %zu", i + 1, n)
                                  : T("Your package");
    }
    v->packages = (struct list){packages, n};
}

/* What is in no package yet; services and charges travel with nothing. */
static void fill_waiting(struct arena *a, const struct tracking *k, struct tracking_view *v)
{
    const struct order_parts *o = k->order;
    struct page_line *lines = arena_new(a, struct page_line, o->line_count + 1);
    size_t n = 0;
    for (size_t i = 0; i < o->line_count; i++) {
        const struct order_line *l = &o->lines[i];
        int64_t left = line_is_physical(l) ? l->quantity - l->cancelled : 0;
        for (size_t p = 0; p < o->package_count; p++) {
            size_t count;
            const struct package_line *in =
                package_content(&k->set, o->packages[p].package_id, &count);
            if (o->packages[p].state == PACKAGE_OPEN) continue;
            for (size_t c = 0; c < count; c++)
                if (in[c].line_no == l->line_no) left -= in[c].quantity;
        }
        if (v->is_cancelled && line_is_physical(l)) left = l->quantity;
        if (left > 0) lines[n++] = line_view(a, k, l->line_no, left);
    }
    v->waiting = (struct list){lines, n};
    v->waiting_title = v->is_cancelled     ? T("What you had ordered")
                       : v->packages.count ? T("Still to come")
                                           : T("What you ordered");
}

/* What is not in the house yet, and when it will be at the door. */
static void fill_coming(struct arena *a, const struct tracking *k, struct tracking_view *v)
{
    struct list waits = order_waits(a, k->order);
    const struct order_wait *at = waits.at;
    struct page_coming *out = arena_new(a, struct page_coming, waits.count + 1);
    for (size_t i = 0; i < waits.count; i++)
        out[i] = (struct page_coming){at[i].units, order_line_name(&k->set, at[i].line), at[i].day};
    v->coming = (struct list){out, waits.count};
}

/* --- what can be done ------------------------------------------------------------------------ */

static bool is_held(const struct tracking *k, enum hold_reason reason)
{
    const struct hold *at = k->holds.at;
    for (size_t i = 0; i < k->holds.count; i++)
        if (at[i].reason == (int32_t)reason) return true;
    return false;
}

static const struct care_case *about_missing(const struct tracking *k)
{
    const struct care_case *at = k->cases.at, *last = NULL;
    for (size_t i = 0; i < k->cases.count; i++) {
        if (at[i].kind != CASE_MISSING) continue;
        if (at[i].resolution < 0) return &at[i];
        last = &at[i];
    }
    return last;
}

static void fill_concerns(struct arena *a, const struct tracking *k, struct tracking_view *v)
{
    const struct care_case *at = k->cases.at;
    struct page_concern *concerns = arena_new(a, struct page_concern, k->cases.count + 1);
    for (size_t i = 0; i < k->cases.count; i++) {
        bool is_open = at[i].resolution < 0;
        concerns[i] = (struct page_concern){.kind = case_kind_text(at[i].kind),
                                            .status = case_status_text(at[i].resolution),
                                            .tone = is_open ? T("warn") : T("good"),
                                            .words = at[i].words,
                                            .answer = at[i].answer};
    }
    v->concerns = (struct list){concerns, k->cases.count};
    struct page_choice *kinds = arena_new(a, struct page_choice, CASE_OTHER + 1);
    size_t n = 0;
    for (int32_t kind = 0; kind <= CASE_OTHER; kind++) {
        bool is_later = kind != CASE_LATE && kind != CASE_QUESTION && kind != CASE_OTHER;
        if (is_later && k->order->state.shipped == 0) continue;
        kinds[n++] = (struct page_choice){text_of(word_of(&case_kind_words, kind)),
                                          case_kind_text(kind), false};
    }
    v->kinds = (struct list){kinds, n};
}

static void fill_documents(struct arena *a, const struct tracking *k, struct tracking_view *v)
{
    const struct invoice *at = k->documents.at;
    struct page_document *views = arena_new(a, struct page_document, k->documents.count + 1);
    for (size_t i = 0; i < k->documents.count; i++) {
        struct text number = invoice_number(a, &at[i]), id = id_text(a, "inv", at[i].invoice_id);
        views[i] = (struct page_document){
            .title = text_printf(a, "%s %.*s",
                                 at[i].kind == INVOICE_BILL ? "Invoice" : "Credit note",
                                 TEXT_ARG(number)),
            .path = text_printf(a, "%.*s/documents/%.*s", TEXT_ARG(v->path), TEXT_ARG(id)),
            .issued_day = at[i].issued_day,
            .total = money(at[i].total_minor, text_cstr(a, at[i].currency))};
    }
    v->documents = (struct list){views, k->documents.count};
}

static void fill_actions(struct ctx *c, const struct tracking *k, struct tracking_view *v)
{
    const struct order_state *s = &k->order->state;
    int64_t id = s->order_id;
    v->can_confirm = s->commercial == COMMERCIAL_PLACED && is_held(k, HOLD_CONFIRMATION);
    v->can_cancel = order_is_cancellable(s);
    v->can_redirect = v->can_cancel && s->commercial == COMMERCIAL_PLACED &&
                      k->order->order.method != METHOD_PICKUP;
    v->can_report = s->commercial != COMMERCIAL_DRAFT;
    if (s->delivered > 0 && !k->feedback.count)
        v->feedback_path = link_path(c->arena, LINK_FEEDBACK, c->merchant_id, id);
    v->has_actions = v->can_return || v->can_cancel || v->can_report || v->feedback_path.at;
}

void tracking_fill_address(struct arena *a, struct postal_address *to, const struct fault *f,
                           struct tracking_view *v)
{
    v->inputs = address_inputs(a, to, f);
    v->is_redirecting = f != NULL;
}

/* --- loading --------------------------------------------------------------------------------- */

static enum err load(struct ctx *c, int64_t order_id, struct tracking *k)
{
    TRY(order_parts_load(c, &order_id, 1, &k->set));
    k->order = order_parts_find(&k->set, order_id);
    if (!k->order) return fail(c, ERR_NOT_FOUND, "order_not_found", "there is no such order");
    k->wanted = k->order->state.units - k->order->state.cancelled;
    TRY(event_timeline(c, order_id, &k->events));
    TRY(holds_of(c, &order_id, 1, true, &k->holds));
    TRY(cases_of(c, &order_id, 1, &k->cases));
    TRY(returns_of_orders(c, &order_id, 1, &k->returns));
    TRY(invoices_of_orders(c, &order_id, 1, &k->documents));
    const struct order_return *returns = k->returns.at;
    int64_t *ids = arena_new(c->arena, int64_t, k->returns.count + 1);
    for (size_t i = 0; i < k->returns.count; i++) ids[i] = returns[i].return_id;
    if (k->returns.count) TRY(return_lines_of(c, ids, k->returns.count, &k->return_lines));
    return feedback_of(c, &order_id, 1, &k->feedback);
}

static int64_t delivered_us(const struct tracking *k)
{
    int64_t us = NONE;
    if (!k->wanted || k->order->state.delivered < k->wanted) return NONE;
    for (size_t i = 0; i < k->order->package_count; i++)
        if (k->order->packages[i].delivered_us > us) us = k->order->packages[i].delivered_us;
    return us != NONE ? us : when(k, EVENT_ORDER_DELIVERED);
}

enum err tracking_load(struct ctx *c, int64_t order_id, struct tracking_view *out,
                       int64_t *ended_us)
{
    struct tracking k = {0};
    struct arena *a = c->arena;
    TRY(load(c, order_id, &k));
    const struct order *o = &k.order->order;
    const struct order_state *s = &k.order->state;
    k.set.merchant = order_voice(&k.set, k.order);
    *out = (struct tracking_view){0};
    out->order_number = text_printf(a, "%lld", (long long)o->number);
    out->frame =
        page_frame_of(a, &k.set.merchant, text_printf(a, "Order %lld", (long long)o->number));
    out->path = link_path(a, LINK_TRACK, c->merchant_id, order_id);
    out->placed_us = o->placed_us;
    out->delivered_us = delivered_us(&k);
    bool is_there = k.wanted && s->delivered >= k.wanted;
    out->promised_day = is_there ? NONE : k.order->promised_day;
    out->stage = text_of(word_of(&stage_words, s->stage));
    out->method = method_text(o->method);
    out->total = money(order_amounts(k.order).total_minor, text_cstr(a, o->currency));
    out->is_cancelled = s->commercial == COMMERCIAL_CANCELLED;
    out->is_late = !out->is_cancelled && out->promised_day != NONE &&
                   out->promised_day < day_of_us(c->now_us);
    out->is_pickup = o->method == METHOD_PICKUP;
    if (out->is_pickup)
        TRY(pickup_place(c, &k.set, k.order, &out->pickup_place));
    else
        out->ship_to = masked_address(a, &k);
    /* whoever has the link is not told the address: the form begins empty */
    struct postal_address other = {.country = k.order->ship_to.at.country};
    const struct country *country = country_by_code(other.country);
    out->country = country ? text_of(country->name) : other.country;
    tracking_fill_address(a, &other, NULL, out);
    fill_packages(a, &k, out);
    fill_waiting(a, &k, out);
    fill_coming(a, &k, out);
    fill_steps(a, &k, out);
    fill_concerns(a, &k, out);
    fill_documents(a, &k, out);
    tracking_fill_questions(c, &k.set, k.order, out);
    tracking_fill_returns(c, &k.set, k.order, &k.returns, &k.return_lines, out);
    fill_actions(c, &k, out);
    struct tracking_state state = {.order = s,
                                   .method = o->method,
                                   .is_late = out->is_late,
                                   .waits_for_customer = is_held(&k, HOLD_CONFIRMATION),
                                   .waits_for_payment = is_held(&k, HOLD_PAYMENT),
                                   .packages = k.order->packages,
                                   .package_count = k.order->package_count,
                                   .missing = about_missing(&k)};
    tracking_headline(&state, &out->frame.headline, &out->frame.explanation);
    const struct event *last = k.events.at;
    bool is_over = s->commercial == COMMERCIAL_CLOSED || out->is_cancelled;
    *ended_us = is_over && k.events.count ? last[k.events.count - 1].at_us : NONE;
    return OK;
}
