"""What a query asks for, beyond single names: whose quantity, which of several names, made of what."""

from decimal import Decimal

import pytest

from tests.reading.vocabularies import catalogue, ids, read


def _own(query: str) -> dict[str, Decimal | None]:
    return {one.concepts[0]: one.quantity.min_kg for one in read(query).quantities}


@pytest.mark.parametrize(
    ("query", "own"),
    [
        ("xoài và 500 kg thanh long", {"dragon-fruit": 500}),
        ("xoai va 500 kg thanh long", {"dragon-fruit": 500}),
        ("xoài 500 kg và thanh long", {"mango": 500}),
        ("cam, quýt 300 kg, bưởi", {"mandarin": 300}),
        ("cam, quýt và 2 tạ bưởi", {"pomelo": 200}),
    ],
)
def test_a_quantity_is_of_the_goods_beside_it_alone(query: str, own: dict[str, int]) -> None:
    assert _own(query) == own
    assert read(query).quantity is None


@pytest.mark.parametrize(
    ("query", "own"),
    [
        ("xoài 5 tạ ổi 3 tạ", {"mango": 500, "guava": 300}),
        ("5 tạ xoài 3 tạ ổi", {"mango": 500, "guava": 300}),
        ("500 kg xoài, thanh long 1 tấn", {"mango": 500, "dragon-fruit": 1000}),
    ],
)
def test_quantities_before_or_after_their_goods_are_told_apart(query: str, own: dict[str, int]) -> None:
    assert _own(query) == own
    assert read(query).quantity_min_kg == min(own.values())


@pytest.mark.parametrize("query", ["500 kg xoài và thanh long", "xoài và thanh long 500 kg", "500 kg cam quýt"])
def test_the_only_quantity_at_an_end_is_of_all_goods(query: str) -> None:
    assert read(query).quantity_min_kg == 500
    assert _own(query) == {}


def test_bounds_of_different_goods_do_not_contradict_each_other() -> None:
    understood = read("xoài dưới 2 tấn, thanh long từ 5 tấn")
    assert understood.notes == ()
    assert [one.quantity.max_kg for one in understood.quantities] == [2000, None]


@pytest.mark.parametrize(
    ("query", "goods"),
    [
        ("1000 trứng vịt", "egg-duck"),
        ("1000 trung vit", "egg-duck"),
        ("1.000 hột vịt mỗi tuần", "egg-duck"),
        ("từ 1000 trứng gà", "egg-chicken"),
        ("1000 eggs", "egg"),
        ("1000 trứng cút", "egg-quail"),
    ],
)
def test_a_bare_number_counts_goods_that_are_sold_by_the_piece(query: str, goods: str) -> None:
    understood = read(query)
    assert understood.concepts[0].id == goods
    assert understood.quantity is not None
    assert (understood.quantity.minimum, understood.quantity.unit) == (Decimal(1000), "H87")
    assert understood.text == ""


@pytest.mark.parametrize("query", ["hộp 10 trứng gà", "5 trứng vịt", "1000 xoài", "dưới 3000 trứng gà", "gạo ST 25"])
def test_other_bare_numbers_count_nothing(query: str) -> None:
    assert read(query).quantity is None


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("đậu đũa loại 1 Đồng Nai", "75"),
        ("dau dua loai 1 dong nai", "75"),
        ("bông điên điển loại 1 Gia Lai", "52"),
        ("thịt gà loại 1 Cần Thơ", "92"),
        ("gạo OM 5451 Đồng Tháp", "82"),
    ],
)
def test_a_number_before_a_place_or_after_a_grade_is_neither_price_nor_quantity(query: str, place: str) -> None:
    understood = read(query)
    assert understood.province is not None
    assert understood.province.code == place
    assert (understood.price_max_vnd, understood.quantity) == (None, None)


@pytest.mark.parametrize(
    ("query", "goods"),
    [
        ("hạt tiêu Phú Quốc", "black-pepper"),
        ("hồ tiêu Chư Sê", "black-pepper"),
        ("hạt điều W320", "cashew-kernel"),
        ("cá tra phi lê", "pangasius-fillet"),
        ("hoa quả tươi", "fresh-fruit-mixed"),
    ],
)
def test_a_name_that_ends_within_another_of_the_same_goods_is_one_with_it(query: str, goods: str) -> None:
    assert ids(query) == [goods]
    assert read(query).text == ""


@pytest.mark.parametrize(
    ("query", "variety"),
    [
        ("hạt tiêu Phú Quốc", "phú quốc"),
        ("sau rieng monthong", "monthong"),
        ("xoài Thái", "thái"),
        ("dưa leo", ""),
        ("bắp cải", ""),
        ("xoài cát Hòa Lộc", ""),
    ],
)
def test_a_trade_name_longer_than_the_plain_one_tells_some_of_the_goods_from_the_others(
    query: str, variety: str
) -> None:
    assert read(query).variety == variety


def test_a_name_within_the_name_of_others_is_known_not_to_mean_them() -> None:
    assert {"pumpkin", "baby-corn"} <= set(read("ngô").others)
    assert "passion-fruit" in read("chanh").others
    assert {"maize", "coriander-leaf"}.isdisjoint(read("ngo").others)


