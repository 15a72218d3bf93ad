"""Replies on the wire, and requests off it."""

from __future__ import annotations

import json
import socket
import struct
from email.utils import formatdate

from aiohttp import web

from tui_app.braze.sandbox.answer import Answer
from tui_app.braze.sandbox.call import Call, Unread, read_document
from tui_app.braze.sandbox.fault_replies import RawReply

_LINGER_NOT = struct.pack("ii", 1, 0)


async def receive(request: web.BaseRequest, number: int, max_body_bytes: int) -> Call:
    """Read a request to its end, whatever its size; of a body over the limit nothing is kept."""
    body = bytearray()
    size = 0
    async for part in request.content.iter_any():
        size += len(part)
        if size <= max_body_bytes:
            body += part
    # aiohttp takes a missing content type for application/octet-stream, which is refused likewise.
    return Call(
        number=number,
        method=request.method,
        path=request.path,
        query=request.query,
        base_url=f"http://{request.host}",
        authorization=request.headers.get("authorization", ""),
        content_type=request.content_type.lower(),
        document=Unread.TOO_LARGE if size > max_body_bytes else read_document(bytes(body)),
    )


def json_response(answer: Answer, epoch_seconds: float) -> web.Response:
    """A whole answer. `epoch_seconds`: now, for the date header."""
    return raw_response(
        RawReply(answer.status, json.dumps(answer.body).encode(), headers=answer.headers), epoch_seconds
    )


def raw_response(reply: RawReply, epoch_seconds: float) -> web.Response:
    """A whole body as it is. Header names are in lower case, as Braze's arrive."""
    headers = _headers(reply, epoch_seconds)
    return web.Response(status=reply.status, body=reply.body, headers=headers)


def _headers(reply: RawReply, epoch_seconds: float) -> dict[str, str]:
    return {
        "date": formatdate(epoch_seconds, usegmt=True),
        "server": "sandbox",
        "content-type": reply.content_type,
        "content-length": str(len(reply.body)),
        **reply.headers,
    }


async def send_cut(request: web.BaseRequest, reply: RawReply, epoch_seconds: float) -> web.StreamResponse:
    """Declare the whole length, send `reply.sent_bytes` and close."""
    response = web.StreamResponse(status=reply.status, headers=_headers(reply, epoch_seconds))
    await response.prepare(request)
    await response.write(reply.body[: reply.sent_bytes])
    if request.transport is not None:
        request.transport.close()
    return response


def reset(request: web.BaseRequest) -> web.StreamResponse:
    """Reset the connection; what is returned never leaves."""
    transport = request.transport
    if transport is not None:
        # Without lingering, close sends RST instead of FIN.
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
        transport.abort()
    return web.Response()
