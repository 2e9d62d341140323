#include "faces/cli/mapping.h"

#include "base/time.h"
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What came out of a reading, as short text lines and as sums. */
struct seen {
    struct ctx *c;
    struct buf orders, refused;
    int64_t payments, cancelled, broken, wrong, placed_first;
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
    }
    s->broken += o->line_count == 0 || lines + tax + o->shipping_minor != o->total_minor;
    for (size_t i = 0; i < o->payment_count; i++) s->payments += o->payments[i].amount_minor;
    s->cancelled += o->is_cancelled;
    if (!s->placed_first) s->placed_first = o->placed_us;
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
    s->wrong += !row->is_skipped;
    buf_printf(&s->refused, "row %lld %s%s%s%s\n", (long long)row->row,
               row->is_skipped ? "skipped " : "", row->reason, *row->column ? " in " : "",
               row->column);
    return OK;
}

static enum err on_product(struct ctx *c, void *arg, const struct mapped_product *p)
{
    struct seen *s = arg;
    (void)c;
    buf_printf(&s->orders, "%.*s \"%.*s\" %lld stock %lld\n", TEXT_ARG(p->sku), TEXT_ARG(p->name),
               p->price_minor == NONE ? -1LL : (long long)p->price_minor,
               p->opening_quantity == NONE ? -1LL : (long long)p->opening_quantity);
    return OK;
}

static enum err on_customer(struct ctx *c, void *arg, const struct mapped_customer *p)
{
    struct seen *s = arg;
    (void)c;
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
                                  "3;3.12.2016;;\n4;3.12.2016;;\n5;3.12.2016;test;\n"
                                  "2;3.12.2016;gone;\n");
    struct mapping_counts n = run(&c, parsed(&c, JOINED), MAPPING_ORDERS, path, &s);
    CHECK_TEXT("X1 2899 [] rows 2-2: S-1 3x980-441\nX2 500 [] rows 3-3: S-1 1x500\n",
               buf_text(&s.orders));
    CHECK_TEXT("row 3 skipped sample\nrow 4 no_lines\nrow 6 join_missing in code\n"
               "row 7 order_refused\nrow 5 order_refused\nrow 6 skipped test_order\n"
               "row 8 skipped test_order\nrow 7 order_repeated\nrow 5 no_order\nrow 4 no_order\n",
               buf_text(&s.refused));
    CHECK_I64(2900, s.payments);
    CHECK_I64(1, s.cancelled);
    CHECK_I64(7, n.line_rows);
    CHECK_I64(5, n.line_rows_left_out);
    folder_drop(&f);
    arena_free(&a);
}

TEST(mapping, joins_rows_that_are_long_or_many)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct seen s = seen_new(&c);
    struct folder f = folder_new(&c);
    struct buf things = buf_new(&a), wide = buf_new(&a), expected = buf_new(&a);
    for (int i = 0; i < 1200; i++) buf_putc(&wide, (char)('a' + i % 26));
    buf_puts(&things, "code,name,price\n");
    for (int i = 0; i < 3000; i++)
        buf_printf(&things, "T%d,%d %.*s,%d\n", i, i, i % 7 ? 3 : (int)wide.len, wide.at, i);
    folder_put(&f, "things.csv", buf_text(&things).at);
    const char *path = folder_put(&f, "p.csv", "thing\nT2999\nT0\nT1400\nT3000\nT5\n");
    run(&c,
        parsed(&c, "[import]\ncurrency = EUR\n[join things]\nfile = things.csv\nkey = code\n"
                   "on = {thing}\nrequired = yes\n"
                   "[product]\nsku = {thing}\nname = {things.name}\nprice = {things.price}\n"),
        MAPPING_PRODUCTS, path, &s);
    buf_puts(&expected, "T2999 \"2999 abc\" 299900 stock -1\n");
    buf_printf(&expected, "T0 \"0 %.*s\" 0 stock -1\n", (int)wide.len, wide.at);
    buf_printf(&expected, "T1400 \"1400 %.*s\" 140000 stock -1\n", (int)wide.len, wide.at);
    buf_puts(&expected, "T5 \"5 abc\" 500 stock -1\n");
    CHECK_TEXT(buf_text(&expected).at, buf_text(&s.orders));
    CHECK_TEXT("row 5 join_missing in code\n", buf_text(&s.refused));
    folder_drop(&f);
    arena_free(&a);
}

