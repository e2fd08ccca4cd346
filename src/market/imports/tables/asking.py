"""What is left to ask about a file, and what people should know of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from market.core.language import Language, Message


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that may be given."""

    value: str
    label: Message


@dataclass(frozen=True, slots=True)
class Question:
    """Something that only a person knows. One that is `required` holds the import up until it is answered."""

    id: str
    text: Message
    parameters: Mapping[str, object] = field(default_factory=dict)
    choices: Sequence[Choice] = ()
    """Empty: any text, or a day."""
    required: bool = True
    takes: str = "choice"
    """choice, day, number or text."""

    def say(self, language: Language) -> str:
        return self.text.text(language, **self.parameters)


def same(text: str) -> Message:
    """Words that are the same in every language: a heading, a name."""
    escaped = text.replace("{", "{{").replace("}", "}}")
    return Message(vi=escaped, en=escaped)


WHICH_SHEET = Message(
    vi="Tệp có nhiều trang tính; nhập trang nào?", en="The file has several sheets; which one is to be imported?"
)
WHICH_ROW = Message(vi="Không tìm thấy dòng tiêu đề; tiêu đề ở dòng nào?", en="No heading was found; which row is it?")
NO_HEADING = Message(vi="Không có dòng tiêu đề", en="There is none")
WHICH_COLUMN = Message(vi="Cột nào là “{field}”?", en='Which column is "{field}"?')
WHICH_STYLE = Message(
    vi="Cột “{heading}”: “{text}” là {whole} hay {decimal}?", en='Column "{heading}": is "{text}" {whole} or {decimal}?'
)
WHICH_VALUE = Message(
    vi="Tệp không có cột “{field}”; dùng giá trị nào cho mọi dòng?",
    en='There is no column "{field}"; what holds for every row?',
)
WHICH_YEAR = Message(vi="Các cột tuần, tháng thuộc năm nào?", en="Which year are the weeks or months of?")
WHICH_MONDAY = Message(vi="Tuần đầu tiên bắt đầu ngày nào?", en="On which day does the first week begin?")
WHICH_WEEK = Message(
    vi="Các cột T2, T3... là các thứ của một tuần; tuần đó bắt đầu thứ Hai ngày nào?",
    en="The columns T2, T3... are days of one week; which day is its Monday?",
)
WHOSE_ROWS = Message(
    vi="Cột “{heading}” nêu tên đơn vị khác; các dòng này là của ai?",
    en='The column "{heading}" names other organizations; whose rows are these?',
)
MINE = Message(vi="Của tổ chức tôi; ghi tên đơn vị vào mô tả", en="My organization's; keep the name in the description")
NAMED = Message(
    vi="Của từng đơn vị được nêu (quản trị viên nhập thay)",
    en="Of the organization that each row names (administrators bring in those of others)",
)
EXISTING = Message(
    vi="{count} dòng giống mục đã có (cùng tên và đơn vị tính); làm gì với chúng?",
    en="{count} rows are like things that are there already (same title and unit); what shall become of them?",
)
PAPERS_EXISTING = Message(
    vi="{count} văn bản giống văn bản đã ghi (cùng các bên, loại, ngày ký và mặt hàng, số lượng hay giá trị); "
    "làm gì với chúng?",
    en="{count} papers are like papers that are logged already (same parties, kind, day and goods, quantity or "
    "value); what shall become of them?",
)
UPDATE = Message(vi="Cập nhật mục đã có", en="Update what is there")
ADD = Message(vi="Thêm mục mới", en="Add new ones")
SKIP = Message(vi="Bỏ qua", en="Leave them out")
TWICE = Message(
    vi="{count} văn bản có vẻ ghi trùng; làm gì với bản sau?",
    en="{count} papers seem to be there twice; what shall become of the later ones?",
)
KEEP = Message(vi="Vẫn nhập", en="Import them too")

SHEETS_LEFT = Message(vi="Không nhập trang: {names}.", en="Sheets not imported: {names}.")
SHEETS_HIDDEN = Message(vi="Bỏ qua trang ẩn: {names}.", en="Hidden sheets left out: {names}.")
ROWS_HIDDEN = Message(
    vi="Có {count} dòng ẩn, vẫn được nhập: {lines}.", en="{count} hidden rows are imported too: {lines}."
)
COLUMNS_HIDDEN = Message(vi="Có cột ẩn, vẫn được đọc: {names}.", en="Hidden columns are read too: {names}.")
FORMULAS = Message(
    vi="{count} ô là công thức: dùng giá trị đã tính khi lưu tệp ({cells}).",
    en="{count} cells are formulas: the values saved with the file are used ({cells}).",
)
COLUMNS_UNKNOWN = Message(vi="Cột chưa dùng: {names}.", en="Columns not used: {names}.")
NOT_USED = "none"
"""Of a column that somebody is asked about: its numbers are not meant."""
LEFT_OUT = Message(vi="Không dùng cột này", en="Leave the column out")
ROWS_LEFT_OUT = Message(
    vi="Bỏ qua dòng không phải mặt hàng: {lines}.", en="Rows that are no goods are left out: {lines}."
)
PROVINCE_OWN = Message(
    vi="Không có cột xuất xứ: dùng tỉnh của tổ chức, {name}.",
    en="No column of origin: the organization's province, {name}.",
)
STOCK_WINDOW = Message(
    vi="Tồn kho được ghi là có thể giao từ hôm nay trong {days} ngày.",
    en="Stock is recorded as available from today for {days} days.",
)
DAY_OF_TITLE = Message(
    vi="Không có cột ngày: dùng ngày nêu ở tiêu đề, {day}.",
    en="No column of days: the day that the title names, {day}.",
)
NO_SUCH_DAY = Message(vi="Không phải ngày ký", en="That is not the day of signing")
AS_DRAFTS = Message(
    vi="Tệp được nhập với sign = false: mọi văn bản lưu thành dự thảo, chưa được tính.",
    en="The file was brought with sign = false: every paper is kept as a draft, which does not count.",
)
SIDES = Message(vi="Bên A được ghi là bên bán, bên B là bên mua.", en="Side A is recorded as seller, side B as buyer.")


def listed(things: Iterable[object]) -> str:
    """The first of many, by commas."""
    shown = [str(thing) for thing in things]
    return ", ".join(shown[:20]) + (", …" if len(shown) > 20 else "")


WORDS_ABOVE = Message(
    vi="Trên bảng có ghi: “{text}”; lời này chưa được giữ, hãy ghi thành cột (Giao trước, Nơi giao, Yêu cầu).",
    en='Above the table stands: "{text}"; it is not kept, give it a column (Before, Delivered to, Requirements).',
)
