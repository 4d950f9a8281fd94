"""Lists and dictionaries that grow, and are dropped."""

for _ in range(3):
    numbers: list[int] = []
    for number in range(2_000_000):
        numbers.append(number)
    names = {number: str(number) for number in range(300_000)}
    doubled = [2 * number for number in numbers]
    del numbers, names, doubled
