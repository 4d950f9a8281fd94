"""`unishim trace --html`: one page that shows a trace. data.py gathers what page.py joins with the page's parts."""
