-- The first schema. The merchant stands first in every key that PostgreSQL sees; instants are _us,
-- days _day, money _minor, weights _g, lengths _mm; enumerations are small numbers whose words
-- stand in the headers of src/domain. A secondary index names the query that it serves.

-- ---- installation ----------------------------------------------------------------------------

CREATE TABLE merchant (
    merchant_id @i64 PRIMARY KEY,
    code @text NOT NULL UNIQUE,
    name @text NOT NULL,
    currency @text NOT NULL,
    country @text NOT NULL,
    email @text,                     -- sender of its messages
    street @text,                    -- one line for footers and senders of labels
    gs1_prefix @text,                -- company prefix: packages get SSCCs
    price_policy @i32 NOT NULL,      -- enum price_policy: accept, hold, refuse
    stock_policy @i32 NOT NULL,      -- enum stock_policy: all, split, backorder, hold
    confirm_channels @i32 NOT NULL,  -- bit set of enum channel: ask the customer to confirm
    capture_policy @i32 NOT NULL,    -- enum capture_policy: on_ship, on_order, by_hand
    grace_us @i64 NOT NULL,          -- from delivered to completed
    sourcing_policy @i32 NOT NULL,   -- enum sourcing_policy: fewest_splits, single_site, nearest ...
    fill_policy @i32 NOT NULL,       -- enum fill_policy: oldest, express, wish_day, whole_orders
    created_us @i64 NOT NULL
);

CREATE TABLE secret (                -- keys of this installation: tracking links, sealed secrets
    name @text PRIMARY KEY,
    value @text NOT NULL
);

CREATE TABLE node (                  -- running processes: who has which number for identifiers
    node_id @i64 PRIMARY KEY,
    lease_until_us @i64 NOT NULL,
    fence @i64 NOT NULL,
    steps @i64 NOT NULL DEFAULT 0    -- of the schema that its program knows
);

CREATE TABLE copy_progress (         -- a copy into this database that has not come to its end
    name @text PRIMARY KEY,          -- of the table; '': of the copy, and kept after its end
    source_hash @i64 NOT NULL,       -- what is copied, and how it stood
    rows_done @i64 NOT NULL,
    after_key @text NOT NULL,        -- of the last row; '' before the first
    is_done @i32 NOT NULL
);

CREATE TABLE api_key (               -- global, small: the key tells the merchant
    key_id @i64 PRIMARY KEY,
    merchant_id @i64 NOT NULL,
    name @text NOT NULL,
    key_hash @text NOT NULL,
    scopes @i64 NOT NULL,            -- bit set of enum scope
    created_us @i64 NOT NULL,
    expires_us @i64,
    revoked_us @i64,
    person_id @i64,                  -- whose it is; null: a program's
    owner_id @i64 NOT NULL           -- whose goods and orders it sees; 0: all of them
);

CREATE TABLE owner (                 -- whose goods lie in the house besides the merchant's own
    merchant_id @i64 NOT NULL,
    owner_id @i64 NOT NULL,
    code @text NOT NULL,
    name @text NOT NULL,             -- as customers know it
    email @text,                     -- sender of its messages; NULL: the merchant's
    street @text,                    -- one line for footers and senders of labels
    is_active @i32 NOT NULL,
    created_us @i64 NOT NULL,
    PRIMARY KEY (merchant_id, owner_id)
) @rowless;
CREATE UNIQUE INDEX owner_code ON owner (merchant_id, code);

CREATE TABLE person (                -- staff: clerks, pickers, packers, shippers, support
    merchant_id @i64 NOT NULL,
    person_id @i64 NOT NULL,
    login @text NOT NULL,            -- lower case; never given to somebody else
    name @text NOT NULL,
    email @text,
    role @i32 NOT NULL,
    password_hash @text,             -- argon2id; null: does not log in by password
    pin_hash @text,
    badge_hash @text,                -- keyed by this installation's secret
    wrong_tries @i64 NOT NULL DEFAULT 0,
    locked_until_us @i64,
    created_us @i64 NOT NULL,
    disabled_us @i64,
    owner_id @i64 NOT NULL,          -- whose goods and orders they see; 0: all of them
    PRIMARY KEY (merchant_id, person_id)
);
CREATE UNIQUE INDEX person_login ON person (merchant_id, login);
CREATE UNIQUE INDEX person_badge ON person (merchant_id, badge_hash) WHERE badge_hash IS NOT NULL;

CREATE TABLE session (               -- global, small: the cookie tells merchant and person
    session_id @i64 PRIMARY KEY,
    merchant_id @i64 NOT NULL,
    person_id @i64 NOT NULL,
    token_hash @text NOT NULL,
    scopes @i64 NOT NULL,            -- the most that it may do, whatever the role says later
    created_us @i64 NOT NULL,
    expires_us @i64 NOT NULL,
    ended_us @i64
);
CREATE INDEX session_person ON session (merchant_id, person_id); -- end all of somebody's
CREATE INDEX session_expires ON session (expires_us); -- those that ran out are thrown away

CREATE TABLE counter (               -- running numbers for people: orders, tracking, SSCC, waves
    merchant_id @i64 NOT NULL,
    name @text NOT NULL,
    value @i64 NOT NULL,
    PRIMARY KEY (merchant_id, name)
) @rowless;

-- ---- commands, events, jobs --------------------------------------------------------------------

CREATE TABLE command (               -- what each command was, for who asks why, and what it answered
    merchant_id @i64 NOT NULL,
    command_id @i64 NOT NULL,
    way @text NOT NULL,              -- the verb of the command line, or method and path
    actor_id @i64 NOT NULL,
    key @text,                       -- its idempotency key; with it what stands below is there too
    request_hash @i64,
    status @i32,
    answer @text,
    at_us @i64 NOT NULL,
    PRIMARY KEY (merchant_id, command_id)
) @rowless;

CREATE TABLE command_key (           -- idempotency: the same key gives the same answer, once
    merchant_id @i64 NOT NULL,
    key_day @i64 NOT NULL,           -- look-ups go back 30 days, one range each
    key_hash @i64 NOT NULL,          -- of actor and key
    command_id @i64 NOT NULL,
    PRIMARY KEY (merchant_id, key_day, key_hash)
) @rowless;

CREATE TABLE event_head (            -- the last position given, taken last in a transaction, so
    merchant_id @i64 PRIMARY KEY,    -- that positions become visible in their order
    position @i64 NOT NULL
);

CREATE TABLE event (
    merchant_id @i64 NOT NULL,
    position @i64 NOT NULL,          -- without gaps, in the order of commit
    kind @i32 NOT NULL,              -- enum event_kind
    order_id @i64,                   -- NULL for events of no order
    version @i64,                    -- of the order: 1, 2, 3 without gap
    subject_id @i64,                 -- the thing itself: package, task, payment ...
    at_us @i64 NOT NULL,
    actor_id @i64 NOT NULL,
    command_id @i64 NOT NULL,
    body @text NOT NULL,             -- the kind's fields as one line (base/field.h)
    hash @bytes,                     -- of the order's chain up to here
    PRIMARY KEY (merchant_id, position)
) @rowless;
CREATE UNIQUE INDEX event_of_order ON event (merchant_id, order_id, version)
    WHERE order_id IS NOT NULL;      -- event_timeline; a version is one event's

CREATE TABLE reaction_skip (         -- events that a reaction failed at and went around
    merchant_id @i64 NOT NULL,
    reaction @text NOT NULL,
    position @i64 NOT NULL,
    kind @i32 NOT NULL,
    order_id @i64,
    reason @text NOT NULL,
    detail @text NOT NULL,
    skipped_us @i64 NOT NULL,
    tries @i64 NOT NULL,
    PRIMARY KEY (merchant_id, reaction, position)
) @rowless;

CREATE TABLE consumer (              -- how far each reaction has read the events
    merchant_id @i64 NOT NULL,
    name @text NOT NULL,
    position @i64 NOT NULL,
    PRIMARY KEY (merchant_id, name)
) @rowless;

CREATE TABLE turn (                  -- which process reacts to a merchant's events now
    merchant_id @i64 PRIMARY KEY,
    holder_id @i64 NOT NULL,
    lease_until_us @i64 NOT NULL
);

CREATE TABLE job (                   -- work with a due time: calls to others, timers
    merchant_id @i64 NOT NULL,
    job_id @i64 NOT NULL,
    kind @i32 NOT NULL,              -- enum job_kind
    subject_id @i64 NOT NULL,
    due_us @i64 NOT NULL,
    state @i32 NOT NULL,             -- 0 waiting or leased, 1 dead
    lease_until_us @i64 NOT NULL,    -- 0 when nobody has it
    fence @i64 NOT NULL,             -- rises with each lease; a stale holder changes nothing
    attempts @i32 NOT NULL,
    last_error @text,
    PRIMARY KEY (merchant_id, job_id)
) @rowless;
CREATE INDEX job_due ON job (merchant_id, due_us) WHERE state = 0; -- job_claim

-- ---- catalogue ---------------------------------------------------------------------------------

