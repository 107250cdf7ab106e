"""Pages and feeds over HTTP, carefully: no private addresses, no endless answers, nothing fetched twice in vain.

The address a name resolves to is checked before the connection is made, and the connection goes to that very address,
on every redirect anew; so no name can lead into the network that this machine stands in. Nothing is read from
environment variables: a proxy is not used.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import quote, urljoin, urlsplit

MOST_BYTES = 20_000_000  # of one answer, unpacked
MOST_REDIRECTS = 5
MOST_SECONDS = 60.0  # for one answer, whatever arrives meanwhile
SILENCE_SECONDS = 15.0  # without a byte
POLITE_SECONDS = 1.0  # between two requests to one host
USER_AGENT = "stancebook (reads news for research; sends conditional requests)"

_CONDITIONS = {"If-None-Match": "ETag", "If-Modified-Since": "Last-Modified"}
_UNPACKED_RATIO = 200  # text packs some 3 to 20 times
_PIECE = 65_536
_SPECIAL_NETWORKS = tuple(
    ipaddress.ip_network(network)
    for network in ("100.64.0.0/10", "192.0.0.0/24", "198.18.0.0/15", "64:ff9b::/96", "2001::/32", "2002::/16")
)  # shared and translated addresses that ipaddress counts as global in some versions of Python


class FetchError(ValueError):
    """An address that was not, or not wholly, read: what happened and the way out."""


@dataclass(frozen=True)
class Answer:
    """What stands at an address: its bytes, the address it came from in the end, and what the server says it is."""

    body: bytes = field(repr=False)
    url: str
    content_type: str
    encoding: str | None
    condition: dict[str, str] = field(default_factory=dict)  # headers that ask whether it has changed since


@dataclass
class _Visits:
    """When each host was asked last, so that nobody is asked too fast."""

    last: dict[str, float] = field(default_factory=dict)

    def wait(self, host: str) -> None:
        pause = self.last.get(host, -POLITE_SECONDS) + POLITE_SECONDS - time.monotonic()
        if pause > 0 and not _is_loopback(host):
            time.sleep(pause)
        self.last[host] = time.monotonic()


_VISITS = _Visits()


def fetch(
    url: str,
    *,
    kept: Answer | None = None,
    allow_private: bool = False,
    most_bytes: int = MOST_BYTES,
    most_seconds: float = MOST_SECONDS,
) -> Answer:
    """Return what stands at an address.

    Parameters
    ----------
    url : str
        http or https.
    kept : Answer, optional
        The answer of an earlier visit: the server is asked whether anything has changed, and it is returned if not.
    allow_private : bool
        Whether addresses of this machine and of private networks may be read.
    most_bytes : int
        Most bytes of an answer, unpacked.
    most_seconds : float
        Most time for everything.

    Raises
    ------
    FetchError
        When the address may not be read, does not answer with success, or answers too much or too long.
    """
    deadline = time.monotonic() + most_seconds
    url = _clean_url(url)
    seen: list[str] = []
    while True:
        if url in seen or len(seen) > MOST_REDIRECTS:
            why = "redirects in a loop" if url in seen else f"redirects more than {MOST_REDIRECTS} times"
            raise FetchError(f"{seen[0]}: {why}: open it in a browser and save the page")
        seen.append(url)
        headers = kept.condition if kept and kept.url == url else {}
        connection = _connect(url, allow_private)
        # A server that sends a byte now and then keeps every single read alive, so somebody must watch the whole.
        watch = threading.Timer(max(0.0, deadline - time.monotonic()), _hang_up, (connection.sock,))
        watch.daemon = True
        watch.start()
        try:
            response = _request(connection, url, headers)
            target = response.headers.get("Location")
            if response.status in (301, 302, 303, 307, 308) and target:
                url = _clean_url(urljoin(url, target))
                continue
            if response.status == 304 and kept is not None:
                return kept
            if response.status != 200:
                raise FetchError(f"{url}: the server answers {response.status} {response.reason}: check the address")
            body = b"".join(_read(response, url, most_bytes))
            if time.monotonic() > deadline:  # hung up on: a body of unknown length only seems to have ended
                raise TimeoutError
            condition = {
                ask: response.headers[stamp] for ask, stamp in _CONDITIONS.items() if response.headers.get(stamp)
            }
        except (OSError, http.client.HTTPException) as error:
            if time.monotonic() > deadline:
                raise FetchError(
                    f"{url}: still sending after {most_seconds:g} seconds: save the page by hand"
                ) from error
            why = str(error) or type(error).__name__
            raise FetchError(f"{url}: the answer broke off ({why}): try again later") from error
        finally:
            watch.cancel()
            connection.close()
        return Answer(body, url, response.headers.get_content_type(), response.headers.get_content_charset(), condition)


def _hang_up(wire: socket.socket) -> None:
    with suppress(OSError):
        wire.shutdown(socket.SHUT_RDWR)


def check_address(host: str, port: int, allow_private: bool = False) -> list[tuple[int, str]]:
    """Return the addresses that a host resolves to, as (family, address).

    Raises
    ------
    FetchError
        When it resolves to none, or one of them is private and private ones are not allowed.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchError(f"{host}: no such host ({error}): check the address and the network") from error
    addresses: list[tuple[int, str]] = list(dict.fromkeys((family, str(place[0])) for family, _, _, _, place in found))
    for _, address in addresses:
        if not allow_private and not _is_public(address):
            what = address if address == host else f"{host}: {address}"
            raise FetchError(f"{what} is a private address, not read: give --allow-private if it is meant")
    return addresses


