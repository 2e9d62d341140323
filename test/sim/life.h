/* test/sim/life.h: whole lives of orders in the small shop (test/shop.h).
 *
 *   a verb of a stage, as a unit of work ──> reactions and jobs of app/wiring.c until all is quiet
 *
 * The verbs are the stages' own and the tables are the program's own; nothing is set by hand. The
 * clock is virtual and goes from one due job to the next. What others would send is kept: mails.
 * Verbs answer like the stage does, with the fault in w->ctx. */
#pragma once

#include "base/time.h"
#include "domain/customers/message.h"
#include "domain/events/event.h"
#include "domain/inventory/stock.h"
#include "domain/orders/package.h"
#include "domain/orders/work.h"
#include "domain/payments/refund.h"
#include "domain/people/people.h"
#include "services/returns/returns.h"
#include "services/stockkeeping/stocking.h"
#include "shop.h"
#include "stages/2_processing/cancelling.h"
#include "stages/2_processing/changing.h"
#include "stages/2_processing/confirming.h"
#include "stages/2_processing/paying.h"
#include "stages/3_picking/picking.h"
#include "stages/4_packing/packing.h"
#include "stages/5_shipping/shipping.h"
#include "stages/6_delivery/delivery.h"
#include "stages/7_completion/cases.h"
#include "work_fixture.h"

struct life {
    struct world *w;
    struct shop shop;
    int64_t returns[2]; /* bins for what comes back, London's and Manchester's */
    bool is_busy;       /* reactions and jobs wait until life_quiet */
    /* what the last verb answered with */
    struct outcome placed;
    struct cancel_outcome cancelled;
    struct change_outcome changed;
    struct confirm_outcome confirmed;
    struct pick_short_result shortage;
    struct pack_sealed sealed;
    struct delivery delivered;
    struct case_outcome resolved;
};
enum { PICKER = 2001, OTHER_PICKER = 2002 };

struct life life_open(struct world *w);
/* Reactions and jobs until nothing is left to do at this instant. */
void life_quiet(struct life *l);
/* This much later; whatever became due meanwhile was done when it was due. */
void life_later(struct life *l, int64_t us);
/* Change what the merchant decides by. */
void life_policy(struct life *l, enum price_policy price, enum stock_policy stock);

/* --- looking --------------------------------------------------------------------------------- */

int32_t life_stage(struct life *l, int64_t order_id);
/* How often an order's timeline tells of this. */
int64_t life_told(struct life *l, int64_t order_id, enum event_kind kind);
/* Mails of this template that were sent for the order. */
int64_t life_mails(struct life *l, int64_t order_id, enum message_template template);
/* What could be promised of a product at a site now. */
int64_t life_free_units(struct life *l, int64_t product_id, int64_t site_id);
struct paying_view life_money(struct life *l, int64_t order_id);
bool life_is_held(struct life *l, int64_t order_id, enum hold_reason reason);
struct list life_work(struct life *l, int64_t order_id); /* struct fulfillment */
/* The k-th (from 0) fulfillment, package, open task of the order; fails the test without one. */
struct fulfillment life_fulfillment(struct life *l, int64_t order_id, size_t k);
struct package life_package(struct life *l, int64_t order_id, size_t k);
struct task life_task(struct life *l, int64_t order_id, enum task_kind kind, size_t k);

/* --- desk ------------------------------------------------------------------------------------ */

struct draft life_card_draft(struct life *l, const char *sku, int64_t quantity, const char *token);
/* Placed, or 0 with the fault in the context. */
int64_t life_place(struct life *l, const struct draft *d);
enum err life_receive(struct life *l, const char *sku, const char *site, const char *bin,
                      int64_t quantity);
enum err life_adjust(struct life *l, const char *sku, const char *site, const char *bin,
                     int64_t quantity, enum adjust_reason reason);
enum err life_hold(struct life *l, int64_t order_id, const char *note, int64_t *hold_id);
enum err life_let_go(struct life *l, int64_t order_id, int64_t hold_id);
/* Every live hold of a reason. */
void life_let_go_all(struct life *l, int64_t order_id, enum hold_reason reason);
enum err life_cancel(struct life *l, int64_t order_id, const char *reason);
enum err life_change(struct life *l, int64_t order_id, const struct order_change *in);
enum err life_cancel_lines(struct life *l, int64_t order_id, const struct cancel_line *lines,
                           size_t n, const char *reason);
enum err life_confirm(struct life *l, const struct confirm_answer *a);
typedef enum err paying_fn(struct ctx *c, const struct paying_act *act);
enum err life_pay(struct life *l, paying_fn *fn, struct paying_act act);
#define PAY_ACT(...) ((struct paying_act){.payment_id = NONE, __VA_ARGS__})

/* --- floor ----------------------------------------------------------------------------------- */