CREATE TABLE product (
    merchant_id @i64 NOT NULL,
    product_id @i64 NOT NULL,
    sku @text NOT NULL,
    name @text NOT NULL,
    gtin @text,                      -- 14 digits
    kind @i32 NOT NULL,              -- enum product_kind: goods, kit
    weight_g @i64 NOT NULL,          -- 0: not known
    length_mm @i64 NOT NULL,
    width_mm @i64 NOT NULL,
    height_mm @i64 NOT NULL,
    handling @i32 NOT NULL,          -- bit set: fragile, upright, hazard, chilled, high_value, own_carton
    tracking @i32 NOT NULL,          -- enum: none, lot, serial, serial_in
    hs_code @text,
    origin @text,
    tax_class @text,                 -- absent: standard; of a kit: as its parts
    is_active @i32 NOT NULL,
    created_us @i64 NOT NULL,
    owner_id @i64 NOT NULL DEFAULT 0, -- whose goods; 0: the merchant's own. Never changes
    PRIMARY KEY (merchant_id, product_id)
);
CREATE UNIQUE INDEX product_sku ON product (merchant_id, sku, owner_id); -- products_by_sku, and no doubles
CREATE INDEX product_gtin ON product (merchant_id, gtin) WHERE gtin IS NOT NULL; -- product_by_code

CREATE TABLE price (                 -- the price list
    merchant_id @i64 NOT NULL,
    product_id @i64 NOT NULL,        -- or a service offer
    currency @text NOT NULL,
    from_quantity @i64 NOT NULL,
    unit_minor @i64 NOT NULL CHECK (unit_minor >= 0),
    PRIMARY KEY (merchant_id, product_id, currency, from_quantity)
) @rowless;

CREATE TABLE kit_part (
    merchant_id @i64 NOT NULL,
    kit_id @i64 NOT NULL,
    part_id @i64 NOT NULL,
    quantity @i64 NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (merchant_id, kit_id, part_id)
) @rowless;

CREATE TABLE substitute (            -- what may be sent instead of a product
    merchant_id @i64 NOT NULL,
    product_id @i64 NOT NULL,
    substitute_id @i64 NOT NULL,
    rank @i64 NOT NULL CHECK (rank > 0),
    replaced @i64 NOT NULL CHECK (replaced > 0), -- so many units of the product ...
    units @i64 NOT NULL CHECK (units > 0),       -- ... are so many of the substitute
    price @i32 NOT NULL,             -- enum substitute_price
    otherwise @i32 NOT NULL,         -- enum substitute_otherwise: the customer does not want it
    answer_hours @i64 NOT NULL CHECK (answer_hours > 0),
    from_day @i64,                   -- both included; NULL: since ever, without end
    until_day @i64,
    is_active @i32 NOT NULL,
    PRIMARY KEY (merchant_id, product_id, substitute_id),
    CHECK (product_id <> substitute_id)
) @rowless;
CREATE INDEX substitute_by ON substitute (merchant_id, substitute_id); -- substitutes_by

CREATE TABLE service_offer (         -- additional services; their prices stand in the price list
    merchant_id @i64 NOT NULL,
    service_id @i64 NOT NULL,
    code @text NOT NULL,
    name @text NOT NULL,
    kind @i32 NOT NULL,              -- enum service_kind: gift_wrap, customization, special_packaging, assembly
    minutes @i64 NOT NULL,
    text_max @i64 NOT NULL,          -- characters of message or engraving; 0: no text
    is_active @i32 NOT NULL,
    tax_class @text,
    PRIMARY KEY (merchant_id, service_id)
);
CREATE UNIQUE INDEX service_offer_code ON service_offer (merchant_id, code); -- service_by_code

-- ---- sites -------------------------------------------------------------------------------------

CREATE TABLE site (
    merchant_id @i64 NOT NULL,
    site_id @i64 NOT NULL,
    code @text NOT NULL,
    name @text NOT NULL,
    kind @i32 NOT NULL,              -- enum site_kind: warehouse, shop, supplier
    country @text NOT NULL,
    postal_code @text,
    city @text,
    street @text,
    priority @i32 NOT NULL,          -- smaller is asked first
    cutoff_minute @i32 NOT NULL,     -- of the day, UTC: later orders leave the next working day
    work_days @i32 NOT NULL,         -- bit set, Monday is 1
    sells_from @i32 NOT NULL,        -- enum sells_from: put_away, receipt
    capacity_units @i64 NOT NULL,    -- that it can send a day; 0: no limit
    parcel_minor @i64 NOT NULL,      -- what a parcel costs there, besides its postage
    PRIMARY KEY (merchant_id, site_id)
);
CREATE UNIQUE INDEX site_code ON site (merchant_id, code);

CREATE TABLE bin (
    merchant_id @i64 NOT NULL,
    bin_id @i64 NOT NULL,
    site_id @i64 NOT NULL,
    code @text NOT NULL,
    zone @text NOT NULL,
    aisle @i64 NOT NULL,
    bay @i64 NOT NULL,
    level @i64 NOT NULL,
    x_mm @i64 NOT NULL,
    y_mm @i64 NOT NULL,
    kind @i32 NOT NULL,              -- enum bin_kind: pick, bulk, receiving, quarantine, returns
    PRIMARY KEY (merchant_id, bin_id)
);
CREATE UNIQUE INDEX bin_code ON bin (merchant_id, site_id, code);   -- bin_by_code

CREATE TABLE carton (                -- the boxes that a site packs into
    merchant_id @i64 NOT NULL,
    carton_id @i64 NOT NULL,
    site_id @i64 NOT NULL,
    code @text NOT NULL,
    length_mm @i64 NOT NULL,         -- inside
    width_mm @i64 NOT NULL,
    height_mm @i64 NOT NULL,
    tare_g @i64 NOT NULL,
    max_g @i64 NOT NULL,
    cost_minor @i64 NOT NULL,
    PRIMARY KEY (merchant_id, carton_id)
);

-- ---- customers ---------------------------------------------------------------------------------

CREATE TABLE customer (
    merchant_id @i64 NOT NULL,
    customer_id @i64 NOT NULL,
    reference @text,                 -- the channel's or shop's own number
    name @text NOT NULL,
    email @text,
    phone @text,
    created_us @i64 NOT NULL,
    owner_id @i64 NOT NULL DEFAULT 0, -- whose customer
    PRIMARY KEY (merchant_id, customer_id)
);
CREATE UNIQUE INDEX customer_reference ON customer (merchant_id, reference, owner_id)
    WHERE reference IS NOT NULL;     -- customer_by_reference
CREATE INDEX customer_email ON customer (merchant_id, email) WHERE email IS NOT NULL; -- customer_by_email

CREATE TABLE address (               -- never changed: a new version is a new row
    merchant_id @i64 NOT NULL,
    address_id @i64 NOT NULL,
    recipient @text,
    organization @text,
    line1 @text,
    line2 @text,
    line3 @text,
    dependent_locality @text,
    city @text,
    admin_area @text,
    postal_code @text,
    sorting_code @text,
    country @text NOT NULL,
    phone @text,
    email @text,
    instructions @text,
    PRIMARY KEY (merchant_id, address_id)
) @rowless;

-- ---- orders ------------------------------------------------------------------------------------

CREATE TABLE orders (                -- what was agreed; written once, changed by order changes only
    merchant_id @i64 NOT NULL,
    order_id @i64 NOT NULL,
    number @i64 NOT NULL,            -- for people
    channel @i32 NOT NULL,           -- enum channel
    reference @text,                 -- the channel's own
    customer_id @i64,
    customer_name @text,
    customer_email @text,
    customer_phone @text,
    ship_to_id @i64 NOT NULL,
    bill_to_id @i64 NOT NULL,
    currency @text NOT NULL,
    method @i32 NOT NULL,            -- enum delivery_method
    payment_method @i32 NOT NULL,    -- enum payment_method
    wish_day @i64,
    note @text,
    goods_minor @i64 NOT NULL,
    discount_minor @i64 NOT NULL,
    service_minor @i64 NOT NULL,
    shipping_minor @i64 NOT NULL,
    tax_minor @i64 NOT NULL,
    total_minor @i64 NOT NULL,
    likeness @i64 NOT NULL,          -- hash of customer, goods and address: likely duplicates
    placed_us @i64 NOT NULL,         -- when the customer did
    created_us @i64 NOT NULL,        -- when we were told
    priority @i32 NOT NULL DEFAULT 0, -- larger is served and picked first
    owner_id @i64 NOT NULL DEFAULT 0, -- whose order, and whose goods alone it holds
    PRIMARY KEY (merchant_id, order_id),
    CHECK (total_minor = goods_minor - discount_minor + service_minor + shipping_minor + tax_minor)
);
CREATE UNIQUE INDEX orders_reference ON orders (merchant_id, channel, reference, owner_id)
    WHERE reference IS NOT NULL;     -- order_by_reference, and no doubles
