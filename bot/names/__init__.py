"""The names people say: what authors call their method, and which listed papers a spoken name may mean. Pure."""

from bot.names.meant import Meant, class_of, is_another, meant, nearest, resolve
from bot.names.said import Name, introduced, method, short

__all__ = ["Meant", "Name", "class_of", "introduced", "is_another", "meant", "method", "nearest", "resolve", "short"]
