#!/usr/bin/env python3
"""Measures the dashboard under a load that a day of work does not have: long transcripts, fast replies, many at once.

Everything happens on this machine, over loopback and on pseudo-terminals. Results go to standard output, one JSON object a
line, for EngineBench's table.

    screen_bench.py WEIR [--quick]
"""

import fcntl
import json
import os
import random
import re
import select
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time

from process_bench import (
    COLUMNS, ROWS, Skipped, Terminal, environment, first_paint, memory, percentile, processor_time, row, switches)

# What is asked for.
PRINTING_RATIO = 3.0  # processor time to that of a program which only prints, at 100 tokens a second
TEXT_RATIO = 4.0  # bytes to the terminal to bytes of text
LAST_TOKEN_MS = 150.0
FRAMES = 60  # a second
ECHO_MS = (3.0, 10.0)  # p50 and p99
MEMORY_MB = 120.0
RESIZE_MS = 50.0
FRAME_LATE_MS = 33.0
LONG = 10_000_000  # bytes of a long transcript

# Between two frames that streams cause, as the dashboard plans it. What comes within a tenth of that belongs together.
PLANNED_MS = 80.0

# htop sleeps so long before its first frame, to have a processor's load to show: no work of its, and left out.
HTOP_SLEEP_MS = 75.0

# Letters for the echo, which the provider's words do not have.
KEYS = "QNOVW"
CONTROL = re.compile(rb"\x1b\[[0-9;?]*[a-zA-Z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\\\)|\x1b[()][A-Z0-9]")


