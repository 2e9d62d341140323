# Packs the pages' templates and assets into a C table: awk -f embed.awk FILE...
# Text files only; larger binary assets would go by .incbin.
function quote(s) { gsub(/\\/, "\\\\", s); gsub(/"/, "\\\"", s); gsub(/\?/, "\\?", s); return "\"" s "\\n\"" }
BEGIN { print "/* Made by tools/embed.awk. */\n#include \"base/asset.h\"\n\nconst struct asset assets[] = {" }
FNR == 1 {
    if (n++) print "    )},"
    name = FILENAME; sub(/.*\//, "", name)
    printf "    {\"%s\", T(\n", name
}
{ print "    " quote($0) }
END { if (n) print "    )},"; print "    {NULL, {NULL, 0}}};" }
