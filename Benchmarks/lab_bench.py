#!/usr/bin/env python3
"""Measures the fault lab: a lab that is slower than its clients measures itself.

Everything happens on this machine, over loopback. Results go to standard output, one JSON object a line, for EngineBench's
table.

    lab_bench.py WEIR BUILD [--quick]    BUILD: the folder of LabProbe and StreamServer
"""

import json
import os
import resource
import select
import subprocess
import sys
import tempfile

from process_bench import Skipped, environment, row
from streams_bench import Server, program

# What is asked for.
DELTAS = 500_000  # a second of one core
LATE_MS = 10.0  # the 99th percentile of 2,000 streams at 50 tokens a second
STREAMS, RATE = 2000, 50
# Of all tokens so many come when all streams have begun; a lab that is too slow to begin them is late, too.
BEGUN = 0.5

SCENARIO = 'description = "Even"\njitter = 0\nrequests_per_minute = 1000000\ntokens_per_minute = 1000000000\n'


class Lab:
    """`weir lab`, until it is interrupted."""

    def __init__(self, weir, home, pace):
        scenario = os.path.join(home, "even.toml")
        with open(scenario, "w", encoding="utf-8") as file:
            file.write(SCENARIO)
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        self.process = subprocess.Popen(
            [weir, "lab", "--port", "0", "--quiet", "--pace", str(pace), "--scenario", scenario],
            env=environment(home), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard)))
        if not select.select([self.process.stdout], [], [], 30)[0]:
            self.__exit__()
            raise Skipped("weir lab did not start within 30 s")
        # weir lab: http://127.0.0.1:40000 · scenario …
        self.port = int(self.process.stdout.readline().decode().split(" ")[2].rsplit(":", 1)[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()



def processor(process):
    """Seconds of processor that it took so far."""
    with open(f"/proc/{process.pid}/stat", encoding="utf-8") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def probe(build, *arguments):
    done = subprocess.run(
        [program(build, "LabProbe"), *map(str, arguments)], capture_output=True, timeout=300, check=False)
    if done.returncode != 0:
        raise Skipped(done.stderr.decode().strip() or f"LabProbe ended with {done.returncode}")
    return [float(number) for number in done.stdout.split()]


def unthrottled(weir, build, home, quick):
    what = "weir lab: deltas a second of one core, unthrottled"
    tokens = 300_000 if quick else 1_000_000
    best = 0.0
    with Lab(weir, home, 0) as lab:
        for _ in range(2 if quick else 5):
            before = processor(lab.process)
            deltas, _ = probe(build, "drain", lab.port, tokens)
            best = max(best, deltas / max(processor(lab.process) - before, 0.01))
    return row(what, f"{best / 1000:,.0f} k/s", bound=f">= {DELTAS / 1000:,.0f} k/s", ok=best >= DELTAS)


def paced(weir, build, home, quick):
    what = f"weir lab: {STREAMS} streams at {RATE} tokens/s, how late tokens are"
    tokens = RATE * (6 if quick else 20)
    with Lab(weir, home, RATE) as lab:
        before = processor(lab.process)
        median, late, latest, begun = probe(build, "pace", lab.port, STREAMS, RATE, tokens)
        ours = processor(lab.process) - before
    # A server in C that has nothing to think about: what the kernel takes for so many small writes.
    with Server(build, "--deltas", tokens, "--rate", RATE, "--gate", STREAMS) as server:
        before = processor(server.process)
        probe(build, "pace", server.address.rsplit(":", 1)[1], STREAMS, RATE, tokens)
        floor = processor(server.process) - before

    def each(seconds):
        return f"{seconds / (STREAMS * tokens) * 1e6:.1f} µs a token"

    if begun < BEGUN:
        what += f" (only {begun:.0%} of them: streams began late)"
    return row(
        what, f"p50 {median:.1f}, p99 {late:.1f}, at most {latest:.0f} ms; {each(ours)}",
        f"a server in C {each(floor)}", f"× {ours / floor:.2f} of the processor", f"p99 <= {LATE_MS:g} ms", late <= LATE_MS and begun >= BEGUN)


def main():
    weir, build, quick = sys.argv[1], sys.argv[2], "--quick" in sys.argv
    with tempfile.TemporaryDirectory() as home:
        for measure in (unthrottled, paced):
            try:
                result = measure(weir, build, home, quick)
            except (Skipped, OSError, ValueError, IndexError, subprocess.TimeoutExpired) as reason:
                result = row(f"weir lab: {measure.__name__}", skipped=str(reason))
            print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
