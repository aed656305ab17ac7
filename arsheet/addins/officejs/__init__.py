"""Office.js: functions, ribbon and task pane for Excel on Windows, Mac and the web, generated from the registries."""
