#include "faces/cli/mapping.h"

#include "base/time.h"
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SHARED "../shared/data/"

/* What came out of a reading, as short text lines and as sums. */
struct seen {
    struct ctx *c;
    struct buf orders, refused;
    bool quiet; /* sums only */
    int64_t line_sum, shipping, payments, quantity, charges, guests, cancelled, broken;
    int64_t skipped, wrong, products, opening, customers, placed_first, placed_last;
};

static enum err on_order(struct ctx *c, void *arg, const struct mapped_order *o)
{
    struct seen *s = arg;
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
    s->line_sum += o->is_credit_note ? -lines : lines;
    s->shipping += o->shipping_minor;
    for (size_t i = 0; i < o->payment_count; i++) s->payments += o->payments[i].amount_minor;
    s->guests += text_empty(o->customer.reference);
    s->cancelled += o->is_cancelled;
    if (!s->placed_first) s->placed_first = o->placed_us;
    s->placed_last = o->placed_us;
    if (s->quiet) return OK;
    buf_printf(&s->orders, "%s%.*s %lld [%.*s] rows %lld-%lld:", o->is_credit_note ? "-" : "",
               TEXT_ARG(o->reference), (long long)o->total_minor, TEXT_ARG(o->customer.reference),
               (long long)o->first_row, (long long)o->last_row);
    for (size_t i = 0; i < o->line_count; i++) {
        const struct mapped_line *l = &o->lines[i];
        buf_printf(&s->orders, " %s%s%.*s %lldx%lld",
                   l->kind ? word_of(&mapped_kind_words, l->kind) : "", l->kind ? ":" : "",
                   TEXT_ARG(l->sku), (long long)l->quantity, (long long)l->unit_minor);
        if (l->discount_minor) buf_printf(&s->orders, "-%lld", (long long)l->discount_minor);
    }
    buf_puts(&s->orders, "\n");
    return OK;
}

static enum err on_refused(struct ctx *c, void *arg, const struct refused_row *row)
{
    struct seen *s = arg;
    (void)c;
    *(row->is_skipped ? &s->skipped : &s->wrong) += 1;
    if (!s->quiet)
        buf_printf(&s->refused, "row %lld %s%s%s%s\n", (long long)row->row,
                   row->is_skipped ? "skipped " : "", row->reason, *row->column ? " in " : "",
                   row->column);
    return OK;
}

static enum err on_product(struct ctx *c, void *arg, const struct mapped_product *p)
{
    struct seen *s = arg;
    (void)c;
    s->products++;
    if (p->opening_quantity != NONE) s->opening += p->opening_quantity;
    if (!s->quiet)
        buf_printf(&s->orders, "%.*s \"%.*s\" %lld stock %lld\n", TEXT_ARG(p->sku),
                   TEXT_ARG(p->name), p->price_minor == NONE ? -1LL : (long long)p->price_minor,
                   p->opening_quantity == NONE ? -1LL : (long long)p->opening_quantity);
    return OK;
}

static enum err on_customer(struct ctx *c, void *arg, const struct mapped_customer *p)
{
    struct seen *s = arg;
    (void)c;
    s->customers++;
    if (!s->quiet)
        buf_printf(&s->orders, "%.*s \"%.*s\" %.*s\n", TEXT_ARG(p->person.reference),
                   TEXT_ARG(p->person.name), TEXT_ARG(p->address.country));
    return OK;
}

static enum err on_stock(struct ctx *c, void *arg, const struct mapped_stock *p)
{
    struct seen *s = arg;
    (void)c;
    buf_printf(&s->orders, "%.*s %lld\n", TEXT_ARG(p->sku), (long long)p->quantity);
    return OK;
}

static struct mapping_sink sink_of(struct seen *s)
{
    return (struct mapping_sink){s, on_order, on_product, on_customer, on_stock, on_refused};
}

