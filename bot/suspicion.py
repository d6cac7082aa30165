"""Texts that speak to whoever reads them (a reviewer, a language model, a bot) instead of telling what was done."""

from __future__ import annotations

import base64
import binascii
import html
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from bot import texts
from bot.models import Record

_IGNORE = "it says to ignore instructions"
_WHO = "it tells its reader who to be"
_CHAT = "it imitates the frame of a chat or of a prompt"
_UNSEEN = "it holds what no page would show"
_REVIEW = "it says how to review it"
_PLACE = "it says where to place it"
_ANSWER = "it says what to answer"
_ENCODED = "it holds an instruction in base64"

# --- what is looked for ----------------------------------------------------------------------------------------------

# Abstracts on language models, robots and reviewing tell of instructions, prompts and roles; they do not give any. So
# a pattern wants the imperative, and that it is about the instructions, the reader or the paper at hand.
_DROP = r"(?:ignore|disregard|forget|override|bypass|do not follow|don t follow|stop following)"
_ORDERS = r"(?:instruct\w{0,5}|prompts?|rules?|guidelines?|direct(?:ions|ives?)|messages?|commands?|orders|rulebook)\b"
_EARLIER = r"(?:previous|prior|preceding|earlier|foregoing|above|existing|original|your|my|system|or|and)"
_THIS = r"this (?:paper|work|submission|manuscript|article|abstract|entry|record|proposal|pull request)\b"
_OTHERS = r"(?:papers?|submissions?|pull requests?)\b"
_MODEL = (
    r"(?:ais?|llms?|(?:large )?language models?|chat ?(?:bots?|gpt)|automat(?:ed|ic) (?:reviewer|system|tool|agent)s?"
    r"|assistants?|bots?|classifiers?|gpt|claude|gemini)\b"
)
_READS = r"reading|processing|reviewing|judging|classifying|summari[sz]ing|evaluating"
_READER = rf"(?:(?:all|any|every|the|future|ai|llm|human|automated) ){{0,3}}(?:reviewers?|maintainers?|{_MODEL})"
_START = r"(?:(?<![a-z]\s)|(?<=please\s)|(?<=and\s)|(?<=now\s)|(?<=just\s)|(?<=then\s)|(?<=only\s))"
"""Of an order: no subject stands before it."""
_OUGHT = rf"(?:{_START}|(?<=should\s)|(?<=must\s)|(?<=shall\s))"

