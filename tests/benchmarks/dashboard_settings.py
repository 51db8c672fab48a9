"""The site's own settings, with one address more: the empty view the others are held against."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "tests.benchmarks.dashboard_urls"
