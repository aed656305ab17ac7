"""The faults in words: severity, what is wrong and how to cure it, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

Severity = Literal["error", "warning"]

FAULTS: Mapping[str, tuple[Severity, str, str, str, str]] = MappingProxyType(
    {
        "xlwings_missing": (
            "error", "没有安装 xlwings。", "xlwings is not installed.",
            "运行 pip install xlwings，然后 arsheet excel install",
            "Run pip install xlwings, then arsheet excel install"),
        "pywin32_missing": (
            "error", "没有安装 pywin32，函数服务无法启动。",
            "pywin32 is not installed, so the function server cannot start.",
            "运行 pip install pywin32，然后重开 Excel", "Run pip install pywin32, then restart Excel"),
        "environment_asks_for_pro": (
            "error", "环境变量 {name}={value} 会让 xlwings 要求付费许可而无法导入。",
            "The environment variable {name}={value} makes xlwings ask for a paid licence and fail to import.",
            "删除环境变量 {name}（系统属性 → 环境变量），然后重开 Excel",
            "Remove the environment variable {name} (System properties → Environment variables), then restart Excel"),
        "excel_missing": (
            "error", "这台机器上没有找到 Excel。", "No Excel was found on this machine.",
            "安装桌面版 Excel；没有 Excel 时可用 arsheet serve（浏览器）或 arsheet refresh（命令行）",
            "Install desktop Excel; without it use arsheet serve (browser) or arsheet refresh (command line)"),
        "wps_holds_excel": (
            "error", "WPS 占用了 Excel 的登记（Excel.Application 指向 {program}）。",
            "WPS holds Excel's registration (Excel.Application leads to {program}).",
            "在 WPS 的“配置工具 → 高级 → 兼容设置”里取消与 Microsoft Office 的兼容，"
            "再对 Office 运行“联机修复”，然后重开 Excel",
            "In WPS: Configuration tool → Advanced → Compatibility, clear the boxes for Microsoft Office; then repair "
            "Office (Apps → Microsoft 365 → Modify) and restart Excel"),
        "store_excel": (
            "error", "Excel 是 Microsoft Store 版（{program}），不能启动 Python 函数服务。",
            "Excel is the Microsoft Store version ({program}), which cannot start the Python function server.",
            "卸载 Store 版，从 office.com 安装桌面版；或改用 Office.js 加载项（arsheet officejs guide）",
            "Uninstall it and install the desktop version from office.com, or use the Office.js add-in "
            "(arsheet officejs guide)"),
        "dll_missing": (
            "error", "解释器旁边没有 {wanted}（找过：{folders}；现有：{found}）。",
            "{wanted} does not lie beside the interpreter (looked in {folders}; found {found}).",
            "运行 pip install --force-reinstall xlwings，然后 arsheet excel install",
            "Run pip install --force-reinstall xlwings, then arsheet excel install"),
        "bitness_differs": (
            "warning", "Excel 是 {excel} 位，Python 是 {python} 位。", "Excel has {excel} bits, Python has {python}.",
            "通常可以一起用；若提示找不到 DLL，请安装 {excel} 位的 Python 后重新运行 arsheet excel install",
            "They usually work together; if a DLL is not found, install a {excel}-bit Python and run "
            "arsheet excel install again"),
        "macros_disabled": (
            "error", "Excel 禁用了所有宏，按钮和函数都不会运行。",
            "Excel has all macros disabled: neither buttons nor functions will run.",
            "文件 → 选项 → 信任中心 → 宏设置 → 选“通过通知禁用 VBA 宏”；若由公司策略规定，请联系 IT",
            "File → Options → Trust Center → Macro Settings → Disable VBA macros with notification; "
            "if your company sets this, ask IT"),
        "signed_macros_only": (
            "error", "Excel 只允许带签名的宏或加载项，而本机生成的 arsheet.xlam 没有签名。",
            "Excel allows signed macros or add-ins only, and the arsheet.xlam made on this machine has no signature.",
            "请 IT 用公司证书给 arsheet.xlam 签名，或把加载项文件夹加为受信任位置",
            "Ask IT to sign arsheet.xlam with the company's certificate, or to make its folder a trusted location"),
        "add_ins_disabled": (
            "error", "信任中心禁用了所有应用程序加载项。", "The Trust Center has all application add-ins disabled.",
            "文件 → 选项 → 信任中心 → 加载项 → 取消“禁用所有应用程序加载项”",
            "File → Options → Trust Center → Add-ins → clear Disable all Application Add-ins"),
        "addin_disabled_after_crash": (
            "error", "Excel 崩溃后停用了加载项（{item}）。", "Excel disabled the add-in after a crash ({item}).",
            "文件 → 选项 → 加载项 → 管理“禁用项目” → 转到 → 启用 arsheet.xlam，然后重开 Excel",
            "File → Options → Add-ins → Manage Disabled Items → Go → enable arsheet.xlam, then restart Excel"),
        "addin_not_installed": (
            "error", "没有安装加载项（{folder} 里没有 arsheet.xlam）。",
            "The add-in is not installed (there is no arsheet.xlam in {folder}).",
            "关闭 Excel，运行 arsheet excel install", "Close Excel and run arsheet excel install"),
        "addin_made_with_other_xlwings": (
            "error", "加载项按 xlwings {made} 生成，现在安装的是 {now}，两者的 DLL 不同。",
            "The add-in was made with xlwings {made}; {now} is installed now, and their DLLs differ.",
            "关闭 Excel，运行 arsheet excel install", "Close Excel and run arsheet excel install"),
        "addin_interpreter_gone": (
            "error", "加载项要启动的 Python 不存在：{interpreter}。",
            "The Python that the add-in starts is not there: {interpreter}.",
            "关闭 Excel，用现在的 Python 运行 arsheet excel install",
            "Close Excel and run arsheet excel install with the Python of today"),
        "addin_uses_other_python": (
            "warning", "加载项启动的是另一个 Python：{interpreter}（现在这个是 {mine}）。",
            "The add-in starts another Python: {interpreter} (this one is {mine}).",
            "若要改用现在这个，关闭 Excel 后运行 arsheet excel install",
            "To use this one, close Excel and run arsheet excel install"),
        "addin_functions_outdated": (
            "warning", "加载项里的函数与现在的 arsheet 不一致（缺少：{missing}；已取消：{gone}）。",
            "The functions of the add-in are not those of this arsheet (missing: {missing}; gone: {gone}).",
            "关闭 Excel，运行 arsheet excel install", "Close Excel and run arsheet excel install"),
        "ribbon_damaged": (
            "error", "加载项的功能区损坏：{what}。", "The ribbon of the add-in is damaged: {what}.",
            "关闭 Excel，运行 arsheet excel install 重新生成", "Close Excel and make it anew: arsheet excel install"),
        "addin_from_internet": (
            "error", "加载项文件带有“来自网络”标记，宏被阻止：{path}。",
            "The add-in carries the mark of a downloaded file, so its macros are blocked: {path}.",
            "右键该文件 → 属性 → 勾选“解除锁定”；或用 arsheet excel install 在本机重新生成",
            "Right-click the file → Properties → Unblock, or make it on this machine with arsheet excel install"),
        "applescript_missing": (
            "error", "Excel 的脚本文件夹里没有 {wanted}，按钮不能启动 Python。",
            "{wanted} is not in Excel's folder of scripts, so buttons cannot start Python.",
            "运行 arsheet excel install（会复制该脚本），然后重开 Excel",
            "Run arsheet excel install (it copies the script), then restart Excel"),
        "functions_not_on_mac": (
            "warning", "Mac 版 Excel 不支持这种单元格函数；按钮可以用。",
            "Excel for Mac does not have worksheet functions of this kind; the buttons work.",
            "单元格函数请用 Office.js 加载项：arsheet officejs guide",
            "For functions in cells use the Office.js add-in: arsheet officejs guide"),
        "book_on_the_web": (
            "warning", "{name} 在 OneDrive 或 SharePoint 网址上：可以计算，但没有操作日志和备份。",
            "{name} is at an address of OneDrive or SharePoint: it calculates, but has no log and no backups.",
            "在 OneDrive 里选“始终保留在此设备上”，并从本机文件夹打开；或另存到本机",
            "Choose Always keep on this device in OneDrive and open it from the local folder, or save it locally"),
        "book_from_internet": (
            "warning", "{name} 带有“来自网络”标记，会在受保护的视图中打开，函数和按钮不可用。",
            "{name} carries the mark of a downloaded file and opens in Protected View, without functions and buttons.",
            "确认来源可靠后点“启用编辑”，或右键文件 → 属性 → 解除锁定",
            "If you trust its source, click Enable Editing, or right-click the file → Properties → Unblock"),
        "book_formulas_spelled_otherwise": (
            "warning", "{name} 有 {count} 个单元格用了其他程序或其他电脑的写法（{cells}）。",
            "{name} has {count} cells spelled by another application or machine ({cells}).",
            "装好加载项后打开一次即自动改回，再保存",
            "Open it once with the add-in installed: they are rewritten; then save"),
    }
)  # fmt: skip
"""Code -> severity, zh, en, cure in zh, cure in en."""
