/* faces/pages/mail_order.h: the mail that a message asks for, from its order. */
#pragma once

#include "domain/customers/message.h"
#include "faces/pages/order_parts.h"
#include "wire/mail.h"

/* What mails show besides: the invoices of these orders, which may repeat. */
must_check enum err mail_documents_load(struct ctx *c, const int64_t *order_ids, size_t n,
                                        struct order_set *s);
/* The whole mail but its message id: sender, recipient, subject, text, html. `s` holds the order
   (order_parts_load) and its documents; those that are attached are drawn by whoever sends it.
   ERR_NOT_FOUND "order_not_found"; ERR_UPSTREAM "no_sender": the merchant has no e-mail address
   yet, so try later. ERR_CONFLICT "collected": nothing waits any more. A mail with a pickup code
   takes a unit of work of its own, so none may be open. */
must_check enum err mail_of_message(struct ctx *c, const struct order_set *s,
                                    const struct message *m, struct mail *out);
