/* faces/cli/cli_remote.c: the same calls, over HTTP. */
#include "faces/cli/cli_inside.h"
#include "wire/http_client.h"

enum err remote_ask(struct cli *cli, const struct call *call, struct answer *out)
{
    struct arena *a = &cli->arena;
    struct text base = text_of(cli->server_url);
    if (text_find(base, T("://")) < 0) {
        fail_at(&cli->ctx, ERR_INVALID, "bad_url", "server", "\"%.*s\" is no web address",
                TEXT_ARG(text_head(base, 100)));
        return hint(&cli->ctx, "write http://%.*s", TEXT_ARG(text_head(base, 100)));
    }
    while (text_ends(base, T("/"))) base.len--;
    struct text key = text_printf(a, "Bearer %s", cli->key ? cli->key : "");
    struct http_header headers[6] = {{"Accept", T("application/json")}, {"Authorization", key}};
    size_t n = cli->key ? 2 : 1;
    if (call->content_type.at)
        headers[n++] = (struct http_header){"Content-Type", call->content_type};
    if (call->idempotency_key.at)
        headers[n++] = (struct http_header){"Idempotency-Key", call->idempotency_key};
    if (call->if_match.at) headers[n++] = (struct http_header){"If-Match", call->if_match};
    struct http_call sent = {
        .method = text_cstr(a, call->method),
        .url = text_printf(a, "%.*s%.*s", TEXT_ARG(base), TEXT_ARG(call->target)),
        .headers = {headers, n},
        .body = call->body,
        .timeout_ms = 120000,
        .answer_max = CLI_BODY_MAX,
        .allow_private = true};
    struct http_answer got;
    enum err e = http_call(&cli->ctx, &sent, &got);
    if (e != OK) {
        if (!*cli->ctx.fault.hint) hint(&cli->ctx, "is the server at %s running?", cli->server_url);
        return e;
    }
    *out = (struct answer){.status = got.status,
                           .body = got.body,
                           .content_type = http_headers_find(got.headers, "Content-Type"),
                           .link = http_headers_find(got.headers, "Link"),
                           .etag = http_headers_find(got.headers, "ETag"),
                           .retry_after = http_headers_find(got.headers, "Retry-After")};
    out->is_replayed = http_headers_find(got.headers, "Idempotent-Replayed").at;
    out->is_preview = http_headers_find(got.headers, "Preference-Applied").at;
    return OK;
}
