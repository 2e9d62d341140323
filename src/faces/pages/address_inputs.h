/* faces/pages/address_inputs.h: the inputs of an address form, in the order in which its country
 * writes an address. */
#pragma once

#include "base/address.h"
#include "base/ctx.h"
#include "base/field.h"

struct address_input {
    struct text name, label, value, autocomplete, wrong;
    bool is_required, is_optional;
};
extern const struct fields address_input_fields;

/* For address_inputs.html; `fault` (may be NULL) is shown at the input that it is about. */
struct list address_inputs(struct arena *a, struct postal_address *at, const struct fault *f);
/* Is one of them marked as wrong? */
bool address_inputs_marked(const struct list *inputs);
/* What the form sent over what stands; a part that the form does not show stays. */
void address_inputs_read(struct arena *a, struct text form, struct postal_address *at);
/* The fault's words when it is about this field, else absent. */
struct text fault_at(struct arena *a, const struct fault *f, const char *field);
