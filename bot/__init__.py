"""survey-bot: keeps a literature survey's paper list current (the pipeline; the command is ``survey-bot``)."""

__version__ = "0.1.0"
