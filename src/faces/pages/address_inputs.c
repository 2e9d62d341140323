#include "faces/pages/address_inputs.h"

#include "faces/pages/page_render.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const struct field input_table[] = {
    FIELD(struct address_input, name),        FIELD(struct address_input, label),
    FIELD(struct address_input, value),       FIELD(struct address_input, autocomplete),
    FIELD(struct address_input, wrong),       FIELD(struct address_input, is_required),
    FIELD(struct address_input, is_optional),
};
const struct fields address_input_fields =
    FIELDS("address_input", struct address_input, input_table);

struct part {
    char letter; /* of address_format */
    const char *name, *label, *autocomplete;
    size_t offset;
};
#define PART(letter, name, label, autocomplete)                                                    \
    {                                                                                              \
        letter, #name, label, autocomplete, offsetof(struct postal_address, name)                  \
    }
static const struct part parts[] = {
    PART('N', recipient, "Name", "name"),
    PART('O', organization, "Company", "organization"),
    PART('A', line1, "Street and number", "address-line1"),
    PART('A', line2, "Flat, building, floor", "address-line2"),
    PART('A', line3, "More of the address", "address-line3"),
    PART('D', dependent_locality, "Suburb or district", "address-level3"),
    PART('C', city, "Town or city", "address-level2"),
    PART('S', admin_area, "State or region", "address-level1"),
    PART('Z', postal_code, "Postal code", "postal-code"),
    PART('X', sorting_code, "Sorting code", "off"),
};
enum { PARTS = sizeof parts / sizeof *parts };

static struct text *part_in(struct postal_address *at, const struct part *p)
{
    return (struct text *)(void *)((char *)at + p->offset);
}

static struct text capital(struct arena *a, const char *word)
{
    return text_printf(a, "%c%s", toupper((unsigned char)*word), word + 1);
}

static struct text label_of(struct arena *a, const struct part *p, const struct address_format *f)
{
    if (p->letter == 'S' && f->area_word) return capital(a, f->area_word);
    if (p->letter == 'Z' && f->postal_word) return capital(a, f->postal_word);
    return text_of(p->label);
}

struct text fault_at(struct arena *a, const struct fault *f, const char *field)
{
    return f && strcmp(f->field, field) == 0 ? fault_words(a, f) : (struct text){0};
}

struct list address_inputs(struct arena *a, struct postal_address *address, const struct fault *f)
{
    struct address_format form = address_format(address->country);
    struct address_input *inputs = arena_new(a, struct address_input, PARTS);
    size_t n = 0;
    for (const char *at = form.form; (at = strchr(at, '%')) && at[1]; at += 2) {
        for (size_t i = 0; i < PARTS; i++) {
            const struct part *p = &parts[i];
            struct text value = *part_in(address, p);
            bool is_line3 = strcmp(p->name, "line3") == 0;
            if (p->letter != at[1] || (is_line3 && !value.len)) continue;
            char field[64];
            snprintf(field, sizeof field, "ship_to.%s", p->name);
            bool is_needed = p->letter == 'N' ||
                             (form.required && strchr(form.required, p->letter));
            if (p->letter == 'A') is_needed = strcmp(p->name, "line1") == 0;
            inputs[n++] = (struct address_input){.name = text_of(p->name),
                                                 .label = label_of(a, p, &form),
                                                 .value = value,
                                                 .autocomplete = text_of(p->autocomplete),
                                                 .wrong = fault_at(a, f, field),
                                                 .is_required = is_needed,
                                                 .is_optional = !is_needed};
        }
    }
    return (struct list){inputs, n};
}

bool address_inputs_marked(const struct list *inputs)
{
    const struct address_input *at = inputs->at;
    for (size_t i = 0; i < inputs->count; i++)
        if (at[i].wrong.len) return true;
    return false;
}

void address_inputs_read(struct arena *a, struct text form, struct postal_address *at)
{
    for (size_t i = 0; i < PARTS; i++) {
        struct text value = form_value(a, form, parts[i].name);
        if (value.at) *part_in(at, &parts[i]) = value.len ? value : (struct text){0};
    }
}
