"""One-to-one meetings of an event: wishes, the timetable, and what became of each meeting."""