def test_meat_is_also_called_by_its_animal_alone() -> None:
    assert ids("gà ta") == ["chicken-free-range"]
    assert ids("heo hơi") == ["live-pig"]


@pytest.mark.parametrize(
    ("query", "goods", "text"),
    [
        ("dried jackfruit", "dried-fruit-jackfruit", ""),
        ("banana chips", "banana-crisp", ""),
        ("cassava starch", "tapioca-starch", ""),
        ("cá lóc khô", "dried-fish-snakehead", ""),
        ("ca loc kho", "dried-fish-snakehead", ""),
        ("ổi sấy", "dried-guava", ""),
        ("dried guava", "dried-guava", ""),
        ("xoài cát Hòa Lộc sấy dẻo", "mango-hoa-loc.dried-soft", ""),
        ("thịt lợn sấy gác bếp", "smoked-pork", ""),
    ],
)
def test_goods_made_of_others_are_those_that_the_catalogue_has(query: str, goods: str, text: str) -> None:
    assert [reading.id for reading in read(query).concepts if reading.role == "goods"] == [goods]
    assert read(query).text == text


@pytest.mark.parametrize(
    ("query", "commodity", "form"),
    [
        ("mứt sầu riêng", "durian", "jam"),
        ("cá bống kho tộ", "goby-sand", "braised"),
        ("nấm hương khô", "mushroom-shiitake", "dried"),
    ],
)
def test_goods_in_a_form_without_a_name_of_its_own_are_that_pair(query: str, commodity: str, form: str) -> None:
    (reading,) = read(query).concepts
    goods = catalogue().goods(reading.id)
    assert (goods.commodity, goods.form) == (commodity, form)


def test_the_last_word_of_an_english_compound_says_what_it_is() -> None:
    assert [(reading.id, reading.role) for reading in read("ginger tea").concepts] == [
        ("tea-ginger", "goods"),
    ]
    assert [reading.role for reading in read("mango orange").concepts] == ["goods", "goods"]


def test_a_dish_is_its_goods_as_they_are_cooked() -> None:
    assert "dried-fish" not in ids("ca bong kho to")
    assert [catalogue().goods(id_).form for id_ in ids("cá hồi hun khói")] == ["smoked"]


def test_a_word_that_makes_others_of_what_follows_is_not_the_raw_goods_it_is_somewhere() -> None:
    assert ids("mì chùm ngây") == ["moringa.noodles"]
    assert ids("mì") == ids("mì Tây Ninh") == ["cassava"]


@pytest.mark.parametrize(
    ("query", "goods"),
    [
        ("trái mãng cục", "mangosteen"),
        ("gừn", "ginger"),
        ("gừn tươi 500 kg", "ginger"),
        ("khoai langtim", "sweet-potato-purple"),
        ("thanh longruot do", "dragon-fruit-red"),
        ("chanh giây", "passion-fruit"),
    ],
)
def test_a_strange_rime_two_slips_of_hearing_and_a_blank_lost_within_a_name_are_put_right(
    query: str, goods: str
) -> None:
    assert ids(query) == [goods]


def test_a_producer_keeps_the_first_word_of_its_name_without_marks() -> None:
    assert read("htx cho gao").organization == "htx cho gao"
    assert read("htx cho gao").concepts == ()
    assert [reading.role for reading in read("htx mua gao").concepts] == ["goods"]
    assert [reading.role for reading in read("cty mua gao").concepts] == ["goods"]


def test_the_beginning_of_a_name_that_cuts_a_place_names_nothing() -> None:
    assert ids("dâu da") == ["baccaurea-forest"]
    assert ids("dâu Đà Lạt") == ["strawberry"]


@pytest.mark.parametrize(
    ("query", "goods"), [("rau mồng tơi", "malabar-spinach"), ("rau cai ngot", "choy-sum"), ("hoa cúc", None)]
)
def test_the_word_for_their_category_before_goods_says_no_more(query: str, goods: str | None) -> None:
    assert read(query).text == ""
    assert goods is None or ids(query) == [goods]


def test_herbs_are_no_pineapple() -> None:
    assert (ids("rau thơm"), read("rau thơm").category) == ([], "herb_spice")


def test_drying_may_be_said_in_english_after_the_goods() -> None:
    assert ids("mango dried") == ids("dried mango") == ["dried-fruit-mango"]


@pytest.mark.parametrize("query", ["bán buôn bưởi", "thu mua bưởi", "giá bưởi hôm nay", "gia buoi hom nay"])
def test_words_of_trading_say_nothing_of_the_goods(query: str) -> None:
    assert ids(query) == ["pomelo"]
    assert read(query).text == ""


def test_a_container_is_also_a_cont() -> None:
    understood = read("2 cont dừa")
    assert understood.quantity is not None
    assert ids("2 cont dừa") == ["coconut"]
    assert understood.quantity.unit == "XCN"


@pytest.mark.parametrize(
    "query", ["che xanh", "hải sâm", "vâng", "tầng", "mi chum ngay", "ca phe robustadaklak", "đước", "sấu"]
)
def test_words_of_no_name_are_left_alone(query: str) -> None:
    assert all(reading.by != "slip" for reading in read(query).concepts)
