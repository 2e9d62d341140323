#include "domain/inventory/serial.h"

#include "base/source.h"
#include "queries.h"
#include "store/db.h"

#include <stdlib.h>

static const struct field unit_table[] = {
    FIELD(struct serial_unit, merchant_id),
    FIELD(struct serial_unit, serial),
    FIELD_ID(struct serial_unit, product_id, "product_id", "prd"),
    FIELD(struct serial_unit, unit_id),
    FIELD_ID(struct serial_unit, asn_id, "asn_id", "asn", .flags = F_NULL),
    FIELD_INSTANT(struct serial_unit, received_us, "received_at"),
    FIELD_ID(struct serial_unit, package_id, "package_id", "pkg", .flags = F_NULL),
    FIELD_ID(struct serial_unit, order_id, "order_id", "ord", .flags = F_NULL),
    FIELD(struct serial_unit, line_no, .flags = F_NULL),
    FIELD_INSTANT(struct serial_unit, packed_us, "packed_at"),
    FIELD_ID(struct serial_unit, return_id, "return_id", "ret", .flags = F_NULL),
    FIELD_INSTANT(struct serial_unit, ended_us, "ended_at"),
};
const struct fields serial_unit_fields = FIELDS("serial_unit_row", struct serial_unit, unit_table);

static const struct field range_table[] = {
    FIELD(struct serial_range, from, .flags = F_REQUIRED, .max = SERIAL_MAX,
          .about = "the first number; its last digits count up"),
    FIELD(struct serial_range, to, .flags = F_REQUIRED, .max = SERIAL_MAX,
          .about = "as long as from, with the same letters before its last digits"),
};
const struct fields serial_range_fields = FIELDS("serial_range", struct serial_range, range_table);

static const struct field sum_table[] = {
    FIELD_ID(struct serial_sum, package_id, "package_id", "pkg"),
    FIELD(struct serial_sum, line_no),
    FIELD(struct serial_sum, quantity),
};
const struct fields serial_sum_fields = FIELDS("serial_sum", struct serial_sum, sum_table);

/* --- spelling -------------------------------------------------------------------------------- */

struct spelling {
    struct text *at;
    size_t count, capacity;
};

static bool is_printable(struct text t)
{
    for (size_t i = 0; i < t.len; i++)
        if ((unsigned char)t.at[i] < 0x21 || (unsigned char)t.at[i] == 0x7F) return false;
    return t.len > 0 && t.len <= SERIAL_MAX;
}

static enum err too_many(struct ctx *c, const char *field)
{
    return fail_at(c, ERR_TOO_LARGE, "too_many", field, "more than %d serial numbers at once",
                   SERIALS_MAX);
}

static enum err spell_range(struct ctx *c, const struct serial_range *r, struct spelling *s)
{
    size_t head = r->from.len;
    int64_t first, last;
    if (!is_printable(r->from) || r->from.len != r->to.len)
        return fail_at(c, ERR_INVALID, "serial_range", "to", "both ends are of one length");
    while (head && r->from.at[head - 1] >= '0' && r->from.at[head - 1] <= '9' &&
           r->from.len - head < SERIAL_DIGITS_MAX)
        head--;
    struct text from = text_skip(r->from, head), to = text_skip(r->to, head);
    if (!text_eq(text_head(r->from, head), text_head(r->to, head)) || !text_to_i64(from, &first) ||
        !text_to_i64(to, &last) || last < first || first < 0) {
        fail_at(c, ERR_INVALID, "serial_range", "to", "\"%.*s\" does not follow \"%.*s\"",
                TEXT_ARG(r->to), TEXT_ARG(r->from));
        return hint(c, "digits at the end count up, everything before them is the same");
    }
    if (last - first >= SERIALS_MAX - (int64_t)s->count) return too_many(c, "to");
    for (int64_t n = first; n <= last; n++) {
        struct text *t = arena_push(c->arena, s->at, s->count, s->capacity);
        *t =
            text_printf(c->arena, "%.*s%0*lld", (int)head, r->from.at, (int)from.len, (long long)n);
    }
    return OK;
}

static int compare(const void *a, const void *b)
{
    return text_cmp(*(const struct text *)a, *(const struct text *)b);
}

static enum err check_twice(struct ctx *c, const struct spelling *s)
{
    struct text *sorted = arena_new(c->arena, struct text, s->count + 1);
    for (size_t i = 0; i < s->count; i++) sorted[i] = s->at[i];
    if (s->count) qsort(sorted, s->count, sizeof *sorted, compare);
    for (size_t i = 1; i < s->count; i++)
        if (text_eq(sorted[i - 1], sorted[i]))
            return fail_at(c, ERR_INVALID, "serial_twice", "serials",
                           "\"%.*s\" is named twice; every unit has its own", TEXT_ARG(sorted[i]));
    return OK;
}

