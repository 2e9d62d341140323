/* faces/pages/tracking.c: /t/TOKEN and its forms. */
#include "domain/customers/customer.h"
#include "domain/payments/invoice.h"
#include "faces/api/invoices.h"
#include "faces/pages/address_inputs.h"
#include "faces/pages/page_handlers.h"
#include "faces/pages/tracking_view.h"
#include "stages/2_processing/cancelling.h"
#include "stages/2_processing/changing.h"
#include "stages/2_processing/confirming.h"
#include "stages/7_completion/cases.h"
#include "wire/json.h"

/* What a form brought, when it is shown again. */
struct sent {
    int32_t kind;
    struct text words;
    struct text trouble;
    struct text form;          /* of a return */
    struct postal_address *to; /* of another address; NULL */
    const struct fault *fault;
    bool is_return, is_cancel;
};

static struct text notice_of(const struct request *in)
{
    static const struct {
        const char *word, *notice;
    } done[] = {
        {"confirmed", "Thank you, the order is confirmed."},
        {"cancelled", "The order is cancelled."},
        {"redirected", "Thank you, it goes to the new address."},
        {"instead", "Thank you, we send it."},
        {"as_ordered", "Thank you. We leave it as you ordered it."},
        {"returning", "Thank you. We look at it, and tell you how to send it back."},
        {"reported", "Thank you for telling us. A person looks at it, and you will hear from us."},
    };
    const struct page_query *q = in->query;
    for (size_t i = 0; q && i < sizeof done / sizeof *done; i++)
        if (text_is(q->done, done[i].word)) return text_of(done[i].notice);
    return (struct text){0};
}

static enum err show(struct ctx *c, int64_t order_id, const struct request *in,
                     const struct sent *sent, bool as_json, struct reply *out)
{
    struct tracking_view v;
    int64_t ended_us;
    enum err e = tracking_load(c, order_id, &v, &ended_us);
    if (e == ERR_NOT_FOUND && !as_json) return page_say(c, 404, NULL, out);
    TRY(e);
    if (page_is_over(c, ended_us)) {
        if (as_json) return fail(c, ERR_NOT_FOUND, "link_over", "this order ended long ago");
        struct merchant merchant;
        TRY(merchant_get(c, &merchant));
        return page_say(c, 410, &merchant, out);
    }
    if (as_json) {
        out->content = record_to_json(c->arena, &tracking_fields, &v);
        out->content_type = T("application/json");
        return OK;
    }
    v.frame.notice = notice_of(in);
    if (!sent) return page_render(c, "tracking.html", &tracking_page_fields, &v, 200, out);
    v.frame.trouble = sent->trouble;
    v.words_given = sent->words;
    v.is_reporting = sent->kind >= 0;
    v.is_returning = sent->is_return;
    v.is_cancelling = sent->is_cancel;
    if (sent->is_return) tracking_returns_again(c->arena, sent->form, &v);
    if (sent->to) {
        tracking_fill_address(c->arena, sent->to, sent->fault, &v);
        if (address_inputs_marked(&v.inputs))
            v.frame.trouble = T("One thing needs another look; it is marked below.");
    }
    struct page_choice *kinds = v.kinds.at;
    struct text chosen = text_of(word_of(&case_kind_words, sent->kind));
    for (size_t i = 0; i < v.kinds.count; i++) kinds[i].is_chosen = text_eq(kinds[i].value, chosen);
    return page_render(c, "tracking.html", &tracking_page_fields, &v, 422, out);
}

enum err tracking_show(struct ctx *c, const struct request *in, struct reply *out)
{
    struct text token = in->words[0];
    bool as_json = text_ends(token, T(".json"));
    int64_t order_id;
    if (as_json) token.len -= 5;
    if (page_open(c, LINK_TRACK, token, &order_id))
        return show(c, order_id, in, NULL, as_json, out);
    if (as_json) return fail(c, ERR_NOT_FOUND, "link_unknown", "this link opens nothing");
    return page_say(c, 404, NULL, out);
}

enum err tracking_document(struct ctx *c, const struct request *in, struct reply *out)
{
    int64_t order_id, ended_us;
    struct tracking_view v;
    struct invoice i;
    if (!page_open(c, LINK_TRACK, in->words[0], &order_id)) return page_say(c, 404, NULL, out);
    enum err e = tracking_load(c, order_id, &v, &ended_us);
    if (e == OK) e = invoice_get(c, in->ids[1], &i);
    bool is_hidden = e == OK && (i.order_id != order_id || page_is_over(c, ended_us));
    if (e == ERR_NOT_FOUND || is_hidden) return page_say(c, 404, NULL, out);
    TRY(e);
    TRY(invoice_draw(c, i.invoice_id, true, &out->content));
    out->content_type = T("application/pdf");
    return OK;
}

