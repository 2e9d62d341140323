#include "domain/customers/customer.h"

#include "queries.h"
#include "store/db.h"

static const struct field customer_table[] = {
    FIELD(struct customer, merchant_id),
    FIELD_ID(struct customer, customer_id, "id", "cus"),
    FIELD(struct customer, reference),
    FIELD(struct customer, name),
    FIELD(struct customer, email),
    FIELD(struct customer, phone),
    FIELD_INSTANT(struct customer, created_us, "created_at"),
    FIELD_ID(struct customer, owner_id, "owner_id", "own"),
};
const struct fields customer_fields = FIELDS("customer_row", struct customer, customer_table);

#define PART(member)                                                                               \
    {                                                                                              \
        .name = #member, .json = #member, .offset = offsetof(struct address, at.member),           \
        .kind = F_TEXT, .is_set = true                                                             \
    }
static const struct field address_table[] = {
    FIELD(struct address, merchant_id),
    FIELD_ID(struct address, address_id, "id", "adr"),
    PART(recipient),
    PART(organization),
    PART(line1),
    PART(line2),
    PART(line3),
    PART(dependent_locality),
    PART(city),
    PART(admin_area),
    PART(postal_code),
    PART(sorting_code),
    PART(country),
    PART(phone),
    PART(email),
    PART(instructions),
};
const struct fields address_fields = FIELDS("address_row", struct address, address_table);

static const struct field postal_table[] = {
    FIELD(struct postal_address, recipient, .max = ADDRESS_PART_MAX, .about = "who receives it"),
    FIELD(struct postal_address, organization, .max = ADDRESS_PART_MAX,
          .about = "company, institution"),
    FIELD(struct postal_address, line1, .max = ADDRESS_PART_MAX,
          .about = "street and house number"),
    FIELD(struct postal_address, line2, .max = ADDRESS_PART_MAX, .about = "flat, floor, building"),
    FIELD(struct postal_address, line3, .max = ADDRESS_PART_MAX,
          .about = "what does not fit above"),
    FIELD(struct postal_address, dependent_locality, .max = ADDRESS_PART_MAX,
          .about = "suburb, district or townland, where the post wants it"),
    FIELD(struct postal_address, city, .max = ADDRESS_PART_MAX, .about = "town or village"),
    FIELD(struct postal_address, admin_area, .max = ADDRESS_PART_MAX,
          .about = "state, province, county or prefecture; codes as \"CA\" are understood"),
    FIELD(struct postal_address, postal_code, .max = ADDRESS_POSTAL_CODE_MAX,
          .about = "as its country writes it"),
    FIELD(struct postal_address, sorting_code, .max = ADDRESS_PART_MAX,
          .about = "CEDEX and the like"),
    FIELD(struct postal_address, country, .flags = F_REQUIRED, .max = 2,
          .about = "ISO 3166-1 alpha-2, as \"DE\""),
    FIELD(struct postal_address, phone, .max = ADDRESS_PART_MAX,
          .about = "for the driver; E.164 where possible"),
    FIELD(struct postal_address, email, .max = ADDRESS_EMAIL_MAX,
          .about = "for messages about the delivery"),
    FIELD(struct postal_address, instructions, .flags = F_FREE, .max = ADDRESS_INSTRUCTIONS_MAX,
          .about = "for the driver"),
};
const struct fields postal_address_fields = FIELDS("address", struct postal_address, postal_table);

#define MERCHANT I64(c->merchant_id)

enum err customer_insert(struct ctx *c, const struct customer *p)
{
    return db_put_record(c, &Q_customer_insert, &customer_fields, p);
}

enum err customer_get(struct ctx *c, int64_t customer_id, struct customer *out)
{
    bool found = false;
    TRY(db_find(c, &Q_customer_get, ARGS(MERCHANT, I64(customer_id)), &customer_fields, out,
                &found));
    return found ? OK : fail(c, ERR_NOT_FOUND, "customer_not_found", "there is no such customer");
}

enum err customers_of(struct ctx *c, const int64_t *ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_customers_of, ARGS(I64(c->merchant_id), I64S(ids, n)), &customer_fields,
                   out);
}

enum err customers_by_reference(struct ctx *c, const struct text *references, size_t n,
                                struct list *out)
{
    return db_rows(c, &Q_customers_by_reference, ARGS(MERCHANT, TEXTS(references, n)),
                   &customer_fields, out);
}

enum err customer_find_by_email(struct ctx *c, struct text email, struct customer *out, bool *found)
{
    return db_find(c, &Q_customer_by_email, ARGS(MERCHANT, TXT(email)), &customer_fields, out,
                   found);
}

enum err customer_list(struct ctx *c, int64_t after_id, int64_t limit, struct list *out)
{
    return db_rows(c, &Q_customer_list, ARGS(MERCHANT, I64(after_id), I64(limit)), &customer_fields,
                   out);
}

enum err address_insert(struct ctx *c, const struct address *a)
{
    return db_put_record(c, &Q_address_insert, &address_fields, a);
}

enum err address_get(struct ctx *c, int64_t address_id, struct address *out)
{
    struct list found;
    TRY(addresses_of(c, &address_id, 1, &found));
    if (!found.count)
        return fail(c, ERR_NOT_FOUND, "address_not_found", "there is no such address");
    *out = *(const struct address *)found.at;
    return OK;
}

enum err addresses_of(struct ctx *c, const int64_t *ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_addresses_of, ARGS(MERCHANT, I64S(ids, n)), &address_fields, out);
}

const struct customer *customer_reference_in(const struct list *customers, int64_t owner_id,
                                             struct text reference)
{
    const struct customer *p = LIST_FIND_TEXT(customers, struct customer, reference, reference);
    if (!p) return NULL;
    const struct customer *end = (const struct customer *)customers->at + customers->count;
    for (; p < end && text_eq(p->reference, reference); p++)
        if (p->owner_id == owner_id) return p;
    return NULL;
}
