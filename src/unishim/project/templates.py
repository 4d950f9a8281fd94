"""Project templates, and creating a project from one."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from unishim.errors import ProjectError, UsageError, unknown_choice
from unishim.project.schema import FILE, check_name

_FOLDER = Path(__file__).parent / "templates"
_EVERY = Path(__file__).parent / "every_project"  # files that every project gets
_COMPILED = shutil.ignore_patterns("__pycache__")  # pip compiles Python files


@dataclass(frozen=True, slots=True)
class Template:
    """A directory from which projects are created; `about` is the first sentence of its README."""

    name: str
    folder: Path
    about: str


def templates() -> list[Template]:
    """All templates, sorted by name."""
    return [Template(path.name, path, _about(path)) for path in sorted(_FOLDER.iterdir()) if (path / FILE).is_file()]


def find_template(name: str) -> Template:
    """The template of that name. Raises UsageError."""
    for template in templates():
        if template.name == name:
            return template
    raise unknown_choice(f"--template {name}", (template.name for template in templates()))


def make_project(template: Template, folder: Path) -> None:
    """Creates the project `folder` completely or not at all; it may exist already if empty. Raises ProjectError."""
    name = folder.name
    if complaint := check_name(name):
        raise UsageError(complaint)
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise ProjectError(f"{folder}: already exists and is not empty; choose another name, or remove it")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{name}.", dir=folder.parent))
        try:
            for source in (_EVERY, template.folder):
                shutil.copytree(source, temporary, dirs_exist_ok=True, copy_function=shutil.copyfile, ignore=_COMPILED)
            _set_name(temporary / FILE, name)
            temporary.chmod(0o777 & ~_mask())
            temporary.rename(folder)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise
    except OSError as error:
        raise ProjectError(f"{folder}: {error.strerror}") from None


def _about(folder: Path) -> str:
    """The first sentence after the heading of README.md."""
    text = (folder / "README.md").read_text()
    paragraph = text.split("\n\n")[1]
    return " ".join(paragraph.split()).partition(". ")[0].rstrip(".")


def _set_name(path: Path, name: str) -> None:
    path.write_text(re.sub(r'^name = ".*"$', f'name = "{name}"', path.read_text(), count=1, flags=re.MULTILINE))


def _mask() -> int:
    """The umask, which mkdtemp() ignores."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