TEST(mapping, compares_as_its_rules_say)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct folder f = folder_new(&c);
    const char *path = folder_put(&f, "r.csv", "k,v\n1,\n2,5\n3,-1.5\n4,abc\n5,Gift # 1\n");
    struct {
        const char *when, *left;
    } rules[] = {
        {"{v} is 5, ABC", "1 3 5 "},
        {"{v} is not 5, abc", "2 4 "},
        {"{v} like *b*", "1 2 3 5 "},
        {"{v} not like *b*, gift*", "4 5 "},
        {"{v} is empty", "2 3 4 5 "},
        {"{v} is not empty", "1 "},
        {"{v} < -1.5", "1 2 3 4 5 "},
        {"{v} <= -1.5", "1 2 4 5 "},
        {"{v} > 5", "1 2 3 4 5 "},
        {"{v} >= 5", "1 3 4 5 "},
        {"{v} is \"gift # 1\"", "1 2 3 4 "},
        {"{v}-{k} is 5-2", "1 3 4 5 "},
        {"{k} > 1 and {k} < 5 and {v} is not 5", "1 2 5 "},
    };
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        struct seen s = seen_new(&c);
        struct text body = text_printf(
            &a,
            "[import]\ncurrency = EUR\n[rows]\nskip it when %s # why\n[order]\nrows = each\n"
            "placed = 2026-01-01\nreference = {k}\n[line]\nsku = {k}\nquantity = 1\nunit = 1\n",
            rules[i].when);
        run(&c, parsed(&c, body.at), MAPPING_ORDERS, path, &s);
        struct buf left = buf_new(&a);
        for (struct text rest = buf_text(&s.orders); rest.len;)
            buf_printf(&left, "%.*s ", 1, text_split(rest, '\n', &rest).at);
        CHECK_TEXT(rules[i].left, buf_text(&left));
    }
    folder_drop(&f);
    arena_free(&a);
}

TEST(mapping, filters_change_values_on_their_way)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct folder f = folder_new(&c);
    const char *path = folder_put(&f, "r.csv", "v,e\n  san JOSE-mar ,\n");
    struct {
        const char *value, *result;
    } cases[] = {{"{v | title}", "San Jose-Mar"},
                 {"{v | upper}", "SAN JOSE-MAR"},
                 {"{v|lower}!", "san jose-mar!"},
                 {"{e | default x y}", "x y"},
                 {"{e | default 12 | pad 5}", "00012"},
                 {"{e | default 12.55 | times 10}", "126"},
                 {"{e | default +49 (30) 7 | digits}", "49307"},
                 {"{#}", "2"},
                 {"{e | default B | table t}", "two"},
                 {"{e | default eire | country}", "IE"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct seen s = seen_new(&c);
        struct text body = text_printf(
            &a,
            "[import]\ncurrency = EUR\n[order]\nrows = each\nplaced = 2026-01-01\n"
            "reference = %s\n[line]\nsku = x\nquantity = 1\nunit = 1\n[table t]\nb = two\n",
            cases[i].value);
        run(&c, parsed(&c, body.at), MAPPING_ORDERS, path, &s);
        struct text want = text_printf(&a, "%s 100 [] rows 2-2: x 1x100\n", cases[i].result);
        CHECK_TEXT(want.at, buf_text(&s.orders));
    }
    folder_drop(&f);
    arena_free(&a);
}

TEST(mapping, refuses_a_credit_note_of_both_signs)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct seen s = seen_new(&c);
    struct folder f = folder_new(&c);
    const char *path = folder_put(&f, "shop.csv",
                                  SHOP_HEAD
                                  "C1,a1,Cup,-1,2011-07-01,1,,FR\nC1,a2,Cup,1,2011-07-01,1,,FR\n"
                                  "C2,a1,Cup,1,2011-07-01,1,,FR\n3,a1,Cup,0,2011-07-01,1,,FR\n");
    run(&c, parsed(&c, SHOP), MAPPING_ORDERS, path, &s);
    CHECK_TEXT("-C2 100 [] rows 4-4: A1 1x100\n", buf_text(&s.orders));
    CHECK_TEXT("row 3 quantity_sign in n\nrow 2 order_refused\nrow 5 quantity_zero in n\n",
               buf_text(&s.refused));
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
