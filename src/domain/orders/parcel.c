/* domain/orders/parcel.c: packages that lie in others and travel with them. */
#include "base/sort.h"
#include "base/source.h"
#include "domain/orders/package.h"
#include "queries.h"
#include "store/db.h"

#include <stdlib.h>
#include <string.h>

#define MERCHANT I64(c->merchant_id)

enum err package_put_inside(struct ctx *c, const struct package *inner, const struct package *outer)
{
    TRY(db_put_sure(c, &Q_package_put_inside,
                    ARGS(MERCHANT, I64(inner->package_id), I64(outer->package_id))));
    return db_put_sure(c, &Q_package_take_in,
                       ARGS(MERCHANT, I64(outer->package_id), I64(inner->site_id)));
}

enum err package_come_out(struct ctx *c, const struct package *inner, const struct package *outer)
{
    TRY(db_put_sure(c, &Q_package_come_out,
                    ARGS(MERCHANT, I64(inner->package_id), I64(outer->package_id))));
    return db_put_sure(c, &Q_package_let_out, ARGS(MERCHANT, I64(outer->package_id)));
}

enum err packages_inside(struct ctx *c, const int64_t *ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_packages_inside, ARGS(MERCHANT, I64S(ids, n)), &package_fields, out);
}

static int by_id(const void *a, const void *b)
{
    const struct package *x = a, *y = b;
    return (x->package_id > y->package_id) - (x->package_id < y->package_id);
}

/* Ascending, each once. */
static struct list tidy(struct package *at, size_t n)
{
    size_t kept = 0;
    if (n) qsort(at, n, sizeof *at, by_id);
    for (size_t i = 0; i < n; i++)
        if (!kept || at[kept - 1].package_id != at[i].package_id) at[kept++] = at[i];
    return (struct list){at, kept};
}

enum err packages_with_parcels(struct ctx *c, const struct list *packages, struct list *out)
{
    const struct package *p = packages->at;
    struct list outer = {0}, inner = {0};
    int64_t *ids = arena_new(c->arena, int64_t, packages->count + 1);
    size_t n = 0;
    for (size_t i = 0; i < packages->count; i++)
        if (package_is_combined(&p[i])) ids[n++] = package_parcel(&p[i]);
    if (n) {
        sort_i64(ids, n);
        n = unique_i64(ids, n);
        TRY(packages_of(c, ids, n, &outer));
        TRY(packages_inside(c, ids, n, &inner));
    }
    struct package *all =
        arena_new(c->arena, struct package, packages->count + outer.count + inner.count + 1);
    if (packages->count) memcpy(all, p, packages->count * sizeof *all);
    if (outer.count) memcpy(all + packages->count, outer.at, outer.count * sizeof *all);
    if (inner.count)
        memcpy(all + packages->count + outer.count, inner.at, inner.count * sizeof *all);
    *out = tidy(all, packages->count + outer.count + inner.count);
    return OK;
}

enum err package_check_own(struct ctx *c, const struct package *p, const char *what)
{
    if (p->inside_id == NONE) return OK;
    struct text parcel = id_text(c->arena, "pkg", p->inside_id);
    fail(c, ERR_CONFLICT, "inside_another", "this package lies inside the parcel %.*s",
         TEXT_ARG(parcel));
    return hint(c, "%s %.*s, or take this one out by waybill pack separate", what,
                TEXT_ARG(parcel));
}

enum err package_check_empty(struct ctx *c, const struct package *p)
{
    if (!p->inside_count) return OK;
    fail(c, ERR_CONFLICT, "holds_others", "%lld other packages lie in this one",
         (long long)p->inside_count);
    return hint(c, "take them out first, by waybill pack separate");
}

static int by_package(const void *a, const void *b)
{
    const struct label *x = a, *y = b;
    if (x->package_id != y->package_id) return x->package_id < y->package_id ? -1 : 1;
    return (x->label_id > y->label_id) - (x->label_id < y->label_id);
}

enum err labels_shown(struct ctx *c, const struct list *packages, struct list *out)
{
    const struct package *p = packages->at;
    int64_t *ids = arena_new(c->arena, int64_t, packages->count * 2 + 1);
    size_t n = 0, inner = 0, count = 0, capacity = 0;
    struct label *all = NULL;
    for (size_t i = 0; i < packages->count; i++) {
        ids[n++] = p[i].package_id;
        inner += p[i].inside_id != NONE;
        if (p[i].inside_id != NONE) ids[n++] = p[i].inside_id;
    }
    sort_i64(ids, n);
    TRY(labels_of(c, ids, unique_i64(ids, n), out));
    if (!inner) return OK;
    for (size_t i = 0; i < packages->count; i++) {
        struct list of = LIST_RUN(out, struct label, package_id, package_parcel(&p[i]));
        for (size_t k = 0; k < of.count; k++) {
            struct label *shown = arena_push(c->arena, all, count, capacity);
            *shown = ((const struct label *)of.at)[k];
            shown->package_id = p[i].package_id;
        }
    }
    if (count) qsort(all, count, sizeof *all, by_package);
    *out = (struct list){all, count};
    return OK;
}
