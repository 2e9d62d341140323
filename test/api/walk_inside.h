/* test/api/walk_inside.h: what the parts of the walk share. */
#pragma once

#include "walk.h"

/* Fails the test with the step's way in front. */
void walk_wrong(const struct walk *k, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* $NAME becomes what is kept as NAME; absent for NULL. */
struct text walk_filled(struct walk *k, const char *pattern);
/* {ord} becomes what is kept as ord; parameter number `other` becomes `instead`. */
struct text walk_path(struct walk *k, const struct route *r, size_t other, struct text instead);
/* Keep all that is wished for: "ord=id hld=holds.0.id". */
void walk_keep_all(struct walk *k, const json_t *body, struct text wishes);
/* A call with the key of an owner who has nothing here tells and changes nothing. */
void walk_as_stranger(struct walk *k, const struct route *r, struct text target, struct text body,
                      struct text content_type);
