"""The words of trade terms: every code with its name. What differs between offers must be comparable."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

from market.core.language import Message

DeliveryPoint = Literal["farm", "supplier_warehouse", "buyer_warehouse", "buyer_stores", "wholesale_market", "port"]
Packaging = Literal["loose", "sack", "crate", "returnable_crate", "carton", "retail", "other"]
TestKind = Literal["pesticide_residues", "heavy_metals", "microbiology", "antibiotics", "nitrate", "quality"]
Returns = Literal["none", "rejected_on_arrival", "spoiled_in_days", "unsold"]
PaymentMethod = Literal["bank_transfer", "cash_on_delivery", "prepayment", "letter_of_credit", "set_off"]
DeclineReason = Literal[
    "quality",
    "volume",
    "packaging",
    "discount",
    "payment_terms",
    "price",
    "logistics",
    "certificates",
    "other",
]

DELIVERY_POINTS: Mapping[DeliveryPoint, Message] = MappingProxyType(
    {
        "farm": Message(vi="Tại vườn, tại trại", en="At the farm"),
        "supplier_warehouse": Message(vi="Tại kho bên bán", en="The supplier's warehouse"),
        "buyer_warehouse": Message(vi="Tại kho bên mua", en="The buyer's warehouse"),
        "buyer_stores": Message(vi="Tại từng cửa hàng bên mua", en="Each of the buyer's stores"),
        "wholesale_market": Message(vi="Tại chợ đầu mối", en="A wholesale market"),
        "port": Message(vi="Tại cảng", en="A port"),
    }
)
PACKAGINGS: Mapping[Packaging, Message] = MappingProxyType(
    {
        "loose": Message(vi="Hàng xá, không bao bì", en="Loose"),
        "sack": Message(vi="Bao", en="Sacks"),
        "crate": Message(vi="Sọt, rổ", en="Crates"),
        "returnable_crate": Message(vi="Sọt luân chuyển", en="Returnable crates"),
        "carton": Message(vi="Thùng giấy", en="Cartons"),
        "retail": Message(vi="Đóng gói bán lẻ", en="Retail packs"),
        "other": Message(vi="Khác", en="Other"),
    }
)
TEST_KINDS: Mapping[TestKind, Message] = MappingProxyType(
    {
        "pesticide_residues": Message(vi="Dư lượng thuốc bảo vệ thực vật", en="Pesticide residues"),
        "heavy_metals": Message(vi="Kim loại nặng", en="Heavy metals"),
        "microbiology": Message(vi="Vi sinh", en="Microbiology"),
        "antibiotics": Message(vi="Dư lượng kháng sinh", en="Antibiotic residues"),
        "nitrate": Message(vi="Nitrat", en="Nitrate"),
        "quality": Message(vi="Chỉ tiêu chất lượng", en="Quality parameters"),
    }
)
RETURNS: Mapping[Returns, Message] = MappingProxyType(
    {
        "none": Message(vi="Không đổi trả", en="No returns"),
        "rejected_on_arrival": Message(vi="Trả hàng không đạt khi nhận", en="What is rejected on arrival"),
        "spoiled_in_days": Message(vi="Đổi hàng hỏng trong hạn thỏa thuận", en="What spoils within agreed days"),
        "unsold": Message(vi="Nhận lại hàng không bán hết", en="What stays unsold"),
    }
)
PAYMENT_METHODS: Mapping[PaymentMethod, Message] = MappingProxyType(
    {
        "bank_transfer": Message(vi="Chuyển khoản", en="Bank transfer"),
        "cash_on_delivery": Message(vi="Tiền mặt khi giao hàng", en="Cash on delivery"),
        "prepayment": Message(vi="Trả trước", en="Prepayment"),
        "letter_of_credit": Message(vi="Thư tín dụng (L/C)", en="Letter of credit"),
        "set_off": Message(vi="Bù trừ công nợ", en="Set-off"),
    }
)
DECLINE_REASONS: Mapping[DeclineReason, Message] = MappingProxyType(
    {
        "quality": Message(vi="Chất lượng", en="Quality"),
        "volume": Message(vi="Sản lượng", en="Volume"),
        "packaging": Message(vi="Bao bì, quy cách", en="Packaging"),
        "discount": Message(vi="Chiết khấu", en="Discount"),
        "payment_terms": Message(vi="Điều kiện thanh toán", en="Payment terms"),
        "price": Message(vi="Giá", en="Price"),
        "logistics": Message(vi="Vận chuyển, giao nhận", en="Logistics"),
        "certificates": Message(vi="Chứng nhận", en="Certificates"),
        "other": Message(vi="Khác", en="Other"),
    }
)
CODES: Mapping[str, Mapping[Any, Message]] = MappingProxyType(
    {
        "delivery_point": DELIVERY_POINTS,
        "packaging": PACKAGINGS,
        "tests": TEST_KINDS,
        "returns": RETURNS,
        "payment_method": PAYMENT_METHODS,
        "reason": DECLINE_REASONS,
    }
)
"""By the field that takes the code."""


def spelled(field: str) -> str:
    """The codes of a field with their names, for the description of the API."""
    return "; ".join(f"{code}: {name.vi} / {name.en}" for code, name in CODES[field].items())
