# SPDX-License-Identifier: GPL-2.0-only
#
# mix.gnuplot: from the files `native.mix` and `l4.mix` in the current
# directory, lines `USERS JOBS-PER-MINUTE`, a graph in SVG on the output.
set terminal svg size 720,440 font "sans-serif,13" background "white"
set title "Job mix: throughput against load"
set xlabel "users"
set ylabel "jobs per minute of the machine's time"
set xrange [0:*]
set yrange [0:*]
set format y "%.0f"
set grid ytics linecolor rgb "#dddddd"
set key bottom right
set style data linespoints
plot "native.mix" title "Linux" linewidth 2 pointtype 7 pointsize 0.5 \
        linecolor rgb "#444444", \
    "l4.mix" title "L4Linux" linewidth 2 pointtype 5 pointsize 0.5 \
        linecolor rgb "#c04000"
