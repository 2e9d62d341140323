#!/bin/sh
# Real orders carried through all stages by the crew of `waybill run`, from one state and by one
# seed, on SQLite and on PostgreSQL: the same rows at the end. `waybill copy` makes the two states.
set -eu
waybill=$PWD/build/waybill
name=both_engines_carry_real_orders_to_the_same_end
[ -n "${WAYBILL_TEST_PG:-}" ] || { echo "skipped left.$name: WAYBILL_TEST_PG is not set"; exit 0; }
command -v psql >/dev/null || { echo "skipped left.$name: there is no psql"; exit 0; }
unset WAYBILL_DB WAYBILL_SERVER WAYBILL_KEY WAYBILL_MERCHANT WAYBILL_USER
work=$(mktemp -d)
schema=left_$$
psql -X -q "$WAYBILL_TEST_PG" -c "CREATE SCHEMA $schema" >/dev/null
trap 'psql -X -q "$WAYBILL_TEST_PG" -c "SET client_min_messages TO error; DROP SCHEMA $schema CASCADE"; rm -rf "$work"' EXIT
case $WAYBILL_TEST_PG in *\?*) joint='&' ;; *) joint='?' ;; esac
server="$WAYBILL_TEST_PG${joint}options=-csearch_path%3D$schema"

# A line for each table: name, rows, checksum. The counter holds how far the simulated clock is
# ahead of the system's, and the two do not end in the same microsecond.
tables() {
    "$waybill" copy --from "$1" --to "$2" --no-audit --quiet --json |
        sed 's/},{/}\n{/g' | sed -n 's/.*"name":"\([a-z_]*\)","rows":\([0-9]*\),.*"checksum":"\([0-9a-f]*\)".*/\1 \2 \3/p' |
        grep -v '^counter '
}
"$waybill" import orders examples/online-retail-cut.csv --map examples/online-retail.map --db "$work/file.db" --quiet >/dev/null
"$waybill" copy --from "$work/file.db" --to "$server" --quiet --no-audit >/dev/null
for database in "$work/file.db" "$server"; do
    "$waybill" run --db "$database" --seed 4 --quiet >/dev/null 2>&1
done
tables "$work/file.db" "$work/a.db" >"$work/a"
tables "$server" "$work/b.db" >"$work/b"
rows=$(awk '{n += $2} END {print n + 0}' "$work/a")
if cmp -s "$work/a" "$work/b" && [ "$rows" -gt 1000 ]; then
    echo "ok left.$name ($rows rows)"
else
    echo "FAILED left.$name ($rows rows): $(diff "$work/a" "$work/b" | awk '/^[<>]/ {print $2}' | sort -u | tr '\n' ' ')"
fi
