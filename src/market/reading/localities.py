"""Names of places below a province that people add to goods, many of them with goods inside: Cam Lâm, Chợ Gạo, Na Rì.

Districts were abolished on 2025-07-01 (Nghị quyết 203/2025/QH15), but produce goes on being called after them. They are
words to look for, never goods, and no condition: where somebody sells from is told by the province.
"""

from __future__ import annotations

from functools import cache

from market.vietnamese.text import fold

NORTH = (
    "Mai Sơn", "Yên Châu", "Sông Mã", "Thuận Châu", "Mường La", "Vân Hồ", "Mộc Châu", "Tủa Chùa", "Na Hang", "Nà Hang",
    "Chiêm Hóa", "Hàm Yên", "Quản Bạ", "Đồng Văn", "Mèo Vạc", "Yên Minh", "Hoàng Su Phì", "Xín Mần", "Vị Xuyên",
    "Bắc Quang", "Bắc Mê", "Bắc Hà", "Sa Pa", "Mường Khương", "Bát Xát", "Văn Bàn", "Mù Cang Chải", "Văn Chấn",
    "Suối Giàng", "Lục Yên", "Na Rì", "Ba Bể", "Chợ Đồn", "Ngân Sơn", "Chi Lăng", "Hữu Lũng", "Bắc Sơn", "Mẫu Sơn",
    "Tràng Định", "Trà Lĩnh", "Trùng Khánh", "Bảo Lạc", "Tân Cương", "Đại Từ", "La Bằng", "Định Hóa", "Đoan Hùng",
    "Lục Ngạn", "Lục Nam", "Yên Thế", "Tân Yên", "Hiệp Hòa", "Cao Phong", "Tân Lạc", "Kim Bôi", "Mai Châu",
    "Tiên Yên", "Đầm Hà", "Ba Chẽ", "Bình Liêu", "Vân Đồn", "Cô Tô", "Cát Bà", "Lê Chân", "Ngô Quyền", "Tiên Lãng",
    "Thanh Hà", "Kinh Môn", "Chí Linh", "Nam Sách", "Khoái Châu", "Văn Giang", "Ba Vì", "Đan Phượng", "Hoài Đức",
    "Mê Linh", "Đông Anh", "Sóc Sơn", "Quốc Oai", "Phúc Thọ", "Tam Đảo", "Lý Nhân", "Hải Hậu", "Giao Thủy",
    "Tam Điệp",
)  # fmt: skip
CENTRE = (
    "Thọ Xuân", "Như Xuân", "Quỳ Hợp", "Quỳ Châu", "Nghĩa Đàn", "Kỳ Sơn", "Con Cuông", "Thanh Chương", "Nam Đàn",
    "Quỳnh Lưu", "Vũ Quang", "Hương Khê", "Hương Sơn", "Kỳ Anh", "Lệ Thủy", "Bố Trạch", "Cam Lộ", "Hướng Hóa",
    "Khe Sanh", "Gio Linh", "Vĩnh Linh", "A Lưới", "Hương Trà", "Đại Lộc", "Trà My",
    "Nam Trà My", "Bắc Trà My", "Trà Linh", "Tiên Phước", "Lý Sơn", "Trà Bồng", "Hoài Ân", "Hoài Nhơn", "Sông Hinh",
    "Cam Lâm", "Cam Ranh", "Khánh Sơn", "Khánh Vĩnh", "Diên Khánh", "Ninh Hòa", "Vạn Ninh", "Cà Ná", "Ninh Sơn",
    "Ninh Phước", "Hàm Thuận Nam", "Hàm Thuận Bắc", "Bắc Bình", "Tánh Linh", "Đức Linh", "Phan Rí",
    "Măng Đen", "Kon Plông", "Đắk Hà", "Tu Mơ Rông", "Sa Thầy", "Chư Prông", "Chư Sê", "Mang Yang", "Đak Đoa",
    "Buôn Hồ", "Krông Pắc", "Krông Năng", "Đắk Mil", "Cầu Đất", "Lạc Dương", "Đơn Dương", "Đức Trọng", "Lâm Hà",
    "Di Linh", "Bảo Lộc", "Bảo Lâm", "Cát Tiên",
)  # fmt: skip
SOUTH = (
    "Củ Chi", "Hóc Môn", "Cần Giờ", "Nhà Bè", "Trảng Bàng", "Gò Dầu", "Bà Đen", "Dầu Tiếng", "Lái Thiêu", "Bù Đăng",
    "Đồng Xoài", "Lộc Ninh", "Dầu Giây", "Long Khánh", "Xuân Lộc", "Định Quán", "Cẩm Mỹ", "Trảng Bom", "Vĩnh Cửu",
    "Tân Triều", "Châu Đức", "Xuyên Mộc", "Côn Đảo", "Cần Đước", "Cần Giuộc", "Bến Lức", "Mộc Hóa", "Châu Thành",
    "Chợ Gạo", "Cai Lậy", "Gò Công", "Chợ Lách", "Mỏ Cày", "Giồng Trôm", "Ba Tri", "Trà Cú", "Trà Ôn",
    "Tam Bình", "Vũng Liêm", "Mang Thít", "Càng Long", "Cầu Kè", "Cầu Ngang", "Tiểu Cần", "Lai Vung", "Lấp Vò",
    "Sa Đéc", "Cao Lãnh", "Hồng Ngự", "Tân Hồng", "Châu Đốc", "Tri Tôn", "Tịnh Biên", "Thoại Sơn", "Giồng Riềng",
    "Hòn Đất", "Hà Tiên", "U Minh Thượng", "U Minh Hạ", "U Minh", "Tắc Cậu", "Cầu Đúc", "Phong Điền", "Thới Lai",
    "Ô Môn", "Ngã Bảy", "Phụng Hiệp", "Kế Sách", "Mỹ Xuyên", "Vĩnh Châu", "Cù Lao Dung", "Vũng Thơm", "Hồng Dân",
    "Giá Rai", "Rạch Giá", "Cái Nước", "Đầm Dơi", "Ngọc Hiển", "Rạch Gốc", "Hòn Tre", "Nam Du",
)  # fmt: skip


def places_with(words: str) -> tuple[str, ...]:
    """The names of these places that hold some words, marks aside, and more: Chợ Gạo holds gạo."""
    sought = f" {fold(words)} "
    first, _, _ = sought[1:].partition(" ")
    return tuple([place for place, folded in _by_word().get(first, ()) if sought in folded and sought != folded])


@cache
def _by_word() -> dict[str, list[tuple[str, str]]]:
    """The places in lower case, and without marks between blanks, by each of their words."""
    found: dict[str, list[tuple[str, str]]] = {}
    for place in (*NORTH, *CENTRE, *SOUTH):
        for word in dict.fromkeys(fold(place).split()):
            found.setdefault(word, []).append((place.lower(), f" {fold(place)} "))
    return found
