"""Whole numbers as short codes of letters that are told apart on paper and on the phone (no 0 o, 1 l i)."""

DIGITS = "23456789abcdefghjkmnpqrstuvwxyz"


def write(number: int) -> str:
    """Return ``number``, 0 or more, written with :data:`DIGITS`.

    :raises ValueError: for a negative number

    >>> write(0), write(30), write(31), write(123456)
    ('2', 'z', '32', '66gg')
    """
    if number < 0:
        raise ValueError("only whole numbers from 0 on have a code")
    text = DIGITS[number % len(DIGITS)]
    while number := number // len(DIGITS):
        text = DIGITS[number % len(DIGITS)] + text
    return text


def read(text: str) -> int:
    """Return the number that ``text`` stands for, the reverse of :func:`write`.

    :raises ValueError: when a letter is none of :data:`DIGITS`

    >>> [read(write(number)) for number in (0, 30, 31, 123456)]
    [0, 30, 31, 123456]
    """
    number = 0
    for letter in text:
        number = number * len(DIGITS) + DIGITS.index(letter)
    return number
