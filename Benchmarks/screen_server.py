#!/usr/bin/env python3
"""A provider on loopback for the rows of the dashboard: each prompt says what its reply is to be.

    screen_server.py

Prints its address. Answers `POST …/messages` by the last of these in the prompt, and anything else with 404:

    size=BYTES      a reply of so many bytes, as fast as it is read
    rate=R for=S    R tokens a second, S seconds long
    tokens=N        N tokens, as fast as they are read

Every reply ends with the word `ENDED`. When its last byte was handed to the system, a line goes to standard output: `sent
NANOSECONDS`, by the monotonic clock. It ends when its standard input is closed.
"""

import http.server
import json
import re
import sys
import threading
import time

# No capitals, so that a key that is typed is seen as soon as it is on the screen.
WORDS = ("a weir is a low dam that measures and steadies a stream and what comes in bursts goes on evenly past it while "
         "nobody upstream has to know how fast they read below").split()
PARAGRAPH = 60  # words


def word(index):
    ends_paragraph = index % PARAGRAPH == PARAGRAPH - 1
    return WORDS[index % len(WORDS)] + (".\n\n" if ends_paragraph else " ")


def event(name, **fields):
    return f"event: {name}\ndata: {json.dumps({'type': name, **fields})}\n\n"


def delta(text):
    return event("content_block_delta", index=0, delta={"type": "text_delta", "text": text})


def chunk(data):
    data = data.encode()
    return b"%x\r\n%s\r\n" % (len(data), data)


OPENING = chunk(
    event("message_start", message={
        "id": "msg_1", "type": "message", "role": "assistant", "model": "lab-claude", "content": [],
        "usage": {"input_tokens": 10, "output_tokens": 1}})
    + event("content_block_start", index=0, content_block={"type": "text", "text": ""}))
ENDING = chunk(
    delta("ENDED") + event("content_block_stop", index=0)
    + event("message_delta", delta={"stop_reason": "end_turn"}, usage={"output_tokens": 100})
    + event("message_stop")) + b"0\r\n\r\n"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        wanted = {name: float(value) for name, value in re.findall(r"(size|rate|for|tokens)=([0-9.]+)", body[-400:])}
        if not self.path.endswith("/messages") or not wanted:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            self.wfile.write(OPENING)
            if "rate" in wanted:
                self.pace(wanted["rate"], wanted["for"])
            elif "tokens" in wanted:
                # What one call hands to the system is one moment's work for it, as a fast provider's is.
                for start in range(0, int(wanted["tokens"]), 200):
                    end = min(start + 200, int(wanted["tokens"]))
                    self.wfile.write(b"".join(chunk(delta(word(index))) for index in range(start, end)))
            else:
                self.fill(int(wanted["size"]))
            self.wfile.write(ENDING)
        except OSError:
            return
        print("sent", time.monotonic_ns(), flush=True)

    def pace(self, rate, seconds):
        """By an absolute plan: a late token does not make the next one late."""
        start = time.monotonic()
        for index in range(int(rate * seconds)):
            wait = start + index / rate - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            self.wfile.write(chunk(delta(word(index))))

    def fill(self, size):
        """Deltas of a sentence; a block of them is made once."""
        paragraph = "".join(word(index) for index in range(PARAGRAPH))
        pieces = [paragraph[start:start + 40] for start in range(0, len(paragraph), 40)]
        block = b"".join(chunk(delta(piece)) for piece in pieces)
        for _ in range(size // len(paragraph)):
            self.wfile.write(block)

    def log_message(self, *_):
        pass


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    main()
