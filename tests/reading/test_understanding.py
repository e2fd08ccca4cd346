import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from market.reading.understanding import LONGEST_QUERY, read_query
from tests.reading.vocabularies import TODAY, ids, read, vocabulary


def test_a_whole_request_is_read() -> None:
    understood = read("bưởi da xanh bến tre ocop 4 sao dưới 40k")
    assert [reading.id for reading in understood.concepts] == ["pomelo-da-xanh"]
    assert understood.province is not None
    assert (understood.province.code, understood.province.version) == ("83", "2008")
    assert (understood.province.code_2025, understood.province.name_2025) == ("86", "Vĩnh Long")
    assert (understood.ocop_min, understood.price_max_vnd, understood.text) == (4, 40000, "")
    assert understood.as_dict()["certificates"] == [{"scheme": "ocop", "level_min": 4}]


def test_marks_are_respected_where_they_were_typed() -> None:
    assert ids("dừa") == ["coconut"]
    assert ids("dứa") == ["pineapple"]
    assert ids("dưa")[0] == "melon"
    assert "coconut" not in ids("dưa")


def test_every_reading_of_an_unmarked_word_is_kept() -> None:
    assert set(ids("dua")) >= {"coconut", "pineapple", "melon"}


def test_a_half_marked_name_is_read_syllable_by_syllable() -> None:
    assert ids("dua hấu") == ["watermelon"]
    assert ids("thanh long ruot đỏ") == ["dragon-fruit-red"]


def test_a_place_in_the_query_decides_a_regional_word() -> None:
    assert ids("mận Sơn La")[0] == "plum"
    assert ids("mận An Giang")[0] == "wax-apple"
    assert ids("mận An Giang", region="bac")[0] == "plum"


@pytest.mark.parametrize(
    ("query", "low", "high"),
    [
        ("xoài dưới 40k", None, 40000),
        ("xoai duoi 40k", None, 40000),
        ("xoài từ 20.000 đến 30.000 đ/kg", 20000, 30000),
        ("xoài 20-30k", 20000, 30000),
        ("xoài 25k", None, 25000),
        ("xoài trên 1 triệu", 1_000_000, None),
        ("xoài tối đa 1tr2", None, 1_200_000),
        ("xoài 1,5 triệu trở xuống", None, 1_500_000),
        ("xoài giá từ 30 nghìn", 30000, None),
        ("xoài giá dưới 30", None, 30000),
        ("xoài < 35.000đ", None, 35000),
        ("xoài khoảng 50k", 40000, 60000),
        ("lúa 15 triệu/tấn", None, 15000),
        ("xoài không quá 45 ngàn một ký", None, 45000),
        ("mango under 40k", None, 40000),
        ("sầu riêng dưới 1 trăm ngàn", None, 100_000),
        ("sau rieng duoi mot tram nghin", None, 100_000),
        ("xoài dưới hai mươi lăm nghìn", None, 25000),
        ("xoài 1 triệu 2", None, 1_200_000),
    ],
)
def test_prices_are_read(query: str, low: int | None, high: int | None) -> None:
    understood = read(query)
    assert (understood.price_min_vnd, understood.price_max_vnd) == (low, high)
    assert understood.text == ""


@pytest.mark.parametrize(
    ("query", "low", "high"),
    [
        ("từ 2 tấn tôm thẻ", "2000", None),
        ("tu 2 tan tom the", "2000", None),
        ("5 tạ khoai lang", "500", None),
        ("5 ta khoai lang", "500", None),
        ("500kg rau muống", "500", None),
        ("rau muống 2-3 tấn", "2000", "3000"),
        ("rau muống dưới 100 ký", None, "100"),
        ("rau muống 1,5 tấn trở lên", "1500", None),
        ("hai tấn rau muống", "2000", None),
        ("năm trăm ký rau muống", "500", None),
        ("rau muống 1 tấn 2", "1200", None),
        ("rau muống 500 kg đến 1 tấn", "500", "1000"),
    ],
)
def test_quantities_are_read_in_kilograms(query: str, low: str | None, high: str | None) -> None:
    understood = read(query)
    assert understood.quantity_min_kg == (Decimal(low) if low else None)
    assert understood.quantity_max_kg == (Decimal(high) if high else None)
    assert len(understood.concepts) == 1