static struct seen seen_new(struct ctx *c)
{
    return (struct seen){.c = c, .orders = buf_new(c->arena), .refused = buf_new(c->arena)};
}

/* A folder of small files, gone after the test. */
struct folder {
    struct ctx *c;
    char path[40];
    const char *names[6];
    size_t count;
};

static struct folder folder_new(struct ctx *c)
{
    struct folder f = {.c = c, .path = "/tmp/waybill-mapping-XXXXXX"};
    CHECK(mkdtemp(f.path) != NULL);
    return f;
}

static const char *folder_put(struct folder *f, const char *name, const char *body)
{
    const char *path = text_printf(f->c->arena, "%s/%s", f->path, name).at;
    f->names[f->count++] = path;
    FILE *file = fopen(path, "wb");
    CHECK(file && fputs(body, file) >= 0);
    if (file) fclose(file);
    return path;
}

static void folder_drop(struct folder *f)
{
    for (size_t i = 0; i < f->count; i++) unlink(f->names[i]);
    rmdir(f->path);
}

static struct mapping *parsed(struct ctx *c, const char *body)
{
    struct mapping *m = NULL;
    CHECK_OK(c, mapping_parse(c, text_of(body), "test.map", &m));
    return m;
}

static struct mapping_counts run(struct ctx *c, struct mapping *m, enum mapping_what what,
                                 const char *path, struct seen *s)
{
    struct mapping_counts n = {0};
    const struct mapping_sink sink = sink_of(s);
    CHECK_OK(c, mapping_read(c, m, what, path, &sink, &n));
    CHECK_I64(n.rows, n.used + n.skipped + n.refused);
    CHECK_I64(n.groups, n.sales + n.credit_notes + n.groups_empty + n.groups_refused);
    CHECK_I64(0, s->broken);
    return n;
}

#define SHOP                                                                                       \
    "[import]\ncurrency = GBP\nzone = Europe/London\nmake = products customers stock\n"            \
    "stock = enough\n[rows]\ncredit_note when {no} like C*\n"                                      \
    "skip write_off when {price} <= 0 and {customer} is empty\n"                                   \
    "charge postage when {sku} is POST, DOT\ndiscount discount when {sku} is D\n"                  \
    "[order]\ngroup = {no}\nplaced = {date}\n[customer]\nreference = {customer}\n"                 \
    "[ship_to]\ncountry = {land | country}\n"                                                      \
    "[line]\nsku = {sku | upper}\nname = {name}\nquantity = {n}\nunit = {price}\n"
#define SHOP_HEAD "no,sku,name,n,date,price,customer,land\n"

TEST(mapping, groups_rows_and_tells_goods_from_charges)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct seen s = seen_new(&c);
    struct folder f = folder_new(&c);
    const char *path = folder_put(&f, "shop.csv",
                                  SHOP_HEAD "1,a1,Cup,2,2011-07-01,1.50,17,United Kingdom\n"
                                            "1,POST,Postage,1,2011-07-01,3.00,17,United Kingdom\n"
                                            "C2,a1,Cup,-1,2011-07-02,1.50,17,EIRE\n"
                                            "3,a1,,-5,2011-07-02,0,,EIRE\n"
                                            "C4,D,Discount,-1,2011-07-03,27.50,17,France\n"
                                            "5,D,Discount,-1,2011-07-03,2.00,,France\n"
                                            "5,B2,Pot,1,2011-07-03,12,,France\n");
    struct mapping_counts n = run(&c, parsed(&c, SHOP), MAPPING_ORDERS, path, &s);
    CHECK_TEXT("1 600 [17] rows 2-3: A1 2x150 charge:POST 1x300\n"
               "-C2 150 [17] rows 4-4: A1 1x150\n"
               "-C4 2750 [17] rows 6-6: discount:D 1x2750\n"
               "5 1000 [] rows 7-8: discount:D 1x-200 B2 1x1200\n",
               buf_text(&s.orders));
    CHECK_TEXT("row 5 skipped write_off\n", buf_text(&s.refused));
    CHECK_I64(2, n.sales);
    CHECK_I64(2, n.credit_notes);
    CHECK_I64(1, n.groups_empty);
    CHECK_I64(600 + 1000, n.sales_minor);
    CHECK_I64(150 + 2750, n.credits_minor);
    struct text first = instant_text(&a, s.placed_first);
    CHECK_TEXT("2011-06-30T23:00:00Z", first);
    folder_drop(&f);
    arena_free(&a);
}

