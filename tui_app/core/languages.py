"""The languages that Braze keeps.

Source: braze.com/docs, "Language codes" (the list that the user attributes object links to); wider and narrower than
ISO 639-1 in places, and Braze drops every other code without a word.
"""

from __future__ import annotations

LANGUAGE_CODES: tuple[str, ...] = tuple(
    """
    af agq ak am ar as ay az bas be bem bez bg bn bo br
    bs ca cgg chr cs cy da dav de dje dua dyo dz ebu ee el
    en eo es et eu ewo fa ff fi fil fo fr ga gd gl gn
    gsw gu guz gv ha haw he hi hr hu hy id ig ii is it
    iu ja jmc jv ka kab kam ki kk kl kln km kn ko ks ksb
    ksf ku kw ky la lb lg ln lo lt lu luo luy lv mas mer
    mfe mg mk ml mn mo mr ms mt mua my naq nb nd ne nl
    nn nus nyn om pa pl ps pt qu rm ro rof ru rw rwk sa
    saq sbp sd se seh shi si sk sl sn so sq sr sv sw swc
    ta te teo tg th ti tk tl to tr tt twq tzm ug uk ur
    uz vai vi vun xh yav yi yo zh zu
    """.split()  # noqa: SIM905 - readable as rows
)
"""Lower case; two or three letters each."""
