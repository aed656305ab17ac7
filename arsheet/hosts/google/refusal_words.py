"""The words for what may go wrong with a Google spreadsheet: exit code, Chinese, English; each with its cure."""

from __future__ import annotations

WORDS: dict[str, tuple[int, str, str]] = {
    "key_revoked": (
        5,
        "Google 不认可此密钥：服务账号或密钥已删除、停用或更换；请在 Google Cloud 为 {account_zh} 新建密钥，"
        "换下密钥文件后重试。两边数据均未改动",
        "Google does not accept the key: the service account or its key was deleted, disabled or replaced; create a "
        "new key for {account_en} in Google Cloud, put it in place of the old one and try again. Nothing was changed",
    ),
    "clock_wrong": (
        5,
        "登录被拒：本机时钟与 Google 相差过大；请打开系统的自动校时后重试",
        "the login was refused because this machine's clock differs too much from Google's; switch on automatic time "
        "and try again",
    ),
    "login_expired": (
        5,
        "Google 登录已过期或被撤销；请重新运行 arsheet sync init 登录",
        "the Google login has expired or was revoked; sign in again with arsheet sync init",
    ),
    "login_not_allowed": (
        5,
        "Google 不允许 {account_zh} 取得表格权限；请让管理员在 Google Workspace 中放行，或改用服务账号",
        "Google does not let {account_en} have access to spreadsheets; ask the administrator of Google Workspace to "
        "allow it, or use a service account",
    ),
    "login_missing": (
        5,
        "本机没有可用的默认 Google 登录；请运行 gcloud auth application-default login，或在同步设置中指定密钥文件",
        "this machine has no application default credentials; run gcloud auth application-default login, or name a "
        "key file in the sync settings",
    ),
    "login_refused": (
        5,
        "Google 拒绝了 {account_zh} 的登录；请检查密钥文件是否属于该账号、是否仍有效（arsheet sync doctor 可逐项检查）",
        "Google refused the login of {account_en}; check that the key file belongs to it and is still valid "
        "(arsheet sync doctor goes through each point)",
    ),
    "login_unavailable": (
        6,
        "Google 的登录服务暂不可用（已重试 {retried} 次）；稍后会自动再试，若一直如此请检查代理或中转地址",
        "Google's login service is unavailable (tried again {retried} times); the next run tries again, and if this "
        "lasts, check the proxy or the relay address",
    ),
    "storage_quota": (
        5,
        "服务账号没有云端硬盘空间，不能新建表格；请由一位同事新建表格，再共享给 {account_zh}（编辑者）",
        "a service account has no Drive storage and cannot create a spreadsheet; a person must create it and share it "
        "with {account_en} as an editor",
    ),
    "not_shared": (
        5,
        "没有权限：这张表格未共享给 {account_zh}，或只给了查看权限；请在表格的“共享”中把该地址加为编辑者",
        "no permission: the spreadsheet is not shared with {account_en}, or only for viewing; add that address as an "
        "editor under Share",
    ),
    "scope_missing": (
        5,
        "当前登录只能读取，不能写入（plan 与 doctor 使用只读权限）；请用 apply 运行，或重新登录并勾选表格权限",
        "this login may read but not write (plan and doctor use the read-only scope); run apply, or sign in again and "
        "allow access to spreadsheets",
    ),
    "service_disabled": (
        5,
        "密钥所属的 Google Cloud 项目没有启用 Google Sheets API；请在该项目的“API 和服务”中启用，几分钟后重试",
        "the Google Sheets API is not enabled in the Google Cloud project of the key; enable it under APIs & Services "
        "and try again after a few minutes",
    ),
    "range_protected": (
        5,
        "表格中要写入的区域受保护，且 {account_zh} 不在可编辑名单中，整批未写入；"
        "请在“数据 → 保护工作表和范围”中把该地址加为编辑者",
        "a range to be written is protected and {account_en} may not edit it, so nothing of the batch was written; "
        "add that address as an editor under Data, Protected sheets and ranges",
    ),
    "spreadsheet_not_found": (
        8,
        "找不到这张表格：可能已被删除，或同步设置中的编号有误；请从云端硬盘回收站恢复，或在同步设置中改为新表格的编号",
        "the spreadsheet is not there: it was deleted, or its id in the sync settings is wrong; restore it from "
        "Drive's bin, or give the id of the new spreadsheet in the sync settings",
    ),
    "not_a_spreadsheet": (
        8,
        "该编号指向的不是 Google 表格（例如直接上传的 Excel 文件）；请用“文件 → 另存为 Google 表格”转换后使用新编号",
        "this id is not a Google spreadsheet (an uploaded Excel file, for instance); convert it with File, Save as "
        "Google Sheets and use the new id",
    ),
    "tab_gone": (
        4,
        "要写入的工作表在此期间被删除或改名，整批未写入；请恢复该工作表或其原名后重新运行",
        "a tab to be written was deleted or renamed meanwhile and nothing of the batch was written; restore it or its "
        "name and run again",
    ),
    "tab_exists": (
        4,
        "要新建的工作表名称已被占用，整批未写入；请把表格中的同名工作表改名后重新运行",
        "a tab to be added has a name that is taken and nothing of the batch was written; rename the tab of that name "
        "and run again",
    ),
    "too_many_cells": (
        3,
        "写入后会超过 Google 表格 1,000 万个单元格的上限，未写入；请缩小同步范围（按业务员或地区拆分，"
        "或只同步未结清单据），并删除表格中不用的空白行列",
        "this would exceed Google's limit of 10 million cells in a spreadsheet and nothing was written; narrow the "
        "scope (a spreadsheet for each salesperson or region, or open documents only) and delete unused blank rows",
    ),
    "request_too_large": (
        6,
        "Google 或中转服务器拒绝了过大的请求，未写入；若经过中转，请让其管理员放开到至少 2 MB",
        "Google or the relay refused a request as too large and nothing was written; if there is a relay, its "
        "administrator must allow at least 2 MB",
    ),
    "marker_moved": (
        7,
        "另一次同步刚写过这张表格，本次没有覆盖它；请稍后重新运行。若总是如此，说明有两台电脑在同步同一张表格，请停掉一台",
        "another run has just written to this spreadsheet and this one did not overwrite it; run again a little later. "
        "If this repeats, two machines sync the same spreadsheet: stop one of them",
    ),
    "request_refused": (
        6,
        "Google 拒绝了请求，未写入（{status}）：{said}。请重新运行；若仍如此，请附上 arsheet sync doctor 的输出反馈",
        "Google refused the request and nothing was written ({status}): {said}. Run again; if it repeats, report it "
        "with the output of arsheet sync doctor",
    ),
    "quota_used_up": (
        6,
        "Google 的调用配额暂时用完（已等待并重试 {retried} 次）；请拉长同步间隔，或减少同一账号下同时同步的表格",
        "Google's quota of calls is used up for now (waited and tried again {retried} times); sync less often, or "
        "fewer spreadsheets with the same account at the same time",
    ),
    "remote_unavailable": (
        6,
        "Google 表格服务暂不可用（{status}，已重试 {retried} 次）；下次运行会从已保存处继续，数据不会丢失",
        "Google Sheets is unavailable ({status}, tried again {retried} times); the next run goes on from what is "
        "saved, nothing is lost",
    ),
    "answer_late": (
        6,
        "Google 没有在限定时间内应答（已重试 {retried} 次）；请检查网络或中转，下次运行会先核对是否已写入",
        "Google did not answer in time (tried again {retried} times); check the network or the relay, the next run "
        "first looks whether the write has landed",
    ),
    "network_unreachable": (
        6,
        "连不上 Google（已重试 {retried} 次）；中国大陆需要合规的中转地址或代理（HTTPS_PROXY），请检查网络设置",
        "Google cannot be reached (tried again {retried} times); check the network, and in mainland China a lawful "
        "relay address or proxy (HTTPS_PROXY) is needed",
    ),
    "proxy_refused": (
        6,
        "代理服务器拒绝连接或要求登录（已重试 {retried} 次）；请检查 HTTPS_PROXY 的地址、用户名和密码",
        "the proxy refused the connection or asks for a login (tried again {retried} times); check the address, user "
        "name and password in HTTPS_PROXY",
    ),
    "certificate_refused": (
        8,
        "对方的安全证书未通过验证，未发送任何数据；若公司网络会替换证书，请把公司根证书的路径设为 REQUESTS_CA_BUNDLE",
        "the certificate of the other side could not be verified and nothing was sent; if the company's network "
        "replaces certificates, set REQUESTS_CA_BUNDLE to the company's root certificate",
    ),
    "answer_not_google": (
        6,
        "收到的不是 Google 的应答（{status}，多为网络登录页、代理或中转的提示页；已重试 {retried} 次）；"
        "请用浏览器确认网络已登录，并检查代理或中转地址",
        "the answer was not Google's ({status}, often the sign-in page of a network, proxy or relay; tried again "
        "{retried} times); make sure in a browser that the network is open, and check the proxy or relay address",
    ),
    "address_unusable": (
        8,
        "代理或中转的地址格式不对，未发送任何数据；请检查 HTTPS_PROXY 与同步设置中的中转地址",
        "the address of the proxy or the relay cannot be used and nothing was sent; check HTTPS_PROXY and the relay "
        "address in the sync settings",
    ),
}
"""By code. Slots: account_zh, account_en, status, said (Google's own words), retried."""
