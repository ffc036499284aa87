#!/usr/bin/env python3
"""Measures Weir from outside: its processes, their time, memory, system calls and bytes.

Standard library only. Everything happens on this machine, over loopback; every wait has an end; every process that is
started here is ended here. Results go to standard output, one JSON object a line, for EngineBench's table.

    process_bench.py processes WEIR [--quick]    the rows of `weir ask` and of the dashboard
    process_bench.py decode FILE                 Python's own time for an event stream, as a peer
"""

import contextlib
import fcntl
import json
import os
import pty
import select
import shutil
import signal
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time

ROWS, COLUMNS = 40, 140
PROMPT = "Explain superposition"

# What is asked for.
START_RATIO = 2.0  # `weir ask` to curl, start to first text
STREAMING_SHARE = 2.0  # percent of a core at 100 tokens a second
MEMORY_MB = 45.0  # after a reply of 20,000 tokens
PAINT_MS = 50.0  # start to the end of the first frame


class Skipped(Exception):
    """Why a row has no numbers."""


def row(what, ours="", beside="", ratio="", bound="", ok=None, skipped=None):
    return {"what": what, "ours": ours, "beside": beside, "ratio": ratio, "bound": bound, "ok": ok, "skipped": skipped}


# ---------------------------------------------------------------------------------------------------------------------
# Processes


def environment(home):
    """A user without settings, keys, proxies or conversations."""
    return {
        "HOME": home,
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
        "XDG_CONFIG_HOME": os.path.join(home, "config"),
        "XDG_DATA_HOME": os.path.join(home, "data"),
        "XDG_STATE_HOME": os.path.join(home, "state"),
    }


def end(pid, by=signal.SIGTERM, patience=3.0):
    """Ends a child of ours and waits for it: politely, then not."""
    for how in (by, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, how)
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            try:
                if os.waitpid(pid, os.WNOHANG)[0] == pid:
                    return
            except ChildProcessError:
                return
            time.sleep(0.01)


class Lab:
    """`weir lab` as a server of its own, without faults."""

    def __init__(self, weir, env, pace):
        self.process = subprocess.Popen(
            [weir, "lab", "--scenario", "calm", "--quiet", "--port", "0", "--pace", str(pace)],
            env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.address = self._address()

    def _address(self):
        if not select.select([self.process.stdout], [], [], 10)[0]:
            self.close()
            raise Skipped("weir lab did not start within 10 s")
        line = self.process.stdout.readline().decode(errors="replace")
        if "http://" not in line:
            self.close()
            raise Skipped("weir lab says: " + line.strip())
        return "http://" + line.split("http://")[1].split()[0]

    def close(self):
        end(self.process.pid, signal.SIGINT)
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def first_output(argv, env, patience=10.0):
    """Milliseconds from the start of a program to its first byte on standard output, and all that it printed."""
    reader, writer = os.pipe()
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
        (os.POSIX_SPAWN_DUP2, writer, 1),
        (os.POSIX_SPAWN_OPEN, 2, "/dev/null", os.O_WRONLY, 0),
        (os.POSIX_SPAWN_CLOSE, reader),
        (os.POSIX_SPAWN_CLOSE, writer),
    ]
    start = time.perf_counter_ns()
    pid = os.posix_spawn(argv[0], argv, env, file_actions=actions)
    os.close(writer)
    first, output = None, b""
    try:
        while select.select([reader], [], [], patience)[0]:
            piece = os.read(reader, 1 << 16)
            if first is None:
                first = time.perf_counter_ns()
            if not piece:
                break
            output += piece
    finally:
        os.close(reader)
        end(pid, signal.SIGTERM)
    if first is None or not output:
        raise Skipped(f"{os.path.basename(argv[0])} printed nothing within {patience:.0f} s")
    return (first - start) / 1e6, output


# ---------------------------------------------------------------------------------------------------------------------
# weir ask beside curl