CREATE UNIQUE INDEX orders_number ON orders (merchant_id, number); -- order_by_number
CREATE INDEX orders_of_owner ON orders (merchant_id, owner_id, order_id)
    WHERE owner_id <> 0;             -- orders_of_owner_recent

CREATE TABLE order_likeness (        -- likely duplicates are looked for among the newest days only,
    merchant_id @i64 NOT NULL,       -- so that a hash, which is random, stays within a small part
    like_day @i64 NOT NULL,          -- of the tree
    likeness @i64 NOT NULL,
    order_id @i64 NOT NULL,
    PRIMARY KEY (merchant_id, like_day, likeness, order_id)
) @rowless;

CREATE TABLE order_line (
    merchant_id @i64 NOT NULL,
    order_id @i64 NOT NULL,
    line_no @i64 NOT NULL,
    kind @i32 NOT NULL,              -- enum line_kind: goods, kit, component, service, charge
    product_id @i64,                 -- or the service offer
    parent_line @i64,                -- the kit of a component, the goods of a service
    name @text,                      -- of a charge; others are named by the catalogue
    quantity @i64 NOT NULL CHECK (quantity > 0),
    unit_minor @i64 NOT NULL,
    list_minor @i64,                 -- the price list's unit price at placement
    discount_minor @i64 NOT NULL,
    discount_units @i64 NOT NULL DEFAULT 0, -- the discount is off the first so many units; 0: off all
    tax_minor @i64 NOT NULL,
    total_minor @i64 NOT NULL,
    wording @text,                   -- personalisation, engraving or gift message
    allocated @i64 NOT NULL,
    released @i64 NOT NULL,          -- in fulfillments
    picked @i64 NOT NULL,
    packed @i64 NOT NULL,
    shipped @i64 NOT NULL,
    delivered @i64 NOT NULL,
    cancelled @i64 NOT NULL,
    returned @i64 NOT NULL,
    asked_back @i64 NOT NULL DEFAULT 0, -- in returns that were not declined
    PRIMARY KEY (merchant_id, order_id, line_no),
    CHECK (delivered >= 0 AND delivered <= shipped AND shipped <= packed AND packed <= picked
           AND picked <= released AND released <= allocated AND allocated <= quantity - cancelled),
    CHECK (cancelled >= 0 AND returned >= 0 AND returned <= shipped AND returned <= asked_back
           AND asked_back <= quantity),
    CHECK (discount_units >= 0 AND discount_units <= quantity)
) @rowless;

CREATE TABLE order_state (           -- narrow and hot: the sums of its physical lines
    merchant_id @i64 NOT NULL,
    order_id @i64 NOT NULL,
    commercial @i32 NOT NULL,        -- enum commercial: draft, placed, closed, cancelled
    holds @i64 NOT NULL CHECK (holds >= 0),
    units @i64 NOT NULL,             -- ordered
    allocated @i64 NOT NULL,
    released @i64 NOT NULL,
    picked @i64 NOT NULL,
    packed @i64 NOT NULL,
    shipped @i64 NOT NULL,
    delivered @i64 NOT NULL,
    cancelled @i64 NOT NULL,
    returned @i64 NOT NULL,
    stage @i32 GENERATED ALWAYS AS ( -- enum order_stage: what people see, computed from the rest
        CASE WHEN commercial = 3 THEN 8
             WHEN commercial = 2 THEN 7
             WHEN commercial = 0 THEN 0
             WHEN released < units - cancelled THEN 1
             WHEN picked < units - cancelled THEN 2
             WHEN packed < units - cancelled THEN 3
             WHEN shipped < units - cancelled THEN 4
             WHEN delivered < units - cancelled THEN 5
             ELSE 6 END) STORED,
    PRIMARY KEY (merchant_id, order_id)
) @rowless;
--pg:CREATE INDEX order_state_open ON order_state (merchant_id, stage, order_id)
--sqlite:CREATE INDEX order_state_open ON order_state (merchant_id, stage, order_id, commercial, holds, units,
--sqlite:    allocated, released, picked, packed, shipped, delivered, cancelled, returned)
    WHERE commercial < 2;            -- order_ids_by_stage, order_board: open orders only
-- On SQLite it holds every column: a statement that names a computed one is answered from no index
-- that holds less, and the board would look for each open order among all orders.
CREATE INDEX order_state_short ON order_state (merchant_id, stage, order_id)
    WHERE commercial < 2 AND allocated < units - cancelled; -- waiting_lines, orders_short: the few that wait

CREATE TABLE hold (                  -- why an order waits; any number at once
    merchant_id @i64 NOT NULL,
    order_id @i64 NOT NULL,
    hold_id @i64 NOT NULL,
    reason @i32 NOT NULL,            -- enum hold_reason
    note @text,
    owner_id @i64 NOT NULL,          -- who has to see to it; 0 is the system
    placed_us @i64 NOT NULL,
    release_due_us @i64,             -- a timer lets it go
    released_us @i64,
    released_by @i64,
    PRIMARY KEY (merchant_id, order_id, hold_id)
) @rowless;

CREATE INDEX hold_live ON hold (merchant_id, order_id) WHERE released_us IS NULL; -- holds_live, holds_board

CREATE TABLE confirmation (          -- details the customer was asked to confirm
    merchant_id @i64 NOT NULL,
    order_id @i64 NOT NULL,
    asked_us @i64 NOT NULL,
    answered_us @i64,
    answered_by @i64,                -- staff who heard it; NULL: the customer, by the link
    words @text,
    PRIMARY KEY (merchant_id, order_id)
) @rowless;

CREATE TABLE shortage (              -- who sees to an order of which something is not there
    merchant_id @i64 NOT NULL,
    order_id @i64 NOT NULL,
    owner_id @i64 NOT NULL,
    note @text,
    taken_us @i64 NOT NULL,
    PRIMARY KEY (merchant_id, order_id)
) @rowless;

CREATE TABLE substitution_consent (  -- what the customer said with the order; no row: ask
    merchant_id @i64 NOT NULL,
    order_id @i64 NOT NULL,
    line_no @i64 NOT NULL,           -- 0: the whole order
    consent @i32 NOT NULL,           -- enum consent: ask, allow, refuse
    said_us @i64 NOT NULL,
    said_by @i64 NOT NULL,
    PRIMARY KEY (merchant_id, order_id, line_no)
) @rowless;

CREATE TABLE substitution (          -- something else instead: asked, and what became of it
    merchant_id @i64 NOT NULL,
    order_id @i64 NOT NULL,
    substitution_id @i64 NOT NULL,
    line_no @i64 NOT NULL,           -- whose units are replaced
    state @i32 NOT NULL,             -- enum substitution_state
    product_id @i64 NOT NULL,
    substitute_id @i64 NOT NULL,
    replaced @i64 NOT NULL CHECK (replaced > 0),
    units @i64 NOT NULL CHECK (units > 0),
    cost_minor @i64,                 -- of the substitute's units together
    price @i32 NOT NULL,             -- enum substitute_price
    otherwise @i32 NOT NULL,         -- enum substitute_otherwise
    cart_id @i64,                    -- what is set aside for it
    new_line @i64,                   -- of the order, once it was accepted
    asked_us @i64 NOT NULL,
    expires_us @i64 NOT NULL,
    ended_us @i64,
    ended_by @i64,
    note @text,
    is_allowed @i32 NOT NULL,        -- said with the order: nobody was asked
    PRIMARY KEY (merchant_id, order_id, substitution_id),
    CHECK ((state = 0) = (ended_us IS NULL)),
    CHECK ((state = 1) = (new_line IS NOT NULL))
) @rowless;
CREATE UNIQUE INDEX substitution_id ON substitution (merchant_id, substitution_id); -- substitutions_by_id
CREATE UNIQUE INDEX substitution_asked ON substitution (merchant_id, order_id, line_no)
    WHERE state = 0;                 -- one open question for a line

CREATE TABLE told_date (             -- what the customer was told of units that wait
    merchant_id @i64 NOT NULL,
    order_id @i64 NOT NULL,
    line_no @i64 NOT NULL,
    day @i64 NOT NULL,               -- at the door; 0: nobody knows
    units @i64 NOT NULL CHECK (units > 0),
    told_us @i64 NOT NULL,
    PRIMARY KEY (merchant_id, order_id, line_no, day)
) @rowless;

CREATE TABLE proposal (              -- an order change that somebody prepares
    merchant_id @i64 NOT NULL,
    order_id @i64 NOT NULL,
    change_id @i64 NOT NULL,
    state @i32 NOT NULL,             -- enum proposal_state
    method @i32,                     -- this and what follows NULL: as it is
    known_version @i64 NOT NULL,     -- of the order, as its author knew it
    wish_day @i64,
    ship_to_id @i64,
    shipping_minor @i64,
    note @text,
    reason @text,
    begun_by @i64 NOT NULL,
    begun_us @i64 NOT NULL,
    edited_us @i64 NOT NULL,
    expires_us @i64 NOT NULL,
    ended_by @i64,
    ended_us @i64,
    PRIMARY KEY (merchant_id, order_id, change_id),
    CHECK ((state = 0) = (ended_us IS NULL))
) @rowless;
CREATE UNIQUE INDEX proposal_open ON proposal (merchant_id, order_id) WHERE ended_us IS NULL; -- one at a time

