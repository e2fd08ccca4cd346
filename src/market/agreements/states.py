"""The life of an agreement: every state and every transition, in one table.

Code asks this table, tests are generated from it, documentation is drawn from it. `requires` says what must hold
beside the state; `automatic` transitions follow from what is recorded in the ledger of deliveries or from a newer
version and cannot be asked for.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Literal

from market.core.language import Message
from market.core.states import Table, Transition

AgreementStatus = Literal[
    "draft", "signed", "effective", "fulfilled", "partly_fulfilled", "lapsed", "terminated", "superseded"
]
Instrument = Literal["mou", "framework", "sale", "offtake", "agency", "cooperation"]
Cause = Literal[
    "quality",
    "volume",
    "packaging",
    "discount",
    "payment_terms",
    "price",
    "logistics",
    "force_majeure",
    "documents",
    "other",
]

CAUSES: MappingProxyType[Cause, Message] = MappingProxyType(
    {
        "quality": Message(vi="chất lượng", en="quality"),
        "volume": Message(vi="sản lượng", en="volume"),
        "packaging": Message(vi="bao bì", en="packaging"),
        "discount": Message(vi="chiết khấu", en="discount"),
        "payment_terms": Message(vi="thanh toán", en="payment terms"),
        "price": Message(vi="giá", en="price"),
        "logistics": Message(vi="vận chuyển", en="logistics"),
        "force_majeure": Message(vi="bất khả kháng", en="force majeure"),
        "documents": Message(vi="hồ sơ", en="documents"),
        "other": Message(vi="lý do khác", en="another reason"),
    }
)

Outcome = Literal["met", "partly_met", "not_met"]
"""What came of a line; derived from the ledger, never typed in."""

STATES: MappingProxyType[AgreementStatus, Message] = MappingProxyType(
    {
        "draft": Message(vi="Dự thảo", en="Draft"),
        "signed": Message(vi="Đã ký", en="Signed"),
        "effective": Message(vi="Có hiệu lực", en="Effective"),
        "fulfilled": Message(vi="Đã thực hiện đủ", en="Fulfilled"),
        "partly_fulfilled": Message(vi="Thực hiện một phần", en="Partly fulfilled"),
        "lapsed": Message(vi="Hết hiệu lực mà không thực hiện", en="Lapsed"),
        "terminated": Message(vi="Chấm dứt trước hạn", en="Terminated"),
        "superseded": Message(vi="Đã thay bằng phiên bản mới", en="Superseded"),
    }
)

INSTRUMENTS: MappingProxyType[Instrument, Message] = MappingProxyType(
    {
        "mou": Message(vi="Biên bản ghi nhớ", en="Memorandum of understanding"),
        "framework": Message(vi="Hợp đồng nguyên tắc", en="Framework contract"),
        "sale": Message(vi="Hợp đồng mua bán", en="Sale contract"),
        "offtake": Message(vi="Hợp đồng bao tiêu", en="Offtake contract"),
        "agency": Message(vi="Hợp đồng đại lý", en="Agency contract"),
        "cooperation": Message(vi="Thỏa thuận hợp tác", en="Cooperation agreement"),
    }
)
CONTRACTS: frozenset[Instrument] = frozenset({"framework", "sale", "offtake", "agency"})
"""Instruments that programmes count as contracts; MOUs are counted apart, cooperation agreements are neither."""

BOTH_SIDES = Message(
    vi="Có bên bán và bên mua, hoặc ít nhất hai bên khi không phải thương mại",
    en="A seller and a buyer, or at least two parties outside trade",
)
SIGNING_DATE = Message(vi="Có ngày ký, không sau hôm nay", en="A signing date, not after today")
QUANTIFIED = Message(
    vi="Mỗi dòng có mặt hàng, số lượng và đơn vị, thời hạn, kế hoạch giao; mỗi bên có người phụ trách",
    en="Each line has goods, quantity and unit, period and delivery plan; each side has a responsible person",
)
CONFIRMED = Message(vi="Mỗi bên đã xác nhận nội dung này", en="Each side has confirmed this content")
CAUSE = Message(vi="Có mã nguyên nhân", en="A coded cause")
NOTHING_DELIVERED = Message(vi="Chưa giao gì", en="Nothing was delivered")
SOMETHING_DELIVERED = Message(vi="Đã giao ít nhất một phần", en="Something was delivered")
IS_MOU = Message(vi="Là biên bản ghi nhớ chưa có hợp đồng", en="An MOU without a contract yet")

TRANSITIONS: Table = MappingProxyType(
    {
        "edit": Transition(("draft", "signed"), None, Message(vi="Sửa", en="Edit")),
        "annotate": Transition(
            ("draft", "signed", "effective"),
            None,
            Message(vi="Ghi người phụ trách, ghi chú", en="Note people and remarks"),
        ),
        "discard": Transition(("draft",), None, Message(vi="Bỏ dự thảo", en="Discard")),
        "sign": Transition(("draft",), "signed", Message(vi="Ký", en="Sign"), (BOTH_SIDES, SIGNING_DATE)),
        "confirm": Transition(("draft", "signed"), None, Message(vi="Xác nhận nội dung", en="Confirm")),
        "contest": Transition(("signed",), None, Message(vi="Không thừa nhận", en="Contest")),
        "make_effective": Transition(
            ("signed",), "effective", Message(vi="Đưa vào hiệu lực", en="Make effective"), (QUANTIFIED, CONFIRMED)
        ),
        "amend": Transition(("signed", "effective"), None, Message(vi="Sửa đổi, bổ sung", en="Amend"), (CAUSE,)),
        "supersede": Transition(
            ("signed", "effective"),
            "superseded",
            Message(vi="Thay bằng phiên bản mới", en="Supersede"),
            automatic=True,
        ),
        "convert": Transition(
            ("signed", "effective", "fulfilled"), None, Message(vi="Lập hợp đồng", en="Convert"), (IS_MOU,)
        ),
        "deliver": Transition(("effective", "fulfilled"), None, Message(vi="Ghi giao hàng", en="Record a delivery")),
        "fulfil": Transition(("effective",), "fulfilled", Message(vi="Thực hiện đủ", en="Fulfil"), automatic=True),
        "reopen": Transition(
            ("fulfilled",), "effective", Message(vi="Mở lại do điều chỉnh", en="Reopen"), automatic=True
        ),
        "close": Transition(
            ("effective",),
            "partly_fulfilled",
            Message(vi="Kết thúc, thực hiện một phần", en="Close short"),
            (SOMETHING_DELIVERED, CAUSE),
        ),
        "lapse": Transition(
            ("signed", "effective"),
            "lapsed",
            Message(vi="Hết hiệu lực", en="Lapse"),
            (NOTHING_DELIVERED, CAUSE),
        ),
        "terminate": Transition(
            ("signed", "effective"), "terminated", Message(vi="Chấm dứt", en="Terminate"), (CAUSE,)
        ),
    }
)
