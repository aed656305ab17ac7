"""What the diagnosis says: by code, what was found and what to do, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

WORDS: Mapping[str, tuple[str, str, str, str]] = MappingProxyType(
    {
        "book": ("工作簿 {name} 可以读取", "the workbook {name} can be read", "", ""),
        "agreed": (
            "数据出境已确认：{who}",
            "agreed that data leave the country: {who}",
            "",
            "",
        ),
        "phones_on": (
            "设置为发布电话（打码）",
            "phones are published (masked)",
            "如无必要，把设置“在线表格显示电话”改为“否”",
            "unless it is needed, set Phones in online sheets to No",
        ),
        "login": (
            "密钥可以使用，登录身份 {account}",
            "the key can be used; signing in as {account}",
            "",
            "",
        ),
        "way_relay": (
            "经中转 {address} 连接",
            "connecting over the relay {address}",
            "中转须是公司依法可以使用的服务",
            "the relay must be one that the company may lawfully run",
        ),
        "way_proxy": ("经代理 {address} 连接", "connecting over the proxy {address}", "", ""),
        "clock": ("本机时钟与对方相差 {seconds} 秒", "the clocks differ by {seconds} s", "", ""),
        "clock_off": (
            "本机时钟比 Google {side_zh} {seconds} 秒；超过 300 秒会被拒绝登录",
            "this machine's clock is {seconds} s {side_en} of Google's; more than 300 s and logins are refused",
            "打开系统的自动校时，或校准时区后重试",
            "switch on automatic time, or correct the time zone, and try again",
        ),
        "reached": (
            "能读取在线表格“{title}”，已共享给 {account}",
            "the spreadsheet {title!r} can be read: it is shared with {account}",
            "若写入时提示没有权限，请在“共享”中把 {account} 设为编辑者",
            "if writing is refused, make {account} an editor under Share",
        ),
        "seen_shared": (
            "这是多人共享的表格：共享给谁，谁就能看到全部内容（登记的收件人：{mail_zh}）",
            "this spreadsheet is shared by many: everyone it is shared with sees all of it (noted: {mail_en})",
            "要各看各的，请在同步目标中为每位业务员或每个区域各设一张表；在“共享”中核对名单，关闭“知道链接的任何人”",
            "to let each see their own only, set up a spreadsheet for each salesperson or region; check the list under "
            "Share and switch off access by link",
        ),
        "seen_overview": (
            "总览表包含全部客户：共享给谁，谁就能看到全部内容（登记的收件人：{mail_zh}）",
            "the overview holds all customers: everyone it is shared with sees all of it (noted: {mail_en})",
            "只共享给主管；在“共享”中核对名单（本程序的权限看不到共享名单）",
            "share it with managers only; check the list under Share (this login cannot see it)",
        ),
        "seen_own": (
            "只含范围“{scope}”的客户；共享给谁，谁就能看到这张表的全部内容（登记的收件人：{mail_zh}）",
            "holds the customers of {scope} only; everyone it is shared with sees all of this spreadsheet (noted: "
            "{mail_en})",
            "在“共享”中核对名单（本程序的权限看不到共享名单）",
            "check the list under Share (this login cannot see it)",
        ),
        "cells": (
            "已用 {cells} 个单元格（{percent}，上限 {most}）",
            "{cells} cells in use ({percent} of {most})",
            "",
            "",
        ),
        "cells_many": (
            "已用 {cells} 个单元格，占上限 {most} 的 {percent}（空白单元格也计入）",
            "{cells} cells in use, {percent} of the limit of {most} (blank ones count)",
            "删除空白的行列和不用的工作表，或按业务员、区域拆分",
            "delete blank rows, columns and unused tabs, or split it by salesperson or region",
        ),
        "range_closed": (
            "工作表 {tabs_zh} 中有受保护的区域不允许 {account} 编辑，或只给了查看权限",
            "the tabs {tabs_en} have protected ranges that {account} may not edit, or it may only view",
            "在“数据 → 保护工作表和范围”中把 {account} 加为编辑者，并在“共享”中设为编辑者",
            "add {account} as an editor under Data, Protected sheets and ranges, and under Share",
        ),
        "range_open": (
            "工作表 {tabs_zh} 的保护已被取消，任何编辑者都能改动由系统写入的列（会在下次同步时还原）",
            "the protection of the tabs {tabs_en} was taken away: any editor may change the job's columns (the next "
            "sync puts them back)",
            "在“数据 → 保护工作表和范围”中保护这些列，只允许 {account} 编辑",
            "protect these columns under Data, Protected sheets and ranges, editable by {account} only",
        ),
        "tabs": (
            "各工作表的表头和键完好；待写入 {cells} 格，待收取 {pulled} 条",
            "headers and keys of all tabs are in order; {cells} cells to write, {pulled} entries to take over",
            "",
            "",
        ),
        "quota": (
            "{count} 张在线表格，无改动时每轮约 {idle} 次请求；每分钟最多 {allowed} 次",
            "{count} online spreadsheets, about {idle} requests when nothing changed; at most {allowed} a minute",
            "",
            "",
        ),
        "runs_none": (
            "还没有运行记录",
            "no run is on record yet",
            "运行 arsheet sync plan 先看一看，或用 arsheet sync schedule 设置定时",
            "look first with arsheet sync plan, or set up a schedule with arsheet sync schedule",
        ),
        "runs_overlap": (
            "最近 {runs} 次运行中有 {met} 次因上一次尚未结束而放弃（最长一次 {seconds} 秒）：定时过密，或有两处定时",
            "of the last {runs} runs {met} gave way because another was at work (the longest took {seconds} s): the "
            "schedule is too tight, or there are two",
            "拉长间隔；并检查是否同时设了 cron、systemd、任务计划或另一台电脑",
            "run less often; look for a second schedule: cron, systemd, the Task Scheduler, or another machine",
        ),
        "runs_fail": (
            "最近连续 {failed} 次运行没有成功，最后一次 {at}：{why}（退出码 {exit}）",
            "the last {failed} runs did not succeed, the latest at {at}: {why} (exit code {exit})",
            "按上面各项处理后运行 arsheet sync run",
            "put right what is said above, then run arsheet sync run",
        ),
        "runs": ("最近一次运行 {at} 成功，用时 {seconds} 秒", "the last run, {at}, went well in {seconds} s", "", ""),
    }
)
"""Code -> what was found (zh, en), what to do (zh, en)."""