def test_a_unit_without_a_fixed_weight_is_not_converted() -> None:
    understood = read("20 chục dừa")
    assert understood.quantity is not None
    assert (understood.quantity.unit, understood.quantity.minimum) == ("VN-CHUC", Decimal(20))
    assert understood.quantity_min_kg is None
    assert understood.notes == ("unit_not_converted",)


def test_the_size_of_a_package_is_no_quantity() -> None:
    assert read("gạo ST25 túi 5kg").quantity is None


def test_a_daily_quantity_keeps_its_day() -> None:
    understood = read("500kg rau muống mỗi ngày")
    assert understood.quantity is not None
    assert understood.quantity.per == "day"


@pytest.mark.parametrize(
    ("query", "months"),
    [
        ("dưa hấu tháng 12", (12,)),
        ("dưa hấu tháng 11-12", (11, 12)),
        ("dưa hấu tháng 11 đến tháng 2", (11, 12, 1, 2)),
        ("dưa hấu mùa Tết", (1, 2)),
        ("dua hau tet", (1, 2)),
        ("dưa hấu cuối năm", (11, 12)),
        ("dưa hấu T12", (12,)),
        ("dưa hấu tháng mười hai", (12,)),
        ("dưa hấu tháng sáu", (6,)),
        ("dưa hấu quý I", (1, 2, 3)),
        ("watermelon in december", (12,)),
    ],
)
def test_seasons_are_read(query: str, months: tuple[int, ...]) -> None:
    understood = read(query)
    assert understood.months == months
    assert [reading.id for reading in understood.concepts] == ["watermelon"]


def test_banh_tet_is_not_the_feast() -> None:
    assert read("banh tet").season is None
    assert ids("banh tet") == ["sticky-rice-cake-cylindrical"]


def test_tet_is_the_next_one() -> None:
    assert read_query("Tết", vocabulary(), today=date(2028, 3, 1)).months == (1, 2)
    assert read_query("Tết", vocabulary(), today=date(2027, 12, 1)).months == (12, 1)


@pytest.mark.parametrize(
    ("query", "region"),
    [
        ("trái cây miền Tây", "DBSCL"),
        ("trai cay mien tay", "DBSCL"),
        ("cà phê Tây Nguyên", "TN"),
        ("hải sản duyên hải", "BTBDHMT"),
        ("rau miền Bắc", "bac"),
        ("tôm Đồng bằng sông Cửu Long", "DBSCL"),
    ],
)
def test_regions_are_read_by_their_everyday_names(query: str, region: str) -> None:
    understood = read(query)
    assert understood.region is not None
    assert understood.region.id == region
    assert understood.region.codes_2025


def test_todays_name_of_a_province_means_all_that_it_is_made_of() -> None:
    place = read("dừa Vĩnh Long").province
    assert place is not None
    assert (place.code, place.version) == ("86", "2025")
    assert set(place.codes_2008) == {"83", "84", "86"}


def test_where_goods_go_is_not_where_they_come_from() -> None:
    understood = read("cam sành giao TPHCM")
    assert understood.province is None
    assert understood.notes == ("place_of_delivery",)


@pytest.mark.parametrize(
    ("query", "scheme"),
    [
        ("xoài VietGAP", "vietgap"),
        ("xoài global gap", "globalgap"),
        ("rau hữu cơ", "organic"),
        ("rau huu co", "organic"),
        ("xoài mã số vùng trồng", "growing-area-code"),
        ("tôm ASC", "asc"),
        ("tôm HACCP", "haccp"),
        ("rau VietGAP", "vietgap"),
    ],
)
def test_certificates_are_read(query: str, scheme: str) -> None:
    assert scheme in [certificate.scheme for certificate in read(query).certificates]


@pytest.mark.parametrize(
    "query", ["ocop 4 sao", "4 sao ocop", "OCOP 4 sao trở lên", "ocop bốn sao", "ocop từ 4 sao", "ocop 4sao", "ocop 4*"]
)
def test_stars_are_read(query: str) -> None:
    assert read(query).ocop_min == 4


def test_a_place_or_number_inside_a_name_belongs_to_the_goods() -> None:
    assert read("nước mắm Phú Quốc").concepts[0].id == "fish-sauce-phu-quoc"
    understood = read("bưởi Năm Roi")
    assert (ids("bưởi Năm Roi"), understood.text) == (["pomelo-nam-roi"], "")
    assert read("cua Cà Mau").province is None


