"""How values stand in forms: one codec per kind of column."""

from webadmin.forms.codecs.base import Codec, plain_type
from webadmin.forms.codecs.choose import codec_for

__all__ = ["Codec", "codec_for", "plain_type"]