_ENGLISH = {
    _IGNORE: (
        rf"{_DROP} (?:all|any|every) (?:(?:of|the|these|those) ){{0,2}}(?:{_EARLIER} ){{1,4}}(?:\w{{1,12}} )?{_ORDERS}",
        rf"{_START}{_DROP} (?:the |these |those )?(?:{_EARLIER} ){{1,4}}(?:\w{{1,12}} )?{_ORDERS}",
        r"(?:ignore|disregard|forget) (?:everything|anything|all|whatever) "
        r"(?:that )?(?:(?:you|i|we)\b|(?:\w{1,12} )?(?:above|before)\b)",
        rf"{_START}(?:ignore|disregard|forget) (?:all |the )?{_ORDERS} (?:(?:given |listed )?above\b|you\b)",
        rf"{_START}(?:ignore|disregard|forget) (?:what (?:you|i|was|has|is|stands)\b"
        r"|(?:(?:the|all|any) )?(?:previous|prior|above|earlier) (?:context|text)\b)",
        r"(?:new|updated|revised|real|actual) instructions?\s?:",
        r"(?:reveal|repeat|print|show|leak) (?:me )?your (?:system |hidden |initial )?(?:prompt|instructions)",
    ),
    _WHO: (
        r"you (?:are|re) (?:now|no longer)\b",
        rf"you (?:are|re) (?:an? |the )(?:\w{{1,12}} ){{0,3}}(?:{_MODEL}|reviewer)",
        r"(?:from now on|pretend|pretend that) you\b",
        rf"if you (?:are|re) (?:an? |the )?(?:\w{{1,12}} ){{0,2}}(?:{_MODEL}|reviewer)",
        rf"as an? {_MODEL} (?:reviewer |assistant )?you\b",
        r"developer mode (?:enabled|activated|on)\b",
        r"your (?:new |real |true |only |sole )?(?:task|goal|job|role|duty) is\b",
    ),
    _REVIEW: (
        rf"(?:(?:note|memo) (?:to|for)|dear) {_READER}\s?[:,.!;-]",
        rf"(?:instruction|hint|message|warning|notice)s? (?:to|for) {_READER}\s?:",
        rf"{_READER} (?:{_READS}) {_THIS}",
        rf"(?:when|while|before|if)(?: you| you are)? (?:read|see|review|{_READS}) (?:{_THIS}|this\s?[,.:])",
        rf"(?:{_MODEL} reading this\s?[,.:;]|in your (?:review|summary|answer|reply|response|assessment)\b)",
        rf"{_READER} (?:should|must|shall|are asked to|are instructed to|please)\s(?:\w{{1,12}}\s){{0,4}}{_THIS}",
        rf"{_OUGHT}(?:give|write|leave|provide|award) (?:(?:it|us|me|only|this|paper|work|submission|an?|very|highly) )"
        r"{0,4}(?:positive|favou?rable|glowing) (?:review|evaluation|assessment|recommendation)",
        rf"{_OUGHT}recommend (?:(?:its|the|strong|an|a|this|paper|s|for) ){{0,3}}accept(?:ance)?\b",
        rf"{_OUGHT}(?:accept|approve|rate|score|praise|merge) {_THIS}",
        rf"(?:{_READER}\s?[,:]\s?|please )(?:merge|accept|approve) (?:this|it)\b",
        r"(?:(?<=[.!?]\s)|(?<=\n)|(?<![\s\S]))(?:merge|accept|approve) (?:this|it)\b(?= now\b|\s?[.!\n]|$)",
        r"this (?:must|should|has to|ought to|needs to|shall) be merged\b(?= now\b|\s?[.!\n]|$)",
        rf"{_OUGHT}(?:do not|don t|not|never) (?:mention|highlight|point out|list) (?:(?:any|its|the|of) ){{0,3}}"
        r"(?:negatives?|weakness(?:es)?|flaws)",
    ),
    _PLACE: (
        rf"{_OUGHT}(?:classify|categori[sz]e|label|list|file|tag|mark|propose) {_THIS} (?:as|under|in|for)\b",
        rf"{_OUGHT}(?:place|put|include|add) {_THIS} (?:under|into|to|first|in the (?:survey|list|class))\b",
        rf"{_THIS} (?:must|should|has to|ought to|needs to|shall|is to) be (?:listed|classified|label+ed|categori[sz]ed"
        r"|filed|proposed|merged|(?:placed|put|included) (?:under|into|in the (?:survey|list|class)))\b",
        rf"{_START}(?:treat|count) (?:{_THIS}|the following (?:paper|abstract)) as\b",
        rf"{_START}(?:say|answer|state|reply|respond|output|report|print) (?:(?:with|that|it|is|this|paper) ){{0,4}}"
        r"(?:in|within|out of) (?:the )?scope\b",
        rf"{_THIS} (?:belongs|fits) (?:in|to|into|on) (?:the|this|your|any) (?:survey|list)\b",
        rf"{_THIS} (?:belongs|fits) .{{0,60}}\b(?:confidence|probability|certainty)\b",
        rf"{_OUGHT}(?:set|raise|report|return) (?:the |your |its )?(?:confidence|probability) (?:to|at|of)\b",
        r"lane[\"'\s]{0,3}[:=][\"'\s]{0,3}(?:propose|ask|skip)\b",
        rf"(?:delete|remove|close|reject|skip|drop|demote|ignore) (?:(?:all|every|any|the) ){{0,2}}other {_OTHERS}",
        rf"(?:delete|remove|close|reject|skip|merge) (?:the )?{_OTHERS} (?:(?:number|no|id) )?\d",
        r"(?:dear|hey|hello|note to|note for) (?:survey-bot|chatgpt|claude|gemini)\b",
        r"survey-bot(?:\s?[:,]| (?:must|should|shall|will|please)\b)",
    ),
    _ANSWER: (
        rf"{_START}(?:respond|reply|answer) (?:only|solely|exclusively|exactly) (?:with|by)\b",
        rf"{_START}(?:respond|reply|answer) with (?:only|just|nothing but|the (?:following|word|label|json)|json)\b",
        rf"{_START}(?:output|return|print|emit) (?:only )?(?:the |this )?(?:following|below) "
        r"(?:json|text|words?|labels?|reply|answer|object)\b",
        r"your (?:answer|reply|response|output|verdict|decision|classification|review) (?:must|should|has to|shall)\b",
        r"you (?:must|should|have to|shall|need to|are (?:asked|instructed|required|expected|obliged) to) "
        r"(?:(?:now|only) )?(?:answer|reply|respond|output|return|classify|propose|rate|accept|recommend|ignore"
        r"|disregard|forget|rank|label|approve)\b",
    ),
}
"""Each begins with a word, and its spaces stand for ``_GAP``."""

