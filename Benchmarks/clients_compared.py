"""How Weir and two clients that are not ours fare with every fault of the lab: docs/clients-compared.md.

    python3 Benchmarks/clients_compared.py [--weir .build/release/weir] [--only WORD] [--out docs/clients-compared.md]

Each client has a lab of its own. The Python clients go into a virtual environment below Benchmarks/.build, in the versions
of Benchmarks/peers/requirements.txt.
"""

import argparse
import collections
import json
import os
import pathlib
import selectors
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
# A client that has not come to an end by then is ended.
PATIENCE = 30
# Where one tries again for longer than that.
LONG = 100
# For faults that are a silence: the clocks of all clients, in seconds.
CLOCKS = 3

# (what happens, steps of a scenario, options). Without options the first request of a reply meets it.
A = "always"
S = "silent"
FAULTS = {
    "The connection": [
        ("reset before the headers", 'fault = "reset_peer", before_headers = true'),
        ("reset in mid-word", 'fault = "reset_peer", after_tokens = 60, mid_word = true'),
        ("closed within the body", 'fault = "cut", after_tokens = 60, mid_word = true'),
        ("closed after 5,000 bytes", 'fault = "limit_data", bytes = 5000'),
        ("closed, the body has no length", 'fault = "close_delimited"}, {fault = "cut", after_tokens = 60'),
        ("the port is closed for 1 s", 'fault = "down", seconds = 1'),
        ("no answer at all", 'fault = "timeout", before_headers = true', S),
        ("silence in the middle", 'fault = "timeout", after_tokens = 60', S),
        ("headers byte by byte", 'fault = "slow_headers", interval = 0.2', S),
        ("only comments", 'fault = "keep_alive_only", interval = 0.2', S),
        ("only pings", 'fault = "keep_alive_only", kind = "ping", interval = 0.2', S),
        ("it never reads the request", 'fault = "upstream", kind = "timeout"', A, S, LONG),
        ("one byte a chunk", 'fault = "slicer", average_size = 1, size_variation = 0', LONG),
    ],
    "Status codes": [
        ("400", 'fault = "status", status = 400'),
        ("401", 'fault = "status", status = 401'),
        ("408", 'fault = "status", status = 408'),
        ("409", 'fault = "status", status = 409'),
        ("429", 'fault = "status", status = 429'),
        ("429, Retry-After: 2", 'fault = "status", status = 429, retry_after = 2'),
        ("429, out of quota", 'fault = "status", status = 429, kind = "insufficient_quota"', A),
        ("500", 'fault = "status", status = 500'),
        ("502 with a proxy's page", 'fault = "status", status = 502, html = true'),
        ("503", 'fault = "status", status = 503'),
        ("503, x-should-retry: false", 'fault = "status", status = 503, should_retry = false'),
        ("529", 'fault = "status", status = 529'),
        ("529 for ever", 'fault = "status", status = 529', A, LONG),
        ("200 and a hotel's sign-in page", 'fault = "html"', A),
        ("200 and a JSON error", 'fault = "json_error"', A),
        ("200 without events", 'fault = "empty"'),
        ("redirect to another port", 'fault = "redirect"', A),
        ("redirect to itself", 'fault = "redirect", location = ""', A),
    ],
    "The stream": [
        ("overloaded in the middle", 'fault = "error_event", after_tokens = 60'),
        ("an error, and then the good end", 'fault = "error_and_end", after_tokens = 60'),
        ("an end in good order, no stop reason", 'fault = "clean_end", after_tokens = 60'),
        ("the same in mid-word", 'fault = "clean_end", after_tokens = 60, mid_word = true'),
        ("the end mark without a stop reason", 'fault = "done_without_finish"'),
        ("a stop reason without the end mark", 'fault = "finish_without_done"'),
        ("all was said, but it does not end", 'fault = "slow_close"', S),
        ("an event that is not JSON", 'fault = "malformed_event", after_tokens = 60'),
        ("an event nobody knows", 'fault = "unknown_event", after_tokens = 60'),
        ("everything is null", 'fault = "null_everything", after_tokens = 25'),
        ("a second reply within the first", 'fault = "splice", after_tokens = 60'),
        ("the first event twice", 'fault = "duplicate_start"'),
        ("usage that no integer holds", 'fault = "huge_numbers"'),
        ("a pair of surrogates in two deltas", 'fault = "lone_surrogate", pair = true, after_tokens = 3'),
        ("100,000 arrays in each other", 'fault = "deep_json", after_tokens = 60'),
        ("an event of 17 MB", 'fault = "huge_event", after_tokens = 60', LONG),
        ("lines that end in CR LF", 'fault = "line_ending"'),
        ("lines that end in CR", 'fault = "line_ending", kind = "cr"'),
        ("one JSON object instead of a stream", 'fault = "not_streamed"'),
    ],
    "Abuse": [
        ("headers without end", 'fault = "header_flood"', A),
        ("one header without end", 'fault = "header_flood", one_line = true', A),
        ("interim responses without end", 'fault = "header_flood", early_hints = true', A),
        ("no status line", 'fault = "http09"', A),
        ("2 GiB of one compressed line", 'fault = "gzip_bomb"', A),
        ("compressed twelve times, it says", 'fault = "encoding_chain"', A),
    ],
    "TLS": [
        ("a certificate that holds", None, "good"),
        ("expired", None, "expired"),
        ("not yet valid", None, "not-yet-valid"),
        ("for another host", None, "wrong-host"),
        ("self-signed", None, "self-signed"),
        ("GOAWAY, the reply goes on", 'fault = "goaway", after_tokens = 60', "good"),
        ("GOAWAY, the request was not heard", 'fault = "goaway", processed = false', "good"),
        ("GOAWAY with an error", 'fault = "goaway", error = "INTERNAL_ERROR", after_tokens = 60', "good"),
        ("RST_STREAM in the middle", 'fault = "rst_stream", after_tokens = 60', "good"),
        ("RST_STREAM in the middle, NO_ERROR", 'fault = "rst_stream", error = "NO_ERROR", after_tokens = 60', "good"),
        ("RST_STREAM before the headers", 'fault = "rst_stream", before_headers = true', "good"),
    ],
}


