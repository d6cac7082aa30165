"""The porch: what each command does once ``bot.cli`` has read what was typed. Rooms and doors are put together here."""
