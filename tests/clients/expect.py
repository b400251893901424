"""What the cases expect, and what they say where it is not so."""


def same(found, wanted):
    assert found == wanted, f"{found!r} was found, {wanted!r} was expected"


def fails(kind, code, call):
    """The call ends with an exception of that kind that names ClickHouse's code."""
    try:
        call()
    except kind as error:
        assert f"code: {code}" in str(error).lower(), error
        return
    raise AssertionError(f"no error, {code} was expected")
