import pytest

from market.organizations.firm_names import firm_key, nearly_called


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hợp tác xã Nông nghiệp Mẫu", "HTX NN MẪU"),
        ("Công ty Trách nhiệm hữu hạn Một thành viên Thử", "Cty TNHH MTV Thử"),
        ("Công ty TNHH MTV Thử", "Công ty TNHH Thử"),
        ("Công ty Cổ phần Sản xuất, Thương mại và Dịch vụ Ví Dụ", "cty CP SX TM & DV ví dụ"),
        ("Liên hiệp Hợp tác xã Giả Định Thành phố Hồ Chí Minh", "liên hiệp htx giả định TP.HCM"),
    ],
)
def test_a_legal_form_is_the_same_written_short(one: str, other: str) -> None:
    assert firm_key(one) == firm_key(other)


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("HTX Thanh long Chợ Gạo", "HTX Thanh lonng Chợ Gạo", True),
        ("HTX Thanh long Chợ Gạo", "HTX Thnah long Chợ Gạo", True),
        ("HTX Thanh long Chợ Gạo", "HTX Thanhlong Chợ Gạo", True),
        ("HTX Thanh long sạch Chợ Gạo", "HTX Thanh long Chợ Gạo", True),
        ("HTX số 3 Chợ Gạo", "HTX số 4 Chợ Gạo", False),
        ("HTX Tân An", "HTX Tân Am", False),
        ("HTX Mẫu", "HTX Mẫu Cái Bè", False),
        ("HTX Xoài Cao Lãnh", "HTX Bưởi Cao Lãnh", False),
        ("HTX Xoài Mẫu", "Công ty Xoài Mẫu", False),
    ],
)
def test_a_slip_is_told_from_another_name(one: str, other: str, near: bool) -> None:
    assert nearly_called(firm_key(one), firm_key(other)) is near
    assert nearly_called(firm_key(other), firm_key(one)) is near
