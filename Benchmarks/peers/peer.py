"""One reply on standard output by one of the clients that Weir is measured beside, each by its own fastest way.

    peer.py anthropic|openai|httpx-sse URL
"""

import json
import sys

MESSAGES = [{"role": "user", "content": "Explain superposition."}]


def anthropic(url, write):
    import anthropic

    client = anthropic.Anthropic(base_url=url, api_key="none", max_retries=0)
    # The raw events: the helper `text_stream` takes time in the square of the reply's length.
    for event in client.messages.create(model="bench", max_tokens=1000, messages=MESSAGES, stream=True):
        if event.type == "content_block_delta":
            write(event.delta.text)


def openai(url, write):
    import openai

    client = openai.OpenAI(base_url=url, api_key="none", max_retries=0)
    for chunk in client.chat.completions.create(model="bench", messages=MESSAGES, stream=True):
        if chunk.choices and chunk.choices[0].delta.content:
            write(chunk.choices[0].delta.content)


def httpx_sse(url, write):
    import httpx
    import httpx_sse

    with httpx.Client() as client:
        body = {"model": "bench", "max_tokens": 1000, "messages": MESSAGES, "stream": True}
        with httpx_sse.connect_sse(client, "POST", url + "/v1/messages", json=body) as source:
            for event in source.iter_sse():
                data = json.loads(event.data)
                if data["type"] == "content_block_delta":
                    write(data["delta"]["text"])


if __name__ == "__main__":
    clients = {"anthropic": anthropic, "openai": openai, "httpx-sse": httpx_sse}
    if len(sys.argv) != 3 or sys.argv[1] not in clients:
        sys.exit(__doc__)
    clients[sys.argv[1]](sys.argv[2], sys.stdout.write)
