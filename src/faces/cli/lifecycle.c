#include "faces/cli/lifecycle.h"

#include "domain/customers/message.h"
#include "domain/inventory/asn.h"
#include "domain/inventory/stock_task.h"
#include "domain/orders/claim.h"
#include "domain/orders/order.h"
#include "domain/orders/package.h"
#include "domain/orders/proposal.h"
#include "domain/orders/return.h"
#include "domain/orders/substitution.h"
#include "domain/orders/work.h"
#include "domain/payments/payment.h"
#include "domain/payments/refund.h"

const struct lifecycle *const lifecycles[] = {
    &order_lifecycle,    &intent_lifecycle,       &fulfillment_lifecycle,
    &task_lifecycle,     &package_lifecycle,      &label_lifecycle,
    &message_lifecycle,  &return_lifecycle,       &claim_lifecycle,
    &refund_lifecycle,   &asn_lifecycle,          &stock_task_lifecycle,
    &proposal_lifecycle, &substitution_lifecycle, NULL,
};

const struct lifecycle *lifecycle_find(struct text name)
{
    for (const struct lifecycle *const *l = lifecycles; *l; l++)
        if (text_is(name, (*l)->name)) return *l;
    return NULL;
}

uint32_t lifecycle_final(const struct lifecycle *l)
{
    uint32_t left = 0, all = (1u << l->states->count) - 1;
    for (size_t verb = 0; verb < l->verbs->count; verb++) left |= l->moves[verb].from;
    return all & ~left;
}

uint32_t lifecycle_reached(const struct lifecycle *l)
{
    uint32_t reached = IN(l->first), before = 0;
    while (reached != before) {
        before = reached;
        for (size_t verb = 0; verb < l->verbs->count; verb++)
            if (l->moves[verb].from & reached) reached |= IN(l->moves[verb].to);
    }
    return reached;
}

static void put_names(struct buf *b)
{
    for (const struct lifecycle *const *l = lifecycles; *l; l++)
        buf_printf(b, "%s%s", l == lifecycles ? "" : ", ", (*l)->name);
}

static void put_one(struct cli *cli, struct buf *b, const struct lifecycle *l, bool is_mermaid)
{
    struct text picture = is_mermaid ? lifecycle_mermaid(&cli->arena, l)
                                     : lifecycle_picture(&cli->arena, l);
    if (b->len) buf_putc(b, '\n');
    if (is_mermaid) buf_printf(b, "%%%% %s\n", l->name);
    buf_put(b, picture);
}

int verb_lifecycle(struct cli *cli, int argc, char **argv)
{
    bool is_mermaid = cli_flag(&argc, argv, "--mermaid");
    const char *unknown = cli_unknown(argc, argv);
    struct buf b = buf_new(&cli->arena);
    if (unknown) return cli_misuse(cli, "lifecycle", "there is no option \"%s\"", unknown);
    if (argc > 2) return cli_misuse(cli, "lifecycle", "\"%s\" is one argument too many", argv[2]);
    const struct lifecycle *one = argc > 1 ? lifecycle_find(text_of(argv[1])) : NULL;
    if (argc > 1 && !one) {
        put_names(&b);
        return cli_misuse(cli, "lifecycle", "\"%s\" has none; there are %.*s", argv[1],
                          TEXT_ARG(buf_text(&b)));
    }
    for (const struct lifecycle *const *l = lifecycles; *l; l++)
        if (!one || one == *l) put_one(cli, &b, *l, is_mermaid);
    cli_put(cli, buf_text(&b));
    return 0;
}
