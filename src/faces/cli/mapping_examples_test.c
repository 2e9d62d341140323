/* The mappings in examples/ on the whole real files, where these are at hand. */
#include "faces/cli/mapping.h"

#include "harness.h"

#include <unistd.h>

#define SHARED "../shared/data/"

/* Sums over a reading. */
struct sums {
    int64_t lines, shipping, payments, quantity, charges, guests, cancelled, broken;
    int64_t skipped, wrong, products, opening, customers;
};

static enum err add_order(struct ctx *c, void *arg, const struct mapped_order *o)
{
    struct sums *s = arg;
    int64_t lines = 0, tax = 0;
    (void)c;
    for (size_t i = 0; i < o->line_count; i++) {
        const struct mapped_line *l = &o->lines[i];
        s->broken += l->quantity <= 0 ||
                     l->quantity * l->unit_minor - l->discount_minor != l->total_minor;
        lines += l->total_minor;
        tax += l->tax_minor;
        s->quantity += l->quantity;
        s->charges += l->kind != MAPPED_GOODS;
    }
    s->broken += o->line_count == 0 || lines + tax + o->shipping_minor != o->total_minor;
    s->lines += o->is_credit_note ? -lines : lines;
    s->shipping += o->shipping_minor;
    for (size_t i = 0; i < o->payment_count; i++) s->payments += o->payments[i].amount_minor;
    s->guests += text_empty(o->customer.reference);
    s->cancelled += o->is_cancelled;
    return OK;
}

static enum err add_refused(struct ctx *c, void *arg, const struct refused_row *row)
{
    struct sums *s = arg;
    (void)c;
    *(row->is_skipped ? &s->skipped : &s->wrong) += 1;
    return OK;
}

static enum err add_product(struct ctx *c, void *arg, const struct mapped_product *p)
{
    struct sums *s = arg;
    (void)c;
    s->products++;
    if (p->opening_quantity != NONE) s->opening += p->opening_quantity;
    return OK;
}

static enum err add_customer(struct ctx *c, void *arg, const struct mapped_customer *p)
{
    struct sums *s = arg;
    (void)c;
    s->customers += p->person.reference.len > 0;
    return OK;
}

/* The expected sums were computed from the files by other means. */
static struct mapping_counts real(struct ctx *c, const char *map, enum mapping_what what,
                                  const char *path, struct sums *s)
{
    struct mapping *m = NULL;
    struct mapping_counts n = {0};
    *s = (struct sums){0};
    const struct mapping_sink sink = {s, add_order, add_product, add_customer, NULL, add_refused};
    CHECK_OK(c, mapping_load(c, map, &m));
    if (!m) return n;
    CHECK_OK(c, mapping_read(c, m, what, path, &sink, &n));
    CHECK_I64(n.rows, n.used + n.skipped + n.refused);
    CHECK_I64(n.groups, n.sales + n.credit_notes + n.groups_empty + n.groups_refused);
    CHECK_I64(0, s->broken);
    return n;
}

#define NEEDS(path)                                                                                \
    if (access((path), R_OK) != 0) SKIP("no " path)

#define RETAIL SHARED "orders_online_retail/online_retail_2010-12_2011-09.csv.gz"

TEST(mapping, takes_every_row_and_penny_of_online_retail)
{
    NEEDS(RETAIL);
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct sums s;
    struct mapping_counts n = real(&c, "examples/online-retail.map", MAPPING_ORDERS, RETAIL, &s);
    CHECK_I64(370931, n.rows);
    CHECK_I64(368994, n.used);
    CHECK_I64(3 + 1023 + 911, n.skipped);
    CHECK_I64(n.skipped, s.skipped);
    CHECK_I64(0, s.wrong);
    CHECK_I64(18786, n.groups);
    CHECK_I64(14334, n.sales);
    CHECK_I64(2887, n.credit_notes);
    CHECK_I64(735235417, n.sales_minor);
    CHECK_I64(55967311, n.credits_minor);
    CHECK_I64(679268106, s.lines);
    CHECK_I64(4054089, s.quantity);
    CHECK_I64(2193, s.charges);
    CHECK_I64(1301, s.guests);
    CHECK(a.bytes < 2 * 1024 * 1024); /* of 32 MB read */
    arena_free(&a);
}

