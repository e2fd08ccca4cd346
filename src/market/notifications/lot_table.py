"""News of lots: recalled, or recorded by mistake."""

from __future__ import annotations

from collections.abc import Mapping

from market.notifications.kinds import Kind, Notice, OfLabel, OfLot, notice

LOT_NOTICES: Mapping[Kind, Notice] = {
    Kind.LOT_RECALLED: notice(
        "lot",
        OfLot,
        text=(
            "Lô {lot} của “{title}” ({organization}) đã bị thu hồi. Lý do: {reason}.",
            "The lot {lot} of “{title}” ({organization}) was recalled. Reason: {reason}.",
        ),
        subject=("Một lô hàng đã bị thu hồi", "A lot was recalled"),
        then=(
            "Ngừng bán và dùng hàng của lô này, tách riêng, rồi trao đổi với bên kia.",
            "Stop selling and using goods of this lot, set them apart, and talk to the other side.",
        ),
        received=(
            "Lô {lot} của “{title}” ({organization}) đã bị thu hồi; bạn đã nhận hàng của lô này theo “{watch_title}”. "
            "Lý do: {reason}.",
            "The lot {lot} of “{title}” ({organization}) was recalled; you received of it under “{watch_title}”. "
            "Reason: {reason}.",
        ),
        agreement=(
            "Lô {lot} của “{title}” ({organization}) đã bị thu hồi; bạn mua hàng này theo “{watch_title}”, hãy xem "
            "mã lô trên hàng. Lý do: {reason}.",
            "The lot {lot} of “{title}” ({organization}) was recalled; you buy these goods under “{watch_title}”: "
            "check the lot on what you have. Reason: {reason}.",
        ),
        quote=(
            "Lô {lot} của “{title}” ({organization}) đã bị thu hồi; hàng này nằm trong báo giá cho “{watch_title}”. "
            "Lý do: {reason}.",
            "The lot {lot} of “{title}” ({organization}) was recalled; these goods are in the quote for "
            "“{watch_title}”. Reason: {reason}.",
        ),
    ),
    Kind.LOT_WITHDRAWN: notice(
        "lot",
        OfLot,
        text=(
            "Lô {lot} của “{title}” ({organization}) đã được rút vì ghi nhầm. Lý do: {reason}.",
            "The lot {lot} of “{title}” ({organization}) was withdrawn as a mistake. Reason: {reason}.",
        ),
        subject=("Một lô hàng đã được rút", "A lot was withdrawn"),
        then=(
            "Hỏi bên bán hàng bạn nhận thuộc lô nào.",
            "Ask the seller which lot the goods that you received belong to.",
        ),
        received=(
            "Lô {lot} của “{title}” ({organization}), mà bạn đã nhận hàng theo “{watch_title}”, đã được rút vì ghi "
            "nhầm. Lý do: {reason}.",
            "The lot {lot} of “{title}” ({organization}), of which you received under “{watch_title}”, was withdrawn "
            "as a mistake. Reason: {reason}.",
        ),
    ),
    Kind.LABEL_SHARED: notice(
        "lot",
        OfLabel,
        text=(
            "{organization} (đã xác minh) vừa ghi lô {lot} mang GTIN {gtin}, trùng với GTIN trên lô của bạn.",
            "{organization} (verified) recorded the lot {lot} with the GTIN {gtin}, which your lots carry too.",
        ),
        subject=("Tổ chức khác dùng GTIN của bạn", "Another organization uses your GTIN"),
        then=(
            "Nếu số là của bạn, báo cho cán bộ của chợ kèm giấy cấp mã GS1; người đọc nhãn trùng sẽ thấy cả hai.",
            "If the number is yours, tell an officer of the market, with the GS1 licence; readers of an equal label "
            "see both.",
        ),
    ),
}