def _is_public(address: str) -> bool:
    place = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(place, ipaddress.IPv6Address) and place.ipv4_mapped:
        place = place.ipv4_mapped
    shared = any(place.version == network.version and place in network for network in _SPECIAL_NETWORKS)
    return place.is_global and not place.is_multicast and not shared


def _is_loopback(host: str) -> bool:
    return host in ("localhost", "127.0.0.1", "::1")


def _clean_url(url: str) -> str:
    """Return an address with what may not stand in one escaped, and without its fragment."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as error:
        raise FetchError(f"{url!r} is no address ({error}): give one that begins with http:// or https://") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise FetchError(f"{url!r} is not read: give an address that begins with http:// or https://")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    place = f"{host}:{port}" if port else host
    query = "?" + quote(parts.query, safe="%=&+/:;,?@!$'()*~[]") if parts.query else ""
    return f"{parts.scheme}://{place}{quote(parts.path or '/', safe='%/:;,=@!$&()*+~')}{query}"


def _connect(url: str, allow_private: bool) -> http.client.HTTPConnection:
    """Return a connection to an address that was checked; the name is not resolved a second time."""
    parts = urlsplit(_clean_url(url))
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    addresses = check_address(host, port, allow_private)
    _VISITS.wait(host)
    error: OSError | None = None
    for _, address in addresses:
        try:
            wire = socket.create_connection((address, port), timeout=SILENCE_SECONDS)
            if parts.scheme == "https":
                wire = ssl.create_default_context().wrap_socket(wire, server_hostname=host)
        except OSError as refused:
            error = refused
            continue
        connection = http.client.HTTPConnection(host, port, timeout=SILENCE_SECONDS)
        connection.sock = wire
        return connection
    raise FetchError(f"{url}: no connection ({error}): check the address and the network")


def _request(connection: http.client.HTTPConnection, url: str, headers: dict[str, str]) -> http.client.HTTPResponse:
    parts = urlsplit(_clean_url(url))
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    common = {"User-Agent": USER_AGENT, "Accept-Encoding": "gzip, deflate", "Connection": "close", "Host": parts.netloc}
    connection.request("GET", path, headers=common | headers)
    return connection.getresponse()


def _read(response: http.client.HTTPResponse, url: str, most_bytes: int) -> Iterator[bytes]:
    """Yield the body unpacked, and stop where it is too much, too long, or packed beyond reason."""
    packing = (response.headers.get("Content-Encoding") or "identity").lower()
    if packing not in ("identity", "gzip", "x-gzip", "deflate"):
        raise FetchError(f"{url}: packed as {packing!r}, which was not asked for: save the page by hand")
    unpacker = zlib.decompressobj(47) if packing != "identity" else None  # 47: gzip or zlib, by the head
    arrived = unpacked = 0
    while piece := response.read1(_PIECE):
        arrived += len(piece)
        while piece:
            try:
                data = unpacker.decompress(piece, _PIECE) if unpacker else piece
            except zlib.error as error:
                raise FetchError(f"{url}: the packed answer is damaged ({error}): try again later") from error
            piece = unpacker.unconsumed_tail if unpacker else b""
            unpacked += len(data)
            if unpacked > most_bytes:
                what = "unpacks to" if unpacked > _UNPACKED_RATIO * arrived else "is"
                raise FetchError(f"{url}: {what} over {most_bytes / 1e6:g} MB, not read: save what is needed by hand")
            yield data
    if response.length or (unpacker is not None and not unpacker.eof):
        raise FetchError(f"{url}: the answer broke off: try again later")
