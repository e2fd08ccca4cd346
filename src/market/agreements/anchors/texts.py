"""What officers read about the head of the history."""

from __future__ import annotations

from market.core.language import Message

SUBJECT = Message(vi="Mốc lịch sử ngày {date}", en="Head of the history of {date}")
BODY = Message(
    vi=(
        "Chuỗi lịch sử của {url} đến hết ngày {date} có {links} mắt xích.\n\n"
        "Mã băm của mắt xích cuối: {hash}\n"
        "Dấu vân tay của khóa đã ký: {key}\n\n"
        "Hãy giữ thư này. Ai viết lại lịch sử trong cơ sở dữ liệu cũng không sửa được thư, và "
        "`market audit verify --known {hash}` sẽ phát hiện."
    ),
    en=(
        "The chain of the history of {url} has {links} links on {date}.\n\n"
        "Hash of the newest link: {hash}\n"
        "Fingerprint of the key that signed it: {key}\n\n"
        "Keep this mail. Whoever rewrites the history in the database cannot change it, and "
        "`market audit verify --known {hash}` will tell."
    ),
)
BROKEN_SUBJECT = Message(
    vi="CẢNH BÁO: lịch sử đã bị viết lại ({date})", en="WARNING: the history was rewritten ({date})"
)
BROKEN_BODY = Message(
    vi=(
        "Chuỗi lịch sử của {url} không còn nối tiếp mốc đã công bố: {why}.\n\n"
        "Hôm nay không ký mốc mới. Hãy chạy `market audit verify --anchor` với thư mục các mốc để biết mục nào đã "
        "bị sửa."
    ),
    en=(
        "The chain of the history of {url} does not continue what was published: {why}.\n\n"
        "No new head is signed today. Run `market audit verify --anchor` on the directory of anchors to learn which "
        "entry was rewritten."
    ),
)
