#include "faces/api/system.h"

#include "faces/api/dispatch.h"
#include "faces/api/openapi.h"
#include "store/db.h"

static enum err health(struct ctx *c, const struct request *in, struct reply *out)
{
    (void)c, (void)in;
    out->content_type = T("text/plain; charset=utf-8");
    out->content = T("ok\n");
    return OK;
}

static enum err ready(struct ctx *c, const struct request *in, struct reply *out)
{
    struct list merchants;
    if (atomic_load(&in->server->is_draining))
        return fail(c, ERR_BUSY, "draining", "this server is about to stop");
    TRY(store_reader(c));
    TRY(merchant_list(c, &merchants)); /* a question that is always small */
    out->content_type = T("text/plain; charset=utf-8");
    out->content = T("ready\n");
    return OK;
}

static enum err metrics(struct ctx *c, const struct request *in, struct reply *out)
{
    struct buf b = buf_new(c->arena);
    dispatch_metrics(in->server, &b);
    out->content_type = T("text/plain; version=0.0.4; charset=utf-8");
    out->content = buf_text(&b);
    return OK;
}

static enum err openapi(struct ctx *c, const struct request *in, struct reply *out)
{
    (void)in;
    out->content_type = T("application/json");
    out->content = openapi_json(c->arena, route_tables, false);
    return OK;
}

static enum err docs(struct ctx *c, const struct request *in, struct reply *out)
{
    (void)in;
    out->content_type = T("text/html; charset=utf-8");
    out->content = openapi_page(c->arena, route_tables);
    return OK;
}

static enum err docs_reasons(struct ctx *c, const struct request *in, struct reply *out)
{
    (void)in;
    out->content_type = T("text/html; charset=utf-8");
    out->content = openapi_reasons_page(c->arena);
    return OK;
}

enum { BARE = ROUTE_PUBLIC | ROUTE_RAW | ROUTE_BARE };
const struct route system_routes[] = {
    {"GET", "/healthz", NULL, 0, BARE, NULL, NULL, NULL, health, "The process runs."},
    {"GET", "/readyz", NULL, 0, BARE, NULL, NULL, NULL, ready,
     "The database answers and the server is not about to stop."},
    {"GET", "/metrics", NULL, 0, BARE, NULL, NULL, NULL, metrics,
     "Counters in Prometheus' text format."},
    {"GET", "/v1/openapi.json", NULL, 0, BARE, NULL, NULL, NULL, openapi,
     "This document (OpenAPI 3.1)."},
    {"GET", "/docs", NULL, 0, BARE, NULL, NULL, NULL, docs, "The API for people."},
    {"GET", "/docs/reasons", NULL, 0, BARE, NULL, NULL, NULL, docs_reasons,
     "Every reason a problem can have."},
    {0},
};