TEST(mapping, refuses_the_whole_order_of_a_wrong_row_and_names_every_row)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct seen s = seen_new(&c);
    struct folder f = folder_new(&c);
    const char *path = folder_put(&f, "shop.csv",
                                  SHOP_HEAD "1,a1,Cup,2,2011-07-01,1.50,17,France\n"
                                            "1,a2,Cup,two,2011-07-01,1.50,17,France\n"
                                            "1,a3,Cup,2,2011-07-01,1.505,17,France\n"
                                            "2,a1,Cup,1,31.12.2011,1.50,17,France\n"
                                            "3,a1,Cup,1,2011-07-01,1.50,17,Atlantis\n"
                                            "4,a1,Cup,1,2011-07-01,1.50\n"
                                            "5,a1,Cup,-1,2011-07-01,1.50,17,France\n"
                                            "6,,Cup,1,2011-07-01,1.50,17,France\n"
                                            ",a1,Cup,1,2011-07-01,1.50,17,France\n"
                                            "7,a1,Cup,1,2011-07-01,1.50,17,France\n"
                                            "1,a9,Cup,1,2011-07-01,1.50,17,France\n");
    struct mapping_counts n = run(&c, parsed(&c, SHOP), MAPPING_ORDERS, path, &s);
    CHECK_TEXT("7 150 [17] rows 11-11: A1 1x150\n", buf_text(&s.orders));
    CHECK_TEXT("row 3 number_invalid in n\nrow 4 amount_inexact in price\nrow 2 order_refused\n"
               "row 5 date_invalid in date\nrow 6 country_unknown in land\nrow 7 column_count\n"
               "row 8 quantity_negative in n\nrow 9 sku_missing in sku\nrow 10 group_missing\n"
               "row 12 rows_apart\n",
               buf_text(&s.refused));
    CHECK_I64(6, n.groups_refused);
    CHECK_I64(10, s.wrong);
    CHECK_I64(n.refused, s.wrong);
    folder_drop(&f);
    arena_free(&a);
}

TEST(mapping, gathers_scattered_rows_within_a_window_or_in_memory)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct folder f = folder_new(&c);
    const char *path = folder_put(&f, "shop.csv",
                                  SHOP_HEAD
                                  "1,a1,Cup,1,2011-07-01,1,,FR\n2,a1,Cup,1,2011-07-01,1,,FR\n"
                                  "1,a2,Cup,1,2011-07-01,1,,FR\n3,a1,Cup,1,2011-07-01,1,,FR\n"
                                  "2,a2,Cup,1,2011-07-01,1,,FR\n");
    struct {
        const char *rows;
        int64_t sales, refused;
    } ways[] = {{"adjacent", 3, 2},
                {"within 2", 3, 1},
                {"within 3", 3, 0},
                {"memory", 3, 0},
                {"each", 5, 0}};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct seen s = seen_new(&c);
        struct text body = text_printf(&a, "%s[order]\nrows = %s\n", SHOP, ways[i].rows);
        struct mapping_counts n = run(&c, parsed(&c, body.at), MAPPING_ORDERS, path, &s);
        CHECK_I64(ways[i].sales, n.sales);
        CHECK_I64(ways[i].refused, n.refused);
    }
    folder_drop(&f);
    arena_free(&a);
}

