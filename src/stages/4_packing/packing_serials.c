/* stages/4_packing/packing_serials.c: the numbers of the units in a package, one by one or fifty
 * thousand at once. */
#include "base/source.h"
#include "domain/events/event.h"
#include "domain/inventory/serial.h"
#include "stages/4_packing/packing_load.h"

static const struct field numbered_table[] = {
    FIELD_ID(struct pack_numbered, package_id, "package_id", "pkg"),
    FIELD(struct pack_numbered, line_no),
    FIELD(struct pack_numbered, sku),
    FIELD(struct pack_numbered, taken, .about = "numbers taken down now"),
    FIELD(struct pack_numbered, captured, .about = "numbers of this product in the package"),
    FIELD(struct pack_numbered, missing, .about = "units of it in the package without a number"),
};
const struct fields pack_numbered_fields =
    FIELDS("pack_numbered", struct pack_numbered, numbered_table);

struct numbering {
    struct pack_work w;
    struct package package;
    struct list lines, sums; /* of the package: struct package_line, struct serial_sum */
    const struct product *product;
    struct list units; /* every row of the numbers told */
};

static int64_t captured(const struct list *sums, int64_t package_id, int64_t line_no)
{
    const struct serial_sum *at = sums->at;
    for (size_t i = 0; i < sums->count; i++)
        if (at[i].package_id == package_id && at[i].line_no == line_no) return at[i].quantity;
    return 0;
}

/* --- which product ---------------------------------------------------------------------------- */

static bool is_asked(const struct pack_serials *in, const struct package_line *l,
                     const struct product *p)
{
    if (!p || !product_has_serials(p)) return false;
    if (in->line_no != NONE && in->line_no != l->line_no) return false;
    return !in->sku.len || text_eq(in->sku, p->sku);
}

/* The one product of the package that has numbers; of several, one that lacks some. */
static enum err choose_product(struct ctx *c, const struct pack_serials *in, struct numbering *n)
{
    const struct package_line *at = n->lines.at;
    const struct product *any = NULL;
    size_t lacking = 0;
    for (size_t i = 0; i < n->lines.count; i++) {
        const struct product *p = product_in(&n->w.products, at[i].product_id);
        if (!is_asked(in, &at[i], p)) continue;
        any = p;
        if (captured(&n->sums, in->package_id, at[i].line_no) >= at[i].quantity) continue;
        if (n->product != p) lacking++;
        n->product = p;
    }
    if (lacking > 1) {
        fail_at(c, ERR_CONFLICT, "serial_of_what", "sku",
                "%zu products in this package lack serial numbers", lacking);
        return hint(c, "say the sku, or the line_no");
    }
    if (!n->product) n->product = any;
    if (n->product) return OK;
    return fail_at(c, ERR_CONFLICT, "no_serials_here", in->line_no == NONE ? "sku" : "line_no",
                   "nothing of it that has serial numbers is in this package");
}

/* --- the numbers ------------------------------------------------------------------------------ */

static enum err check_number(struct ctx *c, const struct numbering *n, struct text serial)
{
    const struct serial_unit *u = serial_newest(&n->units, n->product->product_id, serial);
    bool is_live = u && u->ended_us == NONE;
    if (is_live && u->package_id == n->package.package_id)
        return fail_at(c, ERR_CONFLICT, "serial_taken", "serials",
                       "\"%.*s\" is in this package already", TEXT_ARG(serial));
    if (is_live && u->package_id != NONE) {
        fail_at(c, ERR_CONFLICT, "serial_taken", "serials", "\"%.*s\" is in another package, %.*s",
                TEXT_ARG(serial), TEXT_ARG(id_text(c->arena, "pkg", u->package_id)));
        return hint(c, "look at the unit again; waybill serials show %.*s tells where it went",
                    TEXT_ARG(serial));
    }
    if (u || n->product->tracking != TRACKED_BY_SERIAL_IN) return OK;
    fail_at(c, ERR_CONFLICT, "serial_unknown", "serials",
            "no %.*s with the number \"%.*s\" came in", TEXT_ARG(n->product->sku),
            TEXT_ARG(serial));
    return hint(c, "look at the unit again, or take it in with its number first");
}

static enum err tell(struct ctx *c, const struct numbering *n, int64_t line_no,
                     const struct text *serials, int64_t count)
{
    struct text first = serials[0], last = serials[count - 1];
    struct text note =
        count == 1 ? first
                   : text_printf(c->arena, "%.*s ... %.*s", TEXT_ARG(first), TEXT_ARG(last));
    return event_put(c, EVENT_SERIALS_TAKEN, n->package.order_id, n->package.package_id,
                     EVENT_BODY(.line_no = line_no, .quantity = count, .note = note));
}

static int64_t lack_of(const struct numbering *n)
{
    const struct package_line *at = n->lines.at;
    int64_t lack = 0;
    for (size_t i = 0; i < n->lines.count; i++)
        if (at[i].product_id == n->product->product_id)
            lack += at[i].quantity - captured(&n->sums, n->package.package_id, at[i].line_no);
    return lack;
}