TEST(mapping, makes_the_goods_and_customers_of_online_retail)
{
    NEEDS(RETAIL);
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct sums s;
    real(&c, "examples/online-retail.map", MAPPING_MAKE, RETAIL, &s);
    CHECK_I64(3651, s.products);
    CHECK_I64(3893042, s.opening);
    CHECK_I64(3658, s.customers);
    arena_free(&a);
}

TEST(mapping, joins_the_files_of_olist)
{
    const char *path = SHARED "orders_olist/olist_orders.csv.gz";
    NEEDS(SHARED "orders_olist/olist_orders.csv.gz");
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct sums s;
    struct mapping_counts n = real(&c, "examples/olist.map", MAPPING_ORDERS, path, &s);
    CHECK_I64(5361, n.rows);
    CHECK_I64(5313, n.sales);
    CHECK_I64(48, s.wrong); /* orders without lines */
    CHECK_I64(6126, n.lines);
    CHECK_I64(6126, n.line_rows);
    CHECK_I64(71550902, n.sales_minor);
    CHECK_I64(12173395, s.shipping);
    CHECK_I64(83732475, s.payments);
    CHECK_I64(29, s.cancelled);
    arena_free(&a);
}

TEST(mapping, joins_the_files_of_northwind_and_rounds_their_floats)
{
    const char *path = SHARED "orders_northwind/orders.csv";
    NEEDS(SHARED "orders_northwind/orders.csv");
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct sums s;
    struct mapping_counts n = real(&c, "examples/northwind.map", MAPPING_ORDERS, path, &s);
    CHECK_I64(560, n.sales);
    CHECK_I64(1464, n.lines);
    CHECK_I64(82516900, n.sales_minor);
    CHECK_I64(4274864, s.shipping);
    CHECK_I64(0, s.wrong);
    n = real(&c, "examples/northwind.map", MAPPING_PRODUCTS, SHARED "orders_northwind/products.csv",
             &s);
    CHECK_I64(77, n.products);
    CHECK_I64(3119, s.opening);
    n = real(&c, "examples/northwind.map", MAPPING_CUSTOMERS,
             SHARED "orders_northwind/customers.csv", &s);
    CHECK_I64(91, n.customers);
    arena_free(&a);
}

TEST(mapping, gathers_superstore_and_refuses_its_shifted_rows)
{
    const char *path = SHARED "orders_superstore/superstore_2014_2016.csv.gz";
    NEEDS(SHARED "orders_superstore/superstore_2014_2016.csv.gz");
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct sums s;
    struct mapping_counts n = real(&c, "examples/superstore.map", MAPPING_ORDERS, path, &s);
    CHECK_I64(6682, n.rows);
    CHECK_I64(3322, n.groups);
    CHECK_I64(3319, n.sales);
    CHECK_I64(9, n.refused); /* four rows lost a quote, and five others stood in their orders */
    CHECK_I64(156237542, n.sales_minor);
    arena_free(&a);
}

TEST(mapping, prices_adventureworks_by_its_products)
{
    const char *path = SHARED "orders_adventureworks/sales_2017.csv.gz";
    const char *back = SHARED "orders_adventureworks/returns_2015_2017.csv";
    NEEDS(SHARED "orders_adventureworks/sales_2017.csv.gz");
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct sums s;
    struct mapping_counts n = real(&c, "examples/adventureworks.map", MAPPING_ORDERS, path, &s);
    CHECK_I64(11839, n.sales);
    CHECK_I64(29481, n.lines);
    CHECK_I64(918543785, n.sales_minor);
    n = real(&c, "examples/adventureworks-returns.map", MAPPING_ORDERS, back, &s);
    CHECK_I64(1038, n.credit_notes);
    CHECK_I64(7, n.refused); /* they name products that do not exist */
    arena_free(&a);
}

TEST(mapping, reads_the_cut_that_is_shipped)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct sums s;
    struct mapping_counts n = real(&c, "examples/online-retail.map", MAPPING_ORDERS,
                                   "examples/online-retail-cut.csv", &s);
    CHECK_I64(5017, n.rows);
    CHECK_I64(300, n.groups);
    CHECK_I64(29, n.credit_notes);
    CHECK_I64(259, n.sales);
    CHECK_I64(10416232, n.sales_minor);
    CHECK_I64(186633, n.credits_minor);
    CHECK_I64(12, n.skipped);
    arena_free(&a);
}
