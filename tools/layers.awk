# Who may include whom: awk -f layers.awk layers.txt $(find src -name '*.[ch]')
# layers.txt: "stages: base store domain drivers"; "apart: domain stages" (siblings do not meet);
# "above: domain/audit" (this one may meet its siblings; none of them may meet it).
# A family's interface (drivers/x/x.h named in layers.txt's parent) is open to the layers that may
# include drivers; vendor files have no headers, so nothing else can be meant.
FILENAME == ARGV[1] {
    sub(":", "", $1)
    for (i = 2; i <= NF; i++) { may[$1, $i] = 1; if ($1 == "apart") apart[$i] = 1; if ($1 == "above") above[$i] = 1 }
    layer[$1] = 1; next
}
FNR == 1 { split(FILENAME, at, "/"); test = FILENAME ~ /_test\.c$/ }
/^#include "/ {
    split($2, quoted, "\""); n = split(quoted[2], to, "/")
    if (!(to[1] in layer) || test) next
    wrong = to[1] != at[2] ? !((at[2], to[1]) in may) : (at[2] in apart) && n > 2 && to[2] != at[3] && !((at[2] "/" at[3]) in above)
    if (wrong) { printf "%s:%d: may not include %s\n", FILENAME, FNR, quoted[2]; bad = 1 }
}
END { exit bad }
