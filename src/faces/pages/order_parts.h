/* faces/pages/order_parts.h: orders with all that a mail or a page shows of them, read as a set. */
#pragma once

#include "domain/catalog/product.h"
#include "domain/customers/customer.h"
#include "domain/inventory/earmark.h"
#include "domain/orders/order.h"
#include "domain/orders/package.h"
#include "domain/orders/substitution.h"
#include "domain/people/people.h"

struct order_parts {
    struct order order;
    struct order_state state;
    struct address ship_to;
    const struct order_line *lines;
    size_t line_count;
    const struct package *packages;
    size_t package_count;
    const struct earmark *earmarks;
    size_t earmark_count;
    int64_t promised_day; /* of all that is not there yet, the latest; NONE: of some nobody knows */
};

struct order_set {
    struct merchant merchant;          /* whom a customer hears is order_voice */
    struct list owners;                /* struct owner, of orders that are not the merchant's own */
    struct list products, offers;      /* struct product by id; struct service_offer */
    struct list package_lines, labels; /* ascending by package */
    struct list substitutions;         /* struct substitution, by order */
    struct list documents;             /* struct invoice by order, for mails alone */
    struct order_parts *at;            /* ascending by order */
    size_t count;
};

/* Units of a line that wait for a delivery. */
struct order_wait {
    const struct order_line *line;
    int64_t units, day; /* NONE: there is no date */
};
struct list order_waits(struct arena *a, const struct order_parts *o); /* struct order_wait */

/* Thirteen statements at most, however many orders (repeats allowed); orders that are not there are
   left out. Needs a reader or a unit of work. */
must_check enum err order_parts_load(struct ctx *c, const int64_t *order_ids, size_t n,
                                     struct order_set *out);
const struct order_parts *order_parts_find(const struct order_set *s, int64_t order_id); /* NULL */
/* Under whose name its customer hears of it. */
struct merchant order_voice(const struct order_set *s, const struct order_parts *o);

/* What a line is called: by the catalogue, or by itself. */
struct text order_line_name(const struct order_set *s, const struct order_line *l);
struct text order_line_sku(const struct order_set *s, const struct order_line *l); /* or absent */
/* What is to be read beside it: its personalisation, or what it came instead of; or absent. */
struct text order_line_words(struct arena *a, const struct order_set *s,
                             const struct order_line *l);
/* "2 × Mug for 17.98 GBP instead of 2 × Lamp" */
struct text substitution_words(struct arena *a, const struct order_set *s,
                               const struct order_parts *o, const struct substitution *q);

/* What the order comes to without its cancelled units; one that was cancelled as a whole, as it was
   agreed. */
struct order_amounts {
    int64_t goods_minor, discount_minor, tax_minor, total_minor;
};
struct order_amounts order_amounts(const struct order_parts *o);
/* Of a line: units that are not cancelled, by the same rule. */
int64_t order_line_kept(const struct order_parts *o, const struct order_line *l);

/* The first and the number of the package's lines. */
const struct package_line *package_content(const struct order_set *s, int64_t package_id,
                                           size_t *count);
/* Its label that counts (not failed, not voided), or NULL. */
const struct label *package_label(const struct order_set *s, int64_t package_id);
/* Who carries it, for its customer: parcels under the house's own numbers go in the merchant's
 * name. */
struct text carrier_text(const struct order_set *s, const struct label *label);
/* Where the customer collects: the site of the newest package that is packed, as an address is
   written; no lines while nothing is packed. */
must_check enum err pickup_place(struct ctx *c, const struct order_set *s,
                                 const struct order_parts *o, struct list *lines);
/* "Standard delivery" */
struct text method_text(int32_t method);
/* The lines of an address as it is written from the merchant's country. */
struct list address_text(struct arena *a, const struct merchant *m,
                         const struct postal_address *at);
