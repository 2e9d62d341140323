#include "faces/pages/links.h"

#include "base/source.h"
#include "domain/people/people.h"
#include "store/db.h"
#include "wire/crypto.h"

#include <string.h>

enum { SECRET_MAX = 128, SECRET_BYTES = 32 };

/* Set once, before the first page is asked for; then only read. */
static char secret[SECRET_MAX], base[LINK_BASE_MAX];
static size_t secret_len, base_len;

static const struct {
    const char *prefix, *folder;
} purposes[] = {
    [LINK_TRACK] = {"track", "/t/"},
    [LINK_CONFIRM] = {"confirm", "/c/"},
    [LINK_FEEDBACK] = {"feedback", "/f/"},
};

static enum err read_secret(struct ctx *c, void *arg)
{
    return secret_get(c, T("links"), random_hex(c->arena, SECRET_BYTES), arg);
}

enum err links_use(struct ctx *c, struct text base_url)
{
    struct text value = {0};
    while (text_ends(base_url, T("/"))) base_url.len--;
    bool is_web = text_starts(base_url, T("https://")) || text_starts(base_url, T("http://"));
    if (!is_web || base_url.len >= LINK_BASE_MAX)
        return fail(c, ERR_INVALID, "base_url", "\"%.*s\" is no address that customers can open",
                    TEXT_ARG(text_head(base_url, 80)));
    TRY(db_tx(c, read_secret, &value));
    if (value.len > SECRET_MAX)
        return fail(c, ERR_BUG, "secret_too_long", "the secret of the links is too long");
    memcpy(secret, value.at, secret_len = value.len);
    memcpy(base, base_url.at, base_len = base_url.len);
    return OK;
}

bool links_are_used(void) { return secret_len > 0; }
bool links_are_secure(void) { return base_len > 8 && memcmp(base, "https://", 8) == 0; }

static struct text secret_text(void) { return (struct text){secret, secret_len}; }

struct text link_token(struct arena *a, enum link_purpose purpose, int64_t merchant_id,
                       int64_t order_id)
{
    struct text order = id_text(a, purposes[purpose].prefix, order_id);
    struct text merchant = id_text(a, "m", merchant_id);
    assert(secret_len && "links_use comes first");
    return crypto_token(a, secret_text(),
                        text_printf(a, "%.*s-%.*s", TEXT_ARG(order), TEXT_ARG(merchant)));
}

struct text link_path(struct arena *a, enum link_purpose purpose, int64_t merchant_id,
                      int64_t order_id)
{
    struct text token = link_token(a, purpose, merchant_id, order_id);
    return text_printf(a, "%s%.*s", purposes[purpose].folder, TEXT_ARG(token));
}

struct text link_url(struct arena *a, enum link_purpose purpose, int64_t merchant_id,
                     int64_t order_id)
{
    struct text path = link_path(a, purpose, merchant_id, order_id);
    return text_printf(a, "%.*s%.*s", (int)base_len, base, TEXT_ARG(path));
}

bool link_open(enum link_purpose purpose, struct text token, int64_t *merchant_id,
               int64_t *order_id)
{
    struct text payload, merchant;
    if (!secret_len || !crypto_token_open(secret_text(), token, &payload)) return false;
    struct text order = text_split(payload, '-', &merchant);
    return id_parse(order, purposes[purpose].prefix, order_id) &&
           id_parse(merchant, "m", merchant_id);
}
