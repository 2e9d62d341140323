/* faces/api/encode.c: the bytes of an answer: a record, a list, rows, a problem. */
#include "base/source.h"
#include "faces/api/dispatched.h"
#include "faces/api/preview.h"
#include "faces/api/problem.h"
#include "wire/json.h"

#include <string.h>

static const char json_type[] = "application/json";
static const char problem_type[] = "application/problem+json";
static const char rows_type[] = "application/x-ndjson";

static const struct field *id_field(const struct fields *f)
{
    return f && f->count && f->at[0].kind == F_ID && text_is(text_of(f->at[0].json), "id") ? f->at
                                                                                           : NULL;
}

/* The problem's text stands in c->fault; whatever was answered before is forgotten. */
void answer_refuse(struct dispatched *d)
{
    struct ctx *c = &d->ctx;
    struct buf b = buf_new(c->arena);
    problem_put(&b, c->arena, &c->fault, faults_of(c), d->call.request_id);
    d->answer = (struct answer){.status = problem_status(&c->fault),
                                .code = c->fault.code,
                                .content_type = text_of(problem_type),
                                .body = buf_text(&b),
                                .allow = d->matched.allow,
                                .retry_after = text_printf(c->arena, "%lld", (long long)d->wait_s),
                                .is_preview = d->decoded.in.is_preview};
}

static void put_row(struct buf *b, const struct dispatched *d, int64_t row,
                    const struct row_answer *r, const struct faults *all)
{
    const struct fields *f = d->matched.route->answer;
    bool is_bad = r->fault.code != OK;
    int status = r->status ? r->status : is_bad ? problem_status(&r->fault) : 201;
    buf_printf(b, "{\"row\":%lld,\"status\":%d", (long long)row, status);
    if (is_bad) {
        buf_puts(b, ",\"problem\":");
        problem_put(b, d->ctx.arena, &r->fault, all, d->call.request_id);
    } else if (r->record && f) {
        buf_puts(b, ",\"data\":");
        record_put_json(b, f, r->record);
    }
    buf_puts(b, "}\n");
}

/* The handler's rows and those that could not be read, as they were sent. */
static void put_rows(struct buf *b, const struct dispatched *d, const struct reply *out)
{
    const struct decoded *in = &d->decoded;
    size_t good = 0, bad = 0;
    while (good < in->in.rows.count || bad < in->bad_count) {
        bool is_bad = good == in->in.rows.count ||
                      (bad < in->bad_count && in->bad[bad].row < in->row_numbers[good]);
        struct row_answer refused = {0};
        if (is_bad) refused.fault = in->bad[bad].fault;
        put_row(b, d, is_bad ? in->bad[bad].row : in->row_numbers[good],
                is_bad ? &refused : &out->rows[good], is_bad ? in->bad[bad].faults : NULL);
        is_bad ? bad++ : good++;
    }
}

static void put_list(struct buf *b, const struct fields *f, const struct reply *out)
{
    buf_puts(b, "{\"data\":");
    rows_put_json(b, f, out->list);
    buf_puts(b, ",\"next\":");
    json_put_text(b, out->next);
    buf_putc(b, '}');
}

static void encode_record(struct dispatched *d, const struct reply *out, struct buf *b)
{
    const struct route *r = d->matched.route;
    const struct field *id = id_field(r->answer);
    bool is_made = id && text_is(text_of(r->method), "POST") && !strchr(r->path, '{');
    record_put_json(b, r->answer, out->record);
    if (!d->answer.status) d->answer.status = is_made || r->flags & ROUTE_MAKES ? 201 : 200;
    if (!is_made || out->location.at || d->answer.status != 201) return;
    struct text made = id_text(d->ctx.arena, id->of, field_i64(id, out->record));
    d->answer.location = text_printf(d->ctx.arena, "%s/%.*s", r->path, TEXT_ARG(made));
}

void answer_encode(struct dispatched *d, const struct reply *out)
{
    const struct route *r = d->matched.route;
    struct buf b = buf_new(d->ctx.arena);
    d->answer = (struct answer){.status = out->status,
                                .content_type = text_of(json_type),
                                .location = out->location,
                                .cookie = out->cookie,
                                .is_preview = d->decoded.in.is_preview};
    if (out->version)
        d->answer.etag = text_printf(d->ctx.arena, "\"v%lld\"", (long long)out->version);
    if (out->content.at) {
        d->answer.content_type = out->content_type;
        d->answer.body = out->content;
        if (out->next.at)
            d->answer.link = text_printf(d->ctx.arena, "<%.*s>; rel=\"next\"", TEXT_ARG(out->next));
    } else if (r->flags & ROUTE_BULK) {
        d->answer.content_type = text_of(rows_type);
        put_rows(&b, d, out);
        d->answer.body = buf_text(&b);
    } else if (r->flags & ROUTE_LIST) {
        put_list(&b, r->answer, out);
        d->answer.body = buf_text(&b);
    } else if (out->record && r->answer) {
        encode_record(d, out, &b);
        d->answer.body = buf_text(&b);
    } else if (!d->answer.status) {
        d->answer.status = out->location.at ? 303 : 204;
    }
    if (!d->answer.status) d->answer.status = 200;
}

/* As a member of the answer; of a bulk answer, as a line of its own. */
void answer_add_preview(struct dispatched *d, const struct preview *p)
{
    struct buf b = buf_new(d->ctx.arena);
    struct text body = d->answer.body;
    if (has_flag(d, ROUTE_BULK)) {
        buf_put(&b, body);
        buf_putc(&b, '{');
    } else if (body.len) {
        buf_put(&b, text_head(body, body.len - 1));
        if (body.len > 2) buf_putc(&b, ',');
    } else {
        d->answer.status = 200;
        d->answer.content_type = text_of(json_type);
        buf_putc(&b, '{');
    }
    buf_puts(&b, "\"preview\":");
    record_put_json(&b, &preview_fields, p);
    buf_puts(&b, has_flag(d, ROUTE_BULK) ? "}\n" : "}");
    d->answer.body = buf_text(&b);
}
