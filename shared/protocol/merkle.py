"""A Merkle tree (RFC 6962, section 2.1) that grows leaf by leaf and keeps log2(n) hashes.

Leaves and nodes are hashed under different prefixes, so that no node can pass for a leaf.
"""

import hashlib
from functools import reduce

_LEAF, _NODE = b"\x00", b"\x01"


def leaf_hash(content: bytes) -> bytes:
    """The hash of one leaf."""
    return hashlib.sha256(_LEAF + content).digest()


class Tree:
    """The tree over the leaves added so far, in their order."""

    def __init__(self) -> None:
        self.leaves = 0
        self._peaks: list[bytes] = []  # the roots of the full subtrees, largest first

    def add(self, leaf: bytes) -> None:
        """Add the hash of a leaf at the end."""
        self.leaves += 1
        size = self.leaves
        while size % 2 == 0:
            leaf = _node(self._peaks.pop(), leaf)
            size //= 2
        self._peaks.append(leaf)

    def root(self) -> bytes:
        """The root, 32 bytes; that of an empty tree is the hash of nothing."""
        if not self._peaks:
            return hashlib.sha256(b"").digest()
        return reduce(lambda right, left: _node(left, right), reversed(self._peaks))


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(_NODE + left + right).digest()