def capture_request(weir, env, prompt):
    """What `weir ask` sends, byte for byte: its path, headers and body."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        process = subprocess.Popen(
            [weir, "ask", "--quiet", "-p", "lab", "--base-url", url, "--max-retries", "0", prompt],
            env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            connection, _ = server.accept()
            with connection:
                connection.settimeout(10)
                data = b""
                while b"\r\n\r\n" not in data:
                    data += connection.recv(1 << 16)
                head, _, body = data.partition(b"\r\n\r\n")
                lines = head.decode().split("\r\n")
                headers = [line.split(": ", 1) for line in lines[1:]]
                length = next(int(value) for name, value in headers if name.lower() == "content-length")
                while len(body) < length:
                    body += connection.recv(1 << 16)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        except (OSError, ValueError, StopIteration) as problem:
            raise Skipped(f"the request of weir ask could not be read: {problem!r}") from problem
        finally:
            end(process.pid)
    return lines[0].split(" ")[1], headers, body


def ask_beside_curl(weir, home, env, runs):
    what = "weir ask: start to first text, loopback"
    curl = shutil.which("curl")
    if curl is None:
        return [row(what, skipped="no curl")]
    path, headers, body = capture_request(weir, env, PROMPT)
    body_file = os.path.join(home, "request.json")
    with open(body_file, "wb") as file:
        file.write(body)
    with Lab(weir, env, pace=0) as lab:
        ask = [weir, "ask", "--quiet", "-p", "lab", "--base-url", lab.address, PROMPT]
        fetch = [curl, "-sN", "--data-binary", "@" + body_file, lab.address + path]
        for name, value in headers:
            if name.lower() not in ("host", "content-length"):
                fetch += ["-H", f"{name}: {value}"]
        programs = {
            "ask": ask, "curl": fetch, "weir alone": [weir, "--version"], "curl alone": [curl, "--version"],
        }
        times = {key: [] for key in programs}
        for turn in range(runs + 2):
            for key, argv in programs.items():
                taken, output = first_output(argv, env)
                if key == "curl" and b"data:" not in output:
                    raise Skipped("curl got no stream")
                # The first two turns fill the caches.
                if turn >= 2:
                    times[key].append(taken)
    median = {key: statistics.median(values) for key, values in times.items()}
    worst = {key: percentile(values, 90) for key, values in times.items()}
    ratio = median["ask"] / median["curl"]
    return [
        row(what, f"{median['ask']:.1f} ms (p90 {worst['ask']:.1f})",
            f"curl {median['curl']:.1f} ms (p90 {worst['curl']:.1f})", f"× {ratio:.2f}", f"≤ × {START_RATIO:.0f}",
            ratio <= START_RATIO),
        row("of that, the bare program: --version", f"{median['weir alone']:.1f} ms",
            f"curl {median['curl alone']:.1f} ms", f"× {median['weir alone'] / median['curl alone']:.2f}"),
    ]


def percentile(values, percent):
    """Nearest rank."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


# ---------------------------------------------------------------------------------------------------------------------
# The dashboard in a terminal


