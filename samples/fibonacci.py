"""Numbers that begin with themselves."""


def factorial(n):
    """Return 1 * 2 * ... * n."""
    if n < 2:
        return 1
    return n * factorial(n - 1)


def fibonacci(n):
    """Return the n-th Fibonacci number."""
    if n < 2:
        return n
    return
