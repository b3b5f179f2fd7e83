"""The wire between supervisor and worker: length, small JSON header, raw bytes.

A frame is a 4-byte big-endian length, a UTF-8 JSON object of that length, and then as many raw bytes as its
key `bytes` says (none if absent). HTML never goes through JSON: that would cost more than a fast extraction.
Standard library only, and no syntax newer than Python 3.7.
"""

from __future__ import annotations

import json
import struct
from typing import Any, BinaryIO, Dict, Optional, Tuple

HEADER_LIMIT = 1 << 20
"""Longest header in bytes; a longer one means that something else wrote into the pipe."""

Frame = Tuple[Dict[str, Any], bytes]


class BrokenFrame(Exception):
    """What came through the pipe is not a frame."""


def head(header: Dict[str, Any], size: int) -> bytes:
    """All of a frame that comes before its payload of so many bytes, which then need not be copied."""
    text = json.dumps({**header, "bytes": size}).encode("utf-8")
    return struct.pack(">I", len(text)) + text


def pack(header: Dict[str, Any], payload: bytes = b"") -> bytes:
    """The bytes of one frame."""
    return head(header, len(payload)) + payload


def unpack(data: bytearray, payload_limit: int) -> Optional[Frame]:
    """Take one whole frame off the front of `data`; None while it is incomplete.

    Raises BrokenFrame where the header is no JSON object or a length is beyond its limit.
    """
    if len(data) < 4:
        return None
    (length,) = struct.unpack_from(">I", data)
    if length > HEADER_LIMIT:
        raise BrokenFrame("header of %d bytes" % length)
    if len(data) < 4 + length:
        return None
    header = _header(bytes(data[4 : 4 + length]))
    size = header.get("bytes", 0)
    if not isinstance(size, int) or not 0 <= size <= payload_limit:
        raise BrokenFrame("answer of %s bytes; at most %d are taken" % (size, payload_limit))
    end = 4 + length + size
    if len(data) < end:
        return None
    payload = bytes(data[4 + length : end])
    del data[:end]
    return header, payload


def read(stream: BinaryIO) -> Optional[Frame]:
    """Read one frame from a blocking stream; None at its end."""
    prefix = stream.read(4)
    if len(prefix) < 4:
        return None
    header = _header(stream.read(struct.unpack(">I", prefix)[0]))
    return header, stream.read(header.get("bytes", 0))


def _header(text: bytes) -> Dict[str, Any]:
    try:
        header = json.loads(text.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise BrokenFrame("header is not JSON: %s" % error) from error
    if not isinstance(header, dict):
        raise BrokenFrame("header is not a JSON object")
    return header
