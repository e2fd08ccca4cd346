"""Everything that photos are of. A room adds its kind here, and its word to `photos.models.SubjectKind`."""

from market.events.booth_routes import BOOTH_PHOTOS
from market.listings.photo_routes import LISTING_PHOTOS
from market.lots.photo_routes import LOT_PHOTOS
from market.organizations.photo_routes import ORGANIZATION_PHOTOS
from market.photos.subjects import PhotoSubjects

PHOTO_SUBJECTS = PhotoSubjects.of(LISTING_PHOTOS, ORGANIZATION_PHOTOS, BOOTH_PHOTOS, LOT_PHOTOS)