CREATE TABLE proposal_line (
    merchant_id @i64 NOT NULL,
    order_id @i64 NOT NULL,
    change_id @i64 NOT NULL,
    position @i64 NOT NULL,          -- as it was written, from 1
    line_no @i64,                    -- of the order; NULL: a new line
    sku @text,
    service @text,
    name @text,
    parent_line @i64,
    quantity @i64,
    unit_minor @i64,
    discount_minor @i64,
    wording @text,
    PRIMARY KEY (merchant_id, order_id, change_id, position)
) @rowless;

-- ---- inventory ---------------------------------------------------------------------------------

CREATE TABLE stock (                 -- cells of bins; totes and packages hold their lines instead
    merchant_id @i64 NOT NULL,
    product_id @i64 NOT NULL,
    place_id @i64 NOT NULL,
    lot @text NOT NULL,              -- '' when the product has none
    condition @i32 NOT NULL,         -- enum stock_condition; only 0, sellable, can be promised
    site_id @i64 NOT NULL,
    on_hand @i64 NOT NULL CHECK (on_hand >= 0),
    allotted @i64 NOT NULL CHECK (allotted >= 0), -- open pick tasks point here
    PRIMARY KEY (merchant_id, product_id, place_id, lot, condition)
) @rowless;
CREATE INDEX stock_of_place ON stock (merchant_id, place_id); -- stock_in_place

CREATE TABLE lot (                   -- what is known of a lot, wherever it lies
    merchant_id @i64 NOT NULL,
    product_id @i64 NOT NULL,
    lot @text NOT NULL,
    lot_id @i64 NOT NULL,            -- what its job points to
    expiry_day @i64,
    sells_until_day @i64,            -- the last day on which enough days are left
    received_us @i64 NOT NULL,
    PRIMARY KEY (merchant_id, product_id, lot)
) @rowless;
CREATE UNIQUE INDEX lot_id ON lot (merchant_id, lot_id);                    -- lots_by_id
CREATE INDEX lot_expiry ON lot (merchant_id, expiry_day, product_id, lot)
    WHERE expiry_day IS NOT NULL;    -- lots_expiring

CREATE TABLE stock_rule (            -- how a product's stock is watched
    merchant_id @i64 NOT NULL,
    product_id @i64 NOT NULL,
    low_at @i64,                     -- alert when no more than this can be promised; NULL: never
    days_left_min @i64 NOT NULL,     -- a lot with fewer days left is not sold
    is_low @i32 NOT NULL,            -- told, and not over it since
    PRIMARY KEY (merchant_id, product_id)
) @rowless;

CREATE TABLE asn (                   -- what a supplier said would come
    merchant_id @i64 NOT NULL,
    asn_id @i64 NOT NULL,
    site_id @i64 NOT NULL,
    supplier @text NOT NULL,
    reference @text NOT NULL,        -- the supplier's own
    state @i32 NOT NULL,             -- enum asn_state: expected, arriving, closed, cancelled
    expected_day @i64,
    note @text,
    created_us @i64 NOT NULL,
    closed_us @i64,
    owner_id @i64 NOT NULL DEFAULT 0, -- whose goods come
    PRIMARY KEY (merchant_id, asn_id)
) @rowless;
CREATE UNIQUE INDEX asn_reference ON asn (merchant_id, supplier, reference, owner_id); -- asn_by_reference

CREATE TABLE asn_line (
    merchant_id @i64 NOT NULL,
    asn_id @i64 NOT NULL,
    line_no @i64 NOT NULL,
    product_id @i64,                 -- NULL: no product of ours; the code says what was scanned
    code @text,
    lot @text NOT NULL,              -- '' when any will do
    expected @i64 NOT NULL CHECK (expected >= 0),
    received @i64 NOT NULL CHECK (received >= 0),
    damaged @i64 NOT NULL CHECK (damaged >= 0 AND damaged <= received), -- of those received
    due @i64 NOT NULL,               -- still to come; 0 when the delivery is over
    earmarked @i64 NOT NULL,         -- of them, for order lines: the sum of earmark.units
    PRIMARY KEY (merchant_id, asn_id, line_no),
    CHECK (earmarked >= 0 AND earmarked <= due)
) @rowless;

CREATE INDEX asn_line_due ON asn_line (merchant_id, product_id)
    WHERE due > 0;                   -- expected_of

CREATE TABLE earmark (               -- units of a delivery that an order line waits for
    merchant_id @i64 NOT NULL,
    order_id @i64 NOT NULL,
    line_no @i64 NOT NULL,
    asn_id @i64 NOT NULL,
    asn_line @i64 NOT NULL,
    product_id @i64 NOT NULL,
    site_id @i64 NOT NULL,           -- where it comes in, and is sent from
    units @i64 NOT NULL CHECK (units >= 0),     -- still to come
    arrived @i64 NOT NULL CHECK (arrived >= 0), -- came in, not promised from stock yet
    expected_day @i64,               -- of the delivery, when the day was reckoned
    promised_day @i64,               -- at the door
    PRIMARY KEY (merchant_id, order_id, line_no, asn_id, asn_line)
) @rowless;
CREATE INDEX earmark_of_asn ON earmark (merchant_id, asn_id)
    WHERE units > 0;                 -- earmarks_of_asn
CREATE INDEX earmark_of_product ON earmark (merchant_id, product_id)
    WHERE units + arrived > 0;       -- earmarked_products

CREATE TABLE stock_task (            -- from a bin to a bin: put away, replenish
    merchant_id @i64 NOT NULL,
    task_id @i64 NOT NULL,
    site_id @i64 NOT NULL,
    kind @i32 NOT NULL,              -- enum stock_task_kind
    state @i32 NOT NULL,             -- enum stock_task_state: ready, taken, done, dropped
    product_id @i64 NOT NULL,
    lot @text NOT NULL,
    condition @i32 NOT NULL,         -- of the units where they lie
    from_place @i64 NOT NULL,
    to_place @i64,                   -- NULL: nobody knows where to
    quantity @i64 NOT NULL CHECK (quantity > 0),
    done @i64 NOT NULL CHECK (done >= 0 AND done <= quantity),
    cause_id @i64,
    worker_id @i64,
    lease_until_us @i64,
    created_us @i64 NOT NULL,
    done_us @i64,
    PRIMARY KEY (merchant_id, task_id)
) @rowless;
CREATE INDEX stock_task_open ON stock_task (merchant_id, site_id, kind, task_id)
    WHERE state < 2;                 -- stock_tasks_open
CREATE INDEX stock_task_of_product ON stock_task (merchant_id, product_id)
    WHERE state < 2;                 -- stock_tasks_of
CREATE INDEX stock_task_to ON stock_task (merchant_id, to_place) WHERE state < 2; -- bins_empty

CREATE TABLE pick_face (             -- a bin that is picked from and filled again
    merchant_id @i64 NOT NULL,
    product_id @i64 NOT NULL,
    bin_id @i64 NOT NULL,
    site_id @i64 NOT NULL,
    min_units @i64 NOT NULL CHECK (min_units >= 0),
    max_units @i64 NOT NULL CHECK (max_units >= min_units AND max_units > 0),
    PRIMARY KEY (merchant_id, product_id, bin_id)
) @rowless;
CREATE INDEX pick_face_of_site ON pick_face (merchant_id, site_id, product_id, bin_id); -- pick_faces_at

CREATE TABLE stock_count (           -- counting while orders go on
    merchant_id @i64 NOT NULL,
    count_id @i64 NOT NULL,
    site_id @i64 NOT NULL,
    state @i32 NOT NULL,             -- enum count_state: open, closed
    is_blind @i32 NOT NULL,
    is_of_some @i32 NOT NULL,        -- only of the products in count_product
    note @text,
    created_us @i64 NOT NULL,
    closed_us @i64,
    PRIMARY KEY (merchant_id, count_id)
) @rowless;

CREATE TABLE count_product (
    merchant_id @i64 NOT NULL,
    count_id @i64 NOT NULL,
    product_id @i64 NOT NULL,
    PRIMARY KEY (merchant_id, count_id, product_id)
) @rowless;

CREATE TABLE count_bin (
    merchant_id @i64 NOT NULL,
    count_id @i64 NOT NULL,
    bin_id @i64 NOT NULL,
    counted_us @i64,                 -- NULL: still to be counted
    PRIMARY KEY (merchant_id, count_id, bin_id)
) @rowless;

CREATE TABLE count_line (            -- what was counted beside what the books said at that instant
    merchant_id @i64 NOT NULL,
    count_id @i64 NOT NULL,
    bin_id @i64 NOT NULL,
    product_id @i64 NOT NULL,
    lot @text NOT NULL,
    condition @i32 NOT NULL,
    state @i32 NOT NULL,             -- enum count_line_state: same, differs, accepted, recount
    expected @i64 NOT NULL,
    counted @i64 NOT NULL CHECK (counted >= 0),
    counted_us @i64 NOT NULL,
    counted_by @i64 NOT NULL,
    PRIMARY KEY (merchant_id, count_id, bin_id, product_id, lot, condition)
) @rowless;

