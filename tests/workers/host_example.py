#!/usr/bin/env python3
"""A host in forty lines: answers each page with its text between `<p>` and the end. Run as --adapter host:THIS_FILE."""

import json
import os
import struct
import sys
import time


def read(stream):
    """One frame, or None at the end of the stream."""
    prefix = stream.read(4)
    if len(prefix) < 4:
        return None
    header = json.loads(stream.read(struct.unpack(">I", prefix)[0]))
    return header, stream.read(header.get("bytes", 0))


def write(stream, header, payload=b""):
    """One frame."""
    text = json.dumps({**header, "bytes": len(payload)}).encode()
    stream.write(struct.pack(">I", len(text)) + text + payload)
    stream.flush()


requests, answers = os.fdopen(3, "rb"), os.fdopen(4, "wb")
runtime = f"Python {sys.version.split()[0]}"
write(answers, {"protocol": 1, "version": None, "runtime": runtime, "import_ns": 0})
while frame := read(requests):
    page, html = frame
    wall, cpu = time.perf_counter_ns(), time.process_time_ns()
    try:
        text = html.decode(page["charset"] or "utf-8").partition("<p>")[2]
        answer = {"outcome": "ok" if text.strip() else "empty", "error": None, "none": False}
    except Exception as error:
        text, answer = "", {"outcome": "error", "error": f"{type(error).__name__}: {error}", "none": True}
    times = {"wall_ns": time.perf_counter_ns() - wall, "cpu_ns": time.process_time_ns() - cpu}
    write(answers, {"request": page["request"], **answer, **times}, text.encode())
