#!/bin/sh
# Two hundred lives on SQLite, some on PostgreSQL, and through a link that breaks and races; each failing one is told by the line that lives it
# again. Says "ok NAME" or "FAILED NAME".
program=build/waybill
run() { # name arguments
    name=$1
    shift
    if "$program" simulate --processes "$(nproc)" "$@" 2>&1; then echo "ok $name"; else echo "FAILED $name"; fi
}
run simulate_sqlite --seeds 200 --days 1 --orders 8
[ -z "${WAYBILL_TEST_PG:-}" ] || run simulate_postgres --seeds 4 --days 1 --orders 8 --db "$WAYBILL_TEST_PG"
[ -z "${WAYBILL_TEST_PG:-}" ] || run simulate_link --seed 11 --seeds 2 --days 1 --orders 6 --db "$WAYBILL_TEST_PG" --link-faults 100
