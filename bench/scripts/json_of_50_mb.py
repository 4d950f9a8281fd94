"""Writes and reads 50 MB of JSON in memory."""

import json

data = [
    {"name": f"name {n}", "values": list(range(n % 20)), "more": {"a": n, "b": [n / 3, None, True]}}
    for n in range(420_000)
]
text = json.dumps(data)
assert len(text) > 45_000_000
assert json.loads(text) == data
