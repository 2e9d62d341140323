/* faces/api/credits.c: gift cards and store credit over HTTP and on the command line. */
#include "base/money.h"
#include "base/source.h"
#include "domain/people/owner.h"
#include "faces/api/page.h"
#include "faces/api/routes.h"
#include "stages/2_processing/crediting.h"
#include "wire/crypto.h"

struct credit_view {
    int64_t credit_id;
    int32_t kind;
    struct text code; /* only when it is made */
    struct text code_end;
    struct money balance;
    int64_t customer_id;
    struct text email, owner;
    int64_t expires_day;
    struct text note;
    int64_t created_us;
};
static const struct field view_table[] = {
    FIELD_ID(struct credit_view, credit_id, "id", "crd"),
    FIELD_ENUM(struct credit_view, kind, credit_kind_words),
    FIELD(struct credit_view, code,
          .about = "of a new gift card: shown this once, only its hash is kept"),
    FIELD(struct credit_view, code_end, .about = "the last four characters of the code"),
    FIELD(struct credit_view, balance, .about = "what can still be spent; we owe it"),
    FIELD_ID(struct credit_view, customer_id, "customer_id", "cus", .flags = F_NULL,
             .about = "whose store credit it is"),
    FIELD(struct credit_view, email, .about = "of a guest whose store credit it is"),
    FIELD(struct credit_view, owner, .flags = F_WIDE,
          .about = "code of whose guest; null: the merchant's own, or nobody's alone"),
    FIELD_DAY(struct credit_view, expires_day, "expires_date",
              .about = "the last day it can be spent, UTC; absent: it does not expire"),
    FIELD(struct credit_view, note),
    FIELD_INSTANT(struct credit_view, created_us, "created_at"),
};
static const struct fields credit_view_fields = FIELDS("credit", struct credit_view, view_table);

struct issue_body {
    int32_t kind;
    struct money amount;
    int64_t customer_id;
    struct text email;
    int64_t expires_day;
    int32_t paid_by;
    struct text note;
};
static const struct field issue_table[] = {
    FIELD_ENUM(struct issue_body, kind, credit_kind_words, .flags = F_REQUIRED,
               .about = "a gift card, or the credit of one customer"),
    FIELD(struct issue_body, amount, .flags = F_REQUIRED, .about = "what it is worth"),
    FIELD_ID(struct issue_body, customer_id, "customer_id", "cus", .flags = F_NULL,
             .about = "of store credit; what the customer has in this currency grows"),
    FIELD(struct issue_body, email, .max = 254, .about = "of a guest instead of a customer"),
    FIELD_DAY(struct issue_body, expires_day, "expires_date", .about = "absent: never"),
    FIELD_ENUM(struct issue_body, paid_by, payment_method_words, .flags = F_NULL,
               .about = "cash or bank_transfer when it was sold; absent: it is given away"),
    FIELD(struct issue_body, note, .flags = F_FREE, .max = CREDIT_NOTE_MAX,
          .about = "why it is given, or the reference of the money"),
};
static const struct fields issue_fields = FIELDS("credit_new", struct issue_body, issue_table);

struct balance_body {
    struct text code;
};
static const struct field balance_table[] = {
    FIELD(struct balance_body, code, .flags = F_REQUIRED, .max = CREDIT_CODE_MAX,
          .about = "as printed: case, dashes and spaces do not matter"),
};
static const struct fields balance_fields =
    FIELDS("credit_balance", struct balance_body, balance_table);

struct credit_entry {
    int64_t entry_id, order_id;
    int32_t from_account, to_account;
    struct money amount;
    int64_t at_us;
};
static const struct field entry_table[] = {
    FIELD_ID(struct credit_entry, entry_id, "id", "mny"),
    FIELD_ID(struct credit_entry, order_id, "order_id", "ord", .flags = F_NULL,
             .about = "the order it was spent on, or refunded from"),
    FIELD_ENUM(struct credit_entry, from_account, account_words,
               .about = "store_credit: our debt grew by it"),
    FIELD_ENUM(struct credit_entry, to_account, account_words,
               .about = "store_credit: our debt fell by it"),
    FIELD(struct credit_entry, amount),
    FIELD_INSTANT(struct credit_entry, at_us, "at"),
};
static const struct fields entry_fields = FIELDS("credit_entry", struct credit_entry, entry_table);

struct credit_query {
    struct text after;
    int64_t limit;
};
static const struct field query_table[] = {PAGE_FIELDS(struct credit_query)};
static const struct fields query_fields = FIELDS("credit_query", struct credit_query, query_table);

static struct credit_view view_of(struct ctx *c, const struct owner_codes *codes,
                                  const struct credit *k)
{
    return (struct credit_view){
        .credit_id = k->credit_id,
        .kind = k->kind,
        .code_end = k->code_end,
        .balance = money(k->balance_minor, text_cstr(c->arena, k->currency)),
        .customer_id = k->customer_id,
        .email = k->email,
        .owner = owner_code(codes, k->owner_id),
        .expires_day = k->expires_day,
        .note = k->note,
        .created_us = k->created_us};
}

static enum err answer(struct ctx *c, const struct credit *k, struct text code, struct reply *out)
{
    struct credit_view *view = arena_new(c->arena, struct credit_view, 1);
    struct owner_codes codes;
    TRY(owner_codes_load(c, &k->owner_id, 1, &codes));
    *view = view_of(c, &codes, k);
    view->code = code;
    out->record = view;
    return OK;
}

