"""The permission matrix in the docs says what the walk proves."""

from tests.server.access.permissions import PAGE, page


def test_the_printed_matrix_is_not_stale() -> None:
    assert PAGE.read_text() == page(), "run 'make permissions' and commit the result"