class Terminal:
    """A program in a pseudo-terminal of 140 by 40, and the part of a terminal's answers that programs wait for."""

    ANSWERS = [
        (b"\x1b[?2026$p", b"\x1b[?2026;2$y"),
        (b"\x1b]11;?\x1b\\", b"\x1b]11;rgb:1010/1010/1414\x1b\\"),
        (b"\x1b[c", b"\x1b[?62;22c"),
    ]

    def __init__(self, argv, env, answers=True):
        self.answers = answers
        self.bytes = 0
        self.tail = b""
        self.started = time.perf_counter_ns()
        # When the last bytes came.
        self.last = self.started
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
            try:
                os.execve(argv[0], argv, env)
            finally:
                os._exit(127)

    def read(self, timeout):
        """The next bytes, `b""` when none came in time; raises Skipped where the program ended."""
        if not select.select([self.fd], [], [], timeout)[0]:
            return b""
        try:
            piece = os.read(self.fd, 1 << 16)
        except OSError:
            piece = b""
        if not piece:
            raise Skipped("the program ended: " + repr(self.tail[-200:]))
        self.last = time.perf_counter_ns()
        self.bytes += len(piece)
        seen = self.tail + piece
        if self.answers:
            for query, answer in self.ANSWERS:
                # A query may be split over two pieces.
                if seen.count(query) > self.tail.count(query):
                    os.write(self.fd, answer)
        self.tail = seen[-4096:]
        return piece

    def settle(self, quiet, patience):
        """Reads until nothing has come for `quiet` seconds. Returns what came."""
        output = b""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            piece = self.read(quiet)
            if not piece:
                return output
            output += piece
        raise Skipped(f"the screen did not come to rest within {patience:.0f} s")

    def watch(self, seconds):
        """Reads for so long. Returns how many bytes came."""
        before = self.bytes
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self.read(left)
        return self.bytes - before

    def type(self, text):
        os.write(self.fd, text.encode())

    def close(self):
        end(self.pid)
        os.close(self.fd)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def tasks(pid):
    if not os.path.isdir(f"/proc/{pid}/task"):
        raise Skipped("no /proc")
    return [f"/proc/{pid}/task/{task}" for task in os.listdir(f"/proc/{pid}/task")]


def switches(pid):
    """Context switches of all threads so far: each wake-up from a wait is one."""
    total = 0
    for task in tasks(pid):
        with open(task + "/status") as file:
            total += sum(int(line.split()[1]) for line in file if "ctxt_switches" in line)
    return total


def processor_time(pid):
    """Seconds that all threads have run, user and system."""
    total = 0
    for task in tasks(pid):
        with open(task + "/schedstat") as file:
            total += int(file.read().split()[0])
    return total / 1e9


def memory(pid):
    """Resident set now and at its highest, in MB (10⁶ bytes)."""
    found = {}
    tasks(pid)
    with open(f"/proc/{pid}/status") as file:
        for line in file:
            if line.startswith(("VmRSS:", "VmHWM:")):
                found[line[:5]] = int(line.split()[1]) * 1024 / 1e6
    return found["VmRSS"], found["VmHWM"]


def dashboard(weir, lab, *more):
    return [weir, "--no-clock", "-p", "lab", "--base-url", lab.address, *more]


def first_paint(argv, env, runs, footer):
    """Milliseconds from the start to the last byte of the first frame, and that frame's bytes; medians."""
    times, sizes = [], []
    for _ in range(runs):
        with Terminal(argv, env, answers=False) as terminal:
            # The first frame is over when nothing more comes for a while; an answer to its queries would be a second.
            frame = terminal.read(10)
            frame += terminal.settle(quiet=0.1, patience=10)
            if footer not in frame:
                raise Skipped("the first screen is not what was expected: " + repr(frame[-200:]))
            times.append((terminal.last - terminal.started) / 1e6)
            sizes.append(len(frame))
    return statistics.median(times), statistics.median(sizes)


def paint(weir, env, runs):
    what = "dashboard: start to the end of the first frame"
    with Lab(weir, env, pace=0) as lab:
        ours, size = first_paint(dashboard(weir, lab), env, runs, b"F1")
    htop = shutil.which("htop")
    beside = "no htop"
    ratio = ""
    if htop:
        theirs, _ = first_paint([htop], env, runs, b"F1")
        beside = f"htop {theirs:.1f} ms"
        ratio = f"× {ours / theirs:.2f}"
    return [row(what, f"{ours:.1f} ms ({size:.0f} bytes)", beside, ratio, f"≤ {PAINT_MS:.0f} ms", ours <= PAINT_MS)]


def idle(name, argv, env, seconds):
    """Wake-ups of a dashboard that is left alone."""
    what = f"{name}: idle for {seconds:.0f} s"
    rows = []
    with Terminal(argv, env) as terminal:
        terminal.settle(quiet=1.0, patience=15)
        before = switches(terminal.pid), processor_time(terminal.pid)
        written = terminal.watch(seconds)
        woken = switches(terminal.pid) - before[0]
        used = (processor_time(terminal.pid) - before[1]) * 1e3
        rows.append(row(
            what, f"{woken} wake-ups, {used:.2f} ms of processor, {written} bytes", "none", "", "0 wake-ups",
            woken == 0))
        rows.append(traced(what, terminal, seconds))
    return rows


