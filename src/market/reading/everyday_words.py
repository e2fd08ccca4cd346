"""Words of Vietnamese trade speech that stand in no table of reference data, each list in one place.

Names of goods, provinces, units and schemes are not here: they come from the catalogue. Unmarked typing is handled
by the vocabulary, so every word is written with its marks.
"""

from __future__ import annotations

MACRO_REGIONS = {
    "miền Bắc": "bac",
    "phía Bắc": "bac",
    "Bắc Bộ": "bac",
    "miền Trung": "trung",
    "Trung Bộ": "trung",
    "miền Nam": "nam",
    "phía Nam": "nam",
    "Nam Bộ": "nam",
    "northern Vietnam": "bac",
    "central Vietnam": "trung",
    "southern Vietnam": "nam",
}
"""Everyday names of the North, the Centre and the South."""

REGIONS_OF_2008 = {
    "miền Tây": "DBSCL",
    "Tây Nam Bộ": "DBSCL",
    "ĐBSCL": "DBSCL",
    "đồng bằng Cửu Long": "DBSCL",
    "sông Cửu Long": "DBSCL",
    "Mekong": "DBSCL",
    "ĐBSH": "DBSH",
    "sông Hồng": "DBSH",
    "miền Đông": "DNB",
    "miền Đông Nam Bộ": "DNB",
    "Tây Nguyên": "TN",
    "cao nguyên": "TN",
    "Tây Bắc": "TDMNPB",
    "Đông Bắc": "TDMNPB",
    "miền núi phía Bắc": "TDMNPB",
    "duyên hải miền Trung": "BTBDHMT",
    "duyên hải": "BTBDHMT",
}
"""Everyday names of the six regions known until 2025-06-30, which speech still uses."""

REGIONS_OF_2025 = {
    "Bắc Trung Bộ": "BTB",
    "Nam Trung Bộ": "DHNTBTN",
    "duyên hải Nam Trung Bộ": "DHNTBTN",
}

SCHEMES = {
    "ocop": ["OCOP"],
    "vietgap": ["VietGAP", "Viet GAP"],
    "vietgap-livestock": ["VietGAHP"],
    "globalgap": ["GlobalGAP", "Global GAP", "Global G.A.P", "GGAP"],
    "organic": ["hữu cơ", "organic"],
    "organic-international": ["USDA", "JAS", "PGS", "USDA Organic"],
    "haccp": ["HACCP"],
    "iso-22000": ["ISO 22000", "ISO22000", "ISO"],
    "fssc-22000": ["FSSC 22000", "FSSC"],
    "brcgs": ["BRC", "BRCGS"],
    "food-safety": ["an toàn thực phẩm", "ATTP", "VSATTP", "vệ sinh an toàn thực phẩm", "food safety"],
    "halal": ["Halal"],
    "growing-area-code": ["mã số vùng trồng", "mã vùng trồng", "mã vùng", "MSVT"],
    "packing-facility-code": ["mã số cơ sở đóng gói", "mã số đóng gói", "mã đóng gói"],
    "geographical-indication": ["chỉ dẫn địa lý", "chỉ dẫn địa lí", "CDĐL"],
    "collective-brand": ["nhãn hiệu tập thể", "nhãn hiệu chứng nhận"],
    "rural-industrial-product": ["công nghiệp nông thôn tiêu biểu", "CNNT tiêu biểu"],
    "green-tick-hcmc": ["tick xanh", "tích xanh"],
    "self-declaration": ["tự công bố", "bản tự công bố"],
    "asc": ["ASC"],
    "rainforest-alliance": ["Rainforest Alliance", "Rainforest"],
    "safe-food-chain": ["chuỗi an toàn", "chuỗi thực phẩm an toàn"],
}
"""What certification schemes are called in short; their full names come from the catalogue."""

CERTIFICATE_WORDS = ["chứng nhận", "chứng chỉ", "giấy chứng nhận", "đạt chuẩn", "tiêu chuẩn", "đạt", "chuẩn", "có"]
"""Words that only lead to the name of a scheme."""

