/* Mail by an SMTP server: the merchant's relay or a delivery service. */
#include "drivers/mailers/mailer.h"

static enum err send_by_smtp(struct ctx *c, const struct mailer *self, const struct mail *mail,
                             struct text once_key)
{
    struct mail named = *mail;
    struct text message = {0};
    struct text sender = mail->bounce_to.len ? mail->bounce_to : mail->from;
    TRY(mail_id_of_key(c, once_key, mail->from, &named.message_id));
    TRY(mail_build(c, &named, &message));
    return mail_send_smtp(c, &self->smtp, sender, mail->to, message);
}

struct mailer mailer_smtp(const struct smtp_options *options)
{
    return (struct mailer){.name = "smtp", .send = send_by_smtp, .smtp = *options};
}
