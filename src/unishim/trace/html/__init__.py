"""`unishim trace --html`: one page that shows a trace. page.py combines data from data.py with the page's parts."""
