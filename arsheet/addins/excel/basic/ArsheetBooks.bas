Option Explicit
Option Private Module
' Follows the open workbooks: help of the functions, formulas of other machines, data changed since the last refresh.
' Part of arsheet (MIT). ASCII only: words in other scripts stand in the cells of the sheet "words".

Private Const MOST_FORMULAS As Long = 200000
Private listener As ArsheetEvents
Private helped As Boolean
Private stale As String   ' names of the books that are marked, each between two tabs

Public Sub ArsheetStart()
    ' Called at load, and again by every button: a stopped project has lost its listener.
    If listener Is Nothing Then
        Set listener = New ArsheetEvents
        listener.Listen Application
    End If
    ArsheetDescribe
End Sub

Public Sub ArsheetDescribe()
    ' The function wizard's texts, from the sheet "help"; Excel takes them only while a workbook is shown.
    Dim sheet As Object, row As Long
    If helped Or ActiveWorkbook Is Nothing Then Exit Sub
    On Error GoTo later
    Set sheet = ThisWorkbook.Worksheets("help")
    row = 1
    Do While sheet.Cells(row, 1).Value <> ""
        ArsheetDescribeOne sheet, row
        row = row + 1
    Loop
    helped = True
later:
End Sub

Private Sub ArsheetDescribeOne(sheet As Object, row As Long)
    Dim words() As String, count As Long, column As Long, name As String
    name = "'" & ThisWorkbook.Name & "'!" & sheet.Cells(row, 1).Value
    count = sheet.Cells(row, 3).Value
    If count = 0 Then
        Application.MacroOptions Macro:=name, Description:=sheet.Cells(row, 2).Value, Category:=ArsheetText("category")
        Exit Sub
    End If
    ReDim words(1 To count)
    For column = 1 To count
        words(column) = sheet.Cells(row, 3 + column).Value
    Next
    Application.MacroOptions Macro:=name, Description:=sheet.Cells(row, 2).Value, _
        Category:=ArsheetText("category"), ArgumentDescriptions:=words
End Sub

Public Sub ArsheetOpened(book As Object)
    ' Formulas that another machine or application has spelled are made ours; the book stays unchanged for saving.
    Dim saved As Boolean
    On Error GoTo done
    If book.FullName = ThisWorkbook.FullName Then Exit Sub
    If ArsheetAnswered Then ArsheetTell "forget", book.Name
    ArsheetFresh book.Name
    saved = book.Saved
    ArsheetRelink book
    If saved Then book.Saved = True
    If ArsheetIsForeign(book) Then ArsheetPress "repair"
done:
End Sub

Private Sub ArsheetRelink(book As Object)
    ' ='C:\elsewhere\arsheet.xlam'!AR_X of another machine becomes =AR_X of this one.
    Dim links As Variant, link As Variant
    links = book.LinkSources(1)
    If IsEmpty(links) Then Exit Sub
    For Each link In links
        If ArsheetIsOurs(CStr(link)) And CStr(link) <> ThisWorkbook.FullName Then
            book.ChangeLink CStr(link), ThisWorkbook.FullName, 1
        End If
    Next
End Sub

Public Function ArsheetIsOurs(path As String) As Boolean
    Dim name As String
    name = Mid$(path, InStrRev(Replace(path, "/", "\"), "\") + 1)
    ArsheetIsOurs = (LCase$(name) = "arsheet.xlam")
End Function

Private Function ArsheetIsForeign(book As Object) As Boolean
    ' Spellings of other applications; Python rewrites them by the one table.
    Dim sheet As Object, cells As Object
    For Each sheet In book.Worksheets
        Set cells = ArsheetFormulaCells(sheet)
        If Not cells Is Nothing Then
            If cells.Count <= MOST_FORMULAS Then
                If ArsheetFormulas(sheet, "ARSHEET.AR_").Count > 0 Then ArsheetIsForeign = True
                If ArsheetFormulas(sheet, "COM.ARSHEET.").Count > 0 Then ArsheetIsForeign = True
                If ArsheetFormulas(sheet, "_XLL.AR_").Count > 0 Then ArsheetIsForeign = True
                If ArsheetFormulas(sheet, "_XLUDF.AR_").Count > 0 Then ArsheetIsForeign = True
                If ArsheetFormulas(sheet, "_XLDUDF_AR").Count > 0 Then ArsheetIsForeign = True
            End If
        End If
        If ArsheetIsForeign = True Then Exit Function
    Next
End Function

Private Function ArsheetFormulaCells(sheet As Object) As Object
    On Error Resume Next
    Set ArsheetFormulaCells = sheet.Cells.SpecialCells(xlCellTypeFormulas)
End Function

Public Sub ArsheetChanged(sheet As Object, target As Object)
    ' The first change of a source table after a refresh marks the book; every other change costs next to nothing.
    Dim table As Object, book As Object, reach As Object
    If ArsheetBusy Or Not ArsheetAnswered Then Exit Sub
    On Error GoTo done
    Set book = sheet.Parent
    If InStr(stale, vbTab & book.Name & vbTab) > 0 Then Exit Sub
    For Each table In sheet.ListObjects
        If InStr(ArsheetText("sources"), "|" & LCase$(table.Name) & "|") > 0 Then
            ' one row more: a row typed below a table joins it only after this event
            Set reach = table.Range.Resize(table.Range.Rows.Count + 1)
            If Not Application.Intersect(reach, target) Is Nothing Then
                ArsheetMark book
                Exit Sub
            End If
        End If
    Next
done:
End Sub

Private Sub ArsheetMark(book As Object)
    stale = stale & vbTab & book.Name & vbTab
    ArsheetTell "mark_stale", book.Name
    ArsheetRecalculate book, "AR_STAMP("
End Sub

Public Sub ArsheetFresh(name As String)
    stale = Replace(stale, vbTab & name & vbTab, "")
End Sub

Public Sub ArsheetTell(what As String, name As String)
    ' One word to the running function server; on Mac there is none.
    #If Not Mac Then
        XLPy.Call XLPy.Module("arsheet.addins.excel.udfs"), what, XLPy.Tuple(name)
    #End If
End Sub
