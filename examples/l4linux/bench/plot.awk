# SPDX-License-Identifier: GPL-2.0-only
#
# Lines `SERIES USERS RATE` become a graph in SVG: jobs per minute against the
# number of users.

function x(users) { return left + width * users / most_users }
function y(rate) { return top + height - height * rate / most_rate }

function text(at_x, at_y, anchor, what) {
    printf "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n", at_x,
        at_y, anchor, what
}

function line(x1, y1, x2, y2, color) {
    printf "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" " \
        "stroke=\"%s\"/>\n", x1, y1, x2, y2, color
}

# A round number not below a tenth of `most`.
function step(most,    unit) {
    unit = 1
    while (unit * 10 < most)
        unit *= 10
    return most / unit <= 2 ? unit / 5 : most / unit <= 5 ? unit / 2 : unit
}

{
    if (!($1 in points)) order[++series] = $1
    points[$1] = points[$1] " " $2 " " $3
    if ($2 > most_users) most_users = $2
    if ($3 > most_rate) most_rate = $3
}

END {
    left = 90; top = 30; width = 560; height = 340
    color["native"] = "#444444"; color["l4"] = "#c04000"
    label["native"] = "Linux"; label["l4"] = "L4Linux"
    most_rate *= 1.05
    print "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"700\" " \
        "height=\"440\" font-family=\"sans-serif\" font-size=\"13\">"
    print "<rect width=\"700\" height=\"440\" fill=\"white\"/>"
    for (rate = 0; rate <= most_rate; rate += step(most_rate)) {
        line(left, y(rate), left + width, y(rate), "#dddddd")
        text(left - 8, y(rate) + 4, "end", rate)
    }
    for (users = 0; users <= most_users; users += 4) {
        line(x(users), top + height, x(users), top + height + 5, "#444444")
        text(x(users), top + height + 20, "middle", users)
    }
    line(left, top, left, top + height, "#444444")
    line(left, top + height, left + width, top + height, "#444444")
    text(left + width / 2, top + height + 42, "middle", "users")
    text(left, top - 12, "start", "jobs per minute of the machine's time")
    for (i = 1; i <= series; i++) {
        name = order[i]
        n = split(points[name], p, " ")
        path = ""
        for (k = 1; k < n; k += 2) {
            path = path sprintf("%s%.1f %.1f", k == 1 ? "M" : "L", x(p[k]),
                y(p[k + 1]))
            printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>\n",
                x(p[k]), y(p[k + 1]), color[name]
        }
        printf "<path d=\"%s\" fill=\"none\" stroke=\"%s\" " \
            "stroke-width=\"2\"/>\n", path, color[name]
        printf "<g fill=\"%s\">", color[name]
        text(left + width - 10, y(most_rate) + 300 + 18 * i, "end", label[name])
        print "</g>"
    }
    print "</svg>"
}