#define JOINED                                                                                     \
    "[import]\ncurrency = EUR\n[file]\ndecimal = ,\nmoney = rounded\ndates = D.M.YYYY\n"           \
    "[join items]\nfile = items.csv\nkey = order\non = {id}\n"                                     \
    "[join things]\nfile = things.csv\nkey = code\non = {items.thing}\nrequired = yes\n"           \
    "[join paid]\nfile = paid.csv\nkey = order\non = {id}\n"                                       \
    "[rows]\nskip test_order when {state} is test\nskip sample when {items.price} <= 0\n"          \
    "cancelled when {state} is gone\n"                                                             \
    "[order]\nplaced = {day}\nreference = X{id}\nshipping = {freight}\n"                           \
    "[line]\nfrom = items\nsku = {things.sku}\nquantity = {items.n}\nunit = {items.price}\n"       \
    "discount_rate = {items.off}\nshipping = {items.freight}\nlength_mm = {things.cm | times "     \
    "10}\n"                                                                                        \
    "[payment]\nfrom = paid\nmethod = {paid.how | table hows}\namount = {paid.sum}\n"              \
    "[table hows]\nK = card\n* = other\n"

TEST(mapping, joins_lines_products_and_payments)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct seen s = seen_new(&c);
    struct folder f = folder_new(&c);
    folder_put(&f, "items.csv",
               "order;thing;n;price;off;freight\n1;t1;3;9,80000019;0,150000006;1,5\n"
               "1;t2;1;0;;\n2;t1;1;5;;\n9;t1;1;5;;\n4;t7;1;5;;\n4;t1;1;5;;\n5;t1;1;5;;\n");
    folder_put(&f, "things.csv", "code;sku;cm\nt1;S-1;12,5\nt2;S-2;\n");
    folder_put(&f, "paid.csv", "order;how;sum\n1;K;20,00\n1;V;9,00\n8;K;1\n");
    const char *path = folder_put(&f, "orders.csv",
                                  "id;day;state;freight\n1;3.12.2016;;2,4999\n2;3.12.2016;gone;\n"
                                  "3;3.12.2016;;\n4;3.12.2016;;\n5;3.12.2016;test;\n");
    struct mapping_counts n = run(&c, parsed(&c, JOINED), MAPPING_ORDERS, path, &s);
    CHECK_TEXT("X1 2899 [] rows 2-2: S-1 3x980-441\nX2 500 [] rows 3-3: S-1 1x500\n",
               buf_text(&s.orders));
    CHECK_TEXT("row 3 skipped sample\nrow 4 no_lines\nrow 6 join_missing in code\n"
               "row 7 order_refused\nrow 5 order_refused\nrow 6 skipped test_order\n"
               "row 8 skipped test_order\nrow 5 no_order\nrow 4 no_order\n",
               buf_text(&s.refused));
    CHECK_I64(2900, s.payments);
    CHECK_I64(1, s.cancelled);
    CHECK_I64(7, n.line_rows);
    CHECK_I64(5, n.line_rows_left_out);
    folder_drop(&f);
    arena_free(&a);
}

TEST(mapping, splits_a_line_total_into_price_and_discount_to_the_cent)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct seen s = seen_new(&c);
    struct folder f = folder_new(&c);
    const char *path = folder_put(&f, "s.csv",
                                  "no,d,sku,n,total,off\n1,11/8/2016,a,3,10.00,0\n"
                                  "2,11/8/2016,a,5,957.5775,0.2\n"
                                  "3,11/8/2016,a,2,0.00,1\n4,11/8/2016,a,7,0.01,0.8\n");
    run(&c,
        parsed(&c, "[file]\nmoney = rounded\ndates = M/D/YYYY\n[import]\ncurrency = USD\n[order]\n"
                   "group = {no}\nplaced = {d}\n[line]\nsku = {sku}\nquantity = {n}\n"
                   "total = {total}\ndiscount_rate = {off}\n"),
        MAPPING_ORDERS, path, &s);
    CHECK_TEXT("1 1000 [] rows 2-2: a 3x334-2\n2 95758 [] rows 3-3: a 5x23940-23942\n"
               "3 0 [] rows 4-4: a 2x0\n4 1 [] rows 5-5: a 7x1-6\n",
               buf_text(&s.orders));
    folder_drop(&f);
    arena_free(&a);
}

