"""What Tools/seeds shows by running programs: each check is marked with the rows of Tests/seeds.txt it proves."""

CHECKS = {}  # row -> check


class NotRun(Exception):
    """This machine lacks what the check needs."""


def shows(*rows):
    """Marks a function, which raises AssertionError or OSError if what it checks is not so."""
    def mark(check):
        for row in rows:
            assert row not in CHECKS, f"{row} is shown twice"
            CHECKS[row] = check
        return check
    return mark


def expect(seen, wanted):
    assert seen == wanted, f"{seen!r} instead of {wanted!r}"
