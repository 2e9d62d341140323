#!/bin/sh
# Three nodes behind haproxy: killed, then replaced beneath a newer schema. Says "ok NAME", "FAILED
# NAME" or "skipped NAME".
if [ -z "${WAYBILL_TEST_PG:-}" ]; then
    echo "skipped cluster: WAYBILL_TEST_PG is not set"
    exit 0
fi
status=0
script/cluster --seconds 6 --every 2 --clients 4 2>&1 || status=$?
case $status in
0) echo "ok cluster" ;;
77) echo "skipped cluster: haproxy is not installed and cannot be" ;;
*)
    tail -n 3 build/cluster/*.err build/cluster/node*.log 2>/dev/null
    echo "FAILED cluster"
    ;;
esac
