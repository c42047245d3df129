"""What chapters show, and whether it is true: exhibits, exercises, golden cases and rulings."""

# May import: every room.
