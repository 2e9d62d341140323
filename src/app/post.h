/* app/post.h: where mail goes: to an SMTP server when one is set, else as .eml files into a folder.
 *
 *   WAYBILL_SMTP            smtp://host:587 or smtps://host; with _USER and _PASSWORD
 *   WAYBILL_MAIL_FOLDER     without a server; else "mail" beside the database file */
#pragma once

#include "base/ctx.h"

/* Hands the sender to faces/jobs/messages; the folder is made by the first mail. */
void post_use(struct ctx *c);
