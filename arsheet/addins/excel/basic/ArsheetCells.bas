Option Explicit
Option Private Module
' What every worksheet function shares: arguments as plain values, answers with real error values, the asking cell.
' Part of arsheet (MIT). ASCII only: words in other scripts stand in the cells of the sheet "words".

Private Const TOO_LARGE As Long = 100000
Private Const SEVERAL_AREAS As Long = -2147217503   ' vbObjectError + 4001
Public ArsheetAnswered As Boolean   ' Python has answered once, so asking again costs nothing to start
Private reason As String            ' why Python could not be asked

Public Function ArsheetPlain(Optional value As Variant) As Variant
    ' A range as its values in one piece: far faster than one that Python reads over COM. A missing one is Empty.
    If IsMissing(value) Then
        ArsheetPlain = Empty
    ElseIf IsObject(value) Then
        ArsheetPlain = ArsheetValues(value)
    Else
        ArsheetPlain = value
    End If
End Function

Private Function ArsheetValues(area As Variant) As Variant
    ' Value2 gives dates as numbers and money unrounded; a book that counts from 1904 must give real dates.
    Dim part As Object
    If area.Areas.Count > 1 Then Err.Raise SEVERAL_AREAS, "arsheet", ArsheetText("several_areas")
    Set part = ArsheetUsed(area)
    If ArsheetFrom1904(area) Then
        ArsheetValues = part.Value
        Exit Function
    End If
    On Error GoTo unknown
    ArsheetValues = part.Value2
    Exit Function
unknown:
    ArsheetValues = part.Value
End Function

Private Function ArsheetUsed(area As Variant) As Object
    ' A:A without the rows below the last used one. Smaller ranges keep their size, as answers are row by row.
    Dim used As Object, rows As Long, columns As Long
    Set ArsheetUsed = area
    If CDbl(area.Rows.Count) * area.Columns.Count <= TOO_LARGE Then Exit Function
    Set used = area.Worksheet.UsedRange
    rows = used.Row + used.Rows.Count - area.Row
    columns = used.Column + used.Columns.Count - area.Column
    If rows < 1 Then rows = 1
    If columns < 1 Then columns = 1
    If rows > area.Rows.Count Then rows = area.Rows.Count
    If columns > area.Columns.Count Then columns = area.Columns.Count
    Set ArsheetUsed = area.Worksheet.Range(area.Cells(1, 1), area.Cells(rows, columns))
End Function

Public Function ArsheetPlace(Optional value As Variant) As Variant
    ' Where a cell is, for a function that asks about the cell and not about its value.
    If IsMissing(value) Then
        ArsheetPlace = Empty
    ElseIf IsObject(value) Then
        ArsheetPlace = ArsheetNamed(value)
    Else
        ArsheetPlace = value
    End If
End Function

Private Function ArsheetNamed(area As Variant) As String
    ArsheetNamed = area.Worksheet.Name & "!" & Replace(area.Cells(1, 1).Address, "$", "")
End Function

Public Function ArsheetCell() As String
    ' Workbook, sheet!cell, and 1 for dates from 1904, with tabs between; blank where no cell asks.
    Dim asking As Object
    If TypeName(Application.Caller) <> "Range" Then Exit Function
    Set asking = Application.Caller
    ArsheetCell = asking.Worksheet.Parent.Name & vbTab & ArsheetNamed(asking)
    If ArsheetFrom1904(asking) Then ArsheetCell = ArsheetCell & vbTab & "1"
End Function

Private Function ArsheetFrom1904(area As Variant) As Boolean
    ' Applications without the setting count from 1900.
    On Error Resume Next
    ArsheetFrom1904 = area.Worksheet.Parent.Date1904
End Function

Public Function ArsheetResult(answer As Variant) As Variant
    ' The answer of Python for cells: an escape character and a number stand for an error value.
    Dim row As Long, column As Long
    ArsheetAnswered = True
    If Not IsArray(answer) Then
        ArsheetResult = ArsheetOne(answer)
        Exit Function
    End If
    If ArsheetIsFlat(answer) Then
        For column = LBound(answer) To UBound(answer)
            answer(column) = ArsheetOne(answer(column))
        Next
    Else
        For row = LBound(answer, 1) To UBound(answer, 1)
            For column = LBound(answer, 2) To UBound(answer, 2)
                answer(row, column) = ArsheetOne(answer(row, column))
            Next
        Next
    End If
    ArsheetResult = answer
End Function

Private Function ArsheetOne(cell As Variant) As Variant
    ArsheetOne = cell
    If VarType(cell) = vbString Then
        If Left$(cell, 1) = Chr$(27) Then ArsheetOne = CVErr(CLng(Mid$(cell, 2)))
    End If
End Function

Private Function ArsheetIsFlat(answer As Variant) As Boolean
    Dim upper As Long
    ArsheetIsFlat = True
    On Error GoTo flat
    upper = UBound(answer, 2)
    ArsheetIsFlat = False
flat:
End Function

Public Function ArsheetFailed(number As Long, words As String) As Variant
    ' Never a text in place of a number: #VALUE! for a bad argument, #N/A where Python could not be asked.
    reason = words
    If number = SEVERAL_AREAS Then
        ArsheetFailed = CVErr(2015)
    Else
        ArsheetFailed = CVErr(2042)
    End If
End Function

Public Function ArsheetReason() As String
    ' Why the last call did not reach Python, and what to do.
    ArsheetReason = ArsheetText("no_python") & " " & reason
End Function
