# Packs src/store/migrations/NNNN_what.sql into a C table, in order of their numbers.
function quote(s) { gsub(/\\/, "\\\\", s); gsub(/"/, "\\\"", s); return "\"" s "\\n\"" }
BEGIN { print "/* Made by tools/migrations.awk. */\n#include \"store/migrate.h\"\n\nconst struct migration migrations[] = {" }
FNR == 1 {
    if (n++) print "},"
    name = FILENAME; sub(/.*\//, "", name); sub(/\.sql$/, "", name); number = substr(name, 1, 4) + 0
    if (number != n) { printf "%s: number %d expected\n", FILENAME, n > "/dev/stderr"; exit 1 }
    printf "    {%d, \"%s\",\n", number, name
}
{ print "    " quote($0) }
END { print "}};\nconst int migration_count = sizeof migrations / sizeof *migrations;" }
