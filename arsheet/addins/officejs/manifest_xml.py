"""manifest.xml: the add-in only manifest that every Excel with Office.js reads, with zh and en side by side."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

from arsheet.addins.officejs.metadata import NAMESPACE
from arsheet.addins.officejs.ribbon import PANE, PANE_TIP, TAB, Group, groups, icon_url, tip

ADDIN_ID = "8c1f6d0e-5a3b-4b7e-9d52-6f0f4c2ab8e1"
VERSION = "1.0.0.0"
NAMES = ("应收账款 arsheet", "Receivables (arsheet)")
ABOUT = (
    "在Excel里算账龄、额度、提醒和对账：公式与按钮，数据不出本机",
    "Aging, credit, reminders and reconciliation in Excel: formulas and buttons; the data stays on this machine",
)
SIZES = (16, 32, 80)
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    "<!-- Generated from the registries by arsheet; do not edit. -->\n"
    '<OfficeApp xmlns="http://schemas.microsoft.com/office/appforoffice/1.1"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xmlns:bt="http://schemas.microsoft.com/office/officeappbasictypes/1.0" xsi:type="TaskPaneApp">\n'
)


def manifest_xml(base_url: str, language: str) -> str:
    """The manifest for a service at ``base_url`` (https). ``language`` is the default one, the other is an override."""
    tab = groups()
    return (
        _HEAD
        + _about(base_url, language)
        + '<VersionOverrides xmlns="http://schemas.microsoft.com/office/taskpaneappversionoverrides"'
        + ' xsi:type="VersionOverridesV1_0">\n<Hosts><Host xsi:type="Workbook">\n'
        + '<Runtimes><Runtime resid="Pane.Url" lifetime="long"/></Runtimes>\n'
        + _custom_functions()
        + _command_surface(tab)
        + "</Host></Hosts>\n"
        + _resources(base_url, language, tab)
        + "</VersionOverrides>\n</OfficeApp>\n"
    )


def _about(base_url: str, language: str) -> str:
    """What stands above the overrides, in the order that the schema demands."""
    locale = "zh-CN" if language == "zh" else "en-US"
    return (
        f"<Id>{ADDIN_ID}</Id>\n<Version>{VERSION}</Version>\n<ProviderName>arsheet</ProviderName>\n"
        f"<DefaultLocale>{locale}</DefaultLocale>\n"
        f"{_worded('DisplayName', NAMES, language, 'Override')}\n"
        f"{_worded('Description', ABOUT, language, 'Override')}\n"
        f"<IconUrl DefaultValue={quoteattr(icon_url(base_url, 'logo', 32))}/>\n"
        f"<HighResolutionIconUrl DefaultValue={quoteattr(icon_url(base_url, 'logo', 64))}/>\n"
        f"<SupportUrl DefaultValue={quoteattr(base_url + '/')}/>\n"
        f"<AppDomains><AppDomain>{base_url}</AppDomain></AppDomains>\n"
        '<Hosts><Host Name="Workbook"/></Hosts>\n'
        '<Requirements><Sets DefaultMinVersion="1.1">'
        '<Set Name="SharedRuntime" MinVersion="1.1"/></Sets></Requirements>\n'
        f"<DefaultSettings><SourceLocation DefaultValue={quoteattr(base_url + '/taskpane.html')}/></DefaultSettings>\n"
        "<Permissions>ReadWriteDocument</Permissions>\n"
    )


def _worded(tag: str, words: tuple[str, str], language: str, override: str, ident: str = "") -> str:
    """An element with its default words and the other language as an override."""
    zh, en = words
    default, locale, other = (zh, "en-US", en) if language == "zh" else (en, "zh-CN", zh)
    name = f" id={quoteattr(ident)}" if ident else ""
    return (
        f"<{tag}{name} DefaultValue={quoteattr(default)}>"
        f"<{override} Locale={quoteattr(locale)} Value={quoteattr(other)}/></{tag}>"
    )


def _custom_functions() -> str:
    return (
        '<AllFormFactors><ExtensionPoint xsi:type="CustomFunctions">\n'
        '<Script><SourceLocation resid="Functions.Script"/></Script>\n'
        '<Page><SourceLocation resid="Pane.Url"/></Page>\n'
        '<Metadata><SourceLocation resid="Functions.Metadata"/></Metadata>\n'
        '<Namespace resid="Functions.Namespace"/>\n</ExtensionPoint></AllFormFactors>\n'
    )


def _command_surface(tab: tuple[Group, ...]) -> str:
    shown = "".join(_group(group) for group in tab)
    return (
        '<DesktopFormFactor>\n<FunctionFile resid="Pane.Url"/>\n<ExtensionPoint xsi:type="PrimaryCommandSurface">\n'
        f'<CustomTab id="Arsheet.Tab">\n{_pane_group()}{shown}<Label resid="Tab.Label"/>\n</CustomTab>\n'
        "</ExtensionPoint>\n</DesktopFormFactor>\n"
    )


def _pane_group() -> str:
    """The first group: the button that opens the pane."""
    return (
        '<Group id="Arsheet.Pane">\n<Label resid="Pane.Group"/>\n' + _icon("logo") + "\n"
        '<Control xsi:type="Button" id="Arsheet.Pane.Open"><Label resid="Pane.Label"/>'
        '<Supertip><Title resid="Pane.Label"/><Description resid="Pane.Tip"/></Supertip>'
        + _icon("logo")
        + '<Action xsi:type="ShowTaskpane"><TaskpaneId>Arsheet.Pane</TaskpaneId>'
        '<SourceLocation resid="Pane.Url"/></Action>'
        "</Control>\n</Group>\n"
    )


def _group(group: Group) -> str:
    controls = "".join(
        f'<Control xsi:type="Button" id="Arsheet.{each.key}"><Label resid="{each.key}.Label"/>'
        f'<Supertip><Title resid="{each.key}.Label"/><Description resid="{each.key}.Tip"/></Supertip>'
        f'{_icon(each.key)}<Action xsi:type="ExecuteFunction"><FunctionName>{each.key}</FunctionName></Action>'
        "</Control>\n"
        for each in group.buttons
    )
    return (
        f'<Group id="Arsheet.Group.{group.key}">\n<Label resid="Group.{group.key}"/>\n{_icon(group.buttons[0].key)}\n'
        f"{controls}</Group>\n"
    )


def _icon(name: str) -> str:
    images = "".join(f'<bt:Image size="{size}" resid="{name}.{size}"/>' for size in SIZES)
    return f"<Icon>{images}</Icon>"


def _resources(base_url: str, language: str, tab: tuple[Group, ...]) -> str:
    """Images, addresses, short words, long words: what every resid above points to."""
    buttons = [each for group in tab for each in group.buttons]
    icons = [("logo", "logo"), *((each.key, each.icon) for each in buttons)]
    images = "".join(
        f'<bt:Image id="{name}.{size}" DefaultValue={quoteattr(icon_url(base_url, icon, size))}/>\n'
        for name, icon in icons
        for size in SIZES
    )
    metadata = f"{base_url}/functions.json?lang="
    urls = (
        f'<bt:Url id="Pane.Url" DefaultValue={quoteattr(base_url + "/taskpane.html")}/>\n'
        f'<bt:Url id="Functions.Script" DefaultValue={quoteattr(base_url + "/functions.js")}/>\n'
        + _worded("bt:Url", (f"{metadata}zh", f"{metadata}en"), language, "bt:Override", "Functions.Metadata")
        + "\n"
    )
    short = [("Tab.Label", TAB), ("Pane.Group", TAB), ("Pane.Label", PANE)]
    short += [(f"Group.{group.key}", (group.zh, group.en)) for group in tab]
    short += [(f"{each.key}.Label", (each.zh, each.en)) for each in buttons]
    long = [("Pane.Tip", PANE_TIP), *((f"{each.key}.Tip", (tip(each, "zh"), tip(each, "en"))) for each in buttons)]
    return (
        f"<Resources>\n<bt:Images>\n{images}</bt:Images>\n<bt:Urls>\n{urls}</bt:Urls>\n"
        f'<bt:ShortStrings>\n<bt:String id="Functions.Namespace" DefaultValue="{NAMESPACE}"/>\n'
        + "".join(_worded("bt:String", words, language, "bt:Override", ident) + "\n" for ident, words in short)
        + "</bt:ShortStrings>\n<bt:LongStrings>\n"
        + "".join(_worded("bt:String", words, language, "bt:Override", ident) + "\n" for ident, words in long)
        + "</bt:LongStrings>\n</Resources>\n"
    )
