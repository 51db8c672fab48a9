"""What the trades say: metrics, equity and the honest comparison of versions.

Pure functions. Nothing here knows Django, the bot or a database, and only
`resampling` needs scipy: import that one outside the web process.
"""
