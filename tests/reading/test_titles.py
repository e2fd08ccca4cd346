import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.reading.titles import LEAST_CONFIDENCE, TitleGoods, goods_of_title
from market.vietnamese.text import fold
from tests.reading.vocabularies import catalogue, vocabulary

UNAMBIGUOUS = [c for c in catalogue().concepts if catalogue().concepts_named(c.name_vi) == (c,)]


def told(title: str, *, region: str | None = None) -> TitleGoods:
    return goods_of_title(title, vocabulary(), region=region)


@pytest.mark.parametrize(
    ("title", "concept"),
    [
        ("Thanh long ruột đỏ Chợ Gạo", "dragon-fruit-red"),
        ("Mứt dừa Bến Tre", "candied-coconut"),
        ("Mật ong hoa nhãn Hưng Yên", "honey-longan"),
        ("HTX Xoài Hội Xuân - xoài cát chu", "mango-cat-chu"),
        ("sau rieng ri6 dak lak", "durian"),
        ("Gạo ST25 túi 5kg", "rice-st25"),
        ("Cà phê rang xay nguyên chất", "coffee-roasted-ground"),
        ("Hạt mắc khén khô", "zanthoxylum-mac-khen"),
        ("Mật ong Tam Đảo", "honey"),
        ("Vinamit mít sấy", "dried-fruit-jackfruit"),
        ("Xoài tứ quý", "mango"),
    ],
)
def test_a_title_names_its_goods_first(title: str, concept: str) -> None:
    assert told(title).concept_id == concept


@pytest.mark.parametrize(
    ("title", "pair"),
    [
        ("Nấm rơm sấy Đồng Tháp", ("mushroom-straw", "dried", None)),
        ("Bột quế Văn Yên", ("cinnamon", "powder", None)),
        ("Khóm Bến Lức sấy dẻo", ("pineapple", "dried-soft", None)),
        ("Xoài cát Hòa Lộc sấy dẻo", ("mango-hoa-loc", "dried-soft", None)),
        ("Mứt vỏ bưởi", ("pomelo", "jam", "peel")),
        ("Trà túi lọc lá sen", ("lotus", "tea", "leaf")),
        ("Hạt giống rau muống", ("water-spinach", "seed-for-sowing", None)),
        ("Cây giống sầu riêng", ("durian", "seedling", None)),
        ("Cá lóc một nắng", ("snakehead", "sun-dried-once", None)),
        ("Râu bắp", ("maize", None, "silk")),
        ("bot que", ("cinnamon", "powder", None)),
    ],
)
def test_words_before_and_after_goods_say_how_they_come(title: str, pair: tuple[str, str | None, str | None]) -> None:
    concept = told(title).concept_id
    assert concept is not None
    goods = catalogue().goods(concept)
    assert (goods.commodity, goods.form, goods.part) == pair


@pytest.mark.parametrize(
    ("title", "thing"),
    [
        ("Chổi xơ dừa", "broom-generic"),
        ("Nhang quế", "incense-generic"),
        ("Quạt gỗ", "fan-palm"),
        ("Homestay Bản Lác", "homestay-stay"),
    ],
)
def test_the_first_noun_vetoes_what_a_thing_is_made_of(title: str, thing: str) -> None:
    concept = told(title).concept_id
    assert concept is not None
    assert thing in (concept, *catalogue().ancestors(concept))


@pytest.mark.parametrize(
    "title", ["Thẻ mực dấu", "Bơ tường an", "Râu xồm bắp", "Sương xáo sâm", "Lá trâm ổi", "Mộc Đế Vương"]
)
def test_what_nothing_explains_stays_open_and_is_never_the_next_best_name(title: str) -> None:
    assert told(title).concept_id in (None, *_named_whole(title))


def _named_whole(title: str) -> list[str]:
    """Concepts that have the whole title for a name: data may come to know it."""
    return [concept.id for concept in catalogue().concepts_named(title)]


@pytest.mark.parametrize(
    ("title", "concept"),
    [
        ("Vườn Nhà Mẹ Sáu - Gốm Bàu Trúc", "ceramic-generic"),
        ("Tâm Nông Food - Nước cốt chanh leo", "passion-fruit-concentrate"),
        ("vuon nha me sau: mat ong hoa nhan", "honey-longan"),
    ],
)
def test_goods_are_read_behind_the_name_of_their_maker(title: str, concept: str) -> None:
    assert told(title).concept_id == concept


