/* drivers/mailers/mailer.h: what the program needs from whatever carries its mail.
 *
 * `once_key` names the message for good: it becomes its Message-ID, so that a mail sent again after
 * a lost answer is seen to be the same one. Vendor files have no headers; each makes one mailer
 * below, and app/wiring.c picks by the settings. Every driver passes mailer_test.c. */
#pragma once

#include "wire/mail.h"

struct mailer {
    const char *name; /* as in settings: "smtp" */

    /* Send `mail` under the message id of `once_key` (its own message_id is not looked at).
     * OK: the next hop has it, durably once `keep` says so too. ERR_INVALID: it will never go like
     * this ("mail_refused", "mail_address", "mail_header", "mail_key", ...). ERR_UPSTREAM: not
     * sent, try again later. ERR_UNKNOWN "mail_no_answer": perhaps sent; sending again with the
     * same key is harmless to a folder and shows as one message in most mailboxes. */
    enum err (*send)(struct ctx *c, const struct mailer *self, const struct mail *mail,
                     struct text once_key);
    /* What was sent until now outlives a loss of power from here on; ERR_UPSTREAM: it may not, so
     * send it again. NULL: `send` said it already. */
    enum err (*keep)(struct ctx *c, const struct mailer *self);

    struct smtp_options smtp; /* of mailer_smtp */
    struct text folder;       /* of mailer_folder */
};

/* The texts must live as long as the mailer. */
struct mailer mailer_smtp(const struct smtp_options *options);

/* Writes YYYYMMDD-hhmmss-KEY.eml (the mail's date, UTC) into an existing folder: for trying things
 * out and for another program to pick up. Under the same key it replaces the same file, whatever
 * the clock says by then: .keys/KEY is a link that holds the name. A reader of the folder never
 * sees half a file. One flush keeps all that was sent before it: a flush a mail would make every
 * commit on the same disk wait. ERR_UPSTREAM "mail_folder" when the folder cannot be written. */
struct mailer mailer_folder(struct text folder);
