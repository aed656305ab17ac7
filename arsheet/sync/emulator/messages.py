"""The messages of the Sheets API that the emulator reads: fields, types and enumerations, one message a line.

These are facts of the public API description (Sheets v4, revision 20261019); a test holds each field equal to that
document when it is at hand. ``Name: field=Type``; ``Type[]`` repeats, ``{Type}`` is a map, ``.Name`` an enumeration.
"""

ENUMS = """\
SheetType: SHEET_TYPE_UNSPECIFIED GRID OBJECT DATA_SOURCE
ThemeColor: THEME_COLOR_TYPE_UNSPECIFIED TEXT BACKGROUND ACCENT1 ACCENT2 ACCENT3 ACCENT4 ACCENT5 ACCENT6 LINK
MergeType: MERGE_ALL MERGE_COLUMNS MERGE_ROWS
BooleanConditionType: CONDITION_TYPE_UNSPECIFIED NUMBER_GREATER NUMBER_GREATER_THAN_EQ NUMBER_LESS NUMBER_LESS_THAN_EQ
  NUMBER_EQ NUMBER_NOT_EQ NUMBER_BETWEEN NUMBER_NOT_BETWEEN TEXT_CONTAINS TEXT_NOT_CONTAINS TEXT_STARTS_WITH
  TEXT_ENDS_WITH TEXT_EQ TEXT_IS_EMAIL TEXT_IS_URL DATE_EQ DATE_BEFORE DATE_AFTER DATE_ON_OR_BEFORE DATE_ON_OR_AFTER
  DATE_BETWEEN DATE_NOT_BETWEEN DATE_IS_VALID ONE_OF_RANGE ONE_OF_LIST BLANK NOT_BLANK CUSTOM_FORMULA BOOLEAN
  TEXT_NOT_EQ DATE_NOT_EQ FILTER_EXPRESSION
RelativeDate: RELATIVE_DATE_UNSPECIFIED PAST_YEAR PAST_MONTH PAST_WEEK YESTERDAY TODAY TOMORROW
Style: STYLE_UNSPECIFIED DOTTED DASHED SOLID SOLID_MEDIUM SOLID_THICK NONE DOUBLE
HorizontalAlignment: HORIZONTAL_ALIGN_UNSPECIFIED LEFT CENTER RIGHT
HyperlinkDisplayType: HYPERLINK_DISPLAY_TYPE_UNSPECIFIED LINKED PLAIN_TEXT
NumberFormatType: NUMBER_FORMAT_TYPE_UNSPECIFIED TEXT NUMBER PERCENT CURRENCY DATE TIME DATE_TIME SCIENTIFIC
TextDirection: TEXT_DIRECTION_UNSPECIFIED LEFT_TO_RIGHT RIGHT_TO_LEFT
VerticalAlignment: VERTICAL_ALIGN_UNSPECIFIED TOP MIDDLE BOTTOM
WrapStrategy: WRAP_STRATEGY_UNSPECIFIED OVERFLOW_CELL LEGACY_WRAP CLIP WRAP
ErrorValueType: ERROR_TYPE_UNSPECIFIED ERROR NULL_VALUE DIVIDE_BY_ZERO VALUE REF NAME NUM N_A LOADING
SortOrder: SORT_ORDER_UNSPECIFIED ASCENDING DESCENDING
AutoRecalc: RECALCULATION_INTERVAL_UNSPECIFIED ON_CHANGE MINUTE HOUR
Dimension: DIMENSION_UNSPECIFIED ROWS COLUMNS
LocationType: DEVELOPER_METADATA_LOCATION_TYPE_UNSPECIFIED ROW COLUMN SHEET SPREADSHEET
Visibility: DEVELOPER_METADATA_VISIBILITY_UNSPECIFIED DOCUMENT PROJECT
PasteOrientation: NORMAL TRANSPOSE
PasteType: PASTE_NORMAL PASTE_VALUES PASTE_FORMAT PASTE_NO_BORDERS PASTE_FORMULA PASTE_DATA_VALIDATION
  PASTE_CONDITIONAL_FORMATTING
LocationMatchingStrategy: DEVELOPER_METADATA_LOCATION_MATCHING_STRATEGY_UNSPECIFIED EXACT_LOCATION
  INTERSECTING_LOCATION
InterpolationPointType: INTERPOLATION_POINT_TYPE_UNSPECIFIED MIN MAX NUMBER PERCENT PERCENTILE
CommentsViewMode: COMMENTS_VIEW_MODE_UNSPECIFIED COMMENTS_VIEW_MODE_DEFAULT_FOR_CURRENT_ACCESS
  COMMENTS_VIEW_MODE_OMITTED COMMENTS_VIEW_MODE_INCLUDED
ResponseDateTimeRenderOption: SERIAL_NUMBER FORMATTED_STRING
ResponseValueRenderOption: FORMATTED_VALUE UNFORMATTED_VALUE FORMULA
ValueInputOption: INPUT_VALUE_OPTION_UNSPECIFIED RAW USER_ENTERED
"""