/* 80 random bits in four groups; without letters that are read as digits. */
static struct text code_new(struct arena *a)
{
    static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    unsigned char random[16];
    struct buf b = buf_new(a);
    random_bytes(random, sizeof random);
    for (size_t i = 0; i < sizeof random; i++) {
        if (i && i % 4 == 0) buf_putc(&b, '-');
        buf_putc(&b, letters[random[i] % 32]);
    }
    return buf_text(&b);
}

static enum err credit_issue(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct issue_body *body = in->body;
    struct crediting_issue issue = {.kind = body->kind,
                                    .amount_minor = body->amount.minor,
                                    .currency = text_of(body->amount.currency),
                                    .customer_id = body->customer_id,
                                    .email = body->email,
                                    .expires_day = body->expires_day,
                                    .paid_by = body->paid_by,
                                    .note = body->note};
    struct text code = {0};
    struct credit k;
    TRY(payment_text_check(c, body->note, "note"));
    if (body->kind == CREDIT_GIFT_CARD) {
        code = code_new(c->arena);
        struct text normal = credit_code_normal(c->arena, code);
        issue.code_hash = credit_code_hash(c->arena, normal);
        issue.code_end = text_skip(normal, normal.len - 4);
        issue.customer_id = NONE;
        issue.email = (struct text){0};
    }
    TRY(crediting_issue(c, &issue, &k));
    return answer(c, &k, code, out);
}

static enum err credit_show(struct ctx *c, const struct request *in, struct reply *out)
{
    struct credit k;
    TRY(credit_get(c, in->ids[0], &k));
    return answer(c, &k, (struct text){0}, out);
}

static enum err credit_balance(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct balance_body *body = in->body;
    struct credit k;
    struct text code = credit_code_normal(c->arena, body->code);
    if (!code.at)
        return fail_at(c, ERR_NOT_FOUND, "credit_not_found", "code", "there is no such gift card");
    TRY(credit_by_code(c, credit_code_hash(c->arena, code), &k));
    return answer(c, &k, (struct text){0}, out);
}

static enum err credits_list(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct credit_query *q = in->query;
    int64_t limit = page_limit(q->limit), before = 0;
    struct list found;
    TRY(page_after(c, q->after, "crd", &before));
    TRY(credit_list(c, before ? before : INT64_MAX, limit + 1, &found));
    bool more = page_cut(&found, limit);
    const struct credit *at = found.at;
    struct credit_view *views = arena_new(c->arena, struct credit_view, found.count + 1);
    int64_t *owner_ids = arena_new(c->arena, int64_t, found.count + 1);
    struct owner_codes codes;
    for (size_t i = 0; i < found.count; i++) owner_ids[i] = at[i].owner_id;
    TRY(owner_codes_load(c, owner_ids, found.count, &codes));
    for (size_t i = 0; i < found.count; i++) views[i] = view_of(c, &codes, &at[i]);
    out->list = (struct list){views, found.count};
    if (more) out->next = id_text(c->arena, "crd", at[found.count - 1].credit_id);
    return OK;
}

static enum err credit_entries(struct ctx *c, const struct request *in, struct reply *out)
{
    struct credit k;
    struct list entries;
    TRY(credit_get(c, in->ids[0], &k));
    TRY(money_entries_of_credit(c, k.credit_id, PAGE_MAX, &entries));
    const struct money_entry *at = entries.at;
    struct credit_entry *views = arena_new(c->arena, struct credit_entry, entries.count + 1);
    for (size_t i = 0; i < entries.count; i++)
        views[i] = (struct credit_entry){
            .entry_id = at[i].entry_id,
            .order_id = at[i].order_id,
            .from_account = at[i].from_account,
            .to_account = at[i].to_account,
            .amount = money(at[i].amount_minor, text_cstr(c->arena, at[i].currency)),
            .at_us = at[i].at_us};
    out->list = (struct list){views, entries.count};
    return OK;
}

const struct route credits_routes[] = {
    {"POST", "/v1/credits", "credits issue", SCOPE(PAYMENTS_WRITE),
     ROUTE_WRITE | ROUTE_ONCE | ROUTE_BY_OWNER | ROUTE_HOUSE, &issue_fields, NULL,
     &credit_view_fields, credit_issue,
     "Sell or give a gift card, or give a customer store credit."},
    {"GET", "/v1/credits", "credits list", SCOPE(PAYMENTS_WRITE), ROUTE_LIST, NULL, &query_fields,
     &credit_view_fields, credits_list, "Gift cards and store credit, newest first."},
    {"GET", "/v1/credits/{crd}", "credits show", SCOPE(PAYMENTS_WRITE), 0, NULL, NULL,
     &credit_view_fields, credit_show, "One of them, with its balance."},
    {"GET", "/v1/credits/{crd}/entries", "credits entries", SCOPE(PAYMENTS_WRITE), ROUTE_LIST, NULL,
     NULL, &entry_fields, credit_entries, "What changed its balance: the newest 500 entries."},
    {"POST", "/v1/credits/balance", "credits balance", SCOPE(PAYMENTS_WRITE), ROUTE_CALLS,
     &balance_fields, NULL, &credit_view_fields, credit_balance,
     "What is left on a gift card, by its code."},
    {0},
};