enum err serials_spell(struct ctx *c, const struct list *serials, const struct list *ranges,
                       struct list *out)
{
    struct spelling s = {0};
    const struct text *at = serials->at;
    const struct serial_range *r = ranges->at;
    if (serials->count > SERIALS_MAX) return too_many(c, "serials");
    for (size_t i = 0; i < serials->count; i++) {
        struct text *t = arena_push(c->arena, s.at, s.count, s.capacity);
        *t = text_trim(at[i]);
        if (is_printable(*t)) continue;
        fail_at(c, ERR_INVALID, "serial_bad", "serials", "number %zu is no serial number", i + 1);
        return hint(c, "1 to %d characters without blanks", SERIAL_MAX);
    }
    for (size_t i = 0; i < ranges->count; i++) {
        enum err e = spell_range(c, &r[i], &s);
        if (e != OK) return fail_under(c, e, "ranges[%zu]", i);
    }
    TRY(check_twice(c, &s));
    *out = (struct list){s.at, s.count};
    return OK;
}

/* --- rows ------------------------------------------------------------------------------------ */

enum err serials_of(struct ctx *c, const int64_t *product_ids, size_t products,
                    const struct text *serials, size_t n, struct list *out)
{
    return db_rows(c, &Q_serials_of,
                   ARGS(I64(c->merchant_id), I64S(product_ids, products), TEXTS(serials, n)),
                   &serial_unit_fields, out);
}

const struct serial_unit *serial_newest(const struct list *units, int64_t product_id,
                                        struct text serial)
{
    const struct serial_unit *at = units->at;
    size_t low = 0, high = units->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        bool is_over =
            at[middle].product_id > product_id ||
            (at[middle].product_id == product_id && text_cmp(at[middle].serial, serial) > 0);
        if (!is_over)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low && at[low - 1].product_id == product_id && text_eq(at[low - 1].serial, serial);
    return found ? &at[low - 1] : NULL;
}

enum err serials_named(struct ctx *c, struct text serial, struct list *out)
{
    return db_rows(c, &Q_serials_named, ARGS(I64(c->merchant_id), TXT(serial)), &serial_unit_fields,
                   out);
}

enum err serials_in(struct ctx *c, int64_t package_id, int64_t after_line, struct text after_serial,
                    int64_t limit, struct list *out)
{
    struct text after = after_serial.at ? after_serial : T("");
    return db_rows(
        c, &Q_serials_in,
        ARGS(I64(c->merchant_id), I64(package_id), I64(after_line), TXT(after), I64(limit)),
        &serial_unit_fields, out);
}

enum err serials_out(struct ctx *c, const int64_t *package_ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_serials_out, ARGS(I64(c->merchant_id), I64S(package_ids, n)),
                   &serial_unit_fields, out);
}

enum err serial_sums(struct ctx *c, const int64_t *package_ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_serial_sums, ARGS(I64(c->merchant_id), I64S(package_ids, n)),
                   &serial_sum_fields, out);
}

enum err serial_receive(struct ctx *c, int64_t product_id, struct text serial, int64_t asn_id)
{
    return db_put(c, &Q_serial_receive,
                  ARGS(I64(c->merchant_id), TXT(serial), I64(product_id), I64(source_id(c->source)),
                       I64(asn_id), I64(c->now_us)));
}

enum err serial_pack(struct ctx *c, const struct serial_unit *u)
{
    return db_put_sure(c, &Q_serial_pack,
                       ARGS(I64(c->merchant_id), TXT(u->serial), I64(u->product_id),
                            I64(source_id(c->source)), I64(u->package_id), I64(u->order_id),
                            I64(u->line_no), I64(c->now_us)));
}

enum err serials_unpack(struct ctx *c, int64_t package_id, int64_t line_no)
{
    TRY(db_put(c, &Q_serial_forget, ARGS(I64(c->merchant_id), I64(package_id), I64(line_no))));
    return db_put(c, &Q_serial_unpack, ARGS(I64(c->merchant_id), I64(package_id), I64(line_no)));
}

enum err serial_end(struct ctx *c, const struct serial_unit *u, int64_t return_id)
{
    return db_put_sure(c, &Q_serial_end,
                       ARGS(I64(c->merchant_id), TXT(u->serial), I64(u->product_id),
                            I64(u->unit_id), I64(return_id), I64(c->now_us)));
}