CREATE TABLE stock_entry (           -- every unit is somewhere: from a place to a place
    merchant_id @i64 NOT NULL,
    entry_id @i64 NOT NULL,
    product_id @i64 NOT NULL,
    from_place @i64 NOT NULL,        -- bin, tote (fulfillment), package, or a counter-cell 1 to 4
    to_place @i64 NOT NULL,
    quantity @i64 NOT NULL CHECK (quantity > 0),
    lot @text NOT NULL,
    reason @i32 NOT NULL,            -- enum stock_reason
    order_id @i64,
    subject_id @i64,                 -- task, package, receipt ...
    at_us @i64 NOT NULL,
    actor_id @i64 NOT NULL,
    command_id @i64 NOT NULL,
    from_condition @i32 NOT NULL,    -- enum stock_condition
    to_condition @i32 NOT NULL,
    PRIMARY KEY (merchant_id, entry_id),
    CHECK (from_place <> to_place OR from_condition <> to_condition)
) @rowless;
CREATE INDEX stock_entry_of_lot ON stock_entry (merchant_id, product_id, lot)
    WHERE lot <> '';                 -- lot_orders: who got it

CREATE TABLE availability (          -- what a site can promise: one row decides
    merchant_id @i64 NOT NULL,
    product_id @i64 NOT NULL,
    site_id @i64 NOT NULL,
    sellable @i64 NOT NULL CHECK (sellable >= 0), -- in bins, totes and packages, good to sell
    promised @i64 NOT NULL CHECK (promised >= 0), -- open promises
    safety @i64 NOT NULL,
    is_closed @i32 NOT NULL,         -- the site takes no orders for this product
    earmarked @i64 NOT NULL CHECK (earmarked >= 0), -- came for who waits: the sum of earmark.arrived
    PRIMARY KEY (merchant_id, product_id, site_id)
) @rowless;

CREATE TABLE serial_unit (           -- a unit with a number of its own, until it comes back
    merchant_id @i64 NOT NULL,
    serial @text NOT NULL,
    product_id @i64 NOT NULL,
    unit_id @i64 NOT NULL,
    asn_id @i64,                     -- the delivery that it came with
    received_us @i64,                -- NULL: it was first seen at packing
    package_id @i64,                 -- it is where its package is; NULL: it lies in the house
    order_id @i64,
    line_no @i64,
    packed_us @i64,
    return_id @i64,
    ended_us @i64,                   -- it came back: the number may be sold again
    PRIMARY KEY (merchant_id, serial, product_id, unit_id) -- serials_named, serials_of
) @rowless;
CREATE UNIQUE INDEX serial_unit_once ON serial_unit (merchant_id, product_id, serial)
    WHERE ended_us IS NULL;          -- in one place at a time
CREATE INDEX serial_unit_of_package ON serial_unit (merchant_id, package_id, line_no)
    WHERE package_id IS NOT NULL;    -- serials_in, serial_sums

CREATE TABLE promise (
    merchant_id @i64 NOT NULL,
    order_id @i64 NOT NULL,
    line_no @i64 NOT NULL,
    site_id @i64 NOT NULL,
    product_id @i64 NOT NULL,
    quantity @i64 NOT NULL CHECK (quantity > 0),
    consumed @i64 NOT NULL,          -- left the house
    released @i64 NOT NULL,          -- given back
    promised_day @i64,               -- the day the customer was told
    PRIMARY KEY (merchant_id, order_id, line_no, site_id),
    CHECK (consumed >= 0 AND released >= 0 AND consumed + released <= quantity)
) @rowless;

CREATE TABLE cart (                  -- a soft promise: goods set aside until somebody orders them
    merchant_id @i64 NOT NULL,
    cart_id @i64 NOT NULL,
    reference @text NOT NULL,        -- the shopper's session: one live cart each
    channel @i32 NOT NULL,
    state @i32 NOT NULL,             -- enum cart_state: live, ordered, expired, given_back, replaced
    order_id @i64,                   -- that it became
    expires_us @i64 NOT NULL,        -- the one clock of the hold
    created_us @i64 NOT NULL,
    owner_id @i64 NOT NULL DEFAULT 0, -- whose goods are set aside
    PRIMARY KEY (merchant_id, cart_id)
) @rowless;
CREATE UNIQUE INDEX cart_live ON cart (merchant_id, reference, owner_id) WHERE state = 0; -- cart_by_reference

CREATE TABLE cart_line (             -- units set aside at a site; the parts of kits, not the kits
    merchant_id @i64 NOT NULL,
    cart_id @i64 NOT NULL,
    product_id @i64 NOT NULL,
    site_id @i64 NOT NULL,
    quantity @i64 NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (merchant_id, cart_id, product_id, site_id)
) @rowless;

CREATE TABLE preorder (              -- sold before it is there, up to a cap
    merchant_id @i64 NOT NULL,
    product_id @i64 NOT NULL,
    cap @i64 NOT NULL CHECK (cap >= 0),
    taken @i64 NOT NULL CHECK (taken >= 0), -- the sum of preordered
    release_day @i64,
    PRIMARY KEY (merchant_id, product_id)
) @rowless;

CREATE TABLE preordered (            -- of a line: units sold before they were there
    merchant_id @i64 NOT NULL,
    order_id @i64 NOT NULL,
    line_no @i64 NOT NULL,
    product_id @i64 NOT NULL,
    quantity @i64 NOT NULL CHECK (quantity >= 0),
    PRIMARY KEY (merchant_id, order_id, line_no)
) @rowless;

CREATE TABLE channel_reserve (       -- units that a channel does not see: kept for the others
    merchant_id @i64 NOT NULL,
    product_id @i64 NOT NULL,
    site_id @i64 NOT NULL,
    channel @i32 NOT NULL,           -- enum channel
    units @i64 NOT NULL CHECK (units > 0),
    PRIMARY KEY (merchant_id, product_id, site_id, channel)
) @rowless;

CREATE TABLE site_load (             -- units sourced to a site of limited capacity, by day it leaves
    merchant_id @i64 NOT NULL,
    leave_day @i64 NOT NULL,
    site_id @i64 NOT NULL,
    units @i64 NOT NULL,
    PRIMARY KEY (merchant_id, leave_day, site_id)
) @rowless;

CREATE TABLE site_rejection (        -- a site gave an order's work back: it is not asked again soon
    merchant_id @i64 NOT NULL,
    order_id @i64 NOT NULL,
    site_id @i64 NOT NULL,
    fulfillment_id @i64 NOT NULL,
    reason @i32 NOT NULL,            -- enum reject_reason
    note @text,
    at_us @i64 NOT NULL,
    until_us @i64 NOT NULL,          -- asked again from then on
    actor_id @i64 NOT NULL,
    PRIMARY KEY (merchant_id, order_id, site_id)
) @rowless;

CREATE TABLE sourcing_decision (     -- which sites were considered for an order, and why not
    merchant_id @i64 NOT NULL,
    order_id @i64 NOT NULL,
    decision_id @i64 NOT NULL,
    cause @i32 NOT NULL,             -- enum sourcing_cause: placed, stock_came, rejected
    policy @i32 NOT NULL,
    units @i64 NOT NULL,             -- asked for
    short_of @i64 NOT NULL,          -- that no site could promise
    why @text NOT NULL,
    sites @text NOT NULL,            -- a line for each site (base/field.h)
    at_us @i64 NOT NULL,
    PRIMARY KEY (merchant_id, order_id, decision_id)
) @rowless;

-- ---- payments ----------------------------------------------------------------------------------

CREATE TABLE payment (               -- one per attempt to pay
    merchant_id @i64 NOT NULL,
    order_id @i64 NOT NULL,
    payment_id @i64 NOT NULL,
    method @i32 NOT NULL,            -- enum payment_method
    provider @text NOT NULL,
    token @text,                     -- the provider's handle of card or account; never a number
    currency @text NOT NULL,
    amount_minor @i64 NOT NULL CHECK (amount_minor >= 0),
    authorised_minor @i64 NOT NULL,
    captured_minor @i64 NOT NULL,
    refunded_minor @i64 NOT NULL,
    voided_minor @i64 NOT NULL,
    credit_id @i64,                  -- the gift card or store credit that it was taken from
    created_us @i64 NOT NULL,
    PRIMARY KEY (merchant_id, order_id, payment_id),
    CHECK (captured_minor >= 0 AND captured_minor + voided_minor <= authorised_minor),
    CHECK (refunded_minor >= 0 AND refunded_minor <= captured_minor)
) @rowless;

