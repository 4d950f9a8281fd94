"""`python -m unishim.cli`."""

from unishim.cli import main

main()
