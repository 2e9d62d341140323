/* test/sim/sim.h: a shop lives on a virtual clock, through the program's own routes, reactions and
 * jobs, among people and systems that do what people and systems do.
 *
 *   step:  who? ──> verb ──route──> answer ──> model        (sim_desk, sim_floor, sim_road)
 *            └ sometimes: sent twice, previewed first, the process dies, a job's holder dies
 *          reactions and due jobs ──> bank, carrier, mailbox (sim_world) that fail on purpose
 *          look: what users see = what the model says        (sim_look)
 *   evening: all orders, all stock, the whole audit
 *   end:   all faults heal, everybody does their work: every order ends, nothing stays promised
 *
 * One seed is one run: the dice of the people are apart from the program's own source, and nothing
 * asks the real clock. A verb is a row of a table (sim_verbs): a new feature adds its rows there.
 */
#pragma once

#include "base/ctx.h"
#include "base/source.h"
#include "base/time.h"
#include "faces/api/dispatch.h"
#include "sim_model.h"
#include "store/db.h"
#include "test/load/torture_link.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>

enum {
    SIM_ORDERS = MODEL_ORDERS,
    SIM_TREES = 4000,
    SIM_KEPT_CALLS = 8,
    SIM_ID = 20,
    SIM_CARTS = 6,
    SIM_REPORTS = 8000,
    SIM_WITHOUT_MAX = 24
};

struct sim_options {
    uint64_t seed;
    int64_t days, orders;                 /* of a day */
    int64_t until;                        /* stop after this step; NONE */
    const char *database;                 /* NULL: a scratch file */
    const char *without[SIM_WITHOUT_MAX]; /* verbs and faults that are left out */
    size_t without_count;
    int64_t link_rate; /* of ten thousand statements and commits that go wrong; PostgreSQL only */
    bool is_loud;      /* tell every step on stderr */
};

struct sim_counts {
    int64_t seeds, failed, steps, calls, refused, orders, completed, cancelled, units_left,
        packages, changes, returns;
    int64_t repeats, previews, deaths, dropped_jobs, bank_faults, carrier_faults, mail_faults;
    int64_t link_faults, asked_again;
    int64_t audits, looks, simulated_days, milliseconds;
};
extern const struct fields sim_counts_fields;

/* What a change says: each part only if it is set. */
struct sim_change {
    int wish, sku; /* -1: none */
    int64_t quantity, added;
    const char *method; /* NULL: stays */
    bool is_elsewhere;
};
struct sim_order {
    char id[SIM_ID], email[40];
    int64_t number;
    const char *payment, *method;
    bool is_cancelled, is_closed;
    bool was_sent;       /* some of it, by a carrier or driver */
    bool is_unwanted;    /* as a whole, and some of it had left */
    bool is_cancel_due;  /* some of that was taken back: it is cancelled with the reactions */
    int64_t asked_for;   /* units that are gone and were complained about */
    char change[SIM_ID]; /* prepared; "": none */
    struct sim_change prepared;
};
struct sim_work {
    char id[SIM_ID];
    int order;
};
struct sim_package {
    char id[SIM_ID], tracking[41];
    int order, work;
    int fate; /* where its carrier brings it; see sim_road.c */
    int64_t left_us;
};

struct sim_return {
    char id[SIM_ID];
    int order, model;
    bool is_settled;
};

/* Of a shopper, who has one at a time. */
struct sim_cart {
    char id[SIM_ID]; /* "": none */
    int64_t until_us, units[MODEL_STOCKED][MODEL_SITES];
};
/* One bin is counted at a time, in several steps. */
struct sim_count {
    char id[SIM_ID]; /* "": none */
    int site, bin;
    bool is_entered;
    int64_t difference[MODEL_STOCKED];
};

/* A carrier's word that is on its way to us. */
struct sim_report {
    int package;
    const char *status;
    int64_t occurred_us, told_us;
    bool is_told;
};

struct sim_call {
    char method[8], target[160], key[40], if_match[24];
    struct text body;
    uint64_t answer_hash;
    int status;
    bool is_rows;
};

struct sim {
    const struct sim_options *options;
    struct sim_counts *counts;
    struct arena step, kept;
    struct source source, dice;
    struct ctx ctx;
    struct store *store;
    struct torture_link *link; /* between us and PostgreSQL; NULL: none */
    struct server server;
    struct model *model;
    char path[300], schema[40], bin_ids[MODEL_SITES][MODEL_BINS][SIM_ID];
    bool is_server_open, is_healed, is_settled;
    int64_t day, step_no;
    int64_t audited; /* position of the last event that was */
    struct sim_order orders[SIM_ORDERS];
    struct sim_work work[MODEL_WORK];
    struct sim_package packages[MODEL_PACKAGES];
    struct sim_return returns[MODEL_RETURNS];
    size_t return_count;
    struct sim_cart carts[SIM_CARTS];
    struct sim_count count;
    struct sim_report reports[SIM_REPORTS];
    size_t report_count;
    json_t *trees[SIM_TREES];
    size_t tree_count;
    struct sim_call kept_calls[SIM_KEPT_CALLS];
    size_t kept_call_count;
    int64_t keys;
    uint64_t loosened;
    int link_tries;
    jmp_buf death;
    bool may_die;
    char if_match[24]; /* of the next call */
    const char *doing; /* verb */
    char failure[600], cursor[64];
    uint64_t events_hash; /* of the whole feed, at the end */
    struct sim_world *world;
};

