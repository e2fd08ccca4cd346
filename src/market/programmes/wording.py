"""A figure in words, never without its qualifier: about 200 delegates is never printed as 200."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from market.core.language import Language, Message
from market.programmes.models import Figure, Qualifier

QUALIFIERS: Mapping[Qualifier, Message] = {
    "exact": Message(vi="{n}", en="{n}"),
    "about": Message(vi="khoảng {n}", en="about {n}"),
    "at_least": Message(vi="ít nhất {n}", en="at least {n}"),
}

METRICS: Mapping[str, Message] = {
    "contracts_signed": Message(vi="{n} hợp đồng đã ký", en="{n} contracts signed"),
    "mous_signed": Message(vi="{n} biên bản ghi nhớ đã ký", en="{n} memoranda of understanding signed"),
    "delegates": Message(vi="{n} đại biểu", en="{n} delegates"),
    "regional_contents_done": Message(vi="{n} nội dung cấp vùng đã thực hiện", en="{n} regional contents carried out"),
    "bilateral_contents_done": Message(
        vi="{n} nội dung song phương đã thực hiện", en="{n} bilateral contents carried out"
    ),
    "bilateral_contents_held": Message(
        vi="{n} nội dung hợp tác song phương được tổ chức", en="{n} bilateral contents held"
    ),
    "hcmc_consumers": Message(vi="{n} người tiêu dùng ở TP. Hồ Chí Minh", en="{n} consumers in Ho Chi Minh City"),
    "hcmc_enterprises": Message(
        vi="{n} doanh nghiệp TP. Hồ Chí Minh tham gia", en="{n} enterprises of Ho Chi Minh City taking part"
    ),
    "technical_procedures": Message(vi="{n} quy trình kỹ thuật", en="{n} technical procedures"),
    "hcmc_investor_projects": Message(
        vi="{n} dự án của nhà đầu tư TP. Hồ Chí Minh", en="{n} projects of investors from Ho Chi Minh City"
    ),
    "hcmc_investor_projects_operating": Message(vi="{n} dự án đang hoạt động", en="{n} projects operating"),
    "hcmc_investor_projects_part_completed": Message(
        vi="{n} dự án hoàn thành một phần", en="{n} projects completed in part"
    ),
    "hcmc_investor_projects_in_progress": Message(vi="{n} dự án đang triển khai", en="{n} projects in progress"),
    "health_mous": Message(
        vi="{n} biên bản ghi nhớ ngành y tế", en="{n} memoranda of understanding between health departments"
    ),
    "fields_of_cooperation": Message(vi="{n} lĩnh vực hợp tác", en="{n} fields of cooperation"),
    "provinces": Message(vi="{n} tỉnh, thành", en="{n} provinces and cities"),
    "regions": Message(vi="{n} vùng", en="{n} regions"),
    "contracts_signed_cumulative": Message(vi="{n} hợp đồng đã ký (lũy kế)", en="{n} contracts signed (cumulative)"),
    "contracts_and_mous_cumulative": Message(
        vi="{n} hợp đồng và biên bản ghi nhớ (lũy kế)", en="{n} contracts and memoranda (cumulative)"
    ),
    "two_way_trade": Message(vi="{n} tỷ đồng mua bán hai chiều", en="{n} billion đồng traded both ways"),
    "executed_value_per_year": Message(
        vi="{n} tỷ đồng giá trị thực hiện mỗi năm", en="{n} billion đồng carried out per year"
    ),
    "enterprises": Message(vi="{n} doanh nghiệp", en="{n} enterprises"),
    "suppliers": Message(vi="{n} nhà cung cấp", en="{n} suppliers"),
    "buyers": Message(vi="{n} đơn vị mua", en="{n} buyers"),
    "exhibitors": Message(vi="{n} đơn vị trưng bày", en="{n} exhibitors"),
    "booths": Message(vi="{n} gian hàng", en="{n} booths"),
    "products": Message(vi="{n} sản phẩm", en="{n} products"),
    "distribution_systems": Message(vi="{n} hệ thống phân phối", en="{n} distribution systems"),
    "ecommerce_platforms": Message(vi="{n} sàn thương mại điện tử", en="{n} e-commerce platforms"),
    "agreements_with_provinces": Message(
        vi="{n} bản thỏa thuận với các tỉnh, thành", en="{n} agreements with provinces"
    ),
    "wholesale_arrivals_total": Message(
        vi="{n} tấn hàng về ba chợ đầu mối", en="{n} tonnes arriving at the three wholesale markets"
    ),
    "wholesale_arrivals_thu_duc": Message(vi="{n} tấn hàng về chợ Thủ Đức", en="{n} tonnes arriving at Thủ Đức market"),
    "wholesale_arrivals_binh_dien": Message(
        vi="{n} tấn hàng về chợ Bình Điền", en="{n} tonnes arriving at Bình Điền market"
    ),
    "wholesale_arrivals_hoc_mon": Message(vi="{n} tấn hàng về chợ Hóc Môn", en="{n} tonnes arriving at Hóc Môn market"),
}
"""What was counted, around the number `n` that already carries its qualifier."""


def number_in_words(value: Decimal, language: Language) -> str:
    """A number as it is written in the language: 1.349 in Vietnamese, 1,349 in English."""
    plain = f"{value.normalize():,f}"
    return plain if language == "en" else plain.replace(",", " ").replace(".", ",").replace(" ", ".")


def figure_words(figure: Figure, language: Language) -> str:
    """The figure as a phrase, with its qualifier and its denominator."""
    number = number_in_words(figure.value, language)
    if figure.out_of is not None:
        number = f"{number}/{number_in_words(figure.out_of, language)}"
    return METRICS[figure.metric].text(language, n=QUALIFIERS[figure.qualifier].text(language, n=number))