def test_goods_that_only_describe_other_goods_come_after_them() -> None:
    readings = read("mật ong bạc hà").concepts
    assert readings[0].role == "goods"
    assert [reading.id for reading in read("trà gừng").concepts] == ["tea-ginger"]


def test_several_goods_side_by_side_are_all_asked_for() -> None:
    assert [reading.role for reading in read("cam, quýt và bưởi").concepts] == ["goods"] * 3


def test_the_name_of_a_producer_is_not_read_as_goods_asked_for() -> None:
    understood = read("HTX Xoài Hội Xuân Đồng Tháp")
    assert understood.organization == "HTX Xoài Hội Xuân"
    assert [reading.role for reading in understood.concepts] == ["modifier"]


def test_reading_can_be_switched_off() -> None:
    understood = read_query("xoài dưới 40k", vocabulary(), today=TODAY, understand=False)
    assert understood.text == "xoài dưới 40k"
    assert understood.as_dict() == {"text": "xoài dưới 40k"}


def test_contradictory_bounds_are_dropped_and_said() -> None:
    understood = read("xoài trên 100k dưới 50k")
    assert (understood.price_min_vnd, understood.price_max_vnd) == (None, None)
    assert understood.notes == ("contradictory_price",)
    assert read("xoài từ 5 tấn đến 2 tấn").notes == ("contradictory_quantity",)


@pytest.mark.parametrize(
    "query", ["", "   ", "\x00\x01", "😀😀", "'; DROP TABLE", 'concept = "x" OR 1', "₫₫", "-", "9" * 50]
)
def test_a_query_with_nothing_in_it_is_answered(query: str) -> None:
    assert read(query).concepts == ()


def test_a_long_query_is_cut_and_says_so() -> None:
    understood = read("xoài " * 2000)
    assert len(understood.query) <= LONGEST_QUERY
    assert "query_cut" in understood.notes


PIECES = st.sampled_from(
    ["dưới", "từ", "đến", "40k", "20.000", "đ/kg", "2", "tấn", "tạ", "ocop", "sao", "4", "tháng", "12", "-", ">", "/",
     "xoài", "dua", "HTX", "Bến Tre", "miền Tây", "giá", "trở lên", "1tr", "rưỡi", "mỗi", "ngày", ",", "và", "khô"]
)  # fmt: skip


@settings(max_examples=300)
@given(st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=25).map(" ".join)))
@example("dưới dưới dưới")
@example("ocop")
@example("1" * 400)
def test_no_query_is_too_strange(query: str) -> None:
    understood = read(query)
    assert json.loads(json.dumps(understood.as_dict()))["text"] == understood.text
    for reading in understood.concepts:
        assert 0 < reading.confidence <= 1
        assert 0 <= reading.span[0] < reading.span[1] <= len(understood.query)
    low, high = understood.price_min_vnd, understood.price_max_vnd
    assert low is None or high is None or low <= high


@pytest.mark.parametrize("query", ["gao st25 tui 5kg", "nước mắm chai 500ml", "gạo bao 25 kg"])
def test_package_sizes_are_words_with_or_without_marks(query: str) -> None:
    assert read(query).quantity is None


@pytest.mark.parametrize("query", ["dưa hấu giao tại Hà Nội", "dưa hấu giao Hà Nội", "dua hau giao o Ha Noi"])
def test_a_place_after_giao_is_where_goods_go(query: str) -> None:
    assert read(query).provinces == ()


def test_a_count_typed_without_marks_is_read() -> None:
    understood = read("2000 trai dua xiem")
    assert understood.quantity is not None
    assert (understood.quantity.unit, understood.quantity.minimum) == ("H87", Decimal(2000))
    assert [reading.id for reading in understood.concepts] == ["coconut-green-dwarf"]


@pytest.mark.parametrize(
    ("query", "never"),
    [
        ("thanh long công nghệ cao", "turmeric"),
        ("xoài thơm ngon", "pineapple"),
        ("cà phê Nam Phát", "mushroom"),
        ("nước mắm Lê Gia Hưng", "mung-bean-sprout"),
        ("tiêu đen hữu cơ Cam Thủy", "orange"),
    ],
)
def test_words_that_only_sound_like_goods_are_not_asked_for(query: str, never: str) -> None:
    assert never not in [reading.id for reading in read(query).concepts if reading.role == "goods"]