FILLERS = [
    "tìm", "tìm mua", "tìm nguồn", "cần", "cần mua", "cần bán", "cần tìm", "mua", "bán", "mua bán", "bán sỉ", "mua sỉ",
    "sỉ", "giá", "giá sỉ", "giá rẻ", "giá tốt", "giá bán", "giá mua", "giá bao nhiêu", "bao nhiêu", "nguồn hàng",
    "nguồn cung", "nhà cung cấp", "cung cấp", "số lượng lớn", "số lượng", "ở đâu", "chỗ bán", "nơi bán", "hàng",
    "các loại", "các", "những", "của", "ở", "tại", "từ", "cho", "được", "ạ", "nhé", "với giá", "xuất xứ", "vùng",
    "tỉnh", "thành phố", "buy", "sell", "price", "wholesale", "from", "in", "supplier", "suppliers", "exporter",
    "exporters", "vietnamese", "bán buôn", "mua buôn", "thu mua", "hôm nay", "cung cấp ổn định", "ổn định", "lâu dài",
    "giao", "giao hàng", "giao ngay",
]  # fmt: skip
"""Words of asking and offering, which say nothing about the goods."""

OTHER_WORDS = [
    "công nghệ", "công nghệ cao", "mỹ nghệ", "nghệ thuật", "nghệ nhân", "điều kiện", "điều hòa", "điều khiển",
    "thu hồi", "phục hồi", "phản hồi", "tiêu thụ", "tiêu dùng", "tiêu biểu", "mục tiêu", "chỉ tiêu", "bí quyết",
    "bí mật", "giá trị", "giá thành", "báo giá", "đánh giá", "bảng giá", "giá cả", "hành trình", "thực hành",
    "lạc hậu", "liên lạc", "đào tạo", "mơ ước", "hạnh phúc", "cam kết", "thơm ngon", "thơm lừng", "thơm phức",
    "thơm dẻo", "dẻo thơm", "mùi thơm", "hương thơm", "màu hồng", "hoa hồng đại lý", "bầu chọn", "nem nép",
    "chả lẽ", "trứng nước", "kê khai", "thống kê", "kiệu hoa", "gia đình", "gia truyền", "gia công",
    "chân không", "chất lượng cao", "chất lượng", "khối lượng", "sản lượng", "trọng lượng",
    "sản xuất", "siêu thị", "thị trường", "thị xã", "thị trấn", "đô thị", "thành thị", "kho lạnh",
    "nhập kho", "nhãn mác", "ghi nhãn", "dán nhãn", "tem nhãn", "bán lẻ", "thương lái", "bao tiêu", "chuỗi cung ứng",
    "chuỗi cửa hàng", "chuỗi siêu thị", "khách sạn", "hội chợ", "cung cầu", "sơ chế", "chế biến", "chế độ",
    "size lớn", "cỡ lớn", "loại lớn", "hàng tuyển", "tuyển chọn", "hộp quà", "giỏ quà", "quà tặng", "quà Tết",
    "nhà nông", "nông dân", "thương mại", "thu hoạch", "đơn giá", "mức giá", "định giá", "giá thị trường",
    "tiêu chí", "tương lai", "tương đương", "tương đối", "điều trị", "điều chỉnh", "thiết kế", "liệt kê", "đúng mực",
    "dân tộc", "cao su",
    "tranh", "sông Trà", "vùng cao", "cấp đông", "thành công", "khách hàng", "lớn nhỏ", "lai tạo", "hợp tác",
    "hợp đồng", "cá", "bánh", "phi lê", "fillet", "fillets", "frozen", "fresh",
    "atiso đỏ", "bơ đậu phộng", "bơ lạc", "bơ lạt", "bơ sữa", "nghệ đen", "tỏi đen", "sâm đất", "rau mầm", "trùn quế",
    "phân trùn quế", "đậu biếc", "hoa đậu biếc", "hải sâm",
]  # fmt: skip
"""Words that hold the name of goods but are none (nghệ is turmeric, công nghệ technology) or less than a name (rau)."""

WHOLE_CATEGORIES = {
    "fresh-fruit-mixed": "fruit",
    "vegetables-mixed": "vegetable",
    "seafood": "aquatic",
    "dried-medicinal-herbs": "medicinal",
    "nuts-mixed": "nut",
    "seasoning-generic": "herb_spice",
    "cake-generic": "bakery_confectionery",
    "flower-generic": "cut_flower",
}
"""Goods sold mixed, whose names (trái cây, rau củ, hải sản) ask for anything of their category."""

ANYTHING = ["đặc sản", "nông sản", "sản phẩm", "nông sản sạch", "thực phẩm", "thực phẩm sạch", "sản vật", "products",
            "specialties"]  # fmt: skip
