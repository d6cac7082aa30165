"""The door to GitHub: pull requests, dashboard, settings and schedule, over REST with PyGithub and over git."""
