#include "services/stockkeeping/serials.h"

#include "base/sort.h"

#include <stdlib.h>

enum err serial_book_take(struct ctx *c, struct serial_book *book, const struct product *p,
                          struct text serial, int64_t quantity)
{
    struct list spelt, none = {0};
    if (!product_has_serials(p)) return OK;
    if (!serial.len && p->tracking != TRACKED_BY_SERIAL_IN) return OK;
    if (!serial.len) {
        fail_at(c, ERR_INVALID, "serial_required", "serial", "every unit of %.*s has its number",
                TEXT_ARG(p->sku));
        return hint(c, "scan the unit, or say its number; a line for each");
    }
    if (quantity != 1)
        return fail_at(c, ERR_INVALID, "serial_one", "quantity",
                       "a serial number stands for one unit, not %lld", (long long)quantity);
    TRY(serials_spell(c, &(struct list){&serial, 1}, &none, &spelt));
    struct serial_told *told = arena_push(c->arena, book->at, book->count, book->capacity);
    *told = (struct serial_told){p->product_id, serial, p->sku};
    return OK;
}

static int compare(const void *a, const void *b)
{
    const struct serial_told *x = a, *y = b;
    if (x->product_id != y->product_id) return x->product_id < y->product_id ? -1 : 1;
    return text_cmp(x->serial, y->serial);
}

enum err serial_book_keep(struct ctx *c, struct serial_book *book, int64_t asn_id)
{
    struct list units;
    struct serial_told *at = book->at;
    size_t n = book->count;
    struct text *serials = arena_new(c->arena, struct text, n + 1);
    int64_t *ids = arena_new(c->arena, int64_t, n + 1);
    if (!n) return OK;
    qsort(at, n, sizeof *at, compare);
    for (size_t i = 0; i < n; i++) {
        serials[i] = at[i].serial;
        ids[i] = at[i].product_id;
        if (i && compare(&at[i - 1], &at[i]) == 0)
            return fail_at(c, ERR_INVALID, "serial_twice", "serial",
                           "\"%.*s\" is named twice; every unit has its own",
                           TEXT_ARG(at[i].serial));
    }
    TRY(serials_of(c, ids, unique_i64(ids, n), serials, n, &units));
    for (size_t i = 0; i < n; i++) {
        const struct serial_unit *u = serial_newest(&units, at[i].product_id, at[i].serial);
        if (u && u->ended_us == NONE) {
            fail_at(c, ERR_CONFLICT, "serial_here", "serial", "%.*s \"%.*s\" is %s already",
                    TEXT_ARG(at[i].sku), TEXT_ARG(at[i].serial),
                    u->package_id == NONE ? "in the house" : "packed for an order");
            return hint(c,
                        "waybill serials show %.*s tells where; a unit that a customer sent "
                        "back is a return",
                        TEXT_ARG(at[i].serial));
        }
        TRY(serial_receive(c, at[i].product_id, at[i].serial, asn_id));
    }
    return OK;
}