enum err life_claim(struct life *l, int64_t site_id, int64_t worker_id, struct list *items);
enum err life_scan(struct life *l, const struct task *t, const char *code, int64_t quantity);
/* Units (NONE: all) from the task's own bin. */
enum err life_pick(struct life *l, const struct task *t, int64_t quantity);
enum err life_short(struct life *l, const struct task *t, int64_t found, enum short_reason reason);
enum err life_undo(struct life *l, const struct task *t, int64_t quantity);
/* Finish a put-back: into its own bin (NONE) or another. */
enum err life_put_back(struct life *l, const struct task *t, int64_t bin_id);
/* Every open pick of the order. */
enum err life_pick_all(struct life *l, int64_t order_id);
enum err life_wrap(struct life *l, const struct task *t, const char *message);
enum err life_engrave(struct life *l, const struct task *t, const char *words);
enum err life_assemble(struct life *l, const struct task *t);
enum err life_start_packing(struct life *l, int64_t fulfillment_id);
enum err life_box(struct life *l, int64_t fulfillment_id, int64_t *package_id);
enum err life_put(struct life *l, int64_t package_id, const char *code, int64_t quantity,
                  int64_t *expected_g);
enum err life_seal(struct life *l, int64_t package_id, int64_t weight_g);
enum err life_take_out(struct life *l, int64_t package_id, int64_t line_no);
enum err life_discard(struct life *l, int64_t package_id);
enum err life_reopen(struct life *l, int64_t package_id);
/* All that is picked, into the proposed cartons. */
enum err life_pack(struct life *l, int64_t fulfillment_id);
void life_pack_all(struct life *l, int64_t order_id);

/* --- road ------------------------------------------------------------------------------------ */

enum err life_label(struct life *l, int64_t package_id);
enum err life_void_label(struct life *l, int64_t package_id);
enum err life_hand_over(struct life *l, int64_t package_id, enum hand_over how);
enum err life_correct_number(struct life *l, int64_t package_id, const char *number);
enum err life_take_back(struct life *l, int64_t package_id);
/* The carrier says so, of this long ago. */
enum err life_report(struct life *l, int64_t package_id, enum tracking_status status,
                     int64_t ago_us);
enum err life_reports(struct life *l, const struct tracking_report *reports, size_t n);
enum err life_attempt(struct life *l, int64_t package_id, enum attempt_outcome outcome,
                      enum attempt_reason reason);
enum err life_deliver(struct life *l, const struct delivery_proof *proof);
#define PROOF(...)                                                                                 \
    (&(struct delivery_proof){                                                                     \
        .order_id = NONE, .latitude_e7 = NONE, .longitude_e7 = NONE, .at_us = NONE, __VA_ARGS__})
enum err life_pickup_code(struct life *l, int64_t order_id, struct text *code);
enum err life_pin_reset(struct life *l, int64_t package_id, const char *why);
enum err life_come_back(struct life *l, int64_t package_id);
/* Pick, pack and hand over all of an order; then deliver it as well. */
void life_ship(struct life *l, int64_t order_id);
void life_bring(struct life *l, int64_t order_id);

/* --- care ------------------------------------------------------------------------------------ */

enum err life_complain(struct life *l, int64_t order_id, enum case_kind kind, const char *words,
                       int64_t *case_id);
enum err life_resolve(struct life *l, const struct case_answer *a);
enum err life_rate(struct life *l, int64_t order_id, int64_t score, const char *words);

/* --- returns --------------------------------------------------------------------------------- */

enum err life_ask_back(struct life *l, int64_t order_id, int64_t line_no, int64_t quantity,
                       enum return_reason reason, int64_t *return_id);
enum err life_ask_lines(struct life *l, int64_t order_id, struct return_wish_line *lines, size_t n,
                        int64_t *return_id);
enum err life_approve(struct life *l, int64_t return_id);
enum err life_decline(struct life *l, int64_t return_id);
enum err life_return_label(struct life *l, int64_t return_id);
enum err life_give_up(struct life *l, int64_t return_id);
/* At a site, into its first returns bin. */
enum err life_take_in(struct life *l, int64_t return_id, int64_t site_id, int64_t line_no,
                      int64_t quantity);
enum err life_decide(struct life *l, int64_t return_id, int64_t line_no, int64_t quantity,
                     enum return_heap to);
/* refund NONE: what the units are worth. */
enum err life_settle(struct life *l, int64_t return_id, int64_t line_no, int64_t quantity,
                     enum return_resolution kind, int64_t refund_minor);
/* Refunded, wherever the rules would send it. */
enum err life_settle_to(struct life *l, int64_t return_id, int64_t line_no, int64_t quantity,
                        enum refund_target target);
/* "exchange" or "replace", with the body of the call; the new order. */
enum err life_goods(struct life *l, int64_t return_id, const char *verb, struct text body,
                    int64_t *order_id);
struct order_return life_return(struct life *l, int64_t order_id, size_t k);
struct return_line life_return_line(struct life *l, int64_t return_id, int64_t line_no);
