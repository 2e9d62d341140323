/* faces/jobs/messages.h: JOB_MESSAGE: render what a message asks for, send it, record how it went.
 *
 *   message rows ─load, render, send (no unit of work)─> one unit: sent, failed or unknown ; events
 *
 * The message's id is the mail's once-key. What is not sent is tried again; what perhaps was is
 * tried once more under the same key, which most mailboxes show as one mail, and then left unknown
 * for a person to see. */
#pragma once

#include "domain/events/job.h"
#include "wire/mail.h"

/* As struct mailer of drivers/mailers, which faces do not see: app/wiring.c passes one on. */
typedef enum err send_mail_fn(struct ctx *c, const void *arg, const struct mail *mail,
                              struct text once_key);
typedef enum err keep_mail_fn(struct ctx *c, const void *arg);
struct mail_sender {
    send_mail_fn *send;
    keep_mail_fn *keep; /* after the last of a batch; NULL: nothing is to be done */
    const void *arg;
};

enum { MESSAGE_UNKNOWN_TRIES = 2 };

/* Once, before the first job. */
void messages_use(struct mail_sender sender);
must_check enum err messages_job(struct ctx *c, const struct job *jobs, size_t count);