def test_the_price_of_goods_is_no_bean_sprout() -> None:
    assert ids("giá xoài") == ids("gia xoai") == ["mango"]
    assert ids("giá") == ["mung-bean-sprout"]


def test_a_longer_name_wins_over_two_names_side_by_side() -> None:
    assert ids("rượu sim Phú Quốc") == ["liquor-rose-myrtle"]


def test_the_narrower_of_two_names_side_by_side_is_asked_for() -> None:
    assert ids("gạo 5451") == ["rice-om-5451"]
    assert ids("robusta coffee") == ["coffee-green-robusta"]


def test_a_certificate_that_is_a_word_of_a_brand_is_no_condition() -> None:
    assert read("Sớm Mai Organic").certificates == ()
    assert [certificate.scheme for certificate in read("nông sản organic").certificates] == ["organic"]


@pytest.mark.parametrize(
    ("query", "concept"),
    [
        ("cà phề", "coffee"),
        ("cà fê", "coffee"),
        ("cafê", "coffee"),
        ("cá chẻm", "barramundi"),
        ("quít đường", "mandarin-sweet"),
        ("tôm xú", "shrimp-black-tiger"),
        ("khoai lan", "sweet-potato"),
        ("thanh lomg ruôt đo", "dragon-fruit-red"),
        ("thnah lonh", "dragon-fruit"),
    ],
)
def test_what_sounds_the_same_and_several_slips_in_one_name_are_put_right(query: str, concept: str) -> None:
    assert ids(query) == [concept]


@pytest.mark.parametrize(
    "query", ["bắc hà", "thị trường", "thi truong", "siêu thị", "Lạc Dương xanh", "tranh", "duc trong"]
)
def test_other_words_are_no_misspelt_goods(query: str) -> None:
    assert all(reading.by != "slip" for reading in read(query).concepts)
    assert "gold-apple" not in ids(query)


def test_a_supermarket_is_no_fruit() -> None:
    assert ids("siêu thị cần rau muống vietgap") == ["water-spinach"]


def test_a_digit_of_another_script_is_no_number() -> None:
    assert read("xoài tháng ² 1 tấn ³").months == ()


@pytest.mark.parametrize(("query", "concept"), [("Durio zibethinus", "durian"), ("sticky rice", "rice-glutinous")])
def test_latin_and_english_names_are_read(query: str, concept: str) -> None:
    assert ids(query)[0] == concept


@pytest.mark.parametrize(
    ("query", "goods"),
    [("bí", {"pumpkin", "wax-gourd", "zucchini"}), ("bi Đà Lạt", {"pumpkin", "wax-gourd", "zucchini"})],
)
def test_a_word_that_only_begins_names_is_all_goods_that_it_begins(query: str, goods: set[str]) -> None:
    assert set(ids(query)) >= goods
    assert read(query).text == ""


@pytest.mark.parametrize(
    ("query", "goods"),
    [("cá ngừ", "tuna-generic"), ("cá hồi", "salmon"), ("quả bí", "pumpkin")],
)
def test_the_beginning_of_a_name_is_not_the_other_goods_in_it(query: str, goods: str) -> None:
    assert ids(query)[0] == goods


def test_a_beginning_beside_other_words_stays_text() -> None:
    assert ids("Mộc Sương Vàng") == []
    assert read("Mộc Sương Vàng").text == "Mộc Sương Vàng"


@pytest.mark.parametrize(
    ("query", "category"),
    [
        ("rau", "vegetable"),
        ("rau củ Đà Lạt", "vegetable"),
        ("trai cay tien giang", "fruit"),
        ("hải sản Cà Mau", "aquatic"),
        ("spices", "herb_spice"),
        ("rau muống", None),
        ("thanh long trái cây sạch", None),
        ("rau Bảo Minh", None),
    ],
)
def test_words_for_a_whole_category_ask_for_all_of_it(query: str, category: str | None) -> None:
    assert read(query).category == category


def test_words_for_anything_ask_for_all_that_meets_the_conditions() -> None:
    assert read("đặc sản Tây Nguyên ocop 4 sao").text == ""
    assert read("đặc sản").text == "đặc sản"


