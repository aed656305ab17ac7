"""The extension as a file: the same bytes each time, what it declares, and what unopkg says of it."""

from __future__ import annotations

import ast
import io
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from arsheet.actions.registry import actions
from arsheet.addins.libreoffice.build import MODULES, build, files, modules
from arsheet.addins.libreoffice.calc import places
from arsheet.addins.libreoffice.declared import known, method_name
from arsheet.addins.libreoffice.install import find_unopkg, install, start_command, uninstall, write_config
from arsheet.addins.libreoffice.words import WORDS
from arsheet.addins.service import runfile
from arsheet.cli import main
from arsheet.functions.catalogue import functions
from arsheet.functions.spelling import internal_name, spell
from arsheet.table import ArsheetError
from tests.addins.libreoffice.calc import own_environment

XLANG = "{http://www.w3.org/XML/1998/namespace}lang"
OOR = "{http://openoffice.org/2001/registry}"
ALLOWED = {"uno", "unohelper", "com"}


def test_the_same_registries_give_the_same_bytes() -> None:
    first = build()
    assert first == build()
    with zipfile.ZipFile(io.BytesIO(first)) as package:
        assert package.testzip() is None
        assert set(package.namelist()) == set(files())


def test_every_part_that_the_manifest_names_is_there_and_is_xml() -> None:
    found = files()
    for name, data in found.items():
        if name.endswith((".xml", ".xcu")):
            ElementTree.fromstring(data)
    listed = ElementTree.fromstring(found["META-INF/manifest.xml"])
    spaced = "{http://openoffice.org/2001/manifest}full-path"
    named = {entry.attrib[spaced] for entry in listed}
    assert named == {name for name in found if name.endswith((".xcu", ".idl")) or name == "arsheet_addin.py"}


def test_every_function_is_declared_under_one_name_in_every_language() -> None:
    tree = ElementTree.fromstring(files()["CalcAddIns.xcu"])
    interface = files()["arsheet.idl"].decode()
    seen = {}
    for node in tree.iter("node"):
        props = {prop.attrib[f"{OOR}name"]: prop for prop in node.findall("prop")}
        if "CompatibilityName" in props:
            names = {value.text for value in props["DisplayName"]} | {
                value.text for value in props["CompatibilityName"]
            }
            (name,) = names
            assert {value.attrib[XLANG] for value in props["Description"]} == {"en", "zh-CN"}
            arguments = [each.attrib[f"{OOR}name"] for each in node.find("node") or ()]
            assert arguments == sorted(arguments) == [f"p{at + 1}" for at in range(len(arguments))]
            seen[name] = arguments
            assert f" {node.attrib[f'{OOR}name']}( [in] com::sun::star::beans::XPropertySet document" in interface
    assert {name: len(arguments) for name, arguments in seen.items()} == {
        name: len(each.params) for name, each in known().items()
    }
    assert set(seen) >= set(functions())
    assert "AR_CREDIT_UTILIZATION" in seen


def test_methods_are_those_of_the_one_table_of_spellings() -> None:
    for name in functions():
        assert internal_name(name).rpartition(".")[2] == method_name(name).upper()


def test_every_button_has_its_place_and_its_picture() -> None:
    text = files()["Addons.xcu"].decode()
    for each in actions().values():
        assert text.count(f"<value>com.arsheet:{each.key}</value>") == 3
        assert each.zh in text
    assert sum(name.startswith("icons/") for name in files()) >= len(actions())


@pytest.mark.parametrize("name", sorted(modules()))
def test_a_module_inside_libreoffice_is_for_an_old_python_without_packages(name: str) -> None:
    tree = ast.parse(modules()[name], feature_version=(3, 8))
    for node in ast.walk(tree):
        found = []
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found = [node.module or ""]
        for dotted in found:
            first = dotted.split(".")[0]
            assert first in ALLOWED or first in sys.stdlib_module_names, dotted
        # these exist from 3.9 or 3.10 on, and only where they are run, not where they annotate
        assert not (isinstance(node, ast.Attribute) and node.attr in ("removeprefix", "removesuffix")), name
        assert not (isinstance(node, ast.keyword) and node.arg == "strict"), name


def test_all_modules_are_shipped() -> None:
    folder = Path(places.__file__).parent
    assert {f"{dotted.rpartition('.')[2]}.py" for dotted in MODULES} | {"__init__.py"} == {
        path.name for path in folder.glob("*.py")
    }