CREATE TABLE payment_intent (        -- committed before the call; the answer recorded after it
    merchant_id @i64 NOT NULL,
    intent_id @i64 NOT NULL,         -- also the once-key that the provider sees
    order_id @i64 NOT NULL,
    payment_id @i64 NOT NULL,
    kind @i32 NOT NULL,              -- enum intent_kind: authorise, capture, refund, void
    amount_minor @i64 NOT NULL CHECK (amount_minor > 0),
    purpose_id @i64 NOT NULL,        -- package, the intent itself, or 0: one intent per purpose
    refund_id @i64,                  -- the debt to the customer that it settles
    state @i32 NOT NULL,             -- enum intent_state: asked, done, failed, unknown
    provider_ref @text,
    reason @text,
    asked_us @i64 NOT NULL,
    answered_us @i64,
    PRIMARY KEY (merchant_id, intent_id)
) @rowless;
CREATE UNIQUE INDEX payment_intent_once ON payment_intent (merchant_id, payment_id, kind, purpose_id)
    WHERE state <> 2;                -- payments_of_order, and never two live ones for one purpose

CREATE TABLE money_policy (          -- a merchant without a row counts by the defaults
    merchant_id @i64 PRIMARY KEY,
    tolerance_minor @i64 NOT NULL CHECK (tolerance_minor >= 0),
    overpaid @i32 NOT NULL,          -- enum overpaid_policy: refund, credit, keep
    taxes @i32 NOT NULL,             -- enum tax_policy: given, added to prices, included in them
    tax_scope @i32 NOT NULL,         -- rounded per line, or per order and rate
    tax_rounding @i32 NOT NULL,      -- half_up, half_even, cash_step
    shipping_class @text,            -- tax class of shipping
    invoicing @i32 NOT NULL,         -- enum invoicing: issued, none
    invoice_series @text,            -- what stands before their numbers; absent: INV, CN
    credit_series @text,
    tax_number @text                 -- the merchant's own, as it stands on invoices
);

CREATE TABLE invoice_series (        -- the last number given; taken in the unit that uses it
    merchant_id @i64 NOT NULL,
    series @text NOT NULL,
    last_number @i64 NOT NULL CHECK (last_number > 0),
    last_day @i64 NOT NULL,          -- a later number is never of an earlier day
    PRIMARY KEY (merchant_id, series)
) @rowless;

CREATE TABLE invoice (               -- written once and never changed; a credit note takes back
    merchant_id @i64 NOT NULL,
    invoice_id @i64 NOT NULL,
    order_id @i64 NOT NULL,
    kind @i32 NOT NULL,              -- enum invoice_kind: invoice, credit_note
    series @text NOT NULL,
    number @i64 NOT NULL CHECK (number > 0),
    issued_day @i64 NOT NULL,
    package_id @i64,                 -- whose goods it is for; NULL: what no parcel brought
    refund_id @i64,                  -- that it credits; NULL: the order itself became cheaper
    about_id @i64,                   -- of a credit note: the newest invoice that it is about
    bill_to_id @i64 NOT NULL,
    seller @text NOT NULL,           -- name, street and tax number as they were, a line each
    seller_country @text NOT NULL,   -- so the document is drawn from its own rows, whenever
    currency @text NOT NULL,
    net_minor @i64 NOT NULL,
    tax_minor @i64 NOT NULL,
    total_minor @i64 NOT NULL CHECK (total_minor > 0),
    tax_mode @i32 NOT NULL,          -- enum tax_policy, and the rounding rule of the order
    tax_scope @i32 NOT NULL,
    tax_rounding @i32 NOT NULL,
    issued_us @i64 NOT NULL,
    PRIMARY KEY (merchant_id, invoice_id),
    CHECK (total_minor = net_minor + tax_minor),
    CHECK (kind = 1 OR refund_id IS NULL)
) @rowless;
CREATE UNIQUE INDEX invoice_number ON invoice (merchant_id, series, number); -- a number is given once
CREATE INDEX invoice_of_order ON invoice (merchant_id, order_id);            -- invoices_of_orders
CREATE UNIQUE INDEX invoice_of_refund ON invoice (merchant_id, refund_id)
    WHERE refund_id IS NOT NULL;     -- a refund is credited once

CREATE TABLE invoice_line (
    merchant_id @i64 NOT NULL,
    invoice_id @i64 NOT NULL,
    line_no @i64 NOT NULL,           -- of the order; 0: shipping
    part_no @i64 NOT NULL,           -- the kit's part that bears the tax; else line_no
    name @text NOT NULL,
    sku @text,
    quantity @i64 NOT NULL,          -- 0: of a credit that is for no units
    rate_ppm @i64,                   -- NULL: the tax came with the order, or there is none
    tax_name @text,
    net_minor @i64 NOT NULL,
    tax_minor @i64 NOT NULL,
    PRIMARY KEY (merchant_id, invoice_id, line_no, part_no)
) @rowless;

CREATE TABLE tax_rate (              -- what a class of goods bears where, from a day on
    merchant_id @i64 NOT NULL,
    country @text NOT NULL,
    region @text NOT NULL,           -- code of state or province; '': the whole country
    tax_class @text NOT NULL,
    from_day @i64 NOT NULL,
    rate_ppm @i64 NOT NULL CHECK (rate_ppm >= 0 AND rate_ppm <= 2000000),
    name @text NOT NULL,             -- as it stands on invoices: VAT, Sales tax
    PRIMARY KEY (merchant_id, country, region, tax_class, from_day)
) @rowless;

CREATE TABLE order_tax (             -- what an order's lines bear, with the rule of its placement
    merchant_id @i64 NOT NULL,
    order_id @i64 NOT NULL,
    line_no @i64 NOT NULL,           -- whose price it is of; 0: shipping
    part_no @i64 NOT NULL,           -- the kit's part that bears it; else line_no
    tax_class @text NOT NULL,
    country @text NOT NULL,
    region @text NOT NULL,
    name @text,
    rate_ppm @i64,                   -- unknown of a tax that came with the order
    mode @i32 NOT NULL,              -- enum tax_policy: given, added, included
    scope @i32 NOT NULL,
    rounding @i32 NOT NULL,
    net_minor @i64 NOT NULL,         -- without the tax
    tax_minor @i64 NOT NULL,
    PRIMARY KEY (merchant_id, order_id, line_no, part_no)
) @rowless;

CREATE TABLE refund (                -- what we owe a customer back, until it is done
    merchant_id @i64 NOT NULL,
    refund_id @i64 NOT NULL,
    order_id @i64 NOT NULL,
    purpose_id @i64 NOT NULL,        -- case, return, change, or the refund itself: owed once
    cause @i32 NOT NULL,             -- enum refund_cause
    target @i32 NOT NULL,            -- enum refund_target: source, store_credit, by_hand
    state @i32 NOT NULL,             -- enum refund_state
    amount_minor @i64 NOT NULL CHECK (amount_minor > 0),
    credit_minor @i64 NOT NULL,      -- of it what lowers the order's worth; the rest was paid too much
    done_minor @i64 NOT NULL,        -- given back: the finished intents with this refund
    set_off_minor @i64 NOT NULL,     -- not asked for, where the customer had not paid yet
    attempts @i64 NOT NULL,
    note @text,
    reason @text,                    -- why the last attempt failed
    owner_id @i64 NOT NULL,          -- who has to see to it; 0 is the system
    owed_us @i64 NOT NULL,
    ended_us @i64,
    PRIMARY KEY (merchant_id, refund_id),
    CHECK (credit_minor >= 0 AND credit_minor <= amount_minor),
    CHECK (done_minor >= 0 AND set_off_minor >= 0 AND done_minor + set_off_minor <= amount_minor)
) @rowless;
CREATE UNIQUE INDEX refund_once ON refund (merchant_id, order_id, purpose_id); -- refunds_of_orders
CREATE INDEX refund_open ON refund (merchant_id, refund_id) WHERE ended_us IS NULL; -- refund_list_open

CREATE TABLE money_entry (           -- every cent is somewhere: from an account to an account
    merchant_id @i64 NOT NULL,
    entry_id @i64 NOT NULL,
    order_id @i64,                   -- NULL with payment: a gift card or store credit alone
    payment_id @i64,
    intent_id @i64,
    credit_id @i64,                  -- whose claim on us, where one side is store_credit
    from_account @i32 NOT NULL,      -- enum account
    to_account @i32 NOT NULL,
    amount_minor @i64 NOT NULL CHECK (amount_minor > 0),
    currency @text NOT NULL,
    at_us @i64 NOT NULL,
    actor_id @i64 NOT NULL,
    command_id @i64 NOT NULL,
    PRIMARY KEY (merchant_id, entry_id)
) @rowless;
CREATE INDEX money_entry_of_order ON money_entry (merchant_id, order_id)
    WHERE order_id IS NOT NULL;      -- money_entries_of
CREATE INDEX money_entry_of_credit ON money_entry (merchant_id, credit_id)
    WHERE credit_id IS NOT NULL;     -- money_entries_of_credit

