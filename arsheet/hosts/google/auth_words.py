"""Why a key file or a saved login is not taken, and what to do; never what is in it."""

from __future__ import annotations

from arsheet.hosts.online import RemoteError

_WORDS = {
    "key_missing": (
        "没有可用的密钥：同步设置中未指定密钥文件，环境变量 {variable} 也为空；请运行 arsheet sync init",
        "there is no key: the sync settings name no key file and the environment variable {variable} is empty; run "
        "arsheet sync init",
    ),
    "key_file_not_found": (
        "找不到密钥文件 {name}；请检查同步设置中的路径",
        "the key file {name} is not there; check the path in the sync settings",
    ),
    "key_file_unreadable": (
        "密钥文件 {name} 无法读取；请确认当前用户有读取权限、文件是 UTF-8 文本",
        "the key file {name} cannot be read; make sure that this user may read it and that it is UTF-8 text",
    ),
    "key_file_open_to_others": (
        "密钥文件 {name} 可被本机其他用户读取（权限 {mode}），拒绝使用；请运行 chmod 600 后重试",
        "the key file {name} can be read by other users of this machine (mode {mode}) and is refused; run chmod 600 "
        "on it and try again",
    ),
    "key_file_of_another_user": (
        "密钥文件 {name} 属于本机另一个用户，拒绝使用；请由运行同步的用户自己保存一份（chmod 600）",
        "the key file {name} belongs to another user of this machine and is refused; keep a copy as the user who runs "
        "the sync (chmod 600)",
    ),
    "key_file_in_checkout": (
        "密钥文件 {name} 位于 git 代码库中，容易被一并提交，拒绝使用；请移到代码库之外（如 ~/.config/arsheet）",
        "the key file {name} lies in a git checkout, where it is easily committed, and is refused; move it out, for "
        "instance to ~/.config/arsheet",
    ),
    "key_file_beside_workbook": (
        "密钥文件 {name} 与工作簿或项目放在一起，容易随之发给别人，拒绝使用；请移到别处（如 ~/.config/arsheet）",
        "the key file {name} lies with the workbook or the project, where it is easily sent along, and is refused; "
        "move it elsewhere, for instance to ~/.config/arsheet",
    ),
    "key_not_json": (
        "{name} 不是完整的 JSON 密钥；请从 Google Cloud 重新下载 JSON 格式的密钥",
        "{name} is not a whole JSON key; download the key again from Google Cloud, in JSON",
    ),
    "key_of_another_kind": (
        "{name} 不是{wanted_zh}；请检查同步设置中的登录方式与文件是否对应",
        "{name} is not {wanted_en}; check that the kind of login in the sync settings fits the file",
    ),
    "key_leads_elsewhere": (
        "{name} 指定的登录地址既不是 Google 也不是所设的中转，拒绝使用；请从 Google Cloud 重新下载密钥",
        "{name} names a login address that is neither Google's nor the relay's and is refused; download the key again "
        "from Google Cloud",
    ),
    "consent_not_given": (
        "没有完成 Google 登录（浏览器中未同意，或等待超过 {minutes} 分钟）；请重新运行并在浏览器中点“允许”",
        "the Google sign-in was not finished (not allowed in the browser, or {minutes} minutes went by); run again and "
        "choose Allow in the browser",
    ),
    "consent_too_narrow": (
        "登录时没有勾选“查看、修改、创建和删除您的所有 Google 表格”，无法同步；请重新运行并勾选",
        "access to Google Sheets was not ticked while signing in, so nothing can be synced; run again and tick it",
    ),
    "login_not_saved": (
        "登录成功，但无法保存到 {name}；请检查该文件夹的写入权限后重新运行",
        "signed in, but the login cannot be saved to {name}; check that the folder can be written and run again",
    ),
    "key_damaged": (
        "{name} 中的密钥不完整或已损坏；请从 Google Cloud 重新下载",
        "the key in {name} is incomplete or damaged; download it again from Google Cloud",
    ),
}


def refused(code: str, **slots: str) -> RemoteError:
    """The error for one code: the configuration is to be changed."""
    zh, en = _WORDS[code]
    exit_code = 5 if code.startswith("consent_") else 8
    return RemoteError(code, zh.format_map(slots), en.format_map(slots), exit_code=exit_code)