# --- in the virtual environment: one reply for each line of standard input ------------------------------------------------


def worker(name):
    if name == "anthropic":
        import anthropic as library
    else:
        import openai as library
    answer = sys.stdout
    sys.stdout = sys.stderr
    for line in sys.stdin:
        job = json.loads(line)
        text, stop, error = [], None, None
        options = {"timeout": job["clock"]} if job["clock"] else {}
        messages = [{"role": "user", "content": job["prompt"]}]
        try:
            if name == "anthropic":
                client = library.Anthropic(base_url=job["url"], api_key="any", **options)
                stream = client.messages.create(model="lab-claude", max_tokens=4000, messages=messages, stream=True)
                for event in stream:
                    # With care: what is missing in an event is not what is compared here.
                    delta = getattr(event, "delta", None)
                    if event.type == "content_block_delta":
                        text.append(getattr(delta, "text", None) or "")
                    if event.type == "message_delta":
                        stop = getattr(delta, "stop_reason", None) or stop
            else:
                client = library.OpenAI(base_url=job["url"] + "/v1", api_key="any", **options)
                stream = client.chat.completions.create(model="lab-gpt", messages=messages, stream=True)
                for chunk in stream:
                    for choice in getattr(chunk, "choices", None) or []:
                        text.append(getattr(getattr(choice, "delta", None), "content", None) or "")
                        stop = getattr(choice, "finish_reason", None) or stop
        except Exception as caught:  # whatever it is, it is what the program would have seen
            error = type(caught).__name__
            # Not of the client's own kind: a program that catches those does not catch this one.
            if not isinstance(caught, library.APIError):
                error += " (" + type(caught).__module__.split(".")[0] + ")"
        answer.write(json.dumps({"text": "".join(text), "stop": stop, "error": error}) + "\n")
        answer.flush()


# --- here ------------------------------------------------------------------------------------------------------------------