class Provider:
    """`screen_server.py`, a process of its own."""

    def __init__(self):
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "screen_server.py")
        self.process = subprocess.Popen([sys.executable, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.address = self.line(10).strip()

    def line(self, patience):
        if not select.select([self.process.stdout], [], [], patience)[0]:
            raise Skipped("the provider said nothing")
        return self.process.stdout.readline().decode()

    def sent(self, patience=60):
        """When the last byte of a reply was handed to the system, in nanoseconds of the monotonic clock."""
        return int(self.line(patience).split()[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()


class Screen(Terminal):
    """The dashboard, and when its frames came."""

    def __init__(self, weir, provider, env, *more):
        self.frames = []
        super().__init__([weir, "--no-clock", "-p", "lab", "--base-url", provider.address, *more], env)
        self.settle(quiet=0.5, patience=15)

    def read(self, timeout):
        piece = super().read(timeout)
        if piece and (not self.frames or self.last - self.frames[-1] > PLANNED_MS * 1e5):
            self.frames.append(self.last)
        return piece

    def until(self, text, patience):
        """Reads until these bytes came. Returns when, in nanoseconds of the performance counter."""
        seen, deadline = b"", time.monotonic() + patience
        while time.monotonic() < deadline:
            piece = self.read(0.5)
            seen = seen[-len(text):] + piece
            if text in seen:
                return self.last
        raise Skipped(f"{text!r} did not come within {patience:.0f} s: {self.tail[-200:]!r}")

    def letter(self, key, patience):
        """Reads until this letter stands on the screen; a letter of a control sequence is none."""
        seen, deadline = b"", time.monotonic() + patience
        while time.monotonic() < deadline:
            seen += self.read(0.5)
            if key.encode() in CONTROL.sub(b"", seen):
                return self.last
        raise Skipped(f"{key!r} did not come within {patience:.0f} s: {self.tail[-200:]!r}")

    def ask(self, prompt):
        self.type(prompt)
        self.settle(quiet=0.2, patience=10)
        self.type("\r")

    def fill(self, size):
        """A transcript of so many bytes, all of which has been on its way to the screen."""
        self.ask(f"size={size}")
        self.until(b"ENDED", 300)
        self.settle(quiet=0.5, patience=60)

    def resize(self, columns, rows):
        """Milliseconds until the last byte of the screen at its new size."""
        begun = time.perf_counter_ns()
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        before = self.bytes
        self.settle(quiet=0.3, patience=30)
        if self.bytes == before:
            raise Skipped("a new size changed nothing")
        return (self.last - begun) / 1e6


def paint(weir, env, runs):
    what = "dashboard: start to the end of the first frame, beside htop"
    htop = shutil.which("htop")
    if htop is None:
        return [row(what, skipped="no htop")]
    with Provider() as provider:
        ours, theirs = [], []
        for _ in range(runs):
            argv = [weir, "--no-clock", "-p", "lab", "--base-url", provider.address]
            ours.append(first_paint(argv, env, 1, b"F1")[0])
            theirs.append(first_paint([htop], env, 1, b"F1")[0])
    ours, theirs = statistics.median(ours), statistics.median(theirs)
    work = max(0.1, theirs - HTOP_SLEEP_MS)
    return [
        row(what, f"{ours:.1f} ms", f"htop {theirs:.1f} ms", f"× {ours / theirs:.2f}", "≤ × 1", ours <= theirs),
        row("the same, without the 75 ms that htop sleeps", f"{ours:.1f} ms", f"htop {work:.1f} ms",
            f"× {ours / work:.2f}"),
    ]


def idle(weir, env, seconds):
    """Wake-ups while nothing happens, beside native programs."""
    beside = []
    for name, argv in (("htop", ["htop"]), ("weechat", ["weechat", "--temp-dir"])):
        path = shutil.which(argv[0])
        if path is None:
            beside.append(f"no {name}")
            continue
        with Terminal([path, *argv[1:]], env) as terminal:
            terminal.watch(3)
            before = switches(terminal.pid)
            terminal.watch(seconds)
            beside.append(f"{name} {switches(terminal.pid) - before}")
    with Provider() as provider, Screen(weir, provider, env) as screen:
        before = switches(screen.pid)
        screen.watch(seconds)
        woken = switches(screen.pid) - before
    return [row(f"dashboard: wake-ups in {seconds:.0f} s without a clock", f"{woken}", ", ".join(beside), "", "0",
                woken == 0)]


def printing(weir, env, seconds, rounds):
    """100 tokens a second, beside curl, which prints every event as it comes and does nothing else."""
    what = f"dashboard: 100 tokens/s for {seconds:.0f} s, processor"
    curl = shutil.which("curl")
    prompt = f"rate=100 for={seconds + 6:.0f}"
    body = json.dumps({"messages": [{"role": "user", "content": prompt}]})
    taken, printed = [], []
    with Provider() as provider:
        # In turn: the machine's pace changes, and with it both.
        for _ in range(rounds):
            with Screen(weir, provider, env) as screen:
                screen.ask(prompt)
                screen.watch(3)
                used, bytes_before, frames = processor_time(screen.pid), screen.bytes, len(screen.frames)
                screen.watch(seconds)
                taken.append(processor_time(screen.pid) - used)
                written, frames = screen.bytes - bytes_before, len(screen.frames) - frames
            if curl:
                with Terminal([curl, "-sN", "-d", body, provider.address + "/v1/messages"], env) as terminal:
                    terminal.watch(3)
                    used = processor_time(terminal.pid)
                    terminal.watch(seconds)
                    printed.append(processor_time(terminal.pid) - used)
    ours = statistics.median(taken)
    text = 100 * seconds * 5.1  # bytes of a word and its blank in screen_server.py, at the mean
    beside, ratio, kept = "no curl", "", None
    if printed:
        theirs = statistics.median(printed)
        beside = f"curl {theirs / seconds * 100:.2f} % of a core"
        ratio, kept = f"× {ours / theirs:.2f}", ours / theirs <= PRINTING_RATIO
    return [
        row(what, f"{ours / seconds * 100:.2f} % of a core, {frames / seconds:.0f} frames/s", beside, ratio,
            f"≤ × {PRINTING_RATIO:.0f}", kept),
        row("dashboard: bytes to the terminal, of that", f"{written / seconds / 1e3:.2f} kB/s",
            f"text {text / seconds / 1e3:.2f} kB/s", f"× {written / text:.2f}", f"≤ × {TEXT_RATIO:.0f}",
            written / text <= TEXT_RATIO),
    ]


def unthrottled(weir, env, runs):
    late, rates = [], []
    with Provider() as provider:
        for _ in range(runs):
            with Screen(weir, provider, env) as screen:
                screen.ask("tokens=20000")
                begun, frames = time.perf_counter_ns(), len(screen.frames)
                shown = screen.until(b"ENDED", 60)
                late.append((shown - provider.sent()) / 1e6)
                rates.append((len(screen.frames) - frames) / max(1.0, (shown - begun) / 1e9))
    return [
        row("dashboard: 20,000 tokens at once, the last on the screen after it was sent",
            f"{statistics.median(late):.0f} ms (worst {max(late):.0f})", "", "", f"≤ {LAST_TOKEN_MS:.0f} ms",
            max(late) <= LAST_TOKEN_MS),
        row("dashboard: frames of that", f"{max(rates):.0f} a second", "", "", f"≤ {FRAMES}", max(rates) <= FRAMES),
    ]


def long_transcript(weir, env, keys):
    """What may not grow with the transcript: memory beside its text, a key's echo, a page, a new size."""
    rows = []
    with Provider() as provider:
        with Screen(weir, provider, env) as screen:
            screen.fill(LONG // 100)
            provider.sent()
            short_page = pages(screen)
        with Screen(weir, provider, env) as screen:
            screen.fill(LONG)
            provider.sent()
            now, highest = memory(screen.pid)
            rows.append(row(
                "dashboard: resident with a transcript of 10 MB", f"{now:.0f} MB (highest {highest:.0f})", "", "",
                f"≤ {MEMORY_MB:.0f} MB", now <= MEMORY_MB))
            long_page = pages(screen)
            rows.append(row(
                "dashboard: processor of a page up or down, of that", f"{long_page * 1e3:.2f} ms",
                f"in 100 kB {short_page * 1e3:.2f} ms", f"× {long_page / short_page:.2f}", "≤ × 1.5",
                long_page / short_page <= 1.5))
            times = [screen.resize(*size) for size in ((120, 35), (100, 30), (160, 45), (COLUMNS, ROWS))]
            rows.append(row(
                "dashboard: a new size of the window, until drawn", f"{statistics.median(times):.0f} ms", "", "",
                f"≤ {RESIZE_MS:.0f} ms", statistics.median(times) <= RESIZE_MS))
            echo = echoes(screen, keys)
            p50, p99 = percentile(echo, 50), percentile(echo, 99)
            rows.append(row(
                "dashboard: key to echo, at 1,000 tokens/s into that", f"p50 {p50:.1f} ms, p99 {p99:.1f}", "", "",
                f"≤ {ECHO_MS[0]:.0f} and {ECHO_MS[1]:.0f} ms", p50 <= ECHO_MS[0] and p99 <= ECHO_MS[1]))
    return rows


def pages(screen):
    """Seconds of processor for a page, mean of many, the window filled anew with each."""
    count = 60
    used = processor_time(screen.pid)
    for _ in range(count):
        screen.type("\x1b[5~")
        screen.settle(quiet=0.02, patience=10)
    for _ in range(count):
        screen.type("\x1b[6~")
        screen.settle(quiet=0.02, patience=10)
    return (processor_time(screen.pid) - used) / (2 * count)


def echoes(screen, count):
    """Milliseconds from a key to its letter on the screen, at moments that have nothing to do with the stream's."""
    chance = random.Random(1)
    screen.ask(f"rate=1000 for={count * 0.08 + 5:.0f}")
    screen.watch(2)
    found = []
    for index in range(count):
        screen.watch(chance.uniform(0.03, 0.1))
        key = KEYS[index % 5]
        begun = time.perf_counter_ns()
        screen.type(key)
        found.append((screen.letter(key, 10) - begun) / 1e6)
        if index % 40 == 39:
            screen.type("\x15")
            screen.watch(0.1)
    return found


def ten_streams(weir, env, seconds):
    """Ten replies at 100 tokens a second each. A frame is due a frame's time after the one before; how late is it?"""
    with Provider() as provider, Screen(weir, provider, env) as screen:
        for _ in range(10):
            screen.type(f"rate=100 for={seconds + 12:.0f}\r")
            screen.watch(0.3)
        screen.watch(3)
        start, used = len(screen.frames), processor_time(screen.pid)
        screen.watch(seconds)
        used = processor_time(screen.pid) - used
    gaps = [(after - before) / 1e6 for before, after in zip(screen.frames[start:], screen.frames[start + 1:])]
    if len(gaps) < seconds * 5:
        raise Skipped(f"{len(gaps)} frames in {seconds:.0f} s")
    late = percentile([max(0.0, gap - PLANNED_MS) for gap in gaps], 99)
    return [row("dashboard: ten streams at 100 tokens/s, frames late at p99",
                f"{late:.1f} ms (a frame each {statistics.median(gaps):.0f} ms, {used / seconds * 100:.1f} % of a core)", "", "",
                f"≤ {FRAME_LATE_MS:.0f} ms", late <= FRAME_LATE_MS)]


def main(arguments):
    if not arguments or set(arguments[1:]) - {"--quick"}:
        sys.exit(__doc__)
    weir, quick = os.path.abspath(arguments[0]), "--quick" in arguments
    if not os.access(weir, os.X_OK):
        print(json.dumps(row("the dashboard under load", skipped=f"no program at {weir}")))
        return
    seconds = 5.0 if quick else 30.0
    with tempfile.TemporaryDirectory(prefix="weir-bench-") as home:
        env = environment(home)
        measures = [
            ("dashboard: first frame beside htop", lambda: paint(weir, env, 5 if quick else 15)),
            ("dashboard: idle beside others", lambda: idle(weir, env, 5.0 if quick else 10.0)),
            ("dashboard: 100 tokens/s", lambda: printing(weir, env, seconds, 2 if quick else 3)),
            ("dashboard: 20,000 tokens at once", lambda: unthrottled(weir, env, 2 if quick else 7)),
            ("dashboard: 10 MB", lambda: long_transcript(weir, env, 60 if quick else 300)),
            ("dashboard: ten streams", lambda: ten_streams(weir, env, seconds)),
        ]
        for name, measure in measures:
            try:
                rows = measure()
            except (Skipped, OSError) as reason:
                rows = [row(name, skipped=" ".join(str(reason).split()))]
            for each in rows:
                print(json.dumps(each, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
