"""Settings of the online spreadsheets: how the job signs in, the relay, and who agreed to it."""

from __future__ import annotations

from arsheet.schema.model import Choice, Setting

LOGINS = (
    Choice("service_account", "服务账号", "Service account", ("service account",)),
    Choice("user", "个人登录", "A person's login", ("oauth", "user login")),
    Choice("default", "本机默认登录", "Application default", ("adc", "workload identity")),
)
SYNC = (
    Setting(
        "sync_login",
        "service_account",
        "在线表格登录方式",
        "Login for online sheets",
        "choice",
        LOGINS,
        "同步任务以谁的身份登录 Google；用 arsheet sync init 设置。",
        "As whom the job signs in to Google; set by arsheet sync init.",
        "sync",
    ),
    Setting(
        "sync_key",
        "",
        "密钥文件位置",
        "Key file",
        help_zh="密钥文件在运行同步的电脑上的路径；密钥本身绝不写进工作簿。空=取环境变量 ARSHEET_GOOGLE_KEY。",
        help_en="Path of the key file on the machine that runs the sync; the key itself is never kept in the workbook. "
        "Blank = the environment variable ARSHEET_GOOGLE_KEY.",
        group="sync",
    ),
    Setting(
        "sync_relay",
        "",
        "中转地址",
        "Relay",
        help_zh="公司依法可以使用的中转服务地址（https://…）；空=直接连接 Google。",
        help_en="Address of a relay that the company may lawfully run (https://…); blank = Google itself.",
        group="sync",
    ),
    Setting(
        "sync_agreed",
        "",
        "数据出境确认",
        "Agreed that data leave the country",
        help_zh="谁在什么时候同意把数据放到境外的在线表格；由 arsheet sync init 填写，空=不同步。",
        help_en="Who agreed, and when, that data are kept in online sheets abroad; filled by arsheet sync init, "
        "blank = nothing is synced.",
        group="sync",
    ),
)