"""What everything here is called: beside a place or a certificate it asks for all that is from there or has it."""

SEPARATORS = ["và", "hoặc", "hay", "với", "cùng", "lẫn", "and", "or"]
"""Words between two goods that are both asked for."""

CLASSIFIERS = frozenset({"quả", "trái", "củ", "con"})
"""Counting words that may stand before the name of goods without changing it."""

DELIVERY_WORDS = frozenset({"giao", "đến", "tới", "về", "vào", "ship"})
"""A place after one of these is where goods go, not where they come from."""

PREPOSITIONS = frozenset({"cho", "của", "tại", "ở", "từ"})
"""Of the fillers, what cannot come right after a kind of producer: the cho of "htx cho gao" is Chợ."""

GRADE_WORDS = frozenset({"loại", "hạng", "size", "số", "grade", "type"})
"""A number after one of these is a grade or a size: hàng loại 1 Cần Thơ is no "1 can"."""

PRODUCER_WORDS = [
    "HTX", "hợp tác xã", "công ty", "cty", "cơ sở", "doanh nghiệp", "thương hiệu", "nhãn hiệu", "hiệu", "hộ kinh doanh",
    "trang trại", "nông trại", "tổ hợp tác", "nhà vườn",
]  # fmt: skip
"""A name follows one of these."""

PROCESSED_HEADS = [
    "mứt", "bột", "tinh bột", "tinh dầu", "dầu", "kẹo", "bánh", "khô", "ô mai", "siro", "si rô", "xi rô", "rượu",
    "vang", "bia", "nước ép", "nước cốt", "nước", "snack", "trà", "chè", "giấm", "dấm", "mắm", "xà phòng", "xà bông",
    "sữa", "sữa chua", "kem", "thạch", "sốt", "xốt", "viên", "cao", "hạt giống", "cây giống", "giống", "phân bón",
    "son", "mật", "đường", "muối", "chả", "giò", "xúc xích", "mì", "bún", "miến", "phở", "xôi", "cơm", "gỏi", "nộm",
    "dưa", "tương", "nước mắm", "nước chấm", "sa tế", "ruốc", "chà bông", "pate", "pa tê", "nem", "hạt", "vỏ", "lá",
    "hoa", "rễ", "cây", "thân", "bông", "tinh chất", "chiết xuất", "trứng", "mật ong", "cà phê", "sinh tố", "sô cô la",
    "kimchi", "kim chi", "rau mầm", "mầm",
]  # fmt: skip
"""Words before the name of goods that make other goods of it: mứt dừa is not coconut, lá chanh is not lime."""

LEADING_HEADS = [
    "bánh", "kẹo", "mứt", "kem", "snack", "thạch", "xôi", "bún", "mì", "miến", "phở", "nem", "chả", "bột", "viên",
    "sốt", "xốt", "siro", "si rô", "xi rô", "phân", "rong biển", "dầu gội", "nước rửa", "nước giặt", "sữa tắm",
]  # fmt: skip
"""Of these and their like, what makes goods of a title's first words, even with a word or two between: bánh đa dừa."""

PROCESSED_TAILS = [
    "sấy", "sấy dẻo", "sấy khô", "sấy giòn", "sấy lạnh", "sấy thăng hoa", "khô", "phơi khô", "ngâm", "ngâm đường",
    "muối", "nướng", "rang", "kho", "chiên", "đóng hộp", "đóng lon", "xay", "bột", "hun khói", "gác bếp", "một nắng",
    "lên men", "chưng", "viên", "dầm", "ngào", "tẩm", "rim", "quay", "ủ muối", "xông khói",
    "hấp", "luộc", "cô đặc", "nghiền", "frozen puree", "kho tộ", "kho tiêu",
]  # fmt: skip
"""Words after the name of goods that make other goods of it: mít sấy is not jackfruit."""

DRYING = frozenset({"sấy", "sấy khô", "khô", "phơi khô", "rang", "sấy lạnh", "sấy thăng hoa"})
"""Of these, what spices, nuts, grain and medicinal plants undergo and stay what they are."""

ENGLISH_DRYING = {"dried": ("{} sấy", "{} khô", "khô {}"), "dehydrated": ("{} sấy", "{} khô"), "roasted": ("{} rang",)}
"""English words before the name of goods that say they are dried, and how Vietnamese names put it."""