def test_an_unknown_name_before_a_dash_is_no_maker_of_what_follows() -> None:
    assert told("Bánh cống - tôm khô").concept_id != "dried-shrimp"


@pytest.mark.parametrize(
    ("title", "concept"),
    [
        ("Mặt nạ tơ tằm", "face-mask"),
        ("Khăn lụa Nha Xá", "silk-scarf"),
        ("Điểm du lịch Làng hoa Sa Đéc", "tourist-site"),
        ("Tranh thêu tay Quất Động", "painting-embroidered"),
        ("Thùng xốp 20kg đựng thủy sản", "styrofoam-box"),
        ("Bún trắng khô cô Luyến", "rice-vermicelli-dried"),
        ("Trấu cám viên", "rice-husk"),
        ("Giỏ trái cây nhập khẩu viếng", "gift-basket"),
        ("Mẹt trái cây cúng rằm", "gift-basket"),
        ("Rổ tre đựng trái cây", "basket-bamboo"),
    ],
)
def test_what_stands_at_the_head_by_name_is_neither_widened_nor_taken_for_what_follows(
    title: str, concept: str
) -> None:
    assert told(title).concept_id == concept


@pytest.mark.parametrize(
    ("title", "never"),
    [
        ("ga ta tha vuon tan uyen", "stewed"),
        ("buoi da xanh gia si tai vuon", "ground"),
        ("Muối biển sạch Hòn Khói", "smoked"),
        ("Hủ tiếu bột lọc Mỹ Tho", "powder"),
        ("Trà tôm nõn hương quê", "shrimp"),
        ("Hoa ban trắng ăn nộm Tây Bắc", "silver"),
        ("Bánh sừng trâu A Quát", "horn"),
        ("Cây lược vàng tươi", "jewellery"),
        ("Trà Ôlong Tứ Quý Tà Nung", "ceramic"),
        ("Lan rừng phi điệp Hòa Bình", "fried"),
        ("Dịch vụ vận chuyển xe lạnh", "tour"),
        ("Củ sen tươi Cao Lãnh", "seed"),
        ("VICUMAX MẬT ONG NANO CURCUMIN", "certain"),
    ],
)
def test_what_only_looks_like_a_way_of_making_makes_nothing(title: str, never: str) -> None:
    read = told(title)
    assert never not in f"{read.concept_id} {read.certainty}"


@pytest.mark.parametrize(
    ("title", "concept"),
    [
        ("Bơ tường an", "margarine"),
        ("Tấm thớt gỗ", "wood-kitchenware"),
        ("Trái sấu tươi", "sau-fruit"),
        ("Chả lụa chay", "vegetarian-ham"),
        ("Táo xanh New Zealand", "apple"),
        ("Giá đậu nành", "soybean-sprout"),
        ("Bạch quả", "ginkgo-nut"),
        ("Râu bắp", "maize-silk"),
        ("tỏi đen xuất khẩu Quảng Ninh", "black-garlic"),
        ("Sữa tươi thanh trùng Ba Vì", "milk-fresh"),
    ],
)
def test_what_people_list_has_its_own_goods(title: str, concept: str) -> None:
    assert told(title).concept_id == concept


def test_a_class_noun_places_what_no_name_explains() -> None:
    read = told("Cá xyzzy trắng")
    assert (read.concept_id, read.certainty) == (None, "open")
    assert "aquatic" in catalogue().category_line(read.category)


def test_several_goods_in_one_title_are_left_to_a_person() -> None:
    read = told("xoài, ổi, mận Sơn La")
    assert read.concept_id is None
    assert {"mango", "guava"} <= set(read.alternatives)


def test_a_regional_word_is_read_as_the_producers_region_means_it() -> None:
    assert told("Mận", region="bac").concept_id == "plum"
    assert told("Mận", region="nam").concept_id == "wax-apple"


