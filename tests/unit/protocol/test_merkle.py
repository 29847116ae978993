"""The Merkle tree of the seals is that of RFC 6962."""

import hashlib

import pytest

from shared.protocol.merkle import Tree, leaf_hash

# The leaves and roots with which implementations of Certificate Transparency test themselves.
_LEAVES = (
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
)
_ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def _tree(*contents: bytes) -> Tree:
    tree = Tree()
    for content in contents:
        tree.add(leaf_hash(content))
    return tree


@pytest.mark.parametrize("count", range(1, 9))
def test_roots_are_those_of_certificate_transparency(count: int) -> None:
    """The first leaves of the known series have the known root."""
    tree = _tree(*(bytes.fromhex(leaf) for leaf in _LEAVES[:count]))

    assert (count, _ROOTS[count - 1]) == (tree.leaves, tree.root().hex())


def test_an_empty_tree_is_the_hash_of_nothing() -> None:
    """RFC 6962 says so."""
    assert hashlib.sha256().digest() == Tree().root()


def test_a_node_cannot_pass_for_a_leaf() -> None:
    """One leaf that holds what a node hashes has another root than the two leaves below it."""
    two = _tree(b"a", b"b")
    forged = _tree(leaf_hash(b"a") + leaf_hash(b"b"))

    assert two.root() != forged.root()


def test_memory_grows_with_the_logarithm() -> None:
    """A hundred thousand leaves keep at most 17 hashes."""
    assert len(_tree(*[b""] * 100_000)._peaks) <= 17
