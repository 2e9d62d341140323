/* stages/4_packing/packing_propose.c: which cartons, and what goes where. */
#include "plan/cartonization.h"
#include "stages/4_packing/packing_load.h"

static const struct field content_table[] = {
    FIELD(struct pack_content, line_no),
    FIELD_ID(struct pack_content, product_id, "product_id", "prd", .flags = F_WIDE),
    FIELD(struct pack_content, quantity),
    FIELD(struct pack_content, sku),
    FIELD(struct pack_content, name),
};
const struct fields pack_content_fields =
    FIELDS("pack_content", struct pack_content, content_table);

static const struct field box_table[] = {
    FIELD_ID(struct pack_box, carton_id, "carton_id", "crt", .flags = F_NULL),
    FIELD(struct pack_box, carton, .about = "its code; absent: no carton"),
    FIELD(struct pack_box, length_mm, .about = "outside; 0: not known"),
    FIELD(struct pack_box, width_mm),
    FIELD(struct pack_box, height_mm),
    FIELD(struct pack_box, expected_g, .about = "with the carton"),
    FIELD(struct pack_box, fill_bp, .about = "how full, in hundredths of a percent"),
    FIELD(struct pack_box, advice, .about = "how to pack it, or why no carton fits"),
    FIELD_LIST(struct pack_box, contents, pack_content_fields),
};
const struct fields pack_box_fields = FIELDS("pack_box", struct pack_box, box_table);

static const struct field proposal_table[] = {
    FIELD_ID(struct pack_proposal, fulfillment_id, "fulfillment_id", "ful"),
    FIELD_LIST(struct pack_proposal, boxes, pack_box_fields),
};
const struct fields pack_proposal_fields =
    FIELDS("pack_proposal", struct pack_proposal, proposal_table);

static const struct {
    enum handling handling;
    uint32_t flags;
    const char *advice;
} handlings[] = {
    {HANDLING_FRAGILE, CARTON_FRAGILE, "fragile: cushion all sides"},
    {HANDLING_UPRIGHT, CARTON_UPRIGHT, "keep upright: arrows on two sides"},
    {HANDLING_HAZARD, CARTON_HAZARD, "dangerous goods: mark the carton"},
    {HANDLING_CHILLED, 0, "chilled: insulated carton and cold packs"},
    {HANDLING_HIGH_VALUE, 0, "high value: plain carton, tamper tape"},
    {HANDLING_OWN_CARTON, CARTON_OWN, NULL},
};
enum { HANDLINGS = sizeof handlings / sizeof *handlings };

/* Lines that may lie together. */
struct goods {
    const struct fulfillment_line **lines;
    const struct product **products;
    struct carton_item *items;
    size_t count;
    int32_t handling; /* of all of it */
};

static struct goods goods_new(struct ctx *c, size_t most)
{
    return (struct goods){arena_new(c->arena, const struct fulfillment_line *, most + 1),
                          arena_new(c->arena, const struct product *, most + 1),
                          arena_new(c->arena, struct carton_item, most + 1), 0, 0};
}

static void goods_add(struct goods *g, const struct fulfillment_line *l, const struct product *p,
                      int64_t quantity)
{
    struct carton_item *item = &g->items[g->count];
    g->lines[g->count] = l;
    g->products[g->count++] = p;
    item->id = l->line_no;
    item->quantity = quantity;
    if (!p) return;
    item->length_mm = p->length_mm;
    item->width_mm = p->width_mm;
    item->height_mm = p->height_mm;
    item->weight_g = p->weight_g;
    g->handling |= p->handling;
    for (size_t i = 0; i < HANDLINGS; i++)
        if (p->handling & (int32_t)handlings[i].handling) item->flags |= handlings[i].flags;
    if (item->length_mm && item->width_mm && item->height_mm) return;
    item->length_mm = item->width_mm = item->height_mm = 0; /* half known is not known */
}

