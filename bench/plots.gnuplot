# gnuplot -c bench/plots.gnuplot FOLDER: draws FOLDER/*.tsv beside them.
folder = ARG1
set terminal svg size 720,400 dynamic background rgb "white" font "sans-serif,13"
set grid ytics lc rgb "#dddddd"
set border 3 lc rgb "#666666"
set tics nomirror
set key top left reverse Left
blue = "#1f5fa8"; grey = "#8a8a8a"; red = "#b5402d"
has(name) = int(system("test -s ".folder."/".name.".tsv && echo 1 || echo 0"))

if (has("clients")) {
    set output folder."/clients.svg"
    set title "Durable orders over HTTP, and the same front before a raw log"
    set logscale x 2
    set xlabel "clients that each wait for their answer"
    set ylabel "answers a second"
    set yrange [0:*]
    set xtics (1, 8, 64, 256, 512)
    plot folder."/clients.tsv" using 1:3 with linespoints lw 2 pt 7 lc rgb grey title "raw log (floor)", \
         "" using 1:2 with linespoints lw 2 pt 7 lc rgb blue title "orders"
    unset logscale x
    set xtics auto
}

if (has("latency")) {
    set output folder."/latency.svg"
    set title "How long an answer takes"
    set xlabel "of all requests, percent"
    set ylabel "milliseconds"
    set logscale y
    set yrange [*:*]
    # So that 90, 99 and 99.9 stand apart.
    nines(p) = -log10(1 - p / 100.0)
    set xtics ("1" nines(1), "50" nines(50), "75" nines(75), "90" nines(90), "95" nines(95), "99" nines(99), "99.9" nines(99.9))
    plot for [n in "1 64 512"] sprintf("< awk '$1 == %s' %s/latency.tsv", n, folder) \
             using (nines($2)):3 with linespoints lw 2 pt 7 title n." clients, orders", \
         for [n in "64 512"] sprintf("< awk '$1 == %s' %s/latency.tsv", n, folder) \
             using (nines($2)):4 with lines lw 1 dt 2 title n." clients, raw log"
    unset logscale y
    set xtics auto
}

if (has("size")) {
    set output folder."/size.svg"
    set title "What an order costs as the database grows"
    set xlabel "million orders in one SQLite file"
    set ylabel "CPU of an order, microseconds"
    set y2label "orders a second"
    set ytics nomirror
    set y2tics
    set yrange [0:*]
    set y2range [0:*]
    set key bottom right
    plot folder."/size.tsv" using ($1 / 1e6):3 with linespoints lw 2 pt 7 lc rgb red title "CPU of an order", \
         "" using ($1 / 1e6):2 axes x1y2 with linespoints lw 2 pt 7 lc rgb blue title "orders a second"
}
