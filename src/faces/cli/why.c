#include "faces/cli/why.h"

#include "base/source.h"
#include "base/time.h"
#include "faces/api/why_tree.h"
#include "wire/json.h"

#include <string.h>

static struct text minute_text(struct arena *a, int64_t us)
{
    struct civil t = civil_of_us(us);
    return text_printf(a, "%04d-%02d-%02d %02d:%02d", t.year, t.month, t.day, t.hour, t.minute);
}

static void put_step(struct arena *a, struct buf *b, const struct why_step *s, bool is_wide)
{
    buf_printf(b, "  %.*s  %.*s", TEXT_ARG(minute_text(a, s->at_us)), TEXT_ARG(s->words));
    if (!text_is(s->actor, "the system")) buf_printf(b, ", by %.*s", TEXT_ARG(s->actor));
    if (is_wide && s->command_id != NONE)
        buf_printf(b, " (command %.*s)", TEXT_ARG(id_text(a, "cmd", s->command_id)));
    buf_putc(b, '\n');
}

void why_put_people(struct arena *a, struct buf *b, const struct why *why, int64_t now_us,
                    bool is_wide)
{
    const struct why_step *steps = why->steps.at;
    const struct why_wait *waits = why->waits.at;
    struct text id = id_text(a, "ord", why->order_id), stage = {0};
    buf_printf(b, "order %lld (%.*s), times in UTC\n", (long long)why->number, TEXT_ARG(id));
    for (size_t i = 0; i < why->steps.count; i++) {
        if (!text_eq(stage, steps[i].stage)) buf_printf(b, "\n%.*s\n", TEXT_ARG(steps[i].stage));
        stage = steps[i].stage;
        put_step(a, b, &steps[i], is_wide);
    }
    buf_printf(b, "\nnow: %.*s", TEXT_ARG(why->stage));
    if (!text_eq(why->state, T("placed")) && !text_eq(why->state, why->stage))
        buf_printf(b, " (%.*s)", TEXT_ARG(why->state));
    buf_putc(b, '\n');
    for (size_t i = 0; i < why->waits.count; i++) {
        int64_t since_us = now_us - waits[i].since_us;
        buf_printf(b, "waits for: %.*s for %.*s, owner %.*s\n", TEXT_ARG(waits[i].words),
                   TEXT_ARG(span_text(a, since_us > 0 ? since_us : 0)), TEXT_ARG(waits[i].owner));
    }
    if (!why->waits.count) buf_puts(b, "waits for nothing\n");
}

/* --- questions with trees -------------------------------------------------------------------- */

static int show_tree(struct cli *cli, struct text target)
{
    struct answer answer;
    struct why_node root;
    struct call call = {.method = T("GET"), .target = target};
    enum err e = cli_ask(cli, &call, &answer);
    if (e != OK) return cli_fail(cli, e);
    if (answer.status >= 400) return cli_fail_answer(cli, &answer);
    if (cli->is_json) {
        cli_put(cli, answer.body);
        cli_put(cli, T("\n"));
        return 0;
    }
    e = record_from_reply(&cli->ctx, &why_node_fields, answer.body, &root);
    if (e != OK) return cli_fail(cli, e);
    struct buf b = buf_new(&cli->arena);
    why_put_tree(&cli->arena, &b, &root, cli->is_wide);
    cli_put(cli, buf_text(&b));
    return 0;
}

/* "stock SKU@BIN" as /v1/why/stock/SKU?bin=BIN; the mark divides the subject from its part. */
static const struct {
    const char *word, *path;
    char mark;
    const char *parameter;
    bool is_lone; /* may be asked of nothing */
} questions[] = {
    {"order", "/v1/why/orders", 0, NULL, false},    {"stock", "/v1/why/stock", '@', "bin", false},
    {"late", "/v1/why/late", 0, NULL, true},        {"site", "/v1/why/site", 0, NULL, false},
    {"price", "/v1/why/price", '/', "line", false},
};

static int ask_tree(struct cli *cli, size_t q, const char *owner, int argc, char **argv)
{
    struct buf b = buf_new(&cli->arena);
    struct text part = {0}, subject = argc > 2 ? text_of(argv[2]) : T("");
    if (argc > 3) return cli_misuse(cli, "why", "\"%s\" is one argument too many", argv[3]);
    if (!subject.len && !questions[q].is_lone)
        return cli_misuse(cli, "why", "%s of what?", questions[q].word);
    if (questions[q].mark) subject = text_split(subject, questions[q].mark, &part);
    buf_puts(&b, questions[q].path);
    if (subject.len) buf_putc(&b, '/');
    buf_put_url(&b, subject);
    if (part.at) {
        buf_printf(&b, "?%s=", questions[q].parameter);
        buf_put_url(&b, part);
    }
    if (owner) {
        buf_printf(&b, "%cowner=", part.at ? '&' : '?');
        buf_put_url(&b, text_of(owner));
    }
    return show_tree(cli, buf_text(&b));
}

int verb_why(struct cli *cli, int argc, char **argv)
{
    bool wrong = false;
    const char *owner = cli_option(&argc, argv, "--owner", &wrong);
    const char *unknown = cli_unknown(argc, argv);
    struct why why;
    struct answer answer;
    struct call call = {.method = T("GET")};
    if (wrong) return cli_misuse(cli, "why", "--owner needs a code");
    if (unknown) return cli_misuse(cli, "why", "there is no option \"%s\"", unknown);
    for (size_t i = 0; argc > 1 && i < sizeof questions / sizeof *questions; i++)
        if (strcmp(argv[1], questions[i].word) == 0) return ask_tree(cli, i, owner, argc, argv);
    if (argc != 2) return cli_misuse(cli, "why", "which order? its number or identifier");
    struct text order = text_of(argv[1]);
    for (size_t i = 0; i < order.len; i++) {
        char ch = order.at[i];
        bool is_plain = (ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'z') ||
                        (ch >= 'A' && ch <= 'Z') || ch == '_';
        if (!is_plain) return cli_misuse(cli, "why", "\"%s\" names no order", argv[1]);
    }
    call.target = text_printf(&cli->arena, "/v1/orders/%.*s/why", TEXT_ARG(order));
    enum err e = cli_ask(cli, &call, &answer);
    if (e != OK) return cli_fail(cli, e);
    if (answer.status >= 400) return cli_fail_answer(cli, &answer);
    if (cli->is_json) {
        cli_put(cli, answer.body);
        cli_put(cli, T("\n"));
        return 0;
    }
    e = record_from_reply(&cli->ctx, &why_fields, answer.body, &why);
    if (e != OK) return cli_fail(cli, e);
    struct buf b = buf_new(&cli->arena);
    why_put_people(&cli->arena, &b, &why, source_now_us(&cli->source), cli->is_wide);
    cli_put(cli, buf_text(&b));
    return 0;
}
