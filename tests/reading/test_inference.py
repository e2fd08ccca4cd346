import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.reading.inference import infer_concept
from market.vietnamese.text import fold
from tests.reading.vocabularies import catalogue, vocabulary

UNAMBIGUOUS = [c for c in catalogue().concepts if catalogue().concepts_named(c.name_vi) == (c,)]


@pytest.mark.parametrize(
    ("title", "concept"),
    [
        ("Thanh long ruột đỏ Chợ Gạo", "dragon-fruit-red"),
        ("Mứt dừa Bến Tre", "candied-coconut"),
        ("Trà mãng cầu xiêm", "tea"),
        ("Nước mắm nhĩ Phan Thiết 40 độ đạm", "fish-sauce"),
        ("Mật ong hoa nhãn Hưng Yên", "honey-longan"),
        ("HTX Xoài Hội Xuân - xoài cát chu", "mango-cat-chu"),
        ("sau rieng ri6 dak lak", "durian"),
        ("Gạo ST25 túi 5kg", "rice-st25"),
        ("Cà phê rang xay nguyên chất", "coffee-roasted-ground"),
        ("Hạt điều rang muối Bình Phước", "cashew-roasted-salted"),
        ("Hạt mắc khén khô", "zanthoxylum-mac-khen"),
        ("Mật ong Tam Đảo", "honey"),
        ("Cà phê Đồi Gió rang nguyên chất", "coffee"),
    ],
)
def test_a_title_names_its_goods_first(title: str, concept: str) -> None:
    assert infer_concept(title, vocabulary()).concept_id == concept


@pytest.mark.parametrize(
    ("title", "raw"),
    [
        ("Mứt sầu riêng", "durian"),
        ("Tinh dầu bưởi", "pomelo"),
        ("Bột gừng", "ginger"),
        ("Bánh dừa nướng", "coconut"),
        ("Viên nghệ mật ong", "turmeric"),
        ("Hạt giống dưa hấu", "watermelon"),
        ("Bánh đa dừa", "coconut"),
        ("Rong biển cháy tỏi", "garlic"),
        ("Vịt quay", "duck"),
        ("Tôm rim", "shrimp"),
    ],
)
def test_goods_made_of_others_are_not_inferred_to_be_those(title: str, raw: str) -> None:
    inference = infer_concept(title, vocabulary())
    assert inference.concept_id is None
    assert raw in inference.alternatives


@pytest.mark.parametrize(
    ("title", "dried"),
    [
        ("Ổi sấy", "dried-fruit"),
        ("Khóm Cầu Đúc sấy dẻo", "dried-fruit"),
        ("Xoài cát Hòa Lộc sấy khô", "dried-fruit-mango"),
        ("Thịt trâu sấy gác bếp", "smoked-buffalo-jerky"),
        ("Thịt bò khô sợi", "beef-jerky"),
        ("Măng nứa khô", "dried-bamboo-shoot"),
        ("Dried jackfruit", "dried-fruit-jackfruit"),
        ("Cassava starch", "tapioca-starch"),
    ],
)
def test_goods_dried_by_a_word_of_the_title_are_what_the_catalogue_calls_them_dried(title: str, dried: str) -> None:
    inference = infer_concept(title, vocabulary())
    assert inference.concept_id == dried
    assert inference.alternatives


@pytest.mark.parametrize(
    "title", ["Mì chùm ngây", "Mì rau củ", "Mì ăn liền", "Rau mầm củ cải", "Rau mầm hướng dương", "Mầm đậu nành"]
)
def test_noodles_and_sprouts_are_not_what_their_names_hold(title: str) -> None:
    assert infer_concept(title, vocabulary()).concept_id is None


def test_a_regional_word_alone_is_still_its_goods() -> None:
    assert infer_concept("Mì Tây Ninh", vocabulary()).concept_id == "cassava"


@pytest.mark.parametrize("title", ["Atiso đỏ", "Phân trùn quế", "Bơ đậu phộng", "Nghệ đen"])
def test_other_goods_with_a_name_in_theirs_are_left_open(title: str) -> None:
    assert infer_concept(title, vocabulary()).concept_id is None


def test_a_brand_alone_says_nothing() -> None:
    assert infer_concept("Mộc Đế Vương", vocabulary()).concept_id is None


def test_a_regional_word_is_read_as_the_producers_region_means_it() -> None:
    assert infer_concept("Mận", vocabulary(), region="bac").concept_id == "plum"
    assert infer_concept("Mận", vocabulary(), region="nam").concept_id == "wax-apple"


def test_an_ambiguous_title_is_less_certain() -> None:
    assert infer_concept("dua", vocabulary()).confidence < infer_concept("dừa", vocabulary()).confidence


@given(st.sampled_from(UNAMBIGUOUS), st.sampled_from([str, str.upper, fold]))
def test_the_name_of_goods_as_a_title_is_those_goods_or_leaves_them_open(concept: object, write: object) -> None:
    known = next(c for c in UNAMBIGUOUS if c is concept)
    spell = str.upper if write is str.upper else fold if write is fold else str
    inference = infer_concept(spell(known.name_vi), vocabulary())
    assert known.id in (inference.concept_id, *inference.alternatives)


@given(st.text(max_size=200))
def test_no_title_is_too_strange(title: str) -> None:
    assert 0 <= infer_concept(title, vocabulary()).confidence <= 1
