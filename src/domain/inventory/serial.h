/* domain/inventory/serial.h: units with a number of their own.
 *
 *   came in ──> in the house ──pack──> in a package ──come back──> ended
 *               first seen at packing ──┘   └── out of it again: in the house, or forgotten
 *
 * A number is one unit of its product while that is in the house or out with a customer: UNIQUE. A
 * unit that was packed is where its package is; it has no place of its own to differ from it. What
 * came back has ended, and its number begins anew with the next package; the ended rows are its
 * history. Functions run inside a unit of work; writes are queued. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

enum {
    SERIAL_MAX = 64,       /* bytes */
    SERIALS_MAX = 100000,  /* of one call */
    SERIAL_DIGITS_MAX = 18 /* that a range counts in */
};

struct serial_unit {
    int64_t merchant_id;
    struct text serial;
    int64_t product_id, unit_id, asn_id, received_us, package_id, order_id, line_no, packed_us,
        return_id, ended_us;
};
extern const struct fields serial_unit_fields;

/* From "SN0998" to "SN1001": the digits at the end count, the rest is the same. */
struct serial_range {
    struct text from, to;
};
extern const struct fields serial_range_fields;
/* All of them, in the order told: ERR_INVALID "serial_bad", "serial_range", "serial_twice";
   ERR_TOO_LARGE "too_many". Names the field ("serials[2]", "ranges[0].to"). */
must_check enum err serials_spell(struct ctx *c, const struct list *serials,
                                  const struct list *ranges, struct list *out);

/* Every row of these numbers of these products, by product, number, age; ended ones too. */
must_check enum err serials_of(struct ctx *c, const int64_t *product_ids, size_t products,
                               const struct text *serials, size_t n, struct list *out);
/* The newest row of a number in what serials_of read, or NULL. */
const struct serial_unit *serial_newest(const struct list *units, int64_t product_id,
                                        struct text serial);
/* Every row of a number, of whichever product: by product, newest first. */
must_check enum err serials_named(struct ctx *c, struct text serial, struct list *out);
/* Those that went into a package, also when they are back: by line, then number, after a place in
   that order. */
must_check enum err serials_in(struct ctx *c, int64_t package_id, int64_t after_line,
                               struct text after_serial, int64_t limit, struct list *out);
/* Those in any of these packages that did not come back, by line, then number. */
must_check enum err serials_out(struct ctx *c, const int64_t *package_ids, size_t n,
                                struct list *out);
struct serial_sum {
    int64_t package_id, line_no, quantity;
};
extern const struct fields serial_sum_fields;
/* How many are in these packages now, by package, then line. */
must_check enum err serial_sums(struct ctx *c, const int64_t *package_ids, size_t n,
                                struct list *out);

/* It came in. A number that is here already ends the unit of work: look first. */
must_check enum err serial_receive(struct ctx *c, int64_t product_id, struct text serial,
                                   int64_t asn_id);
/* Of `u`: serial, product, package, order, line. One that lies in another package: ERR_BUSY. */
must_check enum err serial_pack(struct ctx *c, const struct serial_unit *u);
/* All of a line are out of the package again. */
must_check enum err serials_unpack(struct ctx *c, int64_t package_id, int64_t line_no);
must_check enum err serial_end(struct ctx *c, const struct serial_unit *u, int64_t return_id);