def trusting(authority):
    """The environment, but for what else names authorities, or settings of Weir."""
    others = ["SSL_CERT_DIR", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE"]
    kept = {k: v for k, v in os.environ.items() if k not in others and not k.startswith(("WEIR_", "XDG_"))}
    return kept | {"SSL_CERT_FILE": authority}


class Lab:
    def __init__(self, weir, state):
        self.process = subprocess.Popen(
            [weir, "lab", "--port", "0", "--tls-port", "0", "--scenario", "calm", "--pace", "0", "--quiet"],
            stdout=subprocess.PIPE, text=True, env=os.environ | {"XDG_STATE_HOME": state})
        self.authority = None
        while self.authority is None:
            line = self.process.stdout.readline()
            if not line:
                sys.exit("the lab did not start")
            if line.startswith("weir lab: "):
                self.url = line.split()[2]
            if "https://" in line:
                self.tls = line.split()[1]
            if "SSL_CERT_FILE=" in line:
                self.authority = line.split("SSL_CERT_FILE=")[1].split()[0]

    def post(self, page, body):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(self.url + page, data, {"Content-Type": "text/plain"})
        # The port may be closed for a moment, by a fault.
        for _ in range(200):
            try:
                return json.load(urllib.request.urlopen(request, timeout=10))
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.05)
        sys.exit(f"the lab does not answer to {page}")

    def requests(self):
        with urllib.request.urlopen(self.url + "/lab/journal?after=0", timeout=10) as answer:
            return sum(entry["kind"] == "asked" for entry in json.load(answer)["entries"])

    def close(self):
        self.process.terminate()
        self.process.wait()