CREATE TABLE credit (                -- a claim on us that is spent like money
    merchant_id @i64 NOT NULL,
    credit_id @i64 NOT NULL,
    kind @i32 NOT NULL,              -- enum credit_kind: gift_card, store_credit
    code_hash @text,                 -- of a gift card; the code itself is shown once and not kept
    code_end @text,                  -- its last four characters, for people
    customer_id @i64,
    email @text,                     -- of a guest's store credit
    currency @text NOT NULL,
    balance_minor @i64 NOT NULL CHECK (balance_minor >= 0), -- minus the sum of its entries
    expires_day @i64,                -- the last day it can be spent
    note @text,
    created_us @i64 NOT NULL,
    owner_id @i64 NOT NULL DEFAULT 0, -- whose guest's
    PRIMARY KEY (merchant_id, credit_id)
) @rowless;
CREATE UNIQUE INDEX credit_code ON credit (merchant_id, code_hash)
    WHERE code_hash IS NOT NULL;     -- credit_by_code
CREATE UNIQUE INDEX credit_of_customer ON credit (merchant_id, customer_id, currency)
    WHERE kind = 1 AND customer_id IS NOT NULL; -- credit_by_customer
CREATE UNIQUE INDEX credit_of_email ON credit (merchant_id, email, currency, owner_id)
    WHERE kind = 1 AND customer_id IS NULL AND email IS NOT NULL; -- credit_by_email

-- ---- work --------------------------------------------------------------------------------------

CREATE TABLE fulfillment (           -- the work for one order at one site
    merchant_id @i64 NOT NULL,
    fulfillment_id @i64 NOT NULL,    -- also the place of its tote
    order_id @i64 NOT NULL,
    site_id @i64 NOT NULL,
    ship_to_id @i64 NOT NULL,
    method @i32 NOT NULL,
    state @i32 NOT NULL,             -- enum fulfillment_state
    version @i64 NOT NULL,           -- rises with hold, cancel, address change: scans must match
    wave_id @i64,
    due_us @i64 NOT NULL,            -- has to leave by
    promised_day @i64,
    tote @text,                      -- the code on the tote, while its goods may lie in one
    units @i64 NOT NULL,
    picked @i64 NOT NULL,
    packed @i64 NOT NULL,
    tasks_open @i64 NOT NULL CHECK (tasks_open >= 0), -- picks not done yet
    services_open @i64 NOT NULL CHECK (services_open >= 0), -- wrap, engrave, assemble not done yet
    created_us @i64 NOT NULL,
    PRIMARY KEY (merchant_id, fulfillment_id),
    CHECK (picked >= 0 AND packed >= 0 AND packed <= picked AND picked <= units)
) @rowless;
CREATE INDEX fulfillment_of_order ON fulfillment (merchant_id, order_id); -- fulfillments_of_order
CREATE INDEX fulfillment_open ON fulfillment (merchant_id, site_id, state, due_us)
    WHERE state < 7;                 -- fulfillment_list: what a site has to do
CREATE UNIQUE INDEX fulfillment_tote ON fulfillment (merchant_id, site_id, tote)
    WHERE tote IS NOT NULL;          -- fulfillment_by_tote: a tote holds the goods of one order
CREATE INDEX fulfillment_of_wave ON fulfillment (merchant_id, wave_id) WHERE wave_id IS NOT NULL; -- wave_tasks

CREATE TABLE fulfillment_line (
    merchant_id @i64 NOT NULL,
    fulfillment_id @i64 NOT NULL,
    line_no @i64 NOT NULL,
    product_id @i64 NOT NULL,
    quantity @i64 NOT NULL CHECK (quantity >= 0),
    picked @i64 NOT NULL,
    packed @i64 NOT NULL,
    PRIMARY KEY (merchant_id, fulfillment_id, line_no),
    CHECK (packed >= 0 AND packed <= picked AND picked <= quantity)
) @rowless;

CREATE TABLE task (
    merchant_id @i64 NOT NULL,
    fulfillment_id @i64 NOT NULL,
    task_id @i64 NOT NULL,
    site_id @i64 NOT NULL,
    kind @i32 NOT NULL,              -- enum task_kind
    state @i32 NOT NULL,             -- enum task_state
    line_no @i64 NOT NULL,
    product_id @i64,
    place_id @i64,                   -- the bin to go to
    lot @text NOT NULL,
    quantity @i64 NOT NULL,
    done @i64 NOT NULL,
    walk @i64 NOT NULL,              -- place in the walking order of the wave
    wording @text,                   -- gift message, engraving
    worker_id @i64,                  -- who has the lease
    lease_until_us @i64,
    reason @i32,                     -- of a short pick or refusal
    done_us @i64,
    PRIMARY KEY (merchant_id, fulfillment_id, task_id),
    CHECK (done >= 0 AND done <= quantity)
) @rowless;

CREATE TABLE wave (
    merchant_id @i64 NOT NULL,
    wave_id @i64 NOT NULL,
    site_id @i64 NOT NULL,
    number @i64 NOT NULL,
    method @i32,
    due_us @i64,
    worker_id @i64,
    created_us @i64 NOT NULL,
    PRIMARY KEY (merchant_id, wave_id)
) @rowless;

-- ---- packages ----------------------------------------------------------------------------------

CREATE TABLE package (
    merchant_id @i64 NOT NULL,
    package_id @i64 NOT NULL,        -- also a place
    fulfillment_id @i64 NOT NULL,
    order_id @i64 NOT NULL,
    site_id @i64 NOT NULL,
    state @i32 NOT NULL,             -- enum package_state
    number @i32 NOT NULL,            -- 1, 2, ... of the fulfillment
    carton_id @i64,
    sscc @text,
    length_mm @i64 NOT NULL,
    width_mm @i64 NOT NULL,
    height_mm @i64 NOT NULL,
    expected_g @i64 NOT NULL,
    weight_g @i64,                   -- measured
    manifest_id @i64,
    packer_id @i64,
    status @i32 NOT NULL,            -- enum tracking_status: where the carrier has it
    sealed_us @i64,
    handed_over_us @i64,
    delivered_us @i64,
    inside_id @i64,                  -- the package that it lies in; that one bears the label
    inside_count @i64 NOT NULL CHECK (inside_count >= 0), -- packages that lie in this one
    PRIMARY KEY (merchant_id, package_id),
    CHECK (inside_id IS NULL OR inside_count = 0) -- what lies inside holds nothing itself
) @rowless;
CREATE INDEX package_of_order ON package (merchant_id, order_id);             -- packages_of_order
CREATE INDEX package_open ON package (merchant_id, site_id, state) WHERE state < 3; -- package_list
CREATE INDEX package_of_manifest ON package (merchant_id, manifest_id)
    WHERE manifest_id IS NOT NULL;   -- packages_of_manifest
CREATE INDEX package_inside ON package (merchant_id, inside_id)
    WHERE inside_id IS NOT NULL;     -- packages_inside
CREATE UNIQUE INDEX package_sscc ON package (merchant_id, sscc) WHERE sscc IS NOT NULL; -- package_by_sscc

CREATE TABLE package_line (
    merchant_id @i64 NOT NULL,
    package_id @i64 NOT NULL,
    line_no @i64 NOT NULL,
    product_id @i64 NOT NULL,
    quantity @i64 NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (merchant_id, package_id, line_no)
) @rowless;

CREATE TABLE label (
    merchant_id @i64 NOT NULL,
    package_id @i64 NOT NULL,
    label_id @i64 NOT NULL,          -- also the once-key that the carrier sees
    state @i32 NOT NULL,             -- enum label_state
    carrier @text NOT NULL,
    service @text NOT NULL,
    tracking_number @text,
    cost_minor @i64 NOT NULL,
    currency @text NOT NULL,
    promised_day @i64,
    reason @text,
    asked_us @i64 NOT NULL,
    bought_us @i64,
    ship_to_id @i64,                 -- the address it was bought for; NULL: of a return, it comes to us
    PRIMARY KEY (merchant_id, package_id, label_id)
) @rowless;
CREATE UNIQUE INDEX label_tracking ON label (merchant_id, tracking_number)
    WHERE tracking_number IS NOT NULL; -- package_by_tracking_number
CREATE UNIQUE INDEX label_live ON label (merchant_id, package_id)
    WHERE state < 4;                 -- never two live labels for one package

CREATE TABLE manifest (
    merchant_id @i64 NOT NULL,
    manifest_id @i64 NOT NULL,
    site_id @i64 NOT NULL,
    carrier @text NOT NULL,
    number @i64 NOT NULL,
    created_us @i64 NOT NULL,
    closed_us @i64,
    PRIMARY KEY (merchant_id, manifest_id)
) @rowless;

CREATE TABLE tracking_event (        -- what the carrier said; the key makes repeats harmless
    merchant_id @i64 NOT NULL,
    package_id @i64 NOT NULL,
    occurred_us @i64 NOT NULL,
    status @i32 NOT NULL,            -- enum tracking_status
    code @text NOT NULL,
    place @text,
    detail @text,
    recorded_us @i64 NOT NULL,
    PRIMARY KEY (merchant_id, package_id, occurred_us, status, code)
) @rowless;

