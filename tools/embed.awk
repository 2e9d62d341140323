# Packs the pages' templates and assets into a C table: awk -f embed.awk FILE...
# Text files only; larger binary assets would go by .incbin.
function quote(s) { gsub(/\\/, "\\\\", s); gsub(/"/, "\\\"", s); gsub(/\?/, "\\?", s); return "\"" s "\\n\"" }
BEGIN { print "/* Made by tools/embed.awk. */\n#include \"base/asset.h\"\n" }
FNR == 1 {
    if (n++) print "    ;"
    name[n] = FILENAME; sub(/.*\//, "", name[n])
    printf "static const char asset_%d[] =\n", n
}
{ print "    " quote($0) }
END {
    if (n) print "    ;"
    print "\nconst struct asset assets[] = {"
    for (i = 1; i <= n; i++) printf "    {\"%s\", {asset_%d, sizeof asset_%d - 1}},\n", name[i], i, i
    print "    {NULL, {NULL, 0}}};"
}
