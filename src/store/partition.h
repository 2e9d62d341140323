/* store/partition.h: whose rows a table holds, and how PostgreSQL is told to lay them apart.
 *
 *   merchant tables     each row is one merchant's, merchant_id first in every key: all other
 * tables reference tables    small, of the whole installation, read by every merchant's
 * transactions
 *
 * What is of one merchant lies in one place: in one partition of each table (`waybill migrate
 * --partitions N`, on plain PostgreSQL), or on one node (`waybill migrate --distributed`, on
 * Citus). So a new table is a merchant table unless it is listed here with its reason, and the
 * server itself refuses a key of it that lacks the merchant. */
#pragma once

#include "base/ctx.h"
#include "base/list.h"
#include "base/text.h"

struct reference_table {
    const char *name, *why;
};
extern const struct reference_table reference_tables[];
extern const size_t reference_table_count;

enum { PARTITIONS_MAX = 256 };

bool partition_is_reference(struct text table);
/* The names (struct text) of all tables that the steps of the schema make, in their order. */
struct list partition_tables(struct arena *a);
/* A migration's SQL for PostgreSQL with each merchant table hashed by the merchant into this many
   partitions, TABLE_p0 and so on. A "CREATE TABLE" and the ")" that ends it begin their lines. */
struct text partition_sql(struct arena *a, struct text sql, int64_t partitions);
/* How many partitions the merchant tables of this schema have; 0 for none, and on SQLite. */
must_check enum err partition_count(struct ctx *c, int64_t *out);
