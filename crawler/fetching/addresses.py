"""Which network addresses may be connected to: public ones, unless the operator allows private ones."""

from __future__ import annotations

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from crawler.errors import AddressRefused, FetchFailed

# RFC 6052, section 2.1: IPv6 addresses that carry an IPv4 address in their last 32 bits.
_NAT64 = IPv6Network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public Internet (IANA special-purpose registries).

    An IPv6 address that carries an IPv4 address (mapped, 6to4, NAT64) is judged by the latter.
    """
    ip = ip_address(address.partition("%")[0])
    inner = _embedded(ip)
    if inner is not None:
        return is_public(str(inner))
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def is_private_name(host: str) -> bool:
    """Whether a host name says by itself that it is not public: localhost or a private address."""
    name = host.strip("[]")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return not is_public(name)
    except ValueError:
        return False


async def resolve(host: str, port: int, *, allow_private: bool) -> tuple[str, ...]:
    """Return the addresses of a host, in the order to try them.

    Raises FetchFailed when the name does not resolve and AddressRefused when any of its addresses is
    private and `allow_private` is not set: a host with both is either broken or an attack.
    """
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchFailed(f"the host name {host} does not resolve", transient=True) from error
    addresses = tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not allow_private:
        _refuse_private(host, addresses)
    return addresses


def _refuse_private(host: str, addresses: tuple[str, ...]) -> None:
    for address in addresses:
        if not is_public(address):
            raise AddressRefused(f"{host} has the private address {address}; allow_private_hosts is not set")


def _embedded(ip: IPv4Address | IPv6Address) -> IPv4Address | None:
    if isinstance(ip, IPv4Address):
        return None
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip.sixtofour is not None:
        return ip.sixtofour
    return IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None
