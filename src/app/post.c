#include "app/post.h"

#include "drivers/mailers/mailer.h"
#include "faces/jobs/messages.h"
#include "store/db.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static struct mailer mailer;
static struct arena settings; /* the texts above live as long as the program */
static const char *folder;

static enum err send(struct ctx *c, const void *arg, const struct mail *mail, struct text once_key)
{
    (void)arg;
    if (folder && mkdir(folder, 0755) != 0 && errno != EEXIST)
        return fail(c, ERR_UPSTREAM, "mail_folder", "cannot make \"%s\": %s", folder,
                    strerror(errno));
    return mailer.send(c, &mailer, mail, once_key);
}

static enum err keep(struct ctx *c, const void *arg)
{
    (void)arg;
    return mailer.keep ? mailer.keep(c, &mailer) : OK;
}

static struct text beside(const struct store *s)
{
    struct text path = text_of(store_address(s));
    if (store_engine(s) != DB_SQLITE) return T("mail");
    size_t n = path.len;
    while (n && path.at[n - 1] != '/') n--;
    return text_printf(&settings, "%.*smail", (int)n, path.at);
}

void post_use(struct ctx *c)
{
    const char *server = getenv("WAYBILL_SMTP"), *chosen = getenv("WAYBILL_MAIL_FOLDER");
    if (server && *server) {
        struct smtp_options smtp = {.url = text_of(server),
                                    .user = text_of(getenv("WAYBILL_SMTP_USER")),
                                    .password = text_of(getenv("WAYBILL_SMTP_PASSWORD"))};
        mailer = mailer_smtp(&smtp);
        folder = NULL;
    } else {
        struct text into = chosen && *chosen ? text_of(chosen) : beside(c->store);
        folder = text_cstr(&settings, into);
        mailer = mailer_folder(text_of(folder));
    }
    messages_use((struct mail_sender){send, keep, NULL});
}