@pytest.mark.parametrize(
    ("query", "goods", "pieces"),
    [
        ("10 ngàn trứng gà", "egg-chicken", "10000"),
        ("10 ngan trung ga", "egg-chicken", "10000"),
        ("10 ngàn quả trứng gà mỗi tuần", "egg-chicken", "10000"),
        ("5 nghìn trái dừa xiêm", "coconut-green-dwarf", "5000"),
    ],
)
def test_thousands_before_goods_that_are_counted_are_pieces(query: str, goods: str, pieces: str) -> None:
    understood = read(query)
    assert understood.concepts[0].id == goods
    assert understood.quantity is not None
    assert (understood.quantity.minimum, understood.quantity.unit) == (Decimal(pieces), "H87")
    assert understood.price_max_vnd is None


@pytest.mark.parametrize("query", ["xoài 10 ngàn", "10 ngàn xoài", "trứng gà 10 ngàn", "trứng gà dưới 10 ngàn"])
def test_other_thousands_are_prices(query: str) -> None:
    assert read(query).price_max_vnd == 10_000


@pytest.mark.parametrize(
    "query",
    ["2 tấn xoài và 500 kg thanh long", "2 tan xoai va 500 kg thanh long", "xoài 2 tấn, thanh long 500 kg"],
)
def test_each_goods_keeps_its_own_quantity(query: str) -> None:
    understood = read(query)
    own = {one.concepts[0]: one.quantity.min_kg for one in understood.quantities}
    assert own == {"mango": 2000, "dragon-fruit": 500}
    assert understood.quantity_min_kg == 500


def test_a_weight_after_an_unmarked_can_is_wanted_and_litres_are_a_can() -> None:
    assert read("can 500 kg ca rot").quantity_min_kg == 500
    assert read("mat ong can 5 lit").quantity is None


@pytest.mark.parametrize(
    ("query", "goods"),
    [
        ("chôn chôn", "rambutan"),
        ("chon chon", "rambutan"),
        ("hồ tiu", "black-pepper"),
        ("thanh lon ruột đỏ", "dragon-fruit-red"),
        ("gao nang hoa", "rice-nang-hoa"),
        ("hat tieu phu quoc", "black-pepper"),
    ],
)
def test_slips_that_are_other_syllables_are_put_right(query: str, goods: str) -> None:
    assert ids(query) == [goods]


@pytest.mark.parametrize("query", ["tôm rim", "bắc hà", "tra fish fillet"])
def test_ways_of_making_places_and_cuts_are_no_slips(query: str) -> None:
    assert all(reading.by != "slip" for reading in read(query).concepts)


@pytest.mark.parametrize(
    ("query", "goods"),
    [("atiso đỏ", "roselle"), ("nghệ đen", "black-turmeric"), ("tỏi đen", "black-garlic"), ("bơ lạc", "peanut-butter")],
)
def test_goods_with_the_name_of_others_in_theirs_are_not_those(query: str, goods: str) -> None:
    assert ids(query) == [goods]


@pytest.mark.parametrize(
    ("query", "goods", "weeks", "months"),
    [
        ("bưởi hữu cơ giao tuần sau 2 tấn", ["pomelo"], [(TODAY + timedelta(weeks=1)).isocalendar()], []),
        ("xoai tuan nay", ["mango"], [TODAY.isocalendar()], []),
        ("xoài tháng sau", ["mango"], [], [TODAY.month % 12 + 1]),
    ],
)
def test_times_told_from_today_on_are_no_goods(
    query: str, goods: list[str], weeks: list[tuple[int, int, int]], months: list[int]
) -> None:
    understood = read(query)
    assert ids(query) == goods
    assert list(understood.weeks) == [year * 100 + week for year, week, _ in weeks]
    assert (list(understood.months), understood.text) == (months, "")


@pytest.mark.parametrize(
    ("query", "goods"),
    [
        ("nuoc mam phu quoc 40 do dam", "fish-sauce-phu-quoc"),
        ("bong cai xanh da lat huu co", "broccoli"),
        ("cf nhan robusta dak lak", "coffee-green-robusta"),
        ("sr ri6 cai lay", "durian"),
        ("trai thom mat kim", "pineapple"),
    ],
)
def test_short_words_without_marks_make_nothing_else_of_the_goods(query: str, goods: str) -> None:
    assert ids(query)[0] == goods


def test_a_place_after_a_counting_word_is_no_goods() -> None:
    understood = read("đậu phộng củ Nghệ An")
    assert ids("đậu phộng củ Nghệ An") == ["peanut"]
    assert [place.name for place in understood.provinces] == ["Nghệ An"]
    assert ids("củ nghệ an toàn") == ["turmeric"]
