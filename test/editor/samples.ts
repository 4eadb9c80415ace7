/** Files that the tests' workspace holds. */
export const samples = {
  'fibonacci.py': `def fibonacci(n: int) -> int:
    """The n-th Fibonacci number."""
    if n < 2:
        return n
    retur`,
  'sequences.py': `"""Integer sequences."""

from collections.abc import Iterator
from itertools import islice


def take(count: int, sequence: Iterator[int]) -> list[int]:
    """The first \`count\` numbers of a sequence."""
    return list(islice(sequence, count))


def triangular(n: int) -> int:
    """The sum of the numbers from 1 to n."""
    return n * (n + 1) // 2


def factorial(n: int) -> int:
    """The product of the numbers from 1 to n."""
    if n < 2:
        return 1
    return n * factorial(n - 1)


def fibonacci(n: int) -> int:
    """The n-th Fibonacci number."""
    if n < 2:
        return n
    retur`,
  'notes.py': `# a place to insert code\n`,
} as const;
