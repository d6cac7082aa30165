"""How authors speak of where a paper appeared, or did not: the words that :mod:`bot.venues` goes by."""

from __future__ import annotations

import re


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


SMALL = _set(
    "a an and annual acm aaas as at aaai aps asme by cvf conf conference elsevier for full ieee in international intl "
    "joint journal main mdpi of on paper proc proceedings ras rsj rjs sice society springer ieee-ras ieee-rsj acm-ieee "
    "symposium the to track upcoming usenix volume & @ sigchi sigkdd sigarch"
)
"""Words that may stand before a venue's name and are no part of another name."""
HIDE = re.compile(
    r"(?P<url>(?:https?://|www\.)\S*[^\s.,;:)\]}]|\bthis https? url\b|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}\.\w+)"
    r"|\\[a-zA-Z]+\{?|arxiv:\s*\S+"
    r"|\b10\.\d{4,}/\S+|\b\d{4}\.\d{4,5}(?:v\d+)?\b"
    r"|\bpp?\.?\s*\d+(?:\s*[-–]+\s*\d+)?|\b(?:pages?|articles?)\s+\d+(?:\s*[-–]+\s*\d+)?|\b(?!(?:19"
    r"|20)\d\d\s)\d+:?\d*\s*[-–]+\s*\d+\b"
    r"|\bde[0-9]{5,}|[*_{}$~\"“”]",
    re.IGNORECASE,
)
"""What is no wording: addresses, which end what stands before them, identifiers, numbers of pages, LaTeX and marks."""
END = re.compile(r"[;|•\]]|[.!?](?=\s|$)")
NO_END = re.compile(
    r"\b(?:proc|int|conf|trans|vol|no|pp?|symp|ann|eds?|art|fig|st|dr|univ|lect|annu|intl|iss|jan|feb|mar"
    r"|apr|jun|jul|aug|sept?|oct|nov|dec)$",
    re.IGNORECASE,
)
HEDGE = (
    r"(?:not|n't|if|once|when|upon|after|until|unless|before|yet|never|conditionally|provisionally|tentatively"
    r"|hopefully)"
)
YES = (
    r"(?:accept(?:ed)?|ac+[ep]{1,4}t?ed)(?: (?:with|after) (?:minor |major )?revisions?)?|publish(?:ed|es)?"
    r"|appear(?:s|ed|ing)?|presented|camera[- ]?ready|forthcoming|in press"
)
CUE = re.compile(
    rf"\b(?P<no>{HEDGE}\s+(?:(?:being|been|be|it|is|it's|was|yet|formally|officially|the)\s+)*(?:{YES})"
    r"|(?:re)?-?submi(?:t\w*|ssions?)|under (?:[\w-]+ ){0,2}(?:review|revision|consideration)"
    r"|in (?:peer[- ])?(?:review|revision)|being reviewed"
    r"|reviewed (?:at|by)|in preparation|prepar\w+ for|intended for|target(?:ed|ing|s)?|plan(?:s|ned)?"
    r"|aim(?:s|ed|ing)|reject\w*|declined|withdr(?:aw|awn|ew|awing)"
    r"|pending|awaiting|(?:major|minor) revisions?|in consideration|considered for|invited to"
    r"|nominated (?:for|to)|hoping)\b"
    rf"|\b(?P<yes>{YES})\b",
    re.IGNORECASE,
)
PRIOR = re.compile(
    r"\b(?:"
    r"(?:extended|expanded|longer|long|full|journal|enhanced|improved|updated|revised) (?:\w+ )?version (?:of|to|for)"
    r"|(?:preliminary|earl(?:y|ier)|previous|prior|initial|old(?:er)?|short(?:er)?|abridged|condensed|reduced"
    r"|preceding) (?:\w+ )?(?:version|work|paper|study|draft)|(?:workshop|conference) version"
    r"|extension (?:of|to|from)|extend(?:s|ing|ed from)|builds? (?:up)?on|based (?:up)?on|parts? of th(?:is|e)"
    r"|parts? (?:was|were|is|are|ha(?:s|ve) been)"
    r"|follow(?:s|ing|-?\s?up)|successor|predecessor|companion|sequel|supersedes?|original(?:ly)?|compared? (?:to|with)"
    r"|supplement(?:ary|al)?(?: \w+)? (?:to|for|of)|appendix (?:to|for|of)|code (?:for|of)|reply to|response to|erratum"
    r"|comment(?:s|ary)? on|(?:survey|review|analysis|overview) of"
    r"|papers (?:from|published|accepted|presented|that|at|in|of)"
    r"|cited|using|uses?)\b",
    re.IGNORECASE,
)
"""That another work is spoken of: an earlier version, or what this one is about."""
OTHER = re.compile(
    r"\b(?:"
    r"demos?|demonstrations?|tutorials?|courses?|talks?|keynote|panel|invited|late[- ]breaking|lb[rw]|doctoral"
    r"|consortium"
    r"|(?:spring|summer|fall|student|bridge) \w*\s*(?:symposium|program)|symposi(?:um|a) series"
    r"|student (?:abstract|research)"
    r"|srw|tiny papers?|blog ?posts?|blog|companion|abstracts?|posters|technical communications|emerging technologies"
    r"|challenges?|competitions?|hackathon|leaderboard of|winners?|winning|won|solutions?|baselines?|reproducib\w+"
    r"|industry|industrial track|satellite|co-?located|conjunction|non-?archival|special session|creative ai"
    r"|high school"
    r"|style[ds]?|format(?:s|ting|ted)?|template|reviews?|reviewers?|rebuttal|submissions?|deadline|call for"
    r"|datasets?|benchmarks?|draft|work[- ]in[- ]progress|wip|dissertation|thesis|ph\.?d)\b",
    re.IGNORECASE,
)
"""What stands beside a conference, or is no paper."""
WORKSHOP = re.compile(r"\b(?:work-?shops?|wkshp|ws)\b", re.IGNORECASE)
FINDINGS = re.compile(r"\bfindings\b", re.IGNORECASE)
TRACK = re.compile(r"\bdata ?sets? (?:and|&) benchmarks?|\bdata ?sets? track|\bd ?& ?b\b", re.IGNORECASE)
LINKING = _set(
    "to by be is was been has have it this work article manuscript publication published publish accepted "
    "presentation presented "
    "appear oral orals spotlight poster highlight talk short long regular research technical contributed "
    "final version inclusion "
    "peer-reviewed with via camera-ready camera ready best award finalist january february march april may "
    "june july august "
    "september october november december jan feb mar apr jun jul aug sep sept oct nov dec letters journals "
    "later also both or "
    "will as soon forthcoming press issue special versions works currently now recently just officially "
    "selected top"
)
AROUND = LINKING | _set(
    "page pages pp papers figure figures fig figs table tables tab appendix appendices supplementary supplement "
    "supplemental material "
    "materials including references plus total content text body candidate nominee nomination runner-up "
    "winner venue status note "
    "comment comments title project website webpage homepage web site link links code codes video videos "
    "demo url here "
    "available released public publicly at are review rating area archival early access "
    "print online open equal contribution contributions authors author first two co-first algorithms "
    "algorithm volume vol number no "
    "article id doi minor changes typos fixed corrected updated update added revised v1 v2 v3 v4 arxiv "
    "preprint extended "
    "position ai copyright rights reserved official honorable mention most influential pre-print "
    "proof proofs github repository repo"
)
NUMBER = re.compile(r"^(?:\d+(?:st|nd|rd|th)|['’]?\d\d|[XVI]+|\W+)$", re.IGNORECASE)
RESUMED = re.compile(r",(?!\s*(?:was|were|is|has|which|that|titled|entitled)\b)")
"""Where a sentence turns to something else."""
BEFORE_JOURNAL = re.compile(
    r"(?:^|\b(?:in|by|to|the|at|journal|publication|elsevier|mdpi|springer|wiley)|[,(:|])\s*$", re.IGNORECASE
)
BEHIND_JOURNAL = re.compile(
    r"\s*(?:$|[,.;()\[|]|\d|(?:vol|volume|journal|magazine|on|in|special)\b)",
    re.IGNORECASE,
)
"""What may stand around a journal whose name is of ordinary words: ``Nature``, ``Neural Networks``."""
PREPRINTS = _set(
    "corr openreview openreviewnet biorxiv medrxiv techrxiv ssrn preprint preprints preprintsorg na none "
    "tba tbd unknown "
    "researchsquare zenodo hal unpublished manuscript technicalreport techreport report "
    "computingresearchrepository corrarxiv "
    "ssrnelectronicjournal underreview insubmission"
)