@given(st.sampled_from(UNAMBIGUOUS), st.sampled_from([str, str.upper, fold]))
def test_the_name_of_goods_as_a_title_is_those_goods_or_leaves_them_open(concept: object, write: object) -> None:
    known = next(c for c in UNAMBIGUOUS if c is concept)
    spell = str.upper if write is str.upper else fold if write is fold else str
    read = told(spell(known.name_vi))
    kin = {known.id, catalogue().goods(known.id).commodity, *catalogue().ancestors(known.id)}
    said = {read.concept_id, *read.alternatives, *catalogue().ancestors(read.concept_id or "")}
    assert read.concept_id is None or not kin.isdisjoint(said)


@given(st.text(max_size=400))
def test_no_title_is_too_strange(title: str) -> None:
    read = told(title)
    assert 0 <= read.confidence <= 1
    assert read.concept_id is None or read.confidence >= LEAST_CONFIDENCE
    assert catalogue().find_category(read.category) is not None


@pytest.mark.parametrize(
    ("title", "concept"),
    [
        ("Cá tra nuôi hầm thịt trắng", "pangasius"),
        ("Yến Nhi - Bản Giốc Homestay", "homestay-stay"),
        ("Hoa thanh long sấy", "dragon-fruit.flower.dried"),
        ("Vỏ cam sấy", "orange.peel.dried"),
        ("Cá đù cháy tỏi", "croaker.fried"),
        ("Sầu riêng viên sấy", "dried-durian"),
        ("Miến gạo Phúc Thịnh", "rice-vermicelli-dried"),
        ("Tăm nhang Dĩ An", "incense-sticks-bamboo"),
        ("Sâu chít Điện Biên", "chit-grass-worm"),
        ("Dừa sấy giòn vị cà phê", "coconut-crisp"),
        ("Quả mây rừng", "rattan-fruit"),
        ("Cây phát lộc", "lucky-bamboo"),
        ("Trà dây rừng", "tea-ampelopsis"),
        ("Trà dây thìa canh", "tea-gymnema"),
    ],
)
def test_goods_of_price_lists_are_what_they_are(title: str, concept: str) -> None:
    assert told(title).concept_id == concept


def test_a_tour_that_stays_at_a_homestay_is_a_tour() -> None:
    concept = told("Tour homestay Sa Pa 2 ngày").concept_id
    assert concept is not None
    assert catalogue().concept(concept).category == "tour"


@pytest.mark.parametrize(
    ("title", "concept"),
    [
        ("Cá lóc giống", "snakehead.planting-stock"),
        ("Cá lóc giống An Giang", "snakehead.planting-stock"),
        ("Dâu tây giống", "strawberry.planting-stock"),
        ("Dâu tây giống 20k/cây", "strawberry.planting-stock"),
        ("Dâu tây giống New Zealand", "strawberry"),
        ("Cây mít Thái", "jackfruit-thai.seedling"),
        ("Thanh lý 500 cây giống sầu riêng", "durian.planting-stock"),
    ],
)
def test_stock_is_told_from_what_it_bears_and_from_the_name_of_a_variety(title: str, concept: str) -> None:
    assert told(title).concept_id == concept


@pytest.mark.parametrize("title", ["Ba kích ngâm rượu", "Cây sả", "Cây tiêu"])
def test_what_may_be_two_things_is_a_guess(title: str) -> None:
    assert told(title).certainty == "guessed"


@pytest.mark.parametrize(
    ("title", "concept"),
    [
        ("Sâm cau khô ngâm rượu", "ginseng-cau"),
        ("Chuối hột rừng khô ngâm rượu", "banana-wild-seeded.dried"),
        ("Dâu tằm tươi Đạ Tẻh ngâm si-rô", "mulberry"),
        ("Dừa Bến Tre khô lột vỏ", "coconut-mature"),
        ("Rượu ba kích", "liquor-morinda"),
    ],
)
def test_what_is_dried_to_be_steeped_is_no_liquor_yet(title: str, concept: str) -> None:
    assert told(title).concept_id == concept


