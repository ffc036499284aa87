#!/usr/bin/env python3
"""Measures long replies and many replies at once, beside libcurl alone and beside other clients.

Everything but the installation of the other clients happens on this machine, over loopback. Results go to standard
output, one JSON object a line, for EngineBench's table.

    streams_bench.py WEIR BUILD [--quick]    BUILD: the folder of StreamServer, CurlFloor and ManyStreams
"""

import hashlib
import json
import os
import select
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from process_bench import PROMPT, Skipped, environment, row

DELTAS = 100_000
STREAMS = 1000
EACH = 500
RATE = 50  # tokens a second of each paced stream

# What is asked for.
ASK_RATIO = 5.0  # processor of `weir ask` to curl's, a reply of 100,000 deltas
SDK_RATIO = 20.0  # how much faster than either SDK
MANY_SECONDS = 0.5  # for 1,000 streams of 500 deltas
MANY_KIB = 64.0  # memory a stream
MANY_RATIO = 2.0  # processor a delta, among 1,000 streams to alone
LATE_MS = 5.0  # the 99th percentile of 1,000 streams at 50 tokens a second
PACED_RATIO = 1.3  # processor to libcurl's alone

HERE = os.path.dirname(os.path.abspath(__file__))
BODY = json.dumps({"model": "bench", "stream": True, "messages": [{"role": "user", "content": "Hello"}]})


