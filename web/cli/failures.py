"""What failed, in one line with the remedy; None for what nobody foresaw, which keeps its traceback."""

from pathlib import Path


def explain(failure: BaseException) -> str | None:
    """Give the line for `failure`."""
    for reader in (_refusal, _settings, _files, _database):
        line = reader(failure)
        if line is not None:
            return line
    return None


def _refusal(failure: BaseException) -> str | None:
    """Refusals of the rooms have a code and parameters; the solver's have their own words."""
    code = getattr(failure, "code", None)
    if not isinstance(code, str):
        return None
    parameters = getattr(failure, "parameters", None)
    if not isinstance(parameters, dict):
        return str(failure)
    facts = ", ".join(f"{name} {value}" for name, value in parameters.items() if value is not None)
    words = _WORDS.get(code, code.replace("_", " "))
    return f"{words} ({facts})" if facts else words


_WORDS = {
    "week_published": "the week is published already; it can be repaired: linli roster repair",
    "nothing_to_publish": "no proposal waits for this week; make one: linli roster plan",
    "nothing_to_repair": "no published roster for this week; publish one: linli roster publish",
    "no_such_mapping": "no mapping has this source code; linli registry import --help lists them",
    "file_unreadable": "the file cannot be read",
    "file_too_large": "the file is beyond the limits",
    "too_few_pairs": "too few pairs of records carry two valid identity numbers to train on",
    "headings_not_found": "no row of the file has the headings of this source",
    "plan_unsound": "the independent check found the plan to break a rule; nothing was stored",
}


def _settings(failure: BaseException) -> str | None:
    names = {"SettingRefused", "NoSuchWeek", "NeedMappingUnsound"}
    if type(failure).__name__ in names:
        return str(failure)
    if type(failure).__name__ == "HeadingsMissing":
        return f"no row of the file has these headings: {failure}"
    return None


def _files(failure: BaseException) -> str | None:
    if isinstance(failure, FileNotFoundError):
        return f"{failure.filename}: there is no such file"
    if isinstance(failure, PermissionError):
        return f"{failure.filename}: may not be opened"
    if isinstance(failure, OSError) and failure.filename:
        return f"{Path(str(failure.filename)).name}: {failure.strerror}"
    return None


def _database(failure: BaseException) -> str | None:
    """Tell a database that cannot be reached from one that has no tables yet."""
    if type(failure).__module__.partition(".")[0] != "sqlalchemy":
        return None
    text = str(getattr(failure, "orig", failure)).strip().splitlines()[0]
    if "no such table" in text or "does not exist" in text:
        return f"the database has no tables of this version: run linli db upgrade ({text})"
    if type(failure).__name__ in {"OperationalError", "InterfaceError"}:
        return f"the database cannot be reached or used: {text}"
    if type(failure).__name__ in {"ArgumentError", "NoSuchModuleError"}:
        return f"DATABASE_URL cannot be used: {text}"
    return None
