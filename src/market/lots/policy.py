"""Who may do what with a lot. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from market.core.access import Actor
from market.core.errors import AlreadyExists, Conflict, FieldError
from market.core.language import Message
from market.listings import policy as listings
from market.lots.models import Lot
from market.organizations.policy import require_manager, require_member


class LotCodeTaken(AlreadyExists):
    code = "lot-code-taken"
    detail = Message(
        vi="Tổ chức đã có một lô mang mã này; mỗi lô cần một mã riêng.",
        en="The organization has a lot with this code already; each needs one of its own.",
    )


class LabelClaimed(Conflict):
    code = "label-claimed"
    detail = Message(
        vi="GTIN này đã có trên lô của một tổ chức khác. Nếu số là của bạn: để trống gtin (nhãn vẫn có trang riêng), "
        "gửi giấy tờ để cán bộ xác minh tổ chức (POST /claims), rồi thêm gtin bằng PATCH.",
        en="Lots of another organization carry this GTIN. If the number is yours: leave gtin out (the label still has "
        "a page of its own), have an officer verify your organization (POST /claims), then add gtin with PATCH.",
    )


class LotRecalled(Conflict):
    code = "lot-recalled"
    detail = Message(
        vi="Lô này đã bị thu hồi; thông tin của lô được giữ nguyên.",
        en="This lot was recalled; what is known of it stays as it is.",
    )


class LotWithdrawn(Conflict):
    code = "lot-withdrawn"
    detail = Message(vi="Lô này đã được rút.", en="This lot was withdrawn.")


BEFORE_HARVEST = Message(
    vi="Ngày này không được trước ngày bắt đầu thu hoạch {day}.",
    en="This must not come before the harvest began, {day}.",
)
BEFORE_PACKING = Message(
    vi="Hạn dùng không được trước ngày đóng gói {day}.",
    en="The best-before day must not come before the packing, {day}.",
)
RELABELS = Message(
    vi="Nhãn đã in theo mã cũ sẽ không còn dẫn tới lô này; nếu đúng ý, gửi kèm relabel: true.",
    en="Labels printed with the former code would not lead to this lot any more; if that is meant, send relabel: true.",
)


def is_public(lot: Lot) -> bool:
    """Whether everybody may see it, as `queries.visible_lots` says the same of rows."""
    return lot.listing.published_at is not None and lot.listing.organization.status == "active"


def out_of_order(dates: Mapping[str, Any]) -> list[FieldError]:
    """The days of a lot that cannot be: packed before the harvest, best before the packing.

    Args:
        dates: `harvested_from`, `harvested_to`, `packed_on` and `best_before`.
    """
    begun: date = dates["harvested_from"]
    errors = [
        FieldError(f"/{name}", "before-harvest", BEFORE_HARVEST, {"day": f"{begun:%d/%m/%Y}"})
        for name in ("harvested_to", "packed_on", "best_before")
        if dates[name] is not None and dates[name] < begun
    ]
    packed, best = dates["packed_on"], dates["best_before"]
    if packed is not None and best is not None and begun <= best < packed:
        errors.append(FieldError("/best_before", "before-packing", BEFORE_PACKING, {"day": f"{packed:%d/%m/%Y}"}))
    return errors


def relabelled(lot: Lot, sent: Mapping[str, Any]) -> list[FieldError]:
    """The parts of a label in use that would change. A GTIN may be added at any time."""
    if lot.listing.published_at is None:
        return []
    changed = [
        name for name in ("code", "gtin") if getattr(lot, name) and sent.get(name) not in (None, getattr(lot, name))
    ]
    return [FieldError(f"/{name}", "label-changes", RELABELS) for name in changed]


def require_can_edit(actor: Actor, lot: Lot) -> None:
    """Members of the organization, as long as the listing may be edited.

    Raises:
        NotAllowed: others.
        WrongState: the listing is archived.
        LotRecalled, LotWithdrawn: it has ended.
    """
    listings.require_can_edit(actor, lot.listing)
    _require_in_force(lot)


def require_can_recall(actor: Actor, lot: Lot) -> None:
    """Officers, and managers of the organization.

    Raises:
        NotAllowed: others.
        LotRecalled, LotWithdrawn: it has ended.
    """
    if not actor.is_officer:
        require_manager(actor, lot.organization_id)
    _require_in_force(lot)


def require_can_withdraw(actor: Actor, lot: Lot) -> None:
    """Members of the organization as long as nobody else can have seen it; then its managers.

    Raises:
        NotAllowed: others.
        LotRecalled, LotWithdrawn: it has ended; a recall is not taken back by withdrawing the lot.
    """
    if lot.listing.published_at is None:
        require_member(actor, lot.organization_id)
    else:
        require_manager(actor, lot.organization_id)
    _require_in_force(lot)


def _require_in_force(lot: Lot) -> None:
    if lot.recalled_at is not None:
        raise LotRecalled
    if lot.withdrawn_at is not None:
        raise LotWithdrawn


def require_can_report(actor: Actor, lot: Lot) -> None:
    """Members of the organization add test reports at any time: results come late.

    Raises:
        NotAllowed: others.
    """
    require_member(actor, lot.organization_id)
