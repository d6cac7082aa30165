"""Errors a person reads: one sentence that says what is wrong, where, and what to do."""


class SurveyBotError(Exception):
    """Bad input or a failed part, told in one sentence; never a bug.

    ``what`` is wrong, ``where`` (file and key, or service) and ``remedy`` (what to do now).
    """

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        self.what, self.where, self.remedy = what, where, remedy
        super().__init__(f"{where + ': ' if where else ''}{what}{'; ' + remedy if remedy else ''}")


class SettingsError(SurveyBotError):
    """``survey-bot.toml`` or the command line is wrong."""


class DataError(SurveyBotError):
    """A file under ``taxonomy/``, a README or a feed cannot be read as what it should be."""


class SourceError(SurveyBotError):
    """A source of papers failed; never to be mistaken for "nothing new"."""


class UnreachableError(SourceError):
    """A source cannot be reached, or wants to be left alone: asking for something else will hardly go better.

    ``lasting``: it will not in this run.
    """

    def __init__(self, what: str, *, where: str = "", remedy: str = "", lasting: bool = False) -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.lasting = lasting


class EmbedderError(SurveyBotError):
    """No usable embedding model, or the embedding service failed."""


class LanguageModelError(SurveyBotError):
    """No reply of the language model could be had.

    ``lasting``: and none will be had in this run. ``only_this``: it is about what was asked, and says nothing of other
    requests. ``lost``: so many requests were sent and never answered; the service may charge for them.
    """

    def __init__(
        self,
        what: str,
        *,
        where: str = "",
        remedy: str = "",
        lasting: bool = False,
        only_this: bool = False,
        lost: int = 0,
    ) -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.lasting, self.only_this, self.lost = lasting, only_this, lost


class CapReachedError(LanguageModelError):
    """This is not asked of the language model in this run, as the operator wanted."""


class VectorStoreError(SurveyBotError):
    """The vector store cannot be used."""


class ForgeError(SurveyBotError):
    """The place where pull requests live refused or failed."""


class LedgerError(SurveyBotError):
    """The ledger cannot be read or written."""