/* How a form ended: on to the page, or shown again with what was wrong. */
static enum err answer(struct ctx *c, const struct request *in, int64_t order_id, enum err e,
                       const char *done, struct sent sent, struct reply *out)
{
    if (e == OK) {
        page_done(c->arena, out, link_path(c->arena, LINK_TRACK, c->merchant_id, order_id), done);
        return OK;
    }
    if (!page_can_tell(c, e)) return e;
    struct fault fault = c->fault;
    sent.fault = &fault;
    sent.trouble = fault_words(c->arena, &fault);
    return show(c, order_id, in, &sent, false, out);
}

enum err tracking_confirm(struct ctx *c, const struct request *in, struct reply *out)
{
    struct confirm_answer a = {.is_by_link = true, .wish_day = NONE};
    struct confirm_outcome done;
    if (!page_open(c, LINK_TRACK, in->words[0], &a.order_id)) return page_say(c, 404, NULL, out);
    TRY(page_actor(c, a.order_id));
    enum err e = confirm_answer(c, &a, &done);
    return answer(c, in, a.order_id, e, "confirmed", (struct sent){.kind = -1}, out);
}

enum err tracking_cancel(struct ctx *c, const struct request *in, struct reply *out)
{
    int64_t order_id;
    struct cancel_outcome done;
    struct text reason = form_value(c->arena, in->raw, "reason");
    if (!page_open(c, LINK_TRACK, in->words[0], &order_id)) return page_say(c, 404, NULL, out);
    TRY(page_actor(c, order_id));
    bool is_sure = text_is(form_value(c->arena, in->raw, "sure"), "yes");
    enum err e;
    if (is_sure)
        e = order_cancel(c, order_id, reason.len ? reason : (struct text){0}, &done);
    else
        e = fail_at(c, ERR_INVALID, "not_sure", "sure",
                    "tick the box if you want the order cancelled");
    return answer(c, in, order_id, e, "cancelled", (struct sent){.kind = -1, .is_cancel = true},
                  out);
}

/* Another place in the same country: another one has another price, which the shop has to say. */
enum err tracking_redirect(struct ctx *c, const struct request *in, struct reply *out)
{
    int64_t order_id;
    struct order order;
    struct address old;
    struct change_outcome done;
    if (!page_open(c, LINK_TRACK, in->words[0], &order_id)) return page_say(c, 404, NULL, out);
    TRY(page_actor(c, order_id));
    TRY(order_get(c, order_id, &order));
    TRY(address_get(c, order.ship_to_id, &old));
    struct postal_address to = {
        .country = old.at.country, .phone = old.at.phone, .email = old.at.email};
    address_inputs_read(c->arena, in->raw, &to);
    struct order_change change = {
        .ship_to = &to, .method = -1, .wish_day = NONE, .shipping = {.minor = NONE}};
    enum err e = order_change(c, order_id, &change, &done);
    return answer(c, in, order_id, e, "redirected", (struct sent){.kind = -1, .to = &to}, out);
}

enum err tracking_report(struct ctx *c, const struct request *in, struct reply *out)
{
    struct case_wish wish = {.words = form_value(c->arena, in->raw, "words"),
                             .is_from_customer = true};
    int64_t case_id;
    wish.kind = word_find(&case_kind_words, form_value(c->arena, in->raw, "kind"));
    if (wish.kind < 0) wish.kind = CASE_OTHER;
    if (!page_open(c, LINK_TRACK, in->words[0], &wish.order_id)) return page_say(c, 404, NULL, out);
    TRY(page_actor(c, wish.order_id));
    enum err e = case_open(c, &wish, &case_id);
    struct sent sent = {.kind = wish.kind, .words = wish.words};
    return answer(c, in, wish.order_id, e, "reported", sent, out);
}

enum err tracking_return(struct ctx *c, const struct request *in, struct reply *out)
{
    int64_t order_id;
    struct sent sent = {.kind = -1, .is_return = true, .form = in->raw};
    if (!page_open(c, LINK_TRACK, in->words[0], &order_id)) return page_say(c, 404, NULL, out);
    TRY(page_actor(c, order_id));
    enum err e = tracking_ask_back(c, in->raw, order_id);
    sent.words = form_value(c->arena, in->raw, "note");
    return answer(c, in, order_id, e, "returning", sent, out);
}

enum err tracking_instead(struct ctx *c, const struct request *in, struct reply *out)
{
    int64_t order_id;
    bool accepts = text_is(form_value(c->arena, in->raw, "answer"), "yes");
    if (!page_open(c, LINK_TRACK, in->words[0], &order_id)) return page_say(c, 404, NULL, out);
    TRY(page_actor(c, order_id));
    enum err e = tracking_answer(c, in->raw, order_id);
    return answer(c, in, order_id, e, accepts ? "instead" : "as_ordered", (struct sent){.kind = -1},
                  out);
}
