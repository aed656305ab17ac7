Option Explicit
Option Private Module
' Runs a button in Python, shows what went wrong, and calculates the AR_ cells anew afterwards.
' Part of arsheet (MIT). ASCII only: words in other scripts stand in the cells of the sheet "words".

Public ArsheetBusy As Boolean   ' a button is writing: changes of cells are its own

Public Sub ArsheetPress(action As String, Optional argument As String = "", Optional recalculates As Boolean = False)
    Dim book As Object
    If ArsheetBusy Then Exit Sub
    If ActiveWorkbook Is Nothing Then
        ArsheetSay ArsheetText("no_book")
        Exit Sub
    End If
    ArsheetStart
    Set book = ActiveWorkbook
    ArsheetBusy = True
    On Error GoTo failed
    Application.StatusBar = ArsheetText("working")
    Application.Cursor = xlWait
    RunPython "import arsheet.addins.excel.buttons as b; b.press('" & action & "', '" & ArsheetHex(argument) & "')"
    ArsheetAnswered = True
    If recalculates Then
        ArsheetFresh book.Name
        ArsheetRecalculate book, "AR_"
    End If
    ArsheetRest
    Exit Sub
failed:
    ArsheetFailed Err.Number, Err.Description
    ArsheetRest
    ArsheetSay ArsheetReason()
End Sub

Private Sub ArsheetRest()
    ArsheetBusy = False
    Application.Cursor = xlDefault
    Application.StatusBar = False
End Sub

Public Sub ArsheetImport()
    ' Asks for the file and for what it holds; Python shows the plan before anything is written.
    Dim file As Variant, kind As Variant
    file = Application.GetOpenFilename(ArsheetText("import_filter"), 1, ArsheetText("import_title"))
    If VarType(file) = vbBoolean Then Exit Sub
    kind = Application.InputBox(ArsheetText("import_kinds"), ArsheetText("import_title"), 2, Type:=1)
    If VarType(kind) = vbBoolean Then Exit Sub
    ArsheetPress "import", CStr(CLng(kind)) & vbTab & CStr(file)
End Sub

Public Sub ArsheetWriteValues()
    ' The selected formula is calculated once more, so that Python sees the call and its arguments as Excel gives them.
    Dim cell As Object
    If ActiveWorkbook Is Nothing Then
        ArsheetSay ArsheetText("no_book")
        Exit Sub
    End If
    Set cell = ActiveCell
    On Error GoTo failed
    ArsheetTell "watch", ActiveWorkbook.Name
    On Error Resume Next   ' a part of an array is calculated with the whole of it
    If cell.HasArray Then Set cell = cell.CurrentArray
    cell.Dirty
    cell.Calculate
    On Error GoTo failed
    ArsheetPress "write_values", cell.Worksheet.Name & vbTab & Replace(cell.Cells(1, 1).Address, "$", "")
    Exit Sub
failed:
    ArsheetFailed Err.Number, Err.Description
    ArsheetSay ArsheetReason()
End Sub

Public Function ArsheetHex(words As String) As String
    ' Four hexadecimal digits a character: paths in any script pass every shell between here and Python.
    Dim at As Long
    For at = 1 To Len(words)
        ArsheetHex = ArsheetHex & Right$("0000" & Hex$(AscW(Mid$(words, at, 1))), 4)
    Next
End Function

Public Sub ArsheetSay(words As String)
    ' MsgBox knows only the characters of the system's own code page; the popup of Windows knows all.
    #If Mac Then
        MsgBox words, vbExclamation, ArsheetText("title")
    #Else
        On Error GoTo plain
        CreateObject("WScript.Shell").Popup words, 0, ArsheetText("title"), 48
        Exit Sub
plain:
        MsgBox words, vbExclamation, "arsheet"
    #End If
End Sub

Public Function ArsheetText(key As String) As String
    ' A text of the add-in in the language it was built in.
    Dim row As Long, sheet As Object
    Set sheet = ThisWorkbook.Worksheets("words")
    row = 1
    Do While sheet.Cells(row, 1).Value <> ""
        If sheet.Cells(row, 1).Value = key Then
            ArsheetText = sheet.Cells(row, 2).Value
            Exit Function
        End If
        row = row + 1
    Loop
    ArsheetText = key
End Function

Public Sub ArsheetRecalculate(book As Object, part As String)
    ' Exactly the cells whose formula calls one of our functions, then what depends on them.
    Dim sheet As Object, shown As Object, events As Boolean
    On Error Resume Next
    Set shown = ActiveSheet
    events = Application.EnableEvents
    Application.EnableEvents = False
    Application.ScreenUpdating = False
    For Each sheet In book.Worksheets
        ArsheetRecalculateSheet sheet, part
    Next
    If Application.Calculation <> xlCalculationManual Then Application.Calculate
    If Not shown Is Nothing Then shown.Activate
    Application.ScreenUpdating = True
    Application.EnableEvents = events
End Sub

Private Sub ArsheetRecalculateSheet(sheet As Object, part As String)
    Dim found As Collection, area As Object, shown As Boolean
    Set found = ArsheetFormulas(sheet, part)
    For Each area In found
        ' Dirty acts on the active sheet in some versions of Excel; a hidden sheet is calculated all the same
        If Not shown And sheet.Visible = xlSheetVisible Then sheet.Activate
        shown = True
        area.Dirty
        area.Calculate
    Next
End Sub

Public Function ArsheetFormulas(sheet As Object, part As String) As Collection
    ' The cells whose formula calls part, as runs down a column. Read area by area.
    Dim found As Collection, cells As Object, area As Object
    Set found = New Collection
    Set ArsheetFormulas = found
    On Error GoTo none
    Set cells = sheet.Cells.SpecialCells(xlCellTypeFormulas)
    On Error GoTo 0
    For Each area In cells.Areas
        ArsheetRuns area, part, found
    Next
none:
End Function

Private Sub ArsheetRuns(area As Object, part As String, found As Collection)
    Dim row As Long, column As Long, first As Long, formulas As Variant, calls As Boolean
    For column = 1 To area.Columns.Count
        formulas = area.Columns(column).Formula
        first = 0
        For row = 1 To area.Rows.Count
            If IsArray(formulas) Then
                calls = ArsheetCalls(formulas(row, 1), part)
            Else
                calls = ArsheetCalls(formulas, part)
            End If
            If calls And first = 0 Then first = row
            If first > 0 And Not calls Then
                found.Add area.Worksheet.Range(area.Cells(first, column), area.Cells(row - 1, column))
                first = 0
            End If
        Next
        If first > 0 Then found.Add area.Worksheet.Range(area.Cells(first, column), area.Cells(area.Rows.Count, column))
    Next
End Sub

Public Function ArsheetCalls(formula As Variant, part As String) As Boolean
    ' Whether a formula calls a function whose name begins with part; text in quotes calls nothing.
    Dim pieces As Variant, at As Long, number As Long, piece As String, before As String
    pieces = Split(CStr(formula), Chr$(34))
    For number = 0 To UBound(pieces) Step 2
        piece = " " & UCase$(pieces(number))
        at = InStr(piece, UCase$(part))
        Do While at > 0
            before = Mid$(piece, at - 1, 1)
            If InStr("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.", before) = 0 Then
                ArsheetCalls = True
                Exit Function
            End If
            at = InStr(at + 1, piece, UCase$(part))
        Loop
    Next
End Function
