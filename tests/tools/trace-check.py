#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""trace-check.py FILE: a timeline of the hello image is a JSON object of trace
events as Perfetto and chrome://tracing read them, and shows its calls: each is
a slice of the client's track, with an arrow to a slice of the server's."""
import json
import sys


def check(condition, text):
    if not condition:
        sys.exit("trace-check: " + text)


def inside(time, slices):
    """Whether a slice begins, ends or goes on there."""
    return any(s["ts"] - 0.002 <= time <= s["ts"] + s["dur"] + 0.002 for s in slices)


events = json.load(open(sys.argv[1], encoding="utf-8"))["traceEvents"]
names = {}
for event in events:
    check(event["ph"] in ("M", "X", "i", "s", "f"), f"unknown phase in {event}")
    check(isinstance(event["pid"], int) and isinstance(event["tid"], int), f"no track in {event}")
    check(event["ph"] == "M" or event["ts"] >= 0, f"no time in {event}")
    check(event["ph"] != "X" or event["dur"] >= 0, f"no length in {event}")
    if event["ph"] == "M":
        names[event["tid"]] = event["args"]["name"]

tracks = {}
for event in events:
    if event["ph"] == "X":
        tracks.setdefault(names[event["tid"]], []).append(event)
for name, slices in tracks.items():
    # As viewers add: an end that is late by a rounding crosses what follows.
    within = []
    for s in sorted(slices, key=lambda s: (s["ts"], -s["dur"])):
        end = s["ts"] + s["dur"]
        while within and within[-1] < s["ts"]:
            within.pop()
        check(not within or end < within[-1], f"a slice of {name} crosses another: {s}")
        within.append(end)
client = tracks["calc-client/calc-client"]
server = tracks["calc-server/calc-server"]
for op in ("add", "divide", "sum", "describe", "statistics"):
    check(any(s["name"] == "call calc." + op for s in client), f"the client does not call {op}")
    check(any(s["name"] == "serve calc." + op for s in server), f"the server does not serve {op}")
add = [s for s in client if s["name"] == "call calc.add"][0]
check(add["args"]["a"] == 40 and add["args"]["b"] == 2, "the arguments of add are wrong")

begins = {e["id"]: e for e in events if e["ph"] == "s"}
ends = {e["id"]: e for e in events if e["ph"] == "f"}
check(begins.keys() == ends.keys(), "an arrow has only one end")
there = back = 0
for key, begin in begins.items():
    end = ends[key]
    check(begin["ts"] <= end["ts"], "an arrow goes back in time")
    check(inside(begin["ts"], tracks[names[begin["tid"]]]), "an arrow begins nowhere")
    check(inside(end["ts"], tracks[names[end["tid"]]]), "an arrow ends nowhere")
    ways = (names[begin["tid"]], names[end["tid"]])
    there += ways == ("calc-client/calc-client", "calc-server/calc-server")
    back += ways == ("calc-server/calc-server", "calc-client/calc-client")
check(there >= 5 and back >= 5, f"{there} arrows to the server, {back} back")