_TOLD_OF = r"(?:and|tags?|tokens?|markers?|delimiters?|formats?|templates?)\b"
"""What follows on the mark of a thought where a paper tells of models that think."""

_SIGNS = {
    _CHAT: (
        r"<\|[a-z_]{2,20}\|>|\[/?inst\]|<<\s?/?sys\s?>>|\{\s?[\"']role[\"']\s?:",
        r"</\s?(?:system|assistant|user|human|paper|abstract|title|data|documents?|instructions?|rulebook|prompt"
        r"|untrusted|candidate|record)\s?>|<(?:system|assistant)>|</?\s?(?:paper|precedents|listed)-[\da-z]",
        rf"(?<!and )(?<![\"'`(\[{{}}>])(?<!> )(?<!\.\.)</\s?think\s?>(?!\s?(?:[\"'`)\]}},;:]|{_TOLD_OF}))",
        r"(?:^|[.!?\n]\s?)end of (?:the )?(?:abstract|paper|data|document|(?:system )?prompt|input)\s?[.:!\n]",
        r"\[\s?(?:system|admin|developer) (?:override|message|note|prompt|update|instructions?)\b",
        r"##\s?(?:system|instructions?|user|assistant|response|human)\b",
        r"(?:^|[.!?\n][\"']?\s?)(?:system|assistant|developer)(?: message| prompt| note)?\s?:",
        r"[-=*]{3}\s?(?:begin|end|start)(?: of)?(?: the)? (?:system|abstract|data|paper|prompt|instructions?|text)\b",
        r"\{\s?[\"'](?:scope|ranked|labels?|verdict|confidence|lane|quotes?|class|answer|decision|deciding)[\"']\s?:",
    ),
    _UNSEEN: (
        r"<!--|<(?:script|iframe)\b|display\s?:\s?none|font-size\s?:\s?0|color\s?:\s?(?:white|#fff)\w{0,3}[;\"']"
        r"|\\(?:text)?color\s?\{\s?white\s?\}",
    ),
}

_ROMANCE = (
    r"(?:instruc+i?ones|instrucoes|istruzioni|instructions|indicaciones|consignes|ordenes|reglas|regles|regole|regras"
    r"|directives|directivas)"
)
_BEFORE = r"(?:anterior\w*|previ[ao]s|precedent[ei]s?|ci-dessus|de arriba|acima|sopra)\b"
_ROMANCE_DROP = (
    r"(?:ignor(?:a|e|ez|er|ad|en|ar|ate)|olvid\w{1,3}|oubli\w{1,2}|desconsidere|esqueca|dimentica\w{0,2}"
    r"|caso omiso de|pas compte) "
)

_LATIN = {
    _IGNORE: (
        r"(?:vergiss|vergessen sie|ignoriere|ignorieren sie) (?:bitte )?alles\b",
        r"(?:ignorier|missacht|vergiss|vergesst|vergessen sie|beachte).{0,40}(?:vorherig|bisherig|obig|vorig|fruher"
        r"|vorangegangen)\w{0,3} (?:\w{1,20} )?(?:anweisung|befehl|instruktion|vorgabe|regel|hinweis|aufforderung)",
        rf"{_ROMANCE_DROP}.{{0,30}}{_ROMANCE} (?:\w{{1,12}} )?{_BEFORE}",
        rf"{_ROMANCE_DROP}.{{0,20}}{_BEFORE} {_ROMANCE}",
    ),
    _WHO: (
        r"(?:du bist|sie sind) (?:jetzt|nun|ab jetzt|ein|eine) .{0,30}(?:assistent|sprachmodell|ki\b|gutachter)",
        r"(?:tu es|vous etes|eres|voce e|sei) (?:maintenant|desormais|ahora|agora|ora|une?|una|um|uma) .{0,30}"
        r"(?:assistant|asistente|assistente|modele|modelo|modello|relecteur|revisor)",
    ),
    _PLACE: (
        r"(?:ordnen?|stufen?|setzen?|klassifizieren?|nimm|nehmen)(?: sie)? dies\w{1,2} "
        r"(?:artikel|arbeit|aufsatz|papier|paper|beitrag|veroffentlichung)",
        r"(?:clasifi(?:ca|que)|coloca|coloque|incluy[ae]|pon|ponga|anade|classifique|inclua) est[ea] "
        r"(?:articulo|trabajo|documento|estudio|artigo)",
        r"(?:classez?|placez?|rangez?|inclus|incluez|inscrivez) (?:cet|ce|cette) (?:article|papier|travail|etude)",
        r"(?:classifica|inserisci|metti) quest[oa] (?:articolo|lavoro|studio)",
    ),
    _ANSWER: (
        r"antworten?(?: sie)? (?:nur|ausschliess?lich) mit|respond[ae] (?:solo|solamente|unicamente|apenas|somente)"
        r" com?n?\b|repond(?:s|ez) (?:uniquement|seulement) (?:par|avec)",
    ),
}
"""German, Spanish, French, Portuguese, Italian, without accents."""