class Peer:
    """A Python client, in a process that is begun anew after it was ended."""

    def __init__(self, name, python, lab):
        self.command = [python, __file__, "--worker", name]
        self.lab = lab
        self.process = None

    def ask(self, url, prompt, clock, patience):
        if self.process is None:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                env=trusting(self.lab.authority))
        self.process.stdin.write(json.dumps({"url": url, "prompt": prompt, "clock": clock}) + "\n")
        self.process.stdin.flush()
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            line = self.process.stdout.readline() if selector.select(patience) else None
        if line:
            return json.loads(line)
        hung = line is None
        self.close()
        return None if hung else {"text": "", "stop": None, "error": "the process died"}

    def close(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None


class Weir:
    EXITS = {0: None, 1: "error", 3: "key or configuration", 4: "retries exhausted", 5: "interrupted", 6: "truncated"}

    def __init__(self, weir, model, lab, home):
        self.weir, self.model, self.lab, self.home = weir, model, lab, home

    def ask(self, url, prompt, clock, patience):
        base = url + ("/v1" if "gpt" in self.model else "")
        command = [self.weir, "ask", "-q", "-p", "lab", "-m", self.model, "--base-url", base]
        if clock:
            for name in ["first-byte", "idle", "content"]:
                command += [f"--{name}-timeout", f"{clock}s"]
        environment = trusting(self.lab.authority) | {"HOME": self.home}
        try:
            run = subprocess.run(command + [prompt], capture_output=True, timeout=patience, env=environment)
        except subprocess.TimeoutExpired:
            return None
        text = run.stdout
        return {"text": text.decode(), "stop": "said", "error": self.EXITS.get(run.returncode, str(run.returncode))}

    def close(self):
        pass


Result = collections.namedtuple("Result", "kind words")


def judge(lab, prompt, answer, patience):
    if answer is None:
        return Result("hung", f"**no end in {patience} s**")
    verdict = lab.post("/lab/verdict?prompt=" + urllib.parse.quote(prompt), answer["text"].encode())
    count = lab.requests()
    often = "" if count == 1 else f", {count} requests"
    share = 100 * verdict["received_bytes"] // verdict["expected_bytes"]
    error = answer["error"]
    if verdict["verdict"] == "exact":
        note = "" if answer["stop"] else ", no stop reason"
        return Result("whole", f"whole{note}{often}") if error is None else Result("error", f"{error}; all words{often}")
    if error is not None:
        kept = "nothing" if share == 0 else f"{share} %"
        wrong = ", wrong words" if verdict["verdict"] == "wrong" else ""
        return Result("error", f"{error}; {kept}{wrong}{often}")
    what = "wrong words" if verdict["verdict"] == "wrong" else f"{share} % of the words"
    note = "" if answer["stop"] else ", no stop reason"
    return Result("silent", f"**{what}, no error**{note}{often}")


def drive(name, client, lab, faults, results):
    for number, (what, steps, *options) in enumerate(faults):
        certificate = next((o for o in options if o not in (A, S, LONG)), None)
        patience = LONG if LONG in options else PATIENCE
        body = f"always = [{{{steps}}}]" if A in options else f"[[request]]\nsteps = [{{{steps}}}]"
        toml = f'description = "{what}"\nseed = 3\n' + (body if steps else "")
        lab.post("/lab/reset", {})
        lab.post("/lab/scenario", {"name": "compared", "toml": toml})
        if certificate:
            lab.post("/lab/certificate", {"name": certificate})
        prompt = f"What becomes of fault {number}?"
        url = lab.tls if certificate else lab.url
        answer = client.ask(url, prompt, CLOCKS if S in options else None, patience)
        results[what] = judge(lab, prompt, answer, patience)
        print(f"{name:12} {what}: {results[what].words}", file=sys.stderr, flush=True)
    client.close()
    lab.close()


INTRODUCTION = """# Weir and two other clients, fault by fault

PyPI's `anthropic` {anthropic} and `openai` {openai}, each as its documentation begins (`stream=True`, nothing set but key and
base URL), and `weir ask` with its defaults, each against a [fault lab](fault-lab.md) of its own. Made by
`python3 Benchmarks/clients_compared.py`, which anyone can run again; how many requests it took is the lab's word, and so is
whether the text is whole.

- **whole** is every byte of the reply, and no error.
- An error is told by its class, or for Weir by its exit status; then how much of the text the program had by then. All of
  what came is there in every client: whoever prints as it arrives has it on the screen.
- **No error** with words missing or wrong is the worst: a program that trusts the end of the loop takes it for the reply. Both
  Python clients do tell the stop reason; *no stop reason* says that it was missing, which the program has to look for itself.
- Faults happen to the first request of a reply, but for those that have no end. Faults that are a silence were run with all
  clocks at {clocks} s. The defaults are ten minutes for the two Python clients (between two bytes: a server that sends comments
  is never given up) and for Weir two minutes to the first byte, three between two bytes and ten without text.
- The Python clients speak HTTP/1.1 unless they are told otherwise, where RST_STREAM is a reset connection and GOAWAY one that is
  closed; Weir speaks HTTP/2 where it can.

`max_retries`, 2 by default, is what the Python clients have against faults. It covers everything up to the response's headers:
refused connections, resets and time-outs, 408, 409, 429 and 5xx, with Retry-After. Once the stream has begun they never try
again, whatever its value: the text so far is the program's, and so is the question how to go on. Weir asks for the rest and
joins the parts.

That is a matter of purpose, too: they are libraries for every use of an API, not for finishing one reply. And the lab is Weir's
own: these are the faults that we thought of.

"""


def table(columns, results):
    lines = []
    for group, faults in FAULTS.items():
        rows = [fault for fault in faults if all(fault[0] in results[c] for c in columns)]
        if not rows:
            continue
        lines += [f"## {group}", "", "| | " + " | ".join(columns) + " |", "| --- |" + " --- |" * len(columns)]
        for fault in rows:
            lines.append(f"| {fault[0]} | " + " | ".join(results[c][fault[0]].words for c in columns) + " |")
        lines.append("")
    lines += ["## In sum", "", "| | whole | error | no error, but words missing or wrong | no end |", "| --- | --- | --- | --- | --- |"]
    for column in columns:
        kinds = collections.Counter(result.kind for result in results[column].values())
        lines.append(f"| {column} | {kinds['whole']} | {kinds['error']} | {kinds['silent']} | {kinds['hung']} |")
    return "\n".join(lines) + "\n"


def environment():
    folder = HERE / ".build" / "peers"
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    requirements = HERE / "peers" / "requirements.txt"
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements], check=True)
    versions = dict(line.split("==") for line in requirements.read_text().split() if "==" in line)
    return str(python), versions


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weir", default=str(HERE.parent / ".build" / "release" / "weir"))
    parser.add_argument("--only", default="", help="faults with this word in their names or steps")
    parser.add_argument("--out", help="the page; else it is printed")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.worker:
        return worker(arguments.worker)
    python, versions = environment()
    faults = [f for group in FAULTS.values() for f in group if arguments.only in f"{f[0]} {f[1]}"]
    with tempfile.TemporaryDirectory() as folder:
        columns = ["anthropic", "Weir, Anthropic's dialect", "openai", "Weir, OpenAI's dialect"]
        results = {column: {} for column in columns}
        threads = []
        for column in columns:
            lab = Lab(arguments.weir, os.path.join(folder, "state"))
            model = "lab-gpt" if "OpenAI" in column else "lab-claude"
            weir = Weir(arguments.weir, model, lab, folder)
            client = weir if column.startswith("Weir") else Peer(column, python, lab)
            threads.append(threading.Thread(target=drive, args=(column, client, lab, faults, results[column])))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    page = INTRODUCTION.format(**versions, clocks=CLOCKS) + table(columns, results)
    if arguments.out:
        pathlib.Path(arguments.out).write_text(page)
    else:
        print(page)


if __name__ == "__main__":
    main()