class Server:
    """`StreamServer`, until its standard input is closed."""

    def __init__(self, build, *options):
        self.process = subprocess.Popen(
            [program(build, "StreamServer"), *map(str, options)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if not select.select([self.process.stdout], [], [], 30)[0]:
            self.__exit__()
            raise Skipped("StreamServer did not start within 30 s")
        self.address = self.process.stdout.readline().decode().strip()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.stdout.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def program(build, name):
    path = os.path.join(build, name)
    if not os.access(path, os.X_OK):
        raise Skipped(f"no {name} in {build}")
    return path


def measured(argv, env, output=subprocess.DEVNULL):
    """Seconds and seconds of processor (user and system) that a program takes to its end, and what it printed."""
    start = time.perf_counter()
    process = subprocess.Popen(argv, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.PIPE)
    printed = process.stdout.read() if output == subprocess.PIPE else b""
    complaint = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    taken = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    if process.stdout:
        process.stdout.close()
    if process.returncode != 0:
        words = complaint.decode(errors="replace").strip().split("\n")[-1]
        raise Skipped(f"{os.path.basename(argv[0])} ended with {process.returncode}: {words}")
    return taken, usage.ru_utime + usage.ru_stime, printed


def ms(seconds):
    return f"{seconds * 1e3:.0f} ms"


# ---------------------------------------------------------------------------------------------------------------------
# Other clients


def peers():
    """The Python of a virtual environment with the other clients in it, and their versions."""
    requirements = os.path.join(HERE, "peers", "requirements.txt")
    with open(requirements, "rb") as file:
        wanted = file.read()
    versions = dict(line.split("==") for line in wanted.decode().split("\n") if "==" in line)
    folder = os.path.join(HERE, ".build", "peers-" + hashlib.sha256(wanted).hexdigest()[:12])
    python = os.path.join(folder, "bin", "python")
    stamp = os.path.join(folder, "complete")
    if not os.path.exists(stamp):
        for argv in (
            [sys.executable, "-m", "venv", "--clear", folder],
            [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "1", "-r",
             requirements],
        ):
            done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, timeout=600, check=False)
            if done.returncode != 0:
                words = (done.stderr + done.stdout).decode(errors="replace").strip().split("\n")
                raise Skipped("the other clients could not be installed from PyPI: " + words[-1])
        with open(stamp, "wb"):
            pass
    return python, versions


# ---------------------------------------------------------------------------------------------------------------------
# A long reply


def ask(weir, provider, address):
    return [weir, "ask", "--quiet", "-p", provider, "--base-url", address, PROMPT]


def long_reply(weir, build, home, env, quick):
    what = f"weir ask: a reply of {DELTAS:,} deltas"
    curl = shutil.which("curl")
    if curl is None:
        return [row(what, skipped="no curl")]
    ours, floor, long_times = [], [], []
    with Server(build, "--deltas", DELTAS) as server:
        fetch = [curl, "-s", "-o", "/dev/null", "--data-binary", BODY, server.address + "/v1/messages"]
        text = measured(ask(weir, "lab", server.address), env, subprocess.PIPE)[2]
        if len(text) != 42 * DELTAS // 10:
            raise Skipped(f"weir ask printed {len(text)} bytes")
        for _ in range(5 if quick else 15):
            taken, used, _ = measured(ask(weir, "lab", server.address), env)
            ours.append(used)
            long_times.append(taken)
            floor.append(measured(fetch, env)[1])
    used, theirs = statistics.median(ours), statistics.median(floor)
    return [
        row(what + ", processor", ms(used), f"curl {ms(theirs)}", f"× {used / theirs:.1f}", f"≤ × {ASK_RATIO:.0f}",
            used / theirs <= ASK_RATIO),
        row(what + ", time", ms(statistics.median(long_times)), "", f"{DELTAS / statistics.median(long_times) / 1e6:.1f} M/s"),
    ]


def beside_clients(weir, build, home, env, quick):
    python, versions = peers()
    rows = []
    for name, dialect, provider in (
        ("anthropic", "anthropic", "lab"), ("openai", "openai", "llama.cpp"), ("httpx-sse", "anthropic", "lab"),
    ):
        what = f"weir ask: {DELTAS:,} deltas beside Python's {name} {versions[name]}"
        try:
            rows += beside(what, name, dialect, provider, weir, python, build, env, 1 if quick else 3)
        except Skipped as reason:
            rows.append(row(what, skipped=str(reason)))
    return rows


def beside(what, name, dialect, provider, weir, python, build, env, rounds):
    """By time and by processor time; the SDKs are bounded, httpx-sse only informs."""
    with Server(build, "--dialect", dialect, "--deltas", DELTAS) as server:
        base = server.address + ("/v1" if dialect == "openai" else "")
        client = [python, os.path.join(HERE, "peers", "peer.py"), name, base]
        ours, theirs = [], []
        for _ in range(rounds):
            theirs.append(measured(client, env, subprocess.PIPE))
            ours += [measured(ask(weir, provider, base), env, subprocess.PIPE) for _ in range(3)]
        if any(each[2] != ours[0][2] for each in ours + theirs):
            raise Skipped("the two printed different texts")
    (time, used), (their_time, they_used) = (
        [statistics.median(each[index] for each in results) for index in (0, 1)] for results in (ours, theirs))
    factor = their_time / time
    is_bound = name != "httpx-sse"
    return [row(
        what, f"{ms(time)} ({ms(used)} of processor)", f"{ms(their_time)} ({ms(they_used)})",
        f"{factor:.0f} × faster ({they_used / used:.0f} × by processor)",
        f"≥ {SDK_RATIO:.0f} × faster" if is_bound else "", factor >= SDK_RATIO if is_bound else None)]


# ---------------------------------------------------------------------------------------------------------------------
# Many replies at once


def alternating(build, home, env, rounds, server, streams, deltas, stamped):
    """Results of libcurl alone and of the engine, in turn."""
    body = os.path.join(home, "body.json")
    with open(body, "w", encoding="utf-8") as file:
        file.write(BODY)
    floor = [program(build, "CurlFloor"), server.address + "/v1/messages", str(streams), body]
    ours = [
        program(build, "ManyStreams"), server.address, str(streams), "anthropic", str(deltas),
        "stamped" if stamped else "plain",
    ]
    results = {"floor": [], "ours": []}
    for turn in range(rounds + 1):
        for name, argv in (("floor", floor), ("ours", ours)):
            result = json.loads(measured(argv, env, subprocess.PIPE)[2])
            if result["events"] < streams * deltas or result["failures"]:
                raise Skipped(f"{os.path.basename(argv[0])}: {result['failures']} streams failed")
            # The first turn fills the caches.
            if turn > 0:
                results[name].append(result)
    return results["floor"], results["ours"]


def median(results, key):
    return statistics.median(each[key] for each in results)


def at_once(weir, build, home, env, quick):
    what = f"{STREAMS:,} streams of {EACH} deltas at once"
    rounds = 3 if quick else 9
    total = STREAMS * EACH
    with Server(build, "--deltas", EACH, "--gate", STREAMS) as server:
        floor, ours = alternating(build, home, env, rounds, server, STREAMS, EACH, False)
    with Server(build, "--deltas", total) as server:
        _, alone = alternating(build, home, env, rounds, server, 1, total, False)
    if any(each["textBytes"] != total * 42 // 10 for each in ours + alone):
        raise Skipped("the text is not whole")
    seconds, kib = median(ours, "seconds"), median(ours, "bytesPerStream") / 1024
    each, single, theirs = (median(results, "processor") / total * 1e9 for results in (ours, alone, floor))
    return [
        row(what + ", no failure", f"{seconds:.2f} s", f"libcurl alone {median(floor, 'seconds'):.2f} s",
            f"× {seconds / median(floor, 'seconds'):.1f}", f"≤ {MANY_SECONDS} s", seconds <= MANY_SECONDS),
        row("of that, memory a stream", f"{kib:.0f} KiB",
            f"libcurl alone {median(floor, 'bytesPerStream') / 1024:.0f} KiB", "", f"≤ {MANY_KIB:.0f} KiB",
            kib <= MANY_KIB),
        row("of that, processor a delta", f"{each:.0f} ns", f"one stream {single:.0f} ns", f"× {each / single:.2f}",
            f"≤ × {MANY_RATIO:.0f}", each / single <= MANY_RATIO),
        row("of that, processor a delta, beside libcurl", f"{each:.0f} ns", f"libcurl alone {theirs:.0f} ns",
            f"× {each / theirs:.1f}"),
    ]


def paced(weir, build, home, env, quick):
    what = f"{STREAMS:,} streams at {RATE} tokens/s"
    deltas = RATE * (3 if quick else 10)
    with Server(build, "--deltas", deltas, "--rate", RATE, "--stamped", "--gate", STREAMS) as server:
        floor, ours = alternating(build, home, env, 2 if quick else 5, server, STREAMS, deltas, True)
    late = {key: statistics.median(each["late"][key] for each in ours) for key in ("p50", "p99", "max")}
    used, theirs = (median(results, "processor") / (STREAMS * deltas) * 1e6 for results in (ours, floor))
    return [
        row(what + ": lateness of text", f"p50 {late['p50']:.2f}, p99 {late['p99']:.2f}, worst {late['max']:.1f} ms", "",
            f"{late['p99'] / LATE_MS:.2f} of the bound", f"p99 ≤ {LATE_MS:.0f} ms", late["p99"] <= LATE_MS),
        row(what + ": processor a delta", f"{used:.2f} µs", f"libcurl alone {theirs:.2f} µs", f"× {used / theirs:.2f}",
            f"≤ × {PACED_RATIO}", used / theirs <= PACED_RATIO),
    ]


def main(arguments):
    if len(arguments) not in (2, 3) or not set(arguments[2:]) <= {"--quick"}:
        sys.exit(__doc__)
    weir, build = map(os.path.abspath, arguments[:2])
    quick = "--quick" in arguments
    measures = [
        ("weir ask: a long reply", long_reply), ("weir ask beside other clients", beside_clients),
        ("many streams at once", at_once), ("many streams, paced", paced),
    ]
    with tempfile.TemporaryDirectory(prefix="weir-bench-") as home:
        env = environment(home)
        for name, measure in measures:
            try:
                rows = measure(weir, build, home, env, quick)
            except (Skipped, OSError, subprocess.SubprocessError) as reason:
                rows = [row(name, skipped=" ".join(str(reason).split()))]
            for each in rows:
                print(json.dumps(each, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