static enum err write(struct ctx *c, const struct pack_serials *in, const struct numbering *n,
                      const struct list *serials, struct pack_numbered *out)
{
    const struct package_line *at = n->lines.at;
    const struct text *all = serials->at;
    size_t next = 0;
    for (size_t i = 0; i < n->lines.count && next < serials->count; i++) {
        if (!is_asked(in, &at[i], n->product) || at[i].product_id != n->product->product_id)
            continue;
        int64_t room = at[i].quantity - captured(&n->sums, in->package_id, at[i].line_no);
        int64_t units = (int64_t)(serials->count - next) < room ? (int64_t)(serials->count - next)
                                                                : room;
        if (units <= 0) continue;
        struct serial_unit u = {.product_id = n->product->product_id,
                                .package_id = in->package_id,
                                .order_id = n->package.order_id,
                                .line_no = at[i].line_no};
        for (int64_t k = 0; k < units; k++) {
            u.serial = all[next + (size_t)k];
            TRY(serial_pack(c, &u));
        }
        TRY(tell(c, n, at[i].line_no, all + next, units));
        next += (size_t)units;
        out->line_no = at[i].line_no;
    }
    if (next == serials->count) return OK;
    fail_at(c, ERR_CONFLICT, "too_many", "serials", "%zu numbers, and %zu units in it lack one",
            serials->count, next);
    return hint(c, "put the units into the package first");
}

static enum err load(struct ctx *c, const struct pack_serials *in, struct numbering *n)
{
    TRY(package_get(c, in->package_id, &n->package));
    TRY(pack_work_load(c, &n->package.fulfillment_id, 1, &n->w));
    TRY(pack_may_work(c, &n->w, pack_fulfillment(&n->w, n->package.fulfillment_id), false,
                      in->version));
    if (n->package.state != PACKAGE_OPEN)
        return fail(c, ERR_CONFLICT, "wrong_state", "this package is %s already",
                    word_of(&package_state_words, n->package.state));
    TRY(package_lines_of(c, &in->package_id, 1, &n->lines));
    return serial_sums(c, &in->package_id, 1, &n->sums);
}

enum err packing_serials(struct ctx *c, const struct pack_serials *in, struct pack_numbered *out)
{
    struct numbering n = {0};
    struct list serials;
    TRY(serials_spell(c, &in->serials, &in->ranges, &serials));
    if (!serials.count)
        return fail_at(c, ERR_INVALID, "required", "serials", "which numbers? serials or ranges");
    TRY(load(c, in, &n));
    TRY(choose_product(c, in, &n));
    TRY(serials_of(c, &n.product->product_id, 1, serials.at, serials.count, &n.units));
    const struct text *at = serials.at;
    for (size_t i = 0; i < serials.count; i++) TRY(check_number(c, &n, at[i]));
    *out = (struct pack_numbered){
        .package_id = in->package_id, .sku = n.product->sku, .taken = (int64_t)serials.count};
    TRY(write(c, in, &n, &serials, out));
    out->missing = lack_of(&n) - out->taken;
    const struct package_line *l = n.lines.at;
    for (size_t i = 0; i < n.lines.count; i++)
        if (l[i].product_id == n.product->product_id) out->captured += l[i].quantity;
    out->captured -= out->missing;
    return OK;
}

enum err pack_serial_one(struct ctx *c, const struct package *package,
                         const struct product *product, int64_t line_no, struct text serial)
{
    struct numbering n = {.package = *package, .product = product};
    struct list spelt, none = {0};
    TRY(serials_spell(c, &(struct list){&serial, 1}, &none, &spelt));
    TRY(serials_of(c, &product->product_id, 1, spelt.at, 1, &n.units));
    TRY(check_number(c, &n, serial));
    TRY(serial_pack(c, &(struct serial_unit){.serial = serial,
                                             .product_id = product->product_id,
                                             .package_id = package->package_id,
                                             .order_id = package->order_id,
                                             .line_no = line_no}));
    return tell(c, &n, line_no, &serial, 1);
}

/* --- before it is sealed ---------------------------------------------------------------------- */

enum err pack_serials_whole(struct ctx *c, const struct pack_work *w, int64_t package_id,
                            const struct list *lines)
{
    const struct package_line *at = lines->at;
    struct list sums = {0};
    struct buf lacking = buf_new(c->arena);
    bool is_read = false;
    for (size_t i = 0; i < lines->count; i++) {
        const struct product *p = product_in(&w->products, at[i].product_id);
        if (!p || !product_has_serials(p)) continue;
        if (!is_read) TRY(serial_sums(c, &package_id, 1, &sums));
        is_read = true;
        int64_t missing = at[i].quantity - captured(&sums, package_id, at[i].line_no);
        if (missing <= 0) continue;
        buf_printf(&lacking, "%s%lld of %lld %.*s", lacking.len ? ", " : "", (long long)missing,
                   (long long)at[i].quantity, TEXT_ARG(p->sku));
    }
    if (!lacking.len) return OK;
    fail(c, ERR_CONFLICT, "serials_missing", "serial numbers are missing: %.*s",
         TEXT_ARG(buf_text(&lacking)));
    return hint(
        c, "scan each unit's number: POST /v1/packages/{pkg}/serials, or waybill pack serials");
}

enum err pack_serials_none(struct ctx *c, const struct pack_work *w, const struct fulfillment *f)
{
    size_t count;
    const struct fulfillment_line *lines = pack_lines(w, f->fulfillment_id, &count);
    for (size_t i = 0; i < count; i++) {
        const struct product *p = product_in(&w->products, lines[i].product_id);
        if (!p || !product_has_serials(p) || lines[i].picked == lines[i].packed) continue;
        fail(c, ERR_CONFLICT, "serials_missing", "serial numbers are missing: %lld of %lld %.*s",
             (long long)(lines[i].picked - lines[i].packed),
             (long long)(lines[i].picked - lines[i].packed), TEXT_ARG(p->sku));
        return hint(c, "pack it by hand: open a package, scan the units and their numbers, seal");
    }
    return OK;
}
