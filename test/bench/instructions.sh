#!/bin/sh
# What an order takes over HTTP, counted and not timed: it may not grow unseen. The limit is what it
# took when this was written, about 355,000 (more or less by how requests happen to meet), and 10 %. docs/operations/speed.md.
set -u
cd "$(dirname "$0")/../.."
limit=390000
folder=$(mktemp -d /tmp/waybill-count-XXXXXX)
trap 'rm -rf "$folder"' EXIT
if ! command -v valgrind >/dev/null; then
    echo "skipped instructions.sh: valgrind is not installed" >&2
    exit 0
fi
counted=$(build/waybill bench --quick --only instructions.order --dir "$folder" --json |
    sed -n 's/.*"instructions.order":\([0-9]*\).*/\1/p')
name="bench.an_order_over_http_takes_at_most_$((limit / 1000))_thousand_instructions"
if [ "${counted:-0}" -gt 0 ] && [ "$counted" -le "$limit" ]; then
    echo "ok $name"
else
    echo "FAILED $name (it takes ${counted:-unknown})"
fi