struct sim_verb {
    const char *name;
    int stages; /* bits of the order's stages where it makes sense */
    int weight;
    void (*run)(struct sim *s, int order, json_t *view);
};
/* Each ends with NULL. */
extern const struct sim_verb sim_desk_verbs[], sim_stock_verbs[], sim_floor_verbs[],
    sim_road_verbs[], sim_change_verbs[], sim_returns_verbs[], sim_care_verbs[];
enum { SIM_TABLES = 7 };
extern const struct sim_verb *const sim_tables[SIM_TABLES];

/* One run. False: s->failure says why. */
bool sim_run(struct sim *s);
void sim_close(struct sim *s);

/* --- shared by the parts --------------------------------------------------------------------- */

int64_t sim_below(struct sim *s, int64_t n);
bool sim_chance(struct sim *s, int64_t per_mille);
/* A fault may happen now: its name is not left out, the faults have not healed. */
bool sim_fault(struct sim *s, const char *name, int64_t per_mille);
bool sim_has(const struct sim *s, const char *name);
/* Keeps the first one. Returns false. */
bool sim_fail(struct sim *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool sim_failed(const struct sim *s);
#define SIM_TARGET(s, ...) text_printf(&(s)->step, __VA_ARGS__)

/* Ask a route; a POST gets its own key. *data is the answer, or the one row's (borrowed); returns
   the status. 5xx, and constraints of the database, fail the run. */
int sim_ask(struct sim *s, const char *method, struct text target, struct text body, json_t **data);
/* The next call says that it saw this version. */
void sim_seen(struct sim *s, int64_t version);
int sim_post(struct sim *s, json_t **data, struct text target, const char *body, ...)
    __attribute__((format(printf, 4, 5)));
json_t *sim_get(struct sim *s, struct text target); /* NULL: refused */
void sim_forget_trees(struct sim *s);
const char *json_at(const json_t *o, const char *name);    /* text, or "" */
int64_t json_number_at(const json_t *o, const char *name); /* 0 when absent */
int64_t json_minor_at(const json_t *o, const char *name);  /* of an amount */

bool sim_open(struct sim *s); /* store, shop */
bool sim_restart(struct sim *s);
void sim_mend_link(struct sim *s);
void sim_loosen_link(struct sim *s);
/* Whether what failed may be tried again: the link was at fault, and not too often. */
bool sim_again(struct sim *s, enum err e, int *tries);
extern const char *const sim_skus[MODEL_SKUS], *const sim_sites[MODEL_SITES],
                                                   *const sim_bins[MODEL_BINS];
int sim_word(const char *const *words, int n, const char *word); /* -1 */

/* sim_world.c: others. */
void sim_world_open(struct sim *s);
void sim_world_close(struct sim *s);
void sim_bank_after(struct sim *s, bool is_death);           /* of the jobs, or of the process */
int64_t sim_bank_kept(struct sim *s, int64_t order_number);  /* captured less refunded */
bool sim_bank_is_quiet(struct sim *s, int64_t order_number); /* nothing pending or lost */
int64_t sim_mails_to(struct sim *s, const char *email);

/* sim_look.c */
/* The order as shown, told to the model where it shows what nobody could foresee (which site); with
   nothing left to do, all of it has to agree. */
json_t *sim_look(struct sim *s, int order);
bool sim_look_at_stock(struct sim *s);
/* Orders that may have got what became free. */
void sim_look_at_waiting(struct sim *s, int first);
bool sim_look_at_all(struct sim *s);
/* In the middle of things: nothing may be wrong even for a moment. Orders and products that were
   touched since the last one, or everything. */
bool sim_audit(struct sim *s, bool is_everything);
bool sim_look_at_the_end(struct sim *s);
/* Reactions and jobs until nothing is left to do at this instant. */
bool sim_quiet(struct sim *s);
void sim_later(struct sim *s, int64_t us);

/* What a cancellation or change did, against the model's idea of it. */
void sim_check_cancelled(struct sim *s, int order, json_t *done, struct model_cancelled c);

/* sim_desk.c, sim_stock.c, sim_floor.c, sim_road.c */
void sim_look_at_carts(struct sim *s, bool is_quiet);
struct sim_cart *sim_choose_cart(struct sim *s);
void sim_cart_ordered(struct sim *s, struct sim_cart *k);
void sim_put_away(struct sim *s, int order, json_t *view);
void sim_order_something(struct sim *s);
/* An order that was made in place of another's goods, as it is shown. */
void sim_take_order(struct sim *s, int instead_of, json_t *view, const char *payment,
                    const struct model_wish *wish);
void sim_see_to_claims(struct sim *s, int order, json_t *view);
/* Looks at those of an order, and does what comes next. */
void sim_see_to_returns(struct sim *s, int order, json_t *view);
bool sim_is_returning(const struct sim *s, int order);
void sim_buy_missing(struct sim *s, int order, json_t *view);
void sim_give_back(struct sim *s, int order);
void sim_see_to_holds(struct sim *s, int order, json_t *view);
void sim_pick_all(struct sim *s, int order, json_t *view);
void sim_pack_all(struct sim *s, int order, json_t *view);
void sim_ship_all(struct sim *s, int order, json_t *view);
void sim_answer_cases(struct sim *s, int order, bool is_open_needed);
void sim_tell_reports(struct sim *s);
int sim_find_work(struct sim *s, const char *id, int order, const char *site);
int sim_find_package(struct sim *s, const char *id);