CREATE TABLE delivery_attempt (
    merchant_id @i64 NOT NULL,
    package_id @i64 NOT NULL,
    attempt_id @i64 NOT NULL,
    outcome @i32 NOT NULL,           -- enum attempt_outcome
    reason @i32,                     -- enum attempt_reason
    note @text,
    at_us @i64 NOT NULL,
    PRIMARY KEY (merchant_id, package_id, attempt_id)
) @rowless;

CREATE TABLE proof (                 -- of delivery
    merchant_id @i64 NOT NULL,
    package_id @i64 NOT NULL,
    proof_id @i64 NOT NULL,
    name @text,
    signature @text,                 -- drawing as an SVG path
    photo @bytes,
    pin_ok @i32,
    age_checked @i32,
    latitude_e7 @i64,
    longitude_e7 @i64,
    at_us @i64 NOT NULL,
    PRIMARY KEY (merchant_id, package_id, proof_id)
) @rowless;

-- ---- completion --------------------------------------------------------------------------------

CREATE TABLE message (               -- a mail or text to a customer, once per event and recipient
    merchant_id @i64 NOT NULL,
    message_id @i64 NOT NULL,
    order_id @i64 NOT NULL,
    template @i32 NOT NULL,          -- enum message_template
    recipient @text NOT NULL,
    cause @i64 NOT NULL,             -- position of the event that caused it
    package_id @i64,
    state @i32 NOT NULL,             -- enum message_state: waiting, sent, failed, unknown
    reason @text,
    created_us @i64 NOT NULL,
    sent_us @i64,
    PRIMARY KEY (merchant_id, message_id)
) @rowless;
CREATE UNIQUE INDEX message_once ON message (merchant_id, order_id, template, cause, recipient); -- messages_of_order

CREATE TABLE feedback (              -- once per order
    merchant_id @i64 NOT NULL,
    order_id @i64 NOT NULL,
    score @i32 NOT NULL CHECK (score >= 0 AND score <= 10),
    words @text,
    at_us @i64 NOT NULL,
    PRIMARY KEY (merchant_id, order_id)
) @rowless;

CREATE TABLE care_case (             -- a customer's concern
    merchant_id @i64 NOT NULL,
    order_id @i64 NOT NULL,
    case_id @i64 NOT NULL,
    kind @i32 NOT NULL,              -- enum case_kind
    words @text NOT NULL,
    owner_id @i64 NOT NULL,
    opened_us @i64 NOT NULL,
    due_us @i64 NOT NULL,
    resolution @i32,                 -- enum case_resolution; NULL while open
    answer @text,
    refund_minor @i64,
    reship_order_id @i64,
    return_id @i64,
    resolved_us @i64,
    resolved_by @i64,
    package_id @i64,                 -- whose silence opened it
    PRIMARY KEY (merchant_id, order_id, case_id)
) @rowless;
CREATE INDEX care_case_open ON care_case (merchant_id, due_us) WHERE resolution IS NULL; -- case_list

CREATE TABLE order_return (          -- goods of one order that are asked back, or came back
    merchant_id @i64 NOT NULL,
    return_id @i64 NOT NULL,
    order_id @i64 NOT NULL,
    case_id @i64,                    -- the concern that asked for it
    package_id @i64,                 -- the parcel that came back undelivered
    site_id @i64,                    -- where it is to go; it may arrive elsewhere
    reason @i32 NOT NULL,            -- enum return_reason
    note @text,
    answer @text,                    -- what the customer was told with yes or no
    fee_minor @i64 NOT NULL CHECK (fee_minor >= 0), -- to be kept of its refunds
    created_us @i64 NOT NULL,
    settled_us @i64,                 -- every line has ended
    at_door_us @i64,                 -- its carrier brought it, and nobody has counted it by that
    PRIMARY KEY (merchant_id, return_id)
) @rowless;
CREATE INDEX order_return_of_order ON order_return (merchant_id, order_id); -- returns_of_orders
CREATE INDEX order_return_open ON order_return (merchant_id, return_id)
    WHERE settled_us IS NULL;        -- return_list_open
CREATE UNIQUE INDEX order_return_parcel ON order_return (merchant_id, package_id)
    WHERE package_id IS NOT NULL;    -- a parcel comes back once

CREATE TABLE return_line (           -- counters are the sums of return_fact and return_end
    merchant_id @i64 NOT NULL,
    return_id @i64 NOT NULL,
    line_no @i64 NOT NULL,
    product_id @i64 NOT NULL,
    quantity @i64 NOT NULL CHECK (quantity > 0),
    state @i32 NOT NULL,             -- enum return_state
    credit_minor @i64,               -- what it is worth by another system's credit note
    received @i64 NOT NULL,
    waiting @i64 NOT NULL,           -- nobody decided on them yet
    quarantined @i64 NOT NULL,
    repairing @i64 NOT NULL,
    restocked @i64 NOT NULL,
    scrapped @i64 NOT NULL,
    sent_back @i64 NOT NULL,
    ended @i64 NOT NULL,             -- units that the customer has an answer for
    refund_minor @i64 NOT NULL,
    PRIMARY KEY (merchant_id, return_id, line_no),
    CHECK (received >= 0 AND received <= quantity AND ended >= 0 AND ended <= quantity),
    CHECK (waiting >= 0 AND quarantined >= 0 AND repairing >= 0 AND restocked >= 0 AND scrapped >= 0
           AND sent_back >= 0
           AND waiting + quarantined + repairing + restocked + scrapped + sent_back = received)
) @rowless;
CREATE INDEX return_line_here ON return_line (merchant_id, return_id)
    WHERE waiting + quarantined + repairing > 0; -- return_list_open: goods that nobody has decided on

CREATE TABLE return_fact (           -- the way of returned units, step by step; nothing is final
    merchant_id @i64 NOT NULL,
    return_id @i64 NOT NULL,
    fact_id @i64 NOT NULL,
    line_no @i64 NOT NULL,
    quantity @i64 NOT NULL CHECK (quantity > 0),
    from_heap @i32 NOT NULL,         -- enum return_heap
    to_heap @i32 NOT NULL,
    site_id @i64 NOT NULL,
    from_place @i64 NOT NULL,        -- bin or counter-cell
    to_place @i64 NOT NULL,
    lot @text NOT NULL,
    seen @i32,                       -- enum return_seen: what it looked like when it came
    note @text,
    at_us @i64 NOT NULL,
    actor_id @i64 NOT NULL,
    PRIMARY KEY (merchant_id, return_id, fact_id)
) @rowless;

CREATE TABLE return_end (            -- what the customer got for some units of a line
    merchant_id @i64 NOT NULL,
    return_id @i64 NOT NULL,
    end_id @i64 NOT NULL,            -- also the purpose of its refund
    line_no @i64 NOT NULL,
    quantity @i64 NOT NULL CHECK (quantity > 0),
    kind @i32 NOT NULL,              -- enum return_resolution
    refund_minor @i64 NOT NULL CHECK (refund_minor >= 0),
    fee_minor @i64 NOT NULL CHECK (fee_minor >= 0),
    order_id @i64,                   -- the exchange or replacement
    note @text,
    at_us @i64 NOT NULL,
    actor_id @i64 NOT NULL,
    PRIMARY KEY (merchant_id, return_id, end_id)
) @rowless;

CREATE TABLE return_rule (           -- what may come back, how long, and what it costs
    merchant_id @i64 NOT NULL,
    product_id @i64 NOT NULL,        -- 0: whatever has no rule of its own
    is_returnable @i32 NOT NULL,
    days @i64 NOT NULL CHECK (days >= 0),
    fee_minor @i64 NOT NULL CHECK (fee_minor >= 0), -- of a return
    fee_bp @i64 NOT NULL CHECK (fee_bp >= 0 AND fee_bp <= 10000), -- of the goods' worth
    is_credited @i32 NOT NULL,       -- the refund is store credit
    PRIMARY KEY (merchant_id, product_id)
) @rowless;

CREATE TABLE claim (                 -- what a carrier owes for a parcel it lost or broke
    merchant_id @i64 NOT NULL,
    claim_id @i64 NOT NULL,
    order_id @i64 NOT NULL,
    package_id @i64 NOT NULL,
    kind @i32 NOT NULL,              -- enum claim_kind
    state @i32 NOT NULL,             -- enum claim_state
    carrier @text NOT NULL,
    tracking_number @text,
    amount_minor @i64 NOT NULL CHECK (amount_minor >= 0),
    paid_minor @i64 NOT NULL CHECK (paid_minor >= 0),
    currency @text NOT NULL,
    reference @text,                 -- the carrier's own
    note @text,
    opened_us @i64 NOT NULL,
    filed_us @i64,
    ended_us @i64,
    PRIMARY KEY (merchant_id, claim_id)
) @rowless;
CREATE UNIQUE INDEX claim_live ON claim (merchant_id, package_id) WHERE ended_us IS NULL; -- never two
CREATE INDEX claim_of_order ON claim (merchant_id, order_id); -- claims_of_orders
CREATE INDEX claim_open ON claim (merchant_id, claim_id) WHERE ended_us IS NULL; -- claim_list_open
