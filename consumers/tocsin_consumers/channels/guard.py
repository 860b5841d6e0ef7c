"""Keeps outgoing requests out of networks that are nobody's business: an address is looked up, judged, and then used.

What was judged is what is connected to: a name that is looked up twice could lead somewhere else the second time.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence

Resolve = Callable[[str, int], Sequence[str]]


class ForbiddenPlaceError(RuntimeError):
    """A place to which nothing may be sent; the message names no address."""


def resolve(host: str, port: int) -> list[str]:
    """The IP addresses of a host.

    Raises:
        OSError: it has none.
    """
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def checked_address(host: str, port: int, *, private: bool, look_up: Resolve = resolve) -> str:
    """The IP address to connect to.

    Args:
        host: name or address.
        port: of the service.
        private: whether addresses of this machine and of private networks are meant to be reached.
        look_up: names to addresses.

    Raises:
        ForbiddenPlaceError: any of the host's addresses is not public.
        OSError: it has none.
    """
    found = look_up(host, port)
    if not found:
        raise OSError("no address")
    if not private and not all(_public(each) for each in found):
        raise ForbiddenPlaceError("leads into a private network; set TOCSIN_PRIVATE_DESTINATIONS=true if that is meant")
    return found[0]


def _public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        # Also what lies behind a translation of addresses (RFC 6052).
        if inner is None and ip in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return _public(str(inner))
    return ip.is_global and not ip.is_multicast