static struct text advice_of(struct ctx *c, int32_t handling, struct text why)
{
    struct buf b = buf_new(c->arena);
    buf_put(&b, why);
    for (size_t i = 0; i < HANDLINGS; i++) {
        if (!handlings[i].advice || !(handling & (int32_t)handlings[i].handling)) continue;
        if (b.len) buf_puts(&b, "; ");
        buf_puts(&b, handlings[i].advice);
    }
    return b.len ? buf_text(&b) : (struct text){0};
}

static struct pack_content content_of(const struct goods *g, size_t i, int64_t quantity)
{
    return (struct pack_content){.line_no = g->lines[i]->line_no,
                                 .product_id = g->lines[i]->product_id,
                                 .quantity = quantity,
                                 .sku = g->products[i] ? g->products[i]->sku : T("?"),
                                 .name = g->products[i] ? g->products[i]->name : T("?")};
}

/* Everything in one, without a carton of ours. */
static struct pack_box loose_box(struct ctx *c, const struct goods *g, struct text why)
{
    struct pack_content *contents = arena_new(c->arena, struct pack_content, g->count + 1);
    struct pack_box box = {.carton_id = NONE, .contents = {contents, g->count}};
    for (size_t i = 0; i < g->count; i++) {
        contents[i] = content_of(g, i, g->items[i].quantity);
        box.expected_g += g->items[i].quantity * g->items[i].weight_g;
    }
    box.advice = advice_of(c, g->handling, why);
    return box;
}

static struct pack_box box_of(struct ctx *c, const struct goods *g, const struct list *cartons,
                              const struct carton_package *p)
{
    int64_t *counts = arena_new(c->arena, int64_t, g->count + 1);
    struct pack_content *contents = arena_new(c->arena, struct pack_content, g->count + 1);
    struct pack_box box = {.carton_id = NONE,
                           .length_mm = p->length_mm,
                           .width_mm = p->width_mm,
                           .height_mm = p->height_mm,
                           .expected_g = p->weight_g,
                           .fill_bp = p->fill_bp,
                           .contents = {contents, 0}};
    int32_t handling = 0;
    for (size_t i = 0; i < p->count; i++) counts[p->places[i].item]++;
    for (size_t i = 0; i < g->count; i++) {
        if (!counts[i]) continue;
        contents[box.contents.count++] = content_of(g, i, counts[i]);
        if (g->products[i]) handling |= g->products[i]->handling;
    }
    struct text why = p->kind == CARTON_OVERSIZE ? p->why
                      : p->kind == CARTON_AS_IS  ? T("ships in its own carton")
                                                 : (struct text){0};
    if (p->kind == CARTON_PACKED) {
        const struct carton *carton = &((const struct carton *)cartons->at)[p->type];
        box.carton_id = carton->carton_id;
        box.carton = carton->code;
    }
    box.advice = advice_of(c, handling, why);
    return box;
}

static size_t types_of(const struct list *cartons, struct carton_type *types)
{
    const struct carton *at = cartons->at;
    size_t n = cartons->count < CARTON_TYPES_MAX ? cartons->count : CARTON_TYPES_MAX;
    for (size_t i = 0; i < n; i++)
        types[i] = (struct carton_type){.id = at[i].carton_id,
                                        .length_mm = at[i].length_mm,
                                        .width_mm = at[i].width_mm,
                                        .height_mm = at[i].height_mm,
                                        .tare_g = at[i].tare_g,
                                        .max_weight_g = at[i].max_g,
                                        .cost_minor = at[i].cost_minor};
    return n;
}

