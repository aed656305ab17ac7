"""Both manifests: the order that Excel demands, every resource there, every button, and Microsoft's own schemas."""

from __future__ import annotations

import io
import json
import subprocess
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from arsheet.actions.registry import actions
from arsheet.addins.officejs.files import names, static
from arsheet.addins.officejs.manifest_json import localisation, manifest_json
from arsheet.addins.officejs.manifest_xml import manifest_xml
from arsheet.addins.officejs.metadata import NAMESPACE, declared

BASE = "https://localhost:8443"
APP = "{http://schemas.microsoft.com/office/appforoffice/1.1}"
OV = "{http://schemas.microsoft.com/office/taskpaneappversionoverrides}"
BT = "{http://schemas.microsoft.com/office/officeappbasictypes/1.0}"
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
ORDER = {
    f"{APP}OfficeApp": (
        *("Id", "Version", "ProviderName", "DefaultLocale", "DisplayName", "Description", "IconUrl"),
        *("HighResolutionIconUrl", "SupportUrl", "AppDomains", "Hosts", "Requirements", "DefaultSettings"),
        *("Permissions", "VersionOverrides"),
    ),
    f"{OV}VersionOverrides": ("Description", "Requirements", "Hosts", "Resources"),
    f"{OV}Host": ("Runtimes", "AllFormFactors", "DesktopFormFactor"),
    f"{OV}DesktopFormFactor": ("GetStarted", "FunctionFile", "ExtensionPoint"),
    f"{OV}CustomTab": ("Group", "Label"),
    f"{OV}Group": ("Label", "Icon", "Control"),
    f"{OV}Control": ("Label", "Supertip", "Icon", "Action"),
    f"{OV}Supertip": ("Title", "Description"),
    f"{OV}Resources": ("Images", "Urls", "ShortStrings", "LongStrings"),
}
"""The order of children that the schema of the manifest demands."""


def tree(language: str) -> ElementTree.Element:
    """The manifest parsed."""
    return ElementTree.fromstring(manifest_xml(BASE, language))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_children_stand_in_the_order_of_the_schema(language: str) -> None:
    root = tree(language)
    seen = set()
    for parent in root.iter():
        allowed = ORDER.get(parent.tag)
        if allowed is None:
            continue
        seen.add(parent.tag)
        children = [child.tag.rpartition("}")[2] for child in parent]
        places = [allowed.index(child) for child in children]
        assert places == sorted(places), f"{parent.tag}: {children}"
    assert seen == set(ORDER)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_resource_is_there_once_and_used(language: str) -> None:
    root = tree(language)
    used = {element.get("resid") for element in root.iter() if element.get("resid")}
    defined = [
        element.get("id")
        for element in root.iter()
        if element.tag in (f"{BT}Image", f"{BT}Url", f"{BT}String") and element.get("id")
    ]
    assert len(defined) == len(set(defined))
    assert used == set(defined)
    assert all(len(each or "") <= 32 for each in defined), "Excel refuses a resid of more than 32 characters"
    for element in root.iter(f"{BT}String"):
        longest = 125 if element in next(iter(root.iter(f"{OV}Resources"))).find(f"{BT}ShortStrings") else 250
        words = [element.get("DefaultValue", ""), *(child.get("Value", "") for child in element)]
        assert all(0 < len(each) <= longest for each in words), words


def test_the_languages_are_each_others_override() -> None:
    zh, en = tree("zh"), tree("en")
    for language, root, default in (("zh", zh, "zh-CN"), ("en", en, "en-US")):
        assert root.findtext(f"{APP}DefaultLocale") == default, language

    def words(root: ElementTree.Element) -> dict[str, set[str]]:
        return {
            element.get("id", ""): {element.get("DefaultValue", ""), *(child.get("Value", "") for child in element)}
            for element in root.iter(f"{BT}String")
        }

    assert words(zh) == words(en)
    assert words(zh)["refresh.Label"] == {"刷新", "Refresh"}


def test_every_declared_button_and_the_pane_are_on_the_ribbon() -> None:
    root = tree("zh")
    called = [element.text for element in root.iter(f"{OV}FunctionName")]
    assert sorted(called) == sorted(actions())
    kinds = [element.get(TYPE) for element in root.iter(f"{OV}Action")]
    assert kinds.count("ShowTaskpane") == 1
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    sizes = [[int(image.get("size", 0)) for image in icon] for icon in root.iter(f"{OV}Icon")]
    assert all(each == [16, 32, 80] for each in sizes)


def test_every_address_is_one_that_the_service_hands_out() -> None:
    served = set(names())
    for element in tree("zh").iter():
        for value in (element.get("DefaultValue", ""), element.get("Value", "")):
            if value.startswith("https://"):
                assert value.startswith(f"{BASE}/")
                assert value.removeprefix(f"{BASE}/").partition("?")[0] in served, value


def test_the_namespace_is_that_of_the_rewrite_table() -> None:
    assert [e.get("DefaultValue") for e in tree("en").iter(f"{BT}String") if e.get("id") == "Functions.Namespace"] == [
        NAMESPACE
    ]
    assert NAMESPACE == "ARSHEET"


def test_the_order_test_sees_a_wrong_order() -> None:
    text = manifest_xml(BASE, "zh")
    assert "<Supertip>" in text
    broken = ElementTree.fromstring(
        text.replace("<ProviderName>arsheet</ProviderName>", "", 1).replace(
            "</VersionOverrides>", "</VersionOverrides><ProviderName>arsheet</ProviderName>"
        )
    )
    children = [child.tag.rpartition("}")[2] for child in broken]
    places = [ORDER[f"{APP}OfficeApp"].index(child) for child in children]
    assert places != sorted(places)


def test_the_package_holds_manifest_words_and_pictures() -> None:
    with zipfile.ZipFile(io.BytesIO(static("arsheet-office.zip", "zh", BASE)[1])) as package:
        assert sorted(package.namelist()) == ["color.png", "en-us.json", "manifest.json", "outline.png"]
        manifest = json.loads(package.read("manifest.json"))
    assert manifest["localizationInfo"]["additionalLanguages"][0]["file"] == "en-us.json"
    runtime = manifest["extensions"][0]["runtimes"][0]
    assert [each["id"] for each in runtime["customFunctions"]["functions"]] == list(declared())
    assert sorted(each["id"] for each in runtime["actions"] if each["type"] == "executeFunction") == sorted(actions())


def test_the_unified_manifest_follows_the_published_schemas(node: str, npm_packages: Path, tmp_path: Path) -> None:
    broken = manifest_json(BASE, "zh")
    broken["extensions"][0]["runtimes"][0]["customFunctions"]["functions"][0]["id"] = "1"
    del broken["description"]
    lost = {**localisation(BASE, "zh"), "extensions[0].nothing": "x"}
    files = {
        "zh.json": manifest_json(BASE, "zh"), "en.json": manifest_json(BASE, "en"), "broken.json": broken,
        "zh-words.json": localisation(BASE, "zh"), "en-words.json": localisation(BASE, "en"),
        "lost-words.json": lost,
    }  # fmt: skip
    for name, value in files.items():
        (tmp_path / name).write_text(json.dumps(value, ensure_ascii=False), "utf-8")
    script = npm_packages / "validate.cjs"
    script.write_text((Path(__file__).parent / "node" / "validate.cjs").read_text("utf-8"))
    done = subprocess.run(
        [node, str(script), *(str(tmp_path / name) for name in files)], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert len(said.pop("broken.json")) >= 2
    assert len(said.pop("lost-words.json")) == 1
    assert all(not errors for errors in said.values()), said
