/* bench/floor.h: what the machine can do at best, measured beside Waybill in the same run.
 *
 * The SQLite floor writes the very rows that Waybill wrote, taken from its database, by a bare loop
 * of prepared statements: same schema, same settings, same orders per commit. The log floor
 * appends the orders' facts to a preallocated file with a grouped fdatasync. */
#pragma once

#include "base/ctx.h"

struct floor; /* the rows of one database, in memory */

/* Remember what the intake of `orders` orders left in the database at `path`. */
must_check enum err floor_load(struct ctx *c, const char *path, int64_t orders, struct floor **out);
/* Write them into a new database at `path`, `group` orders a commit. Microseconds of the loop, and
   of the median COMMIT. */
must_check enum err floor_write(struct ctx *c, const struct floor *f, const char *path,
                                int64_t group, int64_t *us, int64_t *commit_us);
/* The same on PostgreSQL, in a schema that is empty: a transaction for an order, a round trip for a
   row. */
must_check enum err floor_postgres(struct ctx *c, const struct floor *f, const char *address,
                                   const char *schema, int connections, int64_t *us);
int64_t floor_orders(const struct floor *f);
int64_t floor_rows(const struct floor *f);
int64_t floor_facts_bytes(const struct floor *f); /* of the orders' facts as plain records */
void floor_free(struct floor *f);

/* `orders` records of `bytes` each, `group` to a flush. */
must_check enum err floor_log(struct ctx *c, const char *path, int64_t orders, int64_t bytes,
                              int64_t group, int64_t *us);
int64_t bench_now_us(void);                /* a clock that only runs forward */
int64_t bench_cpu_us(void);                /* of this process, all threads */
int64_t bench_written(void);               /* bytes this process wrote so far (/proc/self/io) */
int64_t bench_memory_kb(const char *path); /* resident now, of a /proc/PID/status */
