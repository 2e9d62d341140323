/* faces/api/returns.h: what the files of the return routes share. */
#pragma once

#include "faces/api/route.h"
#include "services/returns/returns.h"

extern const struct fields return_view_fields, return_query_fields, return_scan_fields,
    return_scan_view_fields, return_exchange_fields, return_replace_fields,
    return_rules_query_fields, return_rule_view_fields, return_rule_body_fields;

must_check enum err return_show(struct ctx *c, int64_t return_id, struct reply *out);

/* returns_view.c */
/* The label as PDF. ERR_NOT_FOUND "label_not_found". */
must_check enum err return_label_draw(struct ctx *c, int64_t return_id, struct text *pdf);
must_check enum err return_get_one(struct ctx *c, const struct request *in, struct reply *out);
must_check enum err return_list(struct ctx *c, const struct request *in, struct reply *out);
must_check enum err return_list_of_order(struct ctx *c, const struct request *in,
                                         struct reply *out);
must_check enum err return_scan(struct ctx *c, const struct request *in, struct reply *out);
must_check enum err return_label_pdf(struct ctx *c, const struct request *in, struct reply *out);
/* returns_exchange.c */
must_check enum err return_exchange(struct ctx *c, const struct request *in, struct reply *out);
must_check enum err return_replace(struct ctx *c, const struct request *in, struct reply *out);
/* returns_rules.c */
must_check enum err return_rules_list(struct ctx *c, const struct request *in, struct reply *out);
must_check enum err return_rule_set(struct ctx *c, const struct request *in, struct reply *out);
