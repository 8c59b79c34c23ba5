"""Whose address it is: what one household or server can choose from counts as one."""

import ipaddress

# Whoever has IPv6 has at least a network of this size to itself.
NETWORK = 64


def get_network(address: str | None) -> str:
    """Return the address; of IPv6 the network that it is in. What is no address is returned as it is.

    >>> get_network("2001:db8:1:2:3::4"), get_network("::ffff:192.0.2.7"), get_network("192.0.2.7")
    ('2001:db8:1:2::/64', '192.0.2.7', '192.0.2.7')
    """
    try:
        found = ipaddress.ip_address(str(address).partition("%")[0])
    except ValueError:
        return str(address)
    if found.version == 4:
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, NETWORK), strict=False))
