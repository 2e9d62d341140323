/* test/copy/copy_fixture.h: databases to copy from and to, and a copy between two of them. */
#pragma once

#include "shop.h"
#include "store/copy.h"

/* A database by its address alone, as `waybill copy` knows it: on PostgreSQL a schema of its own.
 */
struct place {
    struct world w;
    char address[512];
};
bool place_open(struct place *p, enum db_engine engine);
void place_rest(struct place *p); /* nobody has it open */
void place_wake(struct place *p);
void place_fill(struct place *p); /* values that an engine or a format might bend, and orders */
enum { FILL_ORDERS = 30 };

/* A source that is filled, and a target; false when an engine is not there. */
struct pair {
    struct place from, to;
};
bool pair_open(struct pair *p, enum db_engine from, enum db_engine to);
void pair_rest(struct pair *p);
void pair_close(struct pair *p);

struct copying {
    struct copy copy;
    struct arena from_arena, to_arena;
    struct source source;
    struct ctx from, to;
    int pages; /* let so many be written, then stop; negative: any number */
    size_t differ, reported;
    char first[200]; /* row that differs */
};
struct copying *copying_new(const struct place *from, const struct place *to);
void copying_free(struct copying *g);
enum err copying_run(struct copying *g); /* from the beginning to the end */
enum err copying_check(struct copying *g);
enum err copying_differ(void *arg, const struct dump_table *t, const struct value *a,
                        const struct value *b);