def traced(what, terminal, seconds):
    """The same under strace: the system calls that begin while it looks on."""
    what += ", under strace"
    strace = shutil.which("strace")
    if strace is None:
        return row(what, skipped="no strace")
    with tempfile.NamedTemporaryFile() as trace:
        watcher = subprocess.Popen(
            [strace, "-f", "-q", "-o", trace.name, "-p", str(terminal.pid)], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            terminal.watch(seconds)
        finally:
            gone = watcher.poll() is not None
            end(watcher.pid, signal.SIGINT)
            complaint = watcher.stderr.read().decode(errors="replace").strip()
            watcher.stderr.close()
        if gone:
            return row(what, skipped=(complaint or "strace ended").split("\n")[0])
        with open(trace.name, errors="replace") as file:
            lines = [line.split(None, 1)[1].strip() for line in file if line.strip()]
    # Attaching interrupts the waits that are under way, and they begin anew: one call a thread that belongs to strace.
    begun = [line for line in lines if not line.startswith(("---", "+++", "<..."))]
    waits = ("restart_syscall", "poll", "ppoll", "epoll_wait", "epoll_pwait", "futex", "read")
    open_waits = [line for line in begun if line.startswith(waits) and ("<unfinished" in line or "detached" in line)]
    calls = len(begun) - len(open_waits)
    return row(what, f"{calls} system calls ({len(open_waits)} waits under way)", "none", "", "0 calls", calls == 0)


def canonical(weir, lab, env, prompt):
    """The reply's length in bytes, from `weir ask`."""
    _, output = first_output([weir, "ask", "--quiet", "-p", "lab", "--base-url", lab.address, prompt], env, patience=60)
    return len(output)


def streaming(weir, env, seconds):
    """The dashboard while a reply comes in at 100 tokens a second."""
    what = f"dashboard: streaming 100 tokens/s for {seconds:.0f} s"
    tokens = int(seconds * 100) + 500
    prompt = f"{PROMPT} --tokens {tokens}"
    with Lab(weir, env, pace=0) as lab:
        text = canonical(weir, lab, env, prompt) / tokens * 100 * seconds
    with Lab(weir, env, pace=100) as lab, Terminal(dashboard(weir, lab), env) as terminal:
        terminal.settle(quiet=0.5, patience=15)
        terminal.type(prompt + "\r")
        # Past the start of the reply and into its scrolling.
        terminal.watch(3)
        before, woken = processor_time(terminal.pid), switches(terminal.pid)
        written = terminal.watch(seconds)
        share = (processor_time(terminal.pid) - before) / seconds * 100
        woken = (switches(terminal.pid) - woken) / seconds
        if written < text / 10:
            raise Skipped("the reply did not stream: " + repr(terminal.tail[-200:]))
    return [
        row(what, f"{share:.2f} % of a core, {woken:.0f} wake-ups/s", "", f"{share / STREAMING_SHARE:.2f} of the bound",
            f"≤ {STREAMING_SHARE:.0f} %", share <= STREAMING_SHARE),
        row("dashboard: bytes to the terminal, of that", f"{written / seconds / 1e3:.1f} kB/s",
            f"text {text / seconds / 1e3:.2f} kB/s", f"× {written / text:.1f}"),
    ]


def long_reply(weir, env, tokens):
    """Memory after a long reply that streamed in, and how long one takes that comes as fast as can be."""
    prompt = f"{PROMPT} --tokens {tokens}"
    with Lab(weir, env, pace=0) as lab:
        text = canonical(weir, lab, env, prompt) / 1e6
        _, _, _, taken, used = whole_reply(weir, lab, env, prompt)
    with Lab(weir, env, pace=5000) as lab:
        empty, now, highest, _, _ = whole_reply(weir, lab, env, prompt)
    if highest - empty < text:
        raise Skipped("the reply did not come")
    return [
        row(f"dashboard: resident after a reply of {tokens:,} tokens", f"{now:.1f} MB (highest {highest:.1f})",
            f"empty {empty:.1f} MB, text {text:.2f} MB", f"{now / MEMORY_MB:.2f} of the bound",
            f"≤ {MEMORY_MB:.0f} MB", now <= MEMORY_MB),
        row("dashboard: such a reply as fast as it comes",
            f"{taken * 1e3:.0f} ms, {used * 1e3:.0f} ms of processor", "", f"{tokens / taken / 1e3:.0f}k tokens/s"),
    ]


def whole_reply(weir, lab, env, prompt):
    """One reply from the key to the last byte of its last frame: memory before, after and at its highest (MB), seconds,
    and seconds of processor."""
    with Terminal(dashboard(weir, lab), env) as terminal:
        terminal.settle(quiet=0.5, patience=15)
        empty, _ = memory(terminal.pid)
        used = processor_time(terminal.pid)
        begun = time.perf_counter_ns()
        terminal.type(prompt + "\r")
        terminal.watch(0.2)
        terminal.settle(quiet=2.0, patience=120)
        return (empty, *memory(terminal.pid), (terminal.last - begun) / 1e9, processor_time(terminal.pid) - used)


# ---------------------------------------------------------------------------------------------------------------------
# Commands


def processes(weir, quick):
    weir = os.path.abspath(weir)
    if not os.access(weir, os.X_OK):
        print(json.dumps(row("weir ask and the dashboard", skipped=f"no program at {weir}")))
        return
    seconds = 3.0 if quick else 10.0
    with tempfile.TemporaryDirectory(prefix="weir-bench-") as home:
        env = environment(home)

        def idle_alone():
            with Lab(weir, env, pace=0) as lab:
                return idle("dashboard", dashboard(weir, lab), env, seconds)

        measures = [
            ("weir ask", lambda: ask_beside_curl(weir, home, env, 10 if quick else 40)),
            ("dashboard: first frame", lambda: paint(weir, env, 3 if quick else 15)),
            ("dashboard: idle", idle_alone),
            ("weir demo: idle",
             lambda: idle("weir demo", [weir, "demo", "--scenario", "calm", "--no-clock"], env, seconds)),
            ("dashboard: streaming", lambda: streaming(weir, env, seconds)),
            ("dashboard: memory", lambda: long_reply(weir, env, 20_000)),
        ]
        for name, measure in measures:
            try:
                rows = measure()
            except (Skipped, OSError) as reason:
                rows = [row(name, skipped=" ".join(str(reason).split()))]
            for each in rows:
                print(json.dumps(each, ensure_ascii=False), flush=True)


def decode(path):
    """The text of an event stream of either dialect, as a short Python program would take it. The best of three."""
    with open(path, "rb") as file:
        data = file.read()
    best = None
    for _ in range(3):
        start = time.process_time_ns()
        text = []
        for line in data.split(b"\n"):
            if not line.startswith(b"data: ") or line == b"data: [DONE]":
                continue
            event = json.loads(line[6:])
            if "choices" in event:
                text.append(event["choices"][0]["delta"].get("content") or "")
            elif event["type"] == "content_block_delta":
                text.append(event["delta"]["text"])
            elif event["type"] == "response.output_text.delta":
                text.append(event["delta"])
        text = "".join(text)
        taken = time.process_time_ns() - start
        best = taken if best is None else min(best, taken)
    print(json.dumps({"nanoseconds": best, "textBytes": len(text.encode())}))


def main(arguments):
    if len(arguments) == 2 and arguments[0] == "decode":
        decode(arguments[1])
    elif arguments[:1] == ["processes"] and len(arguments) in (2, 3) and set(arguments[2:]) <= {"--quick"}:
        processes(arguments[1], "--quick" in arguments)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