def test_words_are_said_in_both_languages_with_the_same_facts() -> None:
    for key, (zh, en) in WORDS.items():
        assert any("\u4e00" <= letter <= "\u9fff" for letter in zh), key
        assert not any("\u4e00" <= letter <= "\u9fff" for letter in en), key
        assert {part.split("}")[0] for part in zh.split("{")[1:]} == {part.split("}")[0] for part in en.split("{")[1:]}


def test_repair_spells_as_the_one_table_does(declared_here: None) -> None:
    from arsheet.addins.libreoffice.calc.repair_text import internal

    for formula in (
        "=AR_AGING(A1)", '=IFERROR(ar_balance(A7);"AR_BALANCE(x)")', "=_xll.AR_AGING_OF(A1:B2)", "=SUM(A1:A2)",
        "='C:\\x\\arsheet.xlam'!AR_BALANCE(A1)+_xludf.AR_DSO()", "=[1]!AR_BALANCE(A1)", "=ARSHEET.AR_STAMP()",
        "=MY_AR_BALANCE(A1)", "=AR_NOT_OURS(A1)", '="=AR_AGING(A1)"',
    ):  # fmt: skip
        wanted = formula if "NOT_OURS" in formula else spell(formula, "libreoffice7")
        assert internal(formula) == wanted


def test_the_run_folder_is_that_of_the_service(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert Path(places.run_file()) == runfile.path()
    monkeypatch.setenv("ARSHEET_RUN_DIR", str(tmp_path))
    assert Path(places.run_file()) == runfile.path()
    monkeypatch.delenv("ARSHEET_RUN_DIR")
    for runtime in (str(tmp_path), str(tmp_path / "none"), ""):
        monkeypatch.setenv("XDG_RUNTIME_DIR", runtime)
        assert Path(places.run_file()) == runfile.path()


def test_the_command_is_kept_where_only_this_user_reads_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ARSHEET_CONFIG_DIR", str(tmp_path / "config"))
    assert places.start_command() == ["arsheet", "serve", "--quiet"]
    file = write_config(start_command())
    assert places.start_command()[0] == sys.executable
    if hasattr(os, "getuid"):
        assert file.stat().st_mode & 0o077 == 0
        file.chmod(0o666)
        assert places.start_command() == ["arsheet", "serve", "--quiet"], "others could have written it"


def test_the_command_line_makes_the_file(tmp_path: Path) -> None:
    target = tmp_path / "new folder" / "x.oxt"
    done = CliRunner().invoke(main, ["libreoffice", "build", "--out", str(target), "--json"])
    assert done.exit_code == 0, done.output
    assert target.read_bytes() == build()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root is refused")
def test_root_is_told_what_to_do() -> None:
    with pytest.raises(ArsheetError) as refused:
        install(unopkg="/bin/true")
    assert refused.value.code == "not_as_root"
    done = CliRunner().invoke(main, ["libreoffice", "install", "--unopkg", "/bin/true"])
    assert done.exit_code == 5


def test_without_libreoffice_the_way_out_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("arsheet.addins.libreoffice.install.find_unopkg", lambda: None)
    for work in (install, uninstall):
        with pytest.raises(ArsheetError) as refused:
            work()
        assert refused.value.code == "libreoffice_not_found"


@pytest.mark.office
def test_unopkg_takes_the_extension_for_an_ordinary_user(tmp_path: Path) -> None:
    unopkg = find_unopkg()
    if unopkg is None:
        pytest.skip("unopkg is not installed")
    file = tmp_path / "arsheet.oxt"
    file.write_bytes(build())
    before: list[str] = []
    if os.geteuid() == 0:
        if shutil.which("runuser") is None:
            pytest.skip("unopkg refuses root, and there is no runuser")
        before = ["runuser", "-u", "nobody", "--", "env", f"HOME={tmp_path}", f"XDG_CACHE_HOME={tmp_path}/cache"]
        for place in (tmp_path, *tmp_path.parents):
            if place.name.startswith(("pytest-", "popen-", "test_")):
                place.chmod(0o755)
        tmp_path.chmod(0o777)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    environment = {**own_environment(), "HOME": str(tmp_path)}

    def said(*words: str) -> str:
        done = subprocess.run(
            [*before, unopkg, words[0], profile, *words[1:]],
            capture_output=True,
            text=True,
            env=environment,
            timeout=180,
        )
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    said("add", "--suppress-license", str(file))
    listed = said("list")
    assert "com.arsheet.calc" in listed
    assert "is registered: yes" in listed
    said("remove", "com.arsheet.calc")
    assert "com.arsheet.calc" not in said("list")