TEST(mapping, makes_products_stock_and_customers_from_orders)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct seen s = seen_new(&c);
    struct folder f = folder_new(&c);
    const char *path =
        folder_put(&f, "shop.csv",
                   SHOP_HEAD "1,a1,,2,2011-07-01,0,17,France\n1,A1,Cup,3,2011-07-01,1.5,17,FR\n"
                             "C2,a1,Cup,-1,2011-07-02,1.50,18,France\n"
                             "3,POST,Post,1,2011-07-02,4,,France\n3,b2,Pot,1,2011-07-02,4,,FR\n");
    run(&c, parsed(&c, SHOP), MAPPING_MAKE, path, &s);
    CHECK_TEXT("A1 \"Cup\" 150 stock 5\nB2 \"Pot\" 400 stock 1\n17 \"\" FR\n18 \"\" FR\n",
               buf_text(&s.orders));
    folder_drop(&f);
    arena_free(&a);
}

TEST(mapping, reads_products_customers_and_stock_from_files_of_their_own)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct seen s = seen_new(&c);
    struct folder f = folder_new(&c);
    struct mapping *m = parsed(
        &c, "[import]\ncurrency = EUR\n[join p]\nfile = p.csv\nkey = code\non = {items.code}\n"
            "[join items]\nfile = i.csv\nkey = k\non = {k}\n"
            "[product]\nfrom = p\nsku = {p.code}\nname = {p.name}\nprice = {p.price}\n"
            "[customer_file]\nreference = {code}\nname = {name}\ncountry = DE\n"
            "[stock]\nsku = {code}\nquantity = {n}\n");
    const char *path = folder_put(&f, "p.csv",
                                  "code,name,price,n\na,Cup,1.50,4\nb,Pot,,0\n"
                                  "a,Cup,1.50,1\n,x,1,1\nc,Jug,-1,-1\n");
    run(&c, m, MAPPING_PRODUCTS, path, &s);
    CHECK_TEXT("a \"Cup\" 150 stock -1\nb \"Pot\" -1 stock -1\n", buf_text(&s.orders));
    CHECK_TEXT("row 4 key_repeated\nrow 5 key_missing\nrow 6 amount_negative\n",
               buf_text(&s.refused));
    s = seen_new(&c);
    run(&c, m, MAPPING_CUSTOMERS, path, &s);
    CHECK_TEXT("a \"Cup\" DE\nb \"Pot\" DE\nc \"Jug\" DE\n", buf_text(&s.orders));
    s = seen_new(&c);
    run(&c, m, MAPPING_STOCK, path, &s);
    CHECK_TEXT("a 4\nb 0\na 1\n", buf_text(&s.orders));
    CHECK_TEXT("row 5 key_missing\nrow 6 quantity_invalid\n", buf_text(&s.refused));
    folder_drop(&f);
    arena_free(&a);
}

