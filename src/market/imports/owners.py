"""Whose a row is: an organization named by id, tax code, GLN or exact name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import case, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.errors import FieldError
from market.core.language import Message
from market.events.models import Registration
from market.imports.columns import ORGANIZATION
from market.organizations.location_numbers import gln_of
from market.organizations.models import Organization

MISSING = Message(
    vi="Không rõ dòng này của tổ chức nào: thêm cột organization hoặc dùng --organization.",
    en="Whose row is this? Add a column organization, or give --organization.",
)
UNKNOWN = Message(
    vi="Chưa có tổ chức nào tên (hay mã số thuế, mã GLN) {name} trên chợ; tổ chức ấy cần đăng ký trước.",
    en="No organization here has the name (or tax code, or GLN) {name}; it has to register first.",
)
SEVERAL = Message(
    vi="Có nhiều tổ chức tên {name}; hãy ghi mã định danh.", en="Several organizations are called {name}; give the id."
)
OTHERS = Message(
    vi="Dòng này của tổ chức khác: tổ chức ấy tự nhập, hoặc quản trị viên nhập thay; hay chọn “của tổ chức tôi”.",
    en='This row is another organization\'s: it brings its own rows, or an administrator does; or choose "mine".',
)

Owner = UUID | FieldError


def _refusal(code: str, message: Message, name: str) -> FieldError:
    return FieldError(f"/{ORGANIZATION}", code, message, {"name": name})


NO_OWNER = FieldError(f"/{ORGANIZATION}", "missing", MISSING)
NOT_YOURS = FieldError(f"/{ORGANIZATION}", "not-yours", OTHERS)


async def find_owners(session: AsyncSession, names: Iterable[str], *, event: UUID | None = None) -> dict[str, Owner]:
    """The organizations that these words name, or why they name none.

    Args:
        event: of several with one name, the one that comes to it is meant.
    """
    wanted = set(names)
    ids = {name: _uuid(name) for name in wanted}
    given = [id_ for id_ in ids.values() if id_ is not None]
    glns = {name: gln_of(name) for name in wanted}
    # Anybody may type a GLN; whoever is verified has it alone.
    verified_gln = case((Organization.verification == "verified", Organization.gln)).label("gln")
    columns = select(Organization.id, Organization.tax_code, verified_gln, Organization.name)
    matching = or_(
        Organization.id.in_(given),
        Organization.tax_code.in_(wanted),
        Organization.gln.in_([gln for gln in glns.values() if gln is not None]),
        Organization.name.in_(wanted),
    )
    rows = (await session.execute(columns.where(matching))).all()
    owners: dict[str, Owner] = {}
    for name in wanted:
        found = [row.id for row in rows if row.id == ids[name] or row.tax_code == name] or [
            row.id for row in rows if row.name == name or (row.gln is not None and row.gln == glns[name])
        ]
        if len(found) > 1 and event is not None:
            found = await _coming(session, event, found) or found
        if len(found) == 1:
            owners[name] = found[0]
        elif found:
            owners[name] = _refusal("ambiguous-organization", SEVERAL, name)
        else:
            owners[name] = _refusal("unknown-organization", UNKNOWN, name)
    return owners


async def _coming(session: AsyncSession, event: UUID, organizations: Sequence[UUID]) -> list[UUID]:
    coming = Registration.status.in_(("requested", "waiting", "accepted"))
    rows = select(Registration.organization_id).where(Registration.event_id == event, coming)
    return list(await session.scalars(rows.where(Registration.organization_id.in_(organizations))))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