@pytest.mark.parametrize(
    ("title", "concept"),
    [
        ("Combo 3 hũ mắm cá linh", "fermented-fish-mud-carp"),
        ("chuyên sỉ lẻ hạt điều rang muối Bình Phước", "cashew-roasted-salted"),
        ("Trà tim sen túi lọc, 60 tép, hộp, mẫu giấy", "tea-lotus-heart"),
        ("Nước mắm Lê Gia 35N", "fish-sauce"),
        ("Mứt dâu tằm", "mulberry.jam"),
        ("Cơm gà", "chicken.rice-dish"),
        ("Vải áo dài lụa", "silk-cloth"),
        ("Dừa tiện lợi 3 trái", "coconut"),
        ("Frozen mango dice IQF carton 10kg", "mango.frozen"),
        ("Sữa gạo lứt hạt óc chó", "rice-brown-milk"),
    ],
)
def test_words_beside_goods_are_no_other_goods(title: str, concept: str) -> None:
    assert told(title).concept_id == concept


@pytest.mark.parametrize(
    ("title", "concept"),
    [
        ("Lê Nam Phi", "pear-imported"),
        ("Dưa hấu không hạt", "watermelon"),
        ("Tượng Phật đồng", "statue"),
        ("Cây sen đá mix", "succulent"),
        ("Khăn trải bàn thêu", "embroidery"),
        ("Tiêu sọ Chư Sê", "pepper-white"),
        ("Trứng gà so", "egg-chicken"),
        ("Sữa chua nếp cẩm", "yogurt"),
    ],
)
def test_a_name_belongs_to_no_sibling_of_its_goods(title: str, concept: str) -> None:
    assert told(title).concept_id == concept


def test_a_part_of_animals_places_nothing_that_is_none() -> None:
    assert told("Đầu nhỏ giọt 2 lít/giờ").category == "unclassified"


@pytest.mark.parametrize(("title", "never"), [("Cây hồng xyzzy", "persimmon"), ("Cây Hồng Môn", "rose-potted")])
def test_a_class_noun_makes_a_short_name_no_longer(title: str, never: str) -> None:
    read = told(title)
    assert read.certainty != "certain" or read.concept_id != never


@pytest.mark.parametrize(
    ("title", "pair", "category"),
    [
        ("Sữa chua dê", ("goat-meat", "yogurt", "raw-milk"), "egg_dairy"),
        ("Hồng sâm Ngọc Linh ngâm mật ong", ("ginseng-ngoc-linh", "in-honey", None), "medicinal"),
        ("Nước cốt tắc mật ong", ("calamondin", "concentrate", None), "beverage"),
        ("Lá dừa nước tươi", ("nipa-palm-fruit", None, "leaf"), "material"),
        ("Áo dài lụa tơ sen", ("lotus", "clothing", "fibre"), "textile"),
        ("Khăn thổ cẩm", ("brocade", "scarf", None), "textile"),
        ("Dưa gang muối", ("melon-ganh", "pickled", None), "fish_sauce_fermented"),
        ("Sá sùng khô", ("peanut-worm", "dried", None), "dried_processed"),
        ("Trái nhàu sấy", ("noni", "dried", None), "medicinal"),
        ("Gừng sẻ lát sấy", ("ginger", "dried", None), "herb_spice"),
        ("Ớt bột", ("chili", "powder", None), "herb_spice"),
        ("Bánh xèo bột pha sẵn", ("xeo-pancake", "flour-mix", None), "cereal_rice"),
        ("Nem chua bò", ("beef", "fermented", None), "dried_processed"),
        ("Bã mía ủ làm giá thể", ("sugarcane", "growing-medium", "pomace"), "fertilizer"),
        ("Ghe xuồng mini gỗ dừa", ("coconut", "souvenir", "wood"), "other_handicraft"),
        ("Ruốc cá lóc đồng", ("snakehead", "floss", None), "dried_processed"),
        ("Rượu sâm dây", ("codonopsis", "liquor", None), "alcohol"),
        ("Giỏ cói trồng cây", ("rush", "basket", None), "wickerwork"),
    ],
)
def test_what_goods_are_made_of_and_into_is_read_whole(
    title: str, pair: tuple[str, str | None, str | None], category: str
) -> None:
    read = told(title)
    assert read.concept_id is not None
    goods = catalogue().goods(read.concept_id)
    assert ((goods.commodity, goods.form, goods.part), read.category) == (pair, category)