TEST(mapping, says_which_line_of_a_mapping_is_wrong)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct mapping *m = NULL;
    const char *const wrong[] = {
        "[file]\nencoding = ebcdic\n",
        "[file]\ndelimiter = ::\n",
        "[import]\ncurrency = XXQ\n",
        "[import]\nzone = Mars/Olympus\n",
        "[order]\ncolour = red\n",
        "[orders]\nplaced = {x}\n",
        "[order]\nplaced = {x\n",
        "[order]\nplaced {x}\n",
        "[rows]\nskip when {a} is b\n",
        "[rows]\nskip why when {a} equals b\n",
        "[rows]\nskip why when {a} <= ten\n",
        "[rows]\nbreak it when {a} is b\n",
        "[line]\nsku = {a | shout}\n",
        "[line]\nsku = {a | table none}\n",
        "[line]\nfrom = nowhere\n",
        "[order]\nrows = within 0\n",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        CHECK_FAULT(&c, ERR_MALFORMED, "mapping_invalid",
                    mapping_parse(&c, text_of(wrong[i]), "test.map", &m));
        CHECK_TEXT("line 2", text_of(c.fault.field));
        CHECK(c.fault.hint[0] != 0);
    }
    arena_free(&a);
}

TEST(mapping, says_what_is_missing_before_the_first_row)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct folder f = folder_new(&c);
    struct mapping_counts n;
    struct seen s = seen_new(&c);
    const struct mapping_sink sink = sink_of(&s);
    const char *path = folder_put(&f, "orders.csv", "id;day;state;freight\n");
    CHECK_FAULT(&c, ERR_INVALID, "column_missing",
                mapping_read(&c, parsed(&c, SHOP), MAPPING_ORDERS, path, &sink, &n));
    CHECK(strstr(c.fault.hint, "id, day, state, freight"));
    CHECK_FAULT(&c, ERR_INVALID, "file_missing",
                mapping_read(&c, parsed(&c, JOINED), MAPPING_ORDERS, path, &sink, &n));
    CHECK_FAULT(
        &c, ERR_INVALID, "mapping_incomplete",
        mapping_read(&c, parsed(&c, "[order]\nplaced = {day}\n"), MAPPING_ORDERS, path, &sink, &n));
    CHECK_FAULT(&c, ERR_NOT_FOUND, "file_missing",
                mapping_read(&c, parsed(&c, SHOP), MAPPING_ORDERS, "/nowhere.csv", &sink, &n));
    folder_drop(&f);
    arena_free(&a);
}

static enum err full(struct ctx *c, void *arg, const struct mapped_order *o)
{
    (void)arg;
    (void)o;
    return fail(c, ERR_INVALID, "disk_full", "no room");
}

TEST(mapping, stops_when_the_sink_says_so)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct folder f = folder_new(&c);
    struct mapping_counts n;
    const struct mapping_sink sink = {.order = full};
    const char *path = folder_put(&f, "shop.csv",
                                  SHOP_HEAD
                                  "1,a1,Cup,1,2011-07-01,1,,FR\n2,a1,Cup,1,2011-07-01,1,,FR\n"
                                  "3,a1,Cup,1,2011-07-01,1,,FR\n");
    CHECK_FAULT(&c, ERR_INVALID, "disk_full",
                mapping_read(&c, parsed(&c, SHOP), MAPPING_ORDERS, path, &sink, &n));
    CHECK_I64(2, n.rows);
    folder_drop(&f);
    arena_free(&a);
}

/* Whole real files. The expected sums were computed from the files by other means. */
static struct mapping_counts real(struct ctx *c, const char *map, enum mapping_what what,
                                  const char *path, struct seen *s)
{
    struct mapping *m = NULL;
    *s = seen_new(c);
    s->quiet = true;
    CHECK_OK(c, mapping_load(c, map, &m));
    return m ? run(c, m, what, path, s) : (struct mapping_counts){0};
}

#define NEEDS(path)                                                                                \
    if (access((path), R_OK) != 0) SKIP("no " path)

#define RETAIL SHARED "orders_online_retail/online_retail_2010-12_2011-09.csv.gz"

TEST(mapping, takes_every_row_and_penny_of_online_retail)
{
    NEEDS(RETAIL);
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct seen s;
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
    CHECK_I64(679268106, s.line_sum);
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
    struct seen s;
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
    struct seen s;
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
    struct seen s;
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
    struct seen s;
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
    struct seen s;
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
    struct seen s;
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