_OTHER = {
    _IGNORE: (
        r"(?:忽略|无视|無視|忘记|忘記|不要?理[会會]|不要遵[守循]).{0,6}(?:以上|之前|先前|前面|上述|所有|全部|上面|此前).{0,8}"
        r"(?:指令|指示|提示|说明|說明|命令|规则|規則|要求)",
        r"(?:以前|上記|上述|これまで|今まで|前|先|すべて|全て)の.{0,8}(?:指示|命令|プロンプト|ルール|指令).{0,6}(?:無視|忘れ|従わ)",
        r"(?:指示|命令|プロンプト|ルール)を?(?:すべて|全て)?無視(?:して(?:ください|下さい)|せよ|しろ)",
        r"(?:이전|앞|위)의? ?(?:모든 ?)?(?:지시|명령|프롬프트|지침)\w{0,4} ?(?:무시|잊)",
        r"(?:игнориру|забуд|не обращай|не следуй).{0,25}(?:предыдущ|прежн|вышеуказ|привед[её]нн|все)\w{0,4} "
        r"(?:\w{1,14} )?(?:инструкци|указани|правил|команд|сообщени)",
    ),
    _WHO: (
        r"[你您](?:现在|現在|从现在起|將|将)?是一?[个個名位].{0,12}(?:助手|模型|审稿人|審稿人|机器人|機器人|专家|專家)",
        r"あなたは(?:今|これから|ai|.{0,8}(?:アシスタント|言語モデル|査読者|ボット))",
        r"(?:ты|вы) (?:теперь|больше не|—|-) .{0,20}(?:ассистент|помощник|модел|рецензент|бот)",
    ),
    _REVIEW: (
        r"(?:审稿人|審稿人|评审|評審|语言模型|語言模型).{0,8}(?:请|請|应当|应该|應該|必须|必須|务必).{0,12}(?:正面|好评|好評|接受|通过|通過)",
        r"(?:请|請|务必|必须|必須).{0,6}(?:给出|給出|给予|給予).{0,6}(?:正面|积极|積極).{0,4}(?:评价|評價|评审|評審|意见|意見)",
    ),
    _PLACE: (
        r"(?:请|請|务必|必须|必須|应当|應當|应将|應將).{0,4}(?:本|这篇|此|這篇)(?:论文|文章|論文|文).{0,4}"
        r"(?:归类|分类|归入|列入|放入|歸類|分類|歸入|列為|列为|归为|歸為|标记|標記)",
        r"(?:この|本)(?:論文|文献|研究).{0,16}(?:分類|掲載|追加|推薦|登録)(?:して(?:ください|下さい)|せよ|しなさい|すること)",
        r"(?:отнеси|классифицируй|помести|включи|добавь)(?:те)? (?:эту|данную) (?:статью|работу)",
    ),
    _ANSWER: (r"(?:只|仅|僅)(?:能|需|要)?(?:回答|输出|輸出|回复|回覆)[\"'“「:： ]|отвечай(?:те)? только",),
}
"""Chinese, Japanese, Korean, Russian."""

_SQUEEZED = {
    _IGNORE: (
        r"(?:ignore|disregard|forget)(?:a[il]{2}|any|every)(?:of|the|these|your|my){0,2}(?:previous|prior|preceding|above)"
        r"(?:instructions|prompts|rules|guidelines|directions|commands|orders)",
    )
}
"""For letters alone, where words are cut up by signs or tags."""

# --- how it is looked for --------------------------------------------------------------------------------------------

_GAP = r"(?:[^\w.!?]|_){0,3}"
"""Between two words of one sentence."""


def _compiled(table: Mapping[str, Sequence[str]], start: str = "", gap: str = " ") -> dict[str, re.Pattern[str]]:
    return {kind: re.compile(f"{start}(?:{'|'.join(some)})".replace(" ", gap)) for kind, some in table.items()}


_IN_WORDS = _compiled(_ENGLISH, r"\b", _GAP)
_IN_SIGNS, _IN_LATIN, _IN_OTHER = _compiled(_SIGNS), _compiled(_LATIN, r"\b", r"[\W_]{1,3}"), _compiled(_OTHER)
_IN_LETTERS = _compiled(_SQUEEZED)

