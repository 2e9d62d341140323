#include "domain/payments/credit.h"

#include "base/hash.h"
#include "base/time.h"
#include "queries.h"
#include "store/db.h"

static const char *const kinds[] = {"gift_card", "store_credit"};
const struct words credit_kind_words = WORDS("credit_kind", kinds);

static const struct field credit_table[] = {
    FIELD(struct credit, merchant_id),
    FIELD_ID(struct credit, credit_id, "id", "crd"),
    FIELD_ENUM(struct credit, kind, credit_kind_words),
    FIELD(struct credit, code_hash, .flags = F_SECRET),
    FIELD(struct credit, code_end),
    FIELD_ID(struct credit, customer_id, "customer_id", "cus", .flags = F_NULL),
    FIELD(struct credit, email),
    FIELD(struct credit, currency),
    FIELD(struct credit, balance_minor),
    FIELD_DAY(struct credit, expires_day, "expires_date"),
    FIELD(struct credit, note),
    FIELD_INSTANT(struct credit, created_us, "created_at"),
    FIELD(struct credit, owner_id),
};
const struct fields credit_fields = FIELDS("credit_row", struct credit, credit_table);

#define MERCHANT I64(c->merchant_id)

struct text credit_code_normal(struct arena *a, struct text code)
{
    enum { SHORTEST = 12 };
    struct buf b = buf_new(a);
    if (!code.at || code.len > CREDIT_CODE_MAX) return (struct text){0};
    for (size_t i = 0; i < code.len; i++) {
        char at = code.at[i];
        if (at == '-' || at == ' ') continue;
        if (at >= 'a' && at <= 'z') at = (char)(at - 'a' + 'A');
        if (at == 'O') at = '0';
        if (at == 'I' || at == 'L') at = '1';
        if (!((at >= '0' && at <= '9') || (at >= 'A' && at <= 'Z'))) return (struct text){0};
        buf_putc(&b, at);
    }
    return b.len < SHORTEST ? (struct text){0} : buf_text(&b);
}

struct text credit_code_hash(struct arena *a, struct text code)
{
    static const char hex[] = "0123456789abcdef";
    unsigned char hash[HASH_WIDE_BYTES];
    struct buf b = buf_new(a);
    hash_of(hash, T("waybill gift card"), code);
    for (size_t i = 0; i < sizeof hash; i++) {
        buf_putc(&b, hex[hash[i] >> 4]);
        buf_putc(&b, hex[hash[i] & 15]);
    }
    return buf_text(&b);
}

enum err credit_insert(struct ctx *c, const struct credit *k)
{
    return db_put_record(c, &Q_credit_insert, &credit_fields, k);
}

static enum err none(struct ctx *c)
{
    return fail(c, ERR_NOT_FOUND, "credit_not_found", "there is no such gift card or store credit");
}

enum err credit_get(struct ctx *c, int64_t credit_id, struct credit *out)
{
    bool found;
    TRY(db_find(c, &Q_credit_get, ARGS(MERCHANT, I64(credit_id)), &credit_fields, out, &found));
    return found ? OK : none(c);
}

enum err credit_by_code(struct ctx *c, struct text code_hash, struct credit *out)
{
    bool found;
    TRY(db_find(c, &Q_credit_by_code, ARGS(MERCHANT, TXT(code_hash)), &credit_fields, out, &found));
    return found ? OK : none(c);
}

enum err credit_of(struct ctx *c, const struct credit_home *home, struct credit *out, bool *found)
{
    struct value currency = TXT(home->currency);
    *found = false;
    if (home->customer_id != NONE)
        return db_find(c, &Q_credit_by_customer, ARGS(MERCHANT, I64(home->customer_id), currency),
                       &credit_fields, out, found);
    if (!home->email.len) return OK;
    return db_find(c, &Q_credit_by_email,
                   ARGS(MERCHANT, TXT(home->email), currency, I64(home->owner_id)), &credit_fields,
                   out, found);
}

enum err credits_for(struct ctx *c, const struct credit_keys *keys, struct list *out)
{
    struct list parts[3] = {{0}};
    size_t n = 0;
    if (keys->codes)
        TRY(db_rows(c, &Q_credits_by_codes, ARGS(MERCHANT, TEXTS(keys->code_hashes, keys->codes)),
                    &credit_fields, &parts[0]));
    if (keys->customers)
        TRY(db_rows(c, &Q_credits_by_customers,
                    ARGS(MERCHANT, I64S(keys->customer_ids, keys->customers)), &credit_fields,
                    &parts[1]));
    if (keys->emails_count)
        TRY(db_rows(c, &Q_credits_by_emails,
                    ARGS(MERCHANT, TEXTS(keys->emails, keys->emails_count)), &credit_fields,
                    &parts[2]));
    struct credit *all =
        arena_new(c->arena, struct credit, parts[0].count + parts[1].count + parts[2].count + 1);
    for (size_t p = 0; p < 3; p++)
        for (size_t i = 0; i < parts[p].count; i++)
            all[n++] = ((const struct credit *)parts[p].at)[i];
    *out = (struct list){all, n};
    return OK;
}

enum err credit_list(struct ctx *c, int64_t before_id, int64_t limit, struct list *out)
{
    return db_rows(c, &Q_credit_list, ARGS(MERCHANT, I64(before_id), I64(limit)), &credit_fields,
                   out);
}

enum err credit_take(struct ctx *c, struct credit *k, int64_t amount_minor)
{
    int64_t changed;
    TRY(db_exec(c, &Q_credit_take, ARGS(MERCHANT, I64(k->credit_id), I64(amount_minor)), &changed));
    if (!changed) return fail(c, ERR_CONFLICT, "credit_spent", "there is not that much left on it");
    k->balance_minor -= amount_minor;
    return OK;
}

enum err credit_give(struct ctx *c, int64_t credit_id, int64_t amount_minor)
{
    int64_t today = day_of_us(c->now_us), changed;
    TRY(db_each(c, &Q_credit_give,
                VALUES(MERCHANT, I64(credit_id), I64(amount_minor), I64(today),
                       I64(today + CREDIT_REVIVED_DAYS)),
                1, NULL, &changed));
    return changed ? OK : none(c);
}