MESSAGES = """\
UpdateSheetPropertiesRequest: fields=mask properties=SheetProperties
SheetProperties: gridProperties=GridProperties hidden=bool index=int32 rightToLeft=bool sheetId=int32
  sheetType=.SheetType tabColor=Color tabColorStyle=ColorStyle title=str
GridProperties: columnCount=int32 columnGroupControlAfter=bool frozenColumnCount=int32 frozenRowCount=int32
  hideGridlines=bool rowCount=int32 rowGroupControlAfter=bool
Color: alpha=float blue=float green=float red=float
ColorStyle: rgbColor=Color themeColor=.ThemeColor
MergeCellsRequest: mergeType=.MergeType range=GridRange
GridRange: endColumnIndex=int32 endRowIndex=int32 sheetId=int32 startColumnIndex=int32 startRowIndex=int32
AddSheetRequest: properties=SheetProperties
UpdateCellsRequest: fields=mask range=GridRange rows=RowData[] start=GridCoordinate
RowData: values=CellData[]
CellData: dataValidation=DataValidationRule effectiveFormat=CellFormat effectiveValue=ExtendedValue formattedValue=str
  hyperlink=str note=str userEnteredFormat=CellFormat userEnteredValue=ExtendedValue
DataValidationRule: condition=BooleanCondition inputMessage=str showCustomUi=bool strict=bool
BooleanCondition: type=.BooleanConditionType values=ConditionValue[]
ConditionValue: relativeDate=.RelativeDate userEnteredValue=str
CellFormat: backgroundColor=Color backgroundColorStyle=ColorStyle borders=Borders
  horizontalAlignment=.HorizontalAlignment hyperlinkDisplayType=.HyperlinkDisplayType numberFormat=NumberFormat
  padding=Padding textDirection=.TextDirection textFormat=TextFormat textRotation=TextRotation
  verticalAlignment=.VerticalAlignment wrapStrategy=.WrapStrategy
Borders: bottom=Border left=Border right=Border top=Border
Border: color=Color colorStyle=ColorStyle style=.Style width=int32
NumberFormat: pattern=str type=.NumberFormatType
Padding: bottom=int32 left=int32 right=int32 top=int32
TextFormat: bold=bool fontFamily=str fontSize=int32 foregroundColor=Color foregroundColorStyle=ColorStyle italic=bool
  link=Link strikethrough=bool underline=bool
Link: uri=str
TextRotation: angle=int32 vertical=bool
ExtendedValue: boolValue=bool errorValue=ErrorValue formulaValue=str numberValue=double stringValue=str
ErrorValue: message=str type=.ErrorValueType
GridCoordinate: columnIndex=int32 rowIndex=int32 sheetId=int32
DeleteSheetRequest: sheetId=int32
SortRangeRequest: range=GridRange sortSpecs=SortSpec[]
SortSpec: backgroundColor=Color backgroundColorStyle=ColorStyle dimensionIndex=int32 foregroundColor=Color
  foregroundColorStyle=ColorStyle sortOrder=.SortOrder
UpdateSpreadsheetPropertiesRequest: fields=mask properties=SpreadsheetProperties
SpreadsheetProperties: autoRecalc=.AutoRecalc defaultFormat=CellFormat importFunctionsExternalUrlAccessAllowed=bool
  iterativeCalculationSettings=IterativeCalculationSettings locale=str spreadsheetTheme=SpreadsheetTheme timeZone=str
  title=str
IterativeCalculationSettings: convergenceThreshold=double maxIterations=int32
SpreadsheetTheme: primaryFontFamily=str themeColors=ThemeColorPair[]
ThemeColorPair: color=ColorStyle colorType=.ThemeColor
UpdateDimensionPropertiesRequest: fields=mask properties=DimensionProperties range=DimensionRange
DimensionProperties: developerMetadata=DeveloperMetadata[] hiddenByFilter=bool hiddenByUser=bool pixelSize=int32
DeveloperMetadata: location=DeveloperMetadataLocation metadataId=int32 metadataKey=str metadataValue=str
  visibility=.Visibility
DeveloperMetadataLocation: dimensionRange=DimensionRange locationType=.LocationType sheetId=int32 spreadsheet=bool
DimensionRange: dimension=.Dimension endIndex=int32 sheetId=int32 startIndex=int32
AddNamedRangeRequest: namedRange=NamedRange
NamedRange: name=str namedRangeId=str range=GridRange
SetBasicFilterRequest: filter=BasicFilter
BasicFilter: criteria={FilterCriteria} filterSpecs=FilterSpec[] range=GridRange sortSpecs=SortSpec[] tableId=str
FilterCriteria: condition=BooleanCondition hiddenValues=str[] visibleBackgroundColor=Color
  visibleBackgroundColorStyle=ColorStyle visibleForegroundColor=Color visibleForegroundColorStyle=ColorStyle
FilterSpec: columnIndex=int32 filterCriteria=FilterCriteria
InsertDimensionRequest: inheritFromBefore=bool range=DimensionRange
DeleteNamedRangeRequest: namedRangeId=str
UnmergeCellsRequest: range=GridRange
DeleteDimensionRequest: range=DimensionRange
AddDimensionGroupRequest: range=DimensionRange
DeleteDimensionGroupRequest: range=DimensionRange
AddProtectedRangeRequest: protectedRange=ProtectedRange
ProtectedRange: description=str editors=Editors namedRangeId=str protectedRangeId=int32 range=GridRange
  requestingUserCanEdit=bool tableId=str unprotectedRanges=GridRange[] warningOnly=bool
Editors: domainUsersCanEdit=bool groups=str[] users=str[]
UpdateNamedRangeRequest: fields=mask namedRange=NamedRange
AutoResizeDimensionsRequest: dimensions=DimensionRange
ClearBasicFilterRequest: sheetId=int32
CopyPasteRequest: destination=GridRange pasteOrientation=.PasteOrientation pasteType=.PasteType source=GridRange
CutPasteRequest: destination=GridCoordinate pasteType=.PasteType source=GridRange
RepeatCellRequest: cell=CellData fields=mask range=GridRange
SetDataValidationRequest: filteredRowsIncluded=bool range=GridRange rule=DataValidationRule
DeleteProtectedRangeRequest: protectedRangeId=int32
AppendCellsRequest: fields=mask rows=RowData[] sheetId=int32 tableId=str
AppendDimensionRequest: dimension=.Dimension length=int32 sheetId=int32
CreateDeveloperMetadataRequest: developerMetadata=DeveloperMetadata
UpdateDeveloperMetadataRequest: dataFilters=DataFilter[] developerMetadata=DeveloperMetadata fields=mask
DataFilter: a1Range=str developerMetadataLookup=DeveloperMetadataLookup gridRange=GridRange
DeveloperMetadataLookup: locationMatchingStrategy=.LocationMatchingStrategy locationType=.LocationType
  metadataId=int32 metadataKey=str metadataLocation=DeveloperMetadataLocation metadataValue=str visibility=.Visibility
DeleteDeveloperMetadataRequest: dataFilter=DataFilter
AddConditionalFormatRuleRequest: index=int32 rule=ConditionalFormatRule
ConditionalFormatRule: booleanRule=BooleanRule gradientRule=GradientRule ranges=GridRange[]
BooleanRule: condition=BooleanCondition format=CellFormat
GradientRule: maxpoint=InterpolationPoint midpoint=InterpolationPoint minpoint=InterpolationPoint
InterpolationPoint: color=Color colorStyle=ColorStyle type=.InterpolationPointType value=str
UpdateConditionalFormatRuleRequest: index=int32 newIndex=int32 rule=ConditionalFormatRule sheetId=int32
DeleteConditionalFormatRuleRequest: index=int32 sheetId=int32
UpdateProtectedRangeRequest: fields=mask protectedRange=ProtectedRange
DuplicateSheetRequest: insertSheetIndex=int32 newSheetId=int32 newSheetName=str sourceSheetId=int32
MoveDimensionRequest: destinationIndex=int32 source=DimensionRange
InsertRangeRequest: range=GridRange shiftDimension=.Dimension
DeleteRangeRequest: range=GridRange shiftDimension=.Dimension
FindReplaceRequest: allSheets=bool find=str includeFormulas=bool matchCase=bool matchEntireCell=bool range=GridRange
  replacement=str searchByRegex=bool sheetId=int32
AddBandingRequest: bandedRange=BandedRange
BandedRange: bandedRangeId=int32 bandedRangeReference=str columnProperties=BandingProperties range=GridRange
  rowProperties=BandingProperties
BandingProperties: firstBandColor=Color firstBandColorStyle=ColorStyle footerColor=Color footerColorStyle=ColorStyle
  headerColor=Color headerColorStyle=ColorStyle secondBandColor=Color secondBandColorStyle=ColorStyle
UpdateBandingRequest: bandedRange=BandedRange fields=mask
DeleteBandingRequest: bandedRangeId=int32
UpdateDimensionGroupRequest: dimensionGroup=DimensionGroup fields=mask
DimensionGroup: collapsed=bool depth=int32 range=DimensionRange
Request: updateSheetProperties=UpdateSheetPropertiesRequest mergeCells=MergeCellsRequest addSheet=AddSheetRequest
  updateCells=UpdateCellsRequest deleteSheet=DeleteSheetRequest sortRange=SortRangeRequest
  updateSpreadsheetProperties=UpdateSpreadsheetPropertiesRequest
  updateDimensionProperties=UpdateDimensionPropertiesRequest addNamedRange=AddNamedRangeRequest
  setBasicFilter=SetBasicFilterRequest insertDimension=InsertDimensionRequest deleteNamedRange=DeleteNamedRangeRequest
  unmergeCells=UnmergeCellsRequest deleteDimension=DeleteDimensionRequest addDimensionGroup=AddDimensionGroupRequest
  deleteDimensionGroup=DeleteDimensionGroupRequest addProtectedRange=AddProtectedRangeRequest
  updateNamedRange=UpdateNamedRangeRequest autoResizeDimensions=AutoResizeDimensionsRequest
  clearBasicFilter=ClearBasicFilterRequest copyPaste=CopyPasteRequest cutPaste=CutPasteRequest
  repeatCell=RepeatCellRequest setDataValidation=SetDataValidationRequest
  deleteProtectedRange=DeleteProtectedRangeRequest appendCells=AppendCellsRequest
  appendDimension=AppendDimensionRequest createDeveloperMetadata=CreateDeveloperMetadataRequest
  updateDeveloperMetadata=UpdateDeveloperMetadataRequest deleteDeveloperMetadata=DeleteDeveloperMetadataRequest
  addConditionalFormatRule=AddConditionalFormatRuleRequest
  updateConditionalFormatRule=UpdateConditionalFormatRuleRequest
  deleteConditionalFormatRule=DeleteConditionalFormatRuleRequest updateProtectedRange=UpdateProtectedRangeRequest
  duplicateSheet=DuplicateSheetRequest moveDimension=MoveDimensionRequest insertRange=InsertRangeRequest
  deleteRange=DeleteRangeRequest findReplace=FindReplaceRequest addBanding=AddBandingRequest
  updateBanding=UpdateBandingRequest deleteBanding=DeleteBandingRequest
  updateDimensionGroup=UpdateDimensionGroupRequest
BatchUpdateSpreadsheetRequest: commentsViewMode=.CommentsViewMode includeSpreadsheetInResponse=bool requests=Request[]
  responseIncludeGridData=bool responseRanges=str[]
ValueRange: majorDimension=.Dimension range=str values=any[][]
BatchUpdateValuesRequest: data=ValueRange[] includeValuesInResponse=bool
  responseDateTimeRenderOption=.ResponseDateTimeRenderOption responseValueRenderOption=.ResponseValueRenderOption
  valueInputOption=.ValueInputOption
BatchClearValuesRequest: ranges=str[]
CopySheetToAnotherSpreadsheetRequest: destinationSpreadsheetId=str
Sheet: properties=SheetProperties
Spreadsheet: properties=SpreadsheetProperties sheets=Sheet[]
"""