_ZEROS = re.compile(r"&#(x?)0+(?=[\da-f])", re.ASCII | re.IGNORECASE)
_NO_CHARACTER = re.compile(r"&#(?:x[\da-f]{8,}|\d{8,});?", re.ASCII | re.IGNORECASE)
"""Character references that are too long for one, and for ``html.unescape``."""
_SPACED = re.compile(r"(?<![^\W_])(?:[^\W_][\W_]{1,3}){3,}[^\W_](?![^\W_])")
_NO_WORD = re.compile(r"[\W_]+")
_TAG = re.compile(r"</?[a-z]{1,10} ?/?>")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{24,}={0,2}")
_WORDS = 50
"""That may be base64 are looked at."""
_MOST = 3 * texts.LONGEST
"""Characters that are read: no model gets more of a title, an abstract and a comment."""

# Letters of other scripts that look like those of ours.
_CAPITALS = str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧАВЕКМНОРСТУХІЈЅ", "abezhikmnoptyxabekmhopctyxijs")
_SMALL = str.maketrans(
    "αειικνορτυχγηωϲϳаеорсухіјѕԁԛԝһӏкмнтпигьɑıօսոհց", "aeiikvoptuxynwcjaeopcyxijsdqwhlkmhtnurbaiounhg"
)
_NAMED = re.compile(r".*\b(?:LATIN|REGIONAL) .*\b([A-Z])(?: WITH .*)?$")
_LEET = str.maketrans("0134579@$!|", "oieastgasil")


def suspicious(record: Record, flags: Sequence[str]) -> str:
    """Why a paper is judged without a language model, in one line; empty where nothing speaks against asking one.

    ``flags``: what ``bot.texts.clean_record`` said of the same record.
    """
    if told := instructing("\n".join((record.title, record.abstract, record.comment or ""))):
        return f"its text speaks to its readers: {told}"
    return texts.HIDDEN if texts.HIDDEN in flags else ""


def instructing(text: str) -> str:
    """What a text wants of its reader, in a few words that are none of its own; empty where it just tells something.

    It knows plain orders in a dozen languages, however they are spelled or spaced. What is politely put passes, so
    nothing may rest on this alone. Several texts are to be parted by line ends. Takes time in proportion to the text.
    """
    text = html.unescape(_NO_CHARACTER.sub("", _ZEROS.sub(r"&#\1", text)))[:_MOST]
    told = next(_told(text), "")
    return told or (_ENCODED if any(next(_told(part), "") for part in _decoded(text)) else "")


def _told(text: str) -> Iterator[str]:
    latin = _latin(text)
    words = _SPACED.sub(lambda match: _NO_WORD.sub("", match[0]), _TAG.sub("", latin))
    yield from _found(_IN_SIGNS, latin)
    yield from _found(_IN_WORDS, words)
    yield from _found(_IN_LATIN, latin)
    if not text.isascii():
        yield from _found(_IN_OTHER, unicodedata.normalize("NFKC", text)[:_MOST].lower())
    yield from _found(_IN_LETTERS, re.sub("[^a-z]+", "", words.translate(_LEET)))


def _found(patterns: Mapping[str, re.Pattern[str]], text: str) -> Iterator[str]:
    return (kind for kind, pattern in patterns.items() if pattern.search(text))


def _latin(text: str) -> str:
    """In small letters without accents, white space but line ends as one space, letters that look alike the same."""
    if not text.isascii():
        apart = unicodedata.normalize("NFKD", text)[:_MOST]
        text = "".join(one for one in apart if unicodedata.category(one) not in _NOTHING)
        text = text.translate({ord(one): name for one in set(text) if (name := _named(one))})
    small = text.translate(_CAPITALS).casefold().translate(_SMALL)
    return "\n".join(" ".join(line.split()) for line in small.splitlines())


_NOTHING = ("Mn", "Me", "Cf", "Co", "Cn")
"""Kinds of characters that show nothing of their own."""


def _named(one: str) -> str:
    """The letter that a character is by its name: small capitals, letters in boxes, letters with strokes."""
    match = None if one.isascii() else _NAMED.match(unicodedata.name(one, ""))
    return match[1].lower() if match else ""


def _decoded(text: str) -> Iterator[str]:
    """What the words of a text hold that are text in base64."""
    for match in list(_BASE64.finditer(text))[:_WORDS]:
        word = match[0].translate({ord("-"): "+", ord("_"): "/"}).rstrip("=")
        try:
            yield base64.b64decode(word + "=" * (-len(word) % 4), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            continue
