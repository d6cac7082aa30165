"""One HTTP request to an address that a stranger gave: never into a private network, never for long, nothing followed.

The address is looked up once, and what was looked at is what is connected to, so that no name can turn out to be
another machine afterwards. Proxies of the environment are not used: they would look it up again.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

import idna

from bot import __version__

MAX_BYTES = 500_000
"""Of a body; nobody reads more of a robots.txt (https://www.rfc-editor.org/rfc/rfc9309#section-2.5)."""
CANARY = "example.com"
"""A host that there is (https://www.iana.org/domains/reserved); where even this one is unknown, nothing is known."""
_INTERNET = ipaddress.ip_network("2000::/3")
"""All of IPv6 that is given out: https://www.iana.org/assignments/ipv6-unicast-address-assignments."""
_UNKNOWN_NAME = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}
_SAFE = "/?#[]@!$&'()*+,;=%:~"


class NoAnswer(Exception):  # noqa: N818 (an outcome, told to people)
    """Nothing can be said of the address; why, in one sentence."""


class NoHost(Exception):  # noqa: N818
    """There is no such host; why, in one sentence."""


class Reply(NamedTuple):
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


class Place(NamedTuple):
    """An address taken apart."""

    secure: bool
    host: str
    port: int
    target: str

    @property
    def site(self) -> str:
        """What has a robots.txt of its own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.secure else 'http'}://{host}:{self.port}"


def place(url: str) -> Place:
    """Raises NoAnswer where it is no web address that can be asked."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").rstrip(".")
        if not host.isascii():
            host = idna.encode(host, uts46=True).decode("ascii")
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:  # UnicodeError is one
        raise NoAnswer("this is not a web address that can be asked") from None
    if parts.scheme not in ("http", "https") or not host:
        raise NoAnswer("only web addresses (http, https) are asked")
    if parts.username or parts.password:
        raise NoAnswer("it holds a name or a password, so it is not asked")
    target = quote(parts.path or "/", safe=_SAFE) + (f"?{quote(parts.query, safe=_SAFE)}" if parts.query else "")
    return Place(parts.scheme == "https", host, port, target)


class Requests:
    """``timeout``: seconds to connect and to wait for a byte; ``whole``: for all of one request.

    ``public``: whether an IP address may be asked; only tests take another, whose servers are on this machine.
    ``resolve`` is :func:`socket.getaddrinfo`.
    """

    def __init__(
        self,
        contact: str,
        *,
        timeout: float = 10.0,
        whole: float = 30.0,
        public: Callable[[str], bool] | None = None,
        resolve: Callable[..., Any] = socket.getaddrinfo,
    ) -> None:
        said = f" ({' '.join(contact.split())})" if contact.strip() else ""
        self._agent = f"survey-bot/{__version__}{said}".encode()
        self._timeout, self._whole, self._public, self._resolve = timeout, whole, public or is_public, resolve

    def ask(self, method: str, where: Place, *, read: bool = False) -> Reply:
        """One request, and the reply's head; ``read``: with its body up to ``MAX_BYTES``. Raises NoAnswer, NoHost.

        A GET whose body is not read asks for one byte.
        """
        address = self._looked_up(where)
        headers: dict[str, Any] = {"User-Agent": self._agent, "Accept": "*/*", "Connection": "close"}
        headers |= {} if read or method == "HEAD" else {"Range": "bytes=0-0"}
        line = _Line()
        watch = threading.Timer(self._whole, line.cut)
        watch.daemon = True
        watch.start()
        try:
            connection = self._connected(where, address, line)
            connection.request(method, where.target, headers=headers)
            with connection.getresponse() as response:
                body = response.read(MAX_BYTES) if read else b""
                if line.is_cut or (read and response.length and len(body) < MAX_BYTES):
                    raise http.client.IncompleteRead(body)  # by itself it keeps silent about that
                return Reply(response.status, response.headers, body)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise NoAnswer(self._reason(error, is_cut=line.is_cut)) from None
        finally:
            watch.cancel()
            line.close()

    @cached_property
    def _tls(self) -> ssl.SSLContext:

        from requests.utils import DEFAULT_CA_BUNDLE_PATH

        return ssl.create_default_context(cafile=str(DEFAULT_CA_BUNDLE_PATH))

    def _connected(self, where: Place, address: str, line: _Line) -> http.client.HTTPConnection:
        line.socket = socket.create_connection((address, where.port), self._timeout)
        if not where.secure:
            connection = http.client.HTTPConnection(where.host, where.port)
        else:
            tls = self._tls.wrap_socket(line.socket, server_hostname=where.host, do_handshake_on_connect=False)
            line.socket = tls
            tls.do_handshake()
            connection = http.client.HTTPSConnection(where.host, where.port, context=self._tls)
        connection.sock = line.socket
        return connection

    def _looked_up(self, where: Place) -> str:
        """The address of a host that may be asked."""
        try:
            found = self._resolve(where.host, where.port, type=socket.SOCK_STREAM)
        except socket.gaierror as error:
            if error.errno in _UNKNOWN_NAME and self._can_look_up():
                raise NoHost(f"there is no host {where.host}") from None
            raise NoAnswer(f"the host {where.host} could not be looked up") from None
        except (OSError, ValueError):
            raise NoAnswer(f"the host {where.host} could not be looked up") from None
        addresses = [str(entry[4][0]) for entry in found]
        if not addresses or not all(map(self._public, addresses)):
            raise NoAnswer(f"the host {where.host} is inside a private network, so it is not asked")
        return addresses[0]

    def _can_look_up(self) -> bool:
        """Whether names are looked up at all; without a network none is known."""
        try:
            return bool(self._resolve(CANARY, 443, type=socket.SOCK_STREAM))
        except OSError:
            return False

    def _reason(self, error: Exception, *, is_cut: bool) -> str:
        """What went wrong, without the insides of the network libraries."""
        if is_cut:
            return f"it did not answer within {self._whole:g} s"
        if isinstance(error, TimeoutError):
            return f"it did not answer within {self._timeout:g} s"
        if isinstance(error, ssl.SSLError):
            return "its certificate was not accepted"
        return "it could not be reached, or did not answer as the web does"


class _Line:
    """The socket of one request, which is cut when the time is over, whatever goes on there."""

    socket: socket.socket | None = None
    is_cut = False

    def cut(self) -> None:
        self.is_cut = True
        if self.socket:
            try:
                self.socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # it is closed already

    def close(self) -> None:
        if self.socket:
            self.socket.close()


def is_public(address: str) -> bool:
    """Whether an IP address is on the internet, and does not stand for one that is not."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return is_public(str(ip.ipv4_mapped))
        if ip.sixtofour or ip.teredo or ip not in _INTERNET:
            return False
    return ip.is_global and not ip.is_multicast