ENGLISH_BEFORE = {
    "pickled": ("{} muối", "{} ngâm", "dưa {}"), "canned": ("{} đóng hộp",), "smoked": ("{} gác bếp", "{} hun khói"),
    "salted": ("{} muối",), "candied": ("mứt {}",), "fermented": ("mắm {}", "{} chua"), "ground": ("bột {}",),
}  # fmt: skip
"""The same of other ways of making something else of them."""

ENGLISH_AFTER = {
    "tea": ("trà {}", "chè {}"), "jam": ("mứt {}",), "juice": ("nước ép {}", "nước cốt {}"),
    "oil": ("dầu {}", "tinh dầu {}"), "candy": ("kẹo {}",), "powder": ("bột {}", "{} bột"), "wine": ("rượu {}",),
    "cake": ("bánh {}",), "starch": ("tinh bột {}", "bột {}"), "flour": ("bột {}", "tinh bột {}"),
    "chips": ("{} sấy", "{} sấy giòn"), "milk": ("sữa {}", "nước cốt {}"), "vinegar": ("giấm {}",),
    "syrup": ("siro {}", "nước cốt {}"), "noodles": ("bún {}", "mì {}", "miến {}"), "sugar": ("đường {}",),
    "sauce": ("tương {}", "nước mắm {}"), "paste": ("tương {}", "mắm {}"), "honey": ("mật ong {}", "mật ong hoa {}"),
    "seeds": ("hạt {}", "hạt giống {}"), "leaf": ("lá {}",), "leaves": ("lá {}",), "extract": ("cao {}",),
}  # fmt: skip
"""English words after the name of goods that make others of them: coconut oil."""

DRIED = "sấy"
"""Makes dried goods of fruit wherever it stands in a title: khóm Cầu Đúc sấy dẻo."""

DRIED_OF = {"fruit": "dried-fruit", "aquatic": "dried-fish"}
"""What goods of a category are once they are dried, when they have no name of their own; of aquatic goods only fish."""

FISH = "cá"

SEASONS: dict[str, tuple[int, ...]] = {
    "cuối năm": (11, 12),
    "đầu năm": (1, 2),
    "giữa năm": (6, 7),
    "mùa xuân": (2, 3, 4),
    "mùa hè": (5, 6, 7),
    "mùa hạ": (5, 6, 7),
    "mùa thu": (8, 9, 10),
    "mùa đông": (11, 12, 1),
    "mùa mưa": (5, 6, 7, 8, 9, 10),
    "mùa nắng": (12, 1, 2, 3, 4),
    "tháng giêng": (2,),
    "tháng chạp": (1,),
    "Trung thu": (8, 9),
    "rằm tháng bảy": (8,),
    "Giáng sinh": (12,),
    "Noel": (12,),
    "quý 1": (1, 2, 3),
    "quý 2": (4, 5, 6),
    "quý 3": (7, 8, 9),
    "quý 4": (10, 11, 12),
    "quý I": (1, 2, 3),
    "quý II": (4, 5, 6),
    "quý III": (7, 8, 9),
    "quý IV": (10, 11, 12),
    "January": (1,),
    "February": (2,),
    "March": (3,),
    "April": (4,),
    "June": (6,),
    "July": (7,),
    "August": (8,),
    "September": (9,),
    "October": (10,),
    "November": (11,),
    "December": (12,),
}
"""Calendar months of everyday seasons; lunar months by the solar month they mostly fall in."""

MONTHS_AHEAD = {"tháng này": 0, "tháng sau": 1, "tháng tới": 1, "this month": 0, "next month": 1}
WEEKS_AHEAD = {"tuần này": 0, "tuần sau": 1, "tuần tới": 1, "this week": 0, "next week": 1}
"""Times told from today on."""

TET_WORDS = ["Tết", "mùa Tết", "dịp Tết", "hàng Tết", "trước Tết", "Tết Nguyên đán", "Tết Nguyên Đán", "lunar new year"]

TET_DAYS = (
    "2025-01-29", "2026-02-17", "2027-02-06", "2028-01-26", "2029-02-13", "2030-02-03", "2031-01-23", "2032-02-11",
    "2033-01-31", "2034-02-19", "2035-02-08", "2036-01-28", "2037-02-15", "2038-02-04", "2039-01-24", "2040-02-12",
)  # fmt: skip
"""First day of the lunar year in Viet Nam (UTC+7)."""