/* What one plan can take. */
static enum err add_planned(struct ctx *c, const struct goods *g, const struct list *cartons,
                            const struct carton_type *types, size_t type_count,
                            struct pack_proposal *out, size_t *capacity)
{
    struct carton_plan plan;
    struct pack_box *boxes = out->boxes.at;
    TRY(cartonization_plan(c, g->items, g->count, types, type_count, (struct carton_policy){0},
                           &plan));
    for (size_t i = 0; i < plan.count; i++) {
        struct pack_box box = box_of(c, g, cartons, &plan.at[i]);
        *arena_push(c->arena, boxes, out->boxes.count, *capacity) = box;
    }
    out->boxes.at = boxes;
    return OK;
}

/* A wholesale order may hold more units than one plan takes: it is planned in parts. */
static enum err add_boxes(struct ctx *c, const struct goods *g, const struct list *cartons,
                          int32_t method, struct pack_proposal *out, size_t *capacity)
{
    struct carton_type types[CARTON_TYPES_MAX];
    struct pack_box *boxes = out->boxes.at;
    if (!g->count) return OK;
    size_t type_count = types_of(cartons, types);
    if (method == METHOD_PICKUP || !type_count) {
        struct text why = method == METHOD_PICKUP ? T("collected at the counter: no carton")
                                                  : T("no cartons are known at this site");
        *arena_push(c->arena, boxes, out->boxes.count, *capacity) = loose_box(c, g, why);
        out->boxes.at = boxes;
        return OK;
    }
    struct goods part = goods_new(c, g->count);
    int64_t units = 0;
    for (size_t i = 0; i < g->count; i++) {
        for (int64_t left = g->items[i].quantity; left > 0;) {
            int64_t room = CARTON_UNITS_MAX - units, take = left < room ? left : room;
            goods_add(&part, g->lines[i], g->products[i], take);
            left -= take;
            units += take;
            if (units < CARTON_UNITS_MAX && part.count < CARTON_ITEMS_MAX) continue;
            TRY(add_planned(c, &part, cartons, types, type_count, out, capacity));
            part = goods_new(c, g->count);
            units = 0;
        }
    }
    return part.count ? add_planned(c, &part, cartons, types, type_count, out, capacity) : OK;
}

enum err pack_propose_one(struct ctx *c, const struct pack_work *w, const struct fulfillment *f,
                          struct pack_proposal *out)
{
    size_t count, capacity = 0;
    const struct fulfillment_line *lines = pack_lines(w, f->fulfillment_id, &count);
    struct goods warm = goods_new(c, count), chilled = goods_new(c, count);
    bool is_picked = f->state >= FULFILLMENT_PICKED;
    *out = (struct pack_proposal){.fulfillment_id = f->fulfillment_id};
    for (size_t i = 0; i < count; i++) {
        int64_t quantity = (is_picked ? lines[i].picked : lines[i].quantity) - lines[i].packed;
        const struct product *p = product_in(&w->products, lines[i].product_id);
        bool is_chilled = p && p->handling & HANDLING_CHILLED;
        if (quantity > 0) goods_add(is_chilled ? &chilled : &warm, &lines[i], p, quantity);
    }
    const struct list *cartons = pack_cartons(w, f->site_id);
    TRY(add_boxes(c, &warm, cartons, f->method, out, &capacity));
    return add_boxes(c, &chilled, cartons, f->method, out, &capacity);
}

enum err packing_propose(struct ctx *c, const int64_t *fulfillment_ids, size_t n,
                         struct pack_proposal *proposals)
{
    struct pack_work w;
    TRY(pack_work_load(c, fulfillment_ids, n, &w));
    for (size_t i = 0; i < n; i++) {
        const struct fulfillment *f = pack_fulfillment(&w, fulfillment_ids[i]);
        proposals[i] = (struct pack_proposal){.fulfillment_id = fulfillment_ids[i]};
        enum err e = f ? pack_propose_one(c, &w, f, &proposals[i])
                       : fail(c, ERR_NOT_FOUND, "fulfillment_not_found", "no such fulfillment");
        if (e == OK) continue;
        proposals[i].fault = c->fault;
        c->fault = (struct fault){0};
    }
    return OK;
}
