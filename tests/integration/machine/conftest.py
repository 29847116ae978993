"""The machine's own assertions say what they compared, as those of tests do."""

import pytest

for _room in ("healing", "people", "posting", "standing", "working"):
    pytest.register_assert_rewrite(f"tests.integration.machine.{_room}")
