"""From rows to what the API says about them, to this actor."""

from __future__ import annotations

from market.accounts.models import User
from market.accounts.schemas import UserOut
from market.core.access import Actor
from market.organizations.facts import NamedOrganization
from market.organizations.models import Invitation, Organization, OrganizationMember
from market.organizations.policy import may_see_contact
from market.organizations.schemas import Contact, InvitationOut, MemberOut, OrganizationMark, OrganizationOut
from market.photos.addresses import photo_mark
from market.reference.catalogue import Catalogue
from market.reference.records import MacroRegion
from market.reference.schemas import ProvinceOut, commune_out

BESIDE = ("province", "commune", "photo", "contact")
"""Fields that are made of more than a column."""
COLUMNS = tuple(name for name in OrganizationOut.model_fields if name not in BESIDE)


def organization_out(organization: Organization, *, actor: Actor, catalogue: Catalogue) -> OrganizationOut:
    """The organization as this actor may see it."""
    contact = None
    known = {name: getattr(organization, name) for name in COLUMNS}
    insider = may_see_contact(actor, organization)
    if not insider:
        known |= dict.fromkeys(Organization.personal_columns(known))
    if insider:
        # Stored contacts were validated when they came in.
        contact = Contact.model_construct(
            name=organization.contact_name, phone=organization.contact_phone, email=organization.contact_email
        )
    province = catalogue.province(organization.province_code, organization.province_version)
    return OrganizationOut.model_construct(
        **known,
        province=ProvinceOut.within(catalogue, province),
        photo=photo_mark(organization.photo, public=organization.status == "active"),
        commune=commune_out(catalogue, organization.commune_code, organization.commune_version),
        contact=contact,
    )


def organization_mark(organization: Organization | NamedOrganization) -> OrganizationMark:
    """The organization by its name."""
    return OrganizationMark.model_validate(organization)


def user_out(user: User) -> UserOut:
    return UserOut.model_validate(user)


def member_out(member: OrganizationMember | Invitation) -> MemberOut:
    if isinstance(member, Invitation):
        return MemberOut(id=member.id, status="invited", user=None, role=member.role, created_at=member.created_at)
    return MemberOut(
        id=member.id, status="member", user=user_out(member.user), role=member.role, created_at=member.created_at
    )


def invitation_out(invitation: Invitation) -> InvitationOut:
    """The invitation as the person invited sees it."""
    return InvitationOut.model_validate(invitation)


def macro_region_of(actor: Actor, *, catalogue: Catalogue) -> MacroRegion | None:
    """Where the organization acted for is: North, Centre or South; None while nobody knows."""
    if actor.membership is None or actor.membership.province is None:
        return None
    code, version = actor.membership.province
    return catalogue.macro_region(catalogue.province(code, "2008" if version == "2008" else "2025"))
