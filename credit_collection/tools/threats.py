"""Words that a text to a customer must not contain, in English, French and German.

Some have no place in any text: they expose, insult or frighten. Others announce legal steps, which is for formal texts
alone. A word list proves nothing about a text; it catches what slips in. Accents, capitals, line breaks do not matter.
"""

import re

from .sentences import prepare

# A space stands for any white space. Each alternative is a whole word or phrase; \w* stands for its endings.
NEVER = {
    "en": r"""
        prosecut\w+|criminal\w*|police|prison|jail\w*|arrest(?:ed|s)?|fraud\w*
        publi(?:sh\w*|c list\w*)(?: \w+){0,4} names?|nam(?:e|ing) and sham(?:e|ing)
        employers?|neighbou?rs?|your (?:family|families|wife|husband|spouse|parents|relatives|children|friends)
        credit (?:bureaus?|agenc(?:y|ies)|reference agenc(?:y|ies)|rating|score|record|file|register)
        black ?list\w*|black-list\w*|(?:final|last) warnings?
        sham(?:e\w*|ing)|ashamed|disgrac\w+|embarrass\w*|urgent\w*
        liars?|thie(?:f|ves)|crooks?|cheat\w*|deadbeats?|dishonest\w*|swindl\w+|scam\w*|bad payers?
        (?:visit\w*|come|call on|knock\w*|turn up|appear)(?: \w+){0,3} (?:home(?! page)|house|doors?|doorstep)
        home visits?
    """,
    "fr": r"""
        penal(?:e|es|ement)?|penaux|(?:porter|deposer|depot de) plainte|plaintes? penales?
        police(?! d'assurance)|gendarm\w+|prison|publi\w+(?: \w+){0,3} noms?
        employeurs?|voisin\w*|(?:votre|vos) (?:famille|proches|conjoint\w*|epou\w+|parents|amis)
        listes? noires?|fich(?:er|age|ier|iers)(?: \w+){0,3} (?:payeurs|incidents?)|ficp|banque de france
        (?:derniers?|ultimes?) avertissements?|avertissements? fina(?:l|ux)
        hont(?:e\w*|eu\w+)|urgen(?:t\w*|ce|ces)
        escro\w+|voleu\w+|menteu\w+|malhonnet\w+|fraud\w+|mauvais(?:es?)? payeu\w+
        (?:passer\w*|venir|viendr\w+|rendr\w+|present\w+|deplac\w+|visites?)(?: \w+){0,3} (?:domicile|chez vous)
    """,
    "de": r"""
        strafanzeige\w*|strafrecht\w*|strafverf\w+|strafbar\w*|anklage\w*
        anzeige (?:erstatt\w+|bring\w+)|\w*staatsanw\w+|polizei\w*|betrug\w*|gefangnis\w*
        namens? (?:\w+ ){0,4}veroffentlich\w*|veroffentlich\w*(?: \w+){0,3} namens?
        arbeitgeber\w*|nachbar\w*|ihr(?:e|er|en|em)? (?:familie|angehorigen|eltern|verwandten|ehe(?:frau|mann)|freunde)
        schufa\w*|auskunftei\w*|schwarze\w* liste\w*|negativ\w* eintr\w+|negativeintr\w+|bonitat\w*
        letzt\w+ warnung\w*|schande\w*|scham\w*|unverschamt\w*|peinlich\w*|urgent\w*
        lugner\w*|dieb(?:e|en|es|in)?|gauner\w*|unehrlich\w*|schwindler\w*
        hausbesuch\w*|(?:bei|zu) ihnen (?:zu|nach) hause|(?:vor|an) ihrer (?:haus)?tur
    """,
}
ONLY_FORMAL = {
    "en": r"""
        courts?|judges?|judge?ments?|tribunals?|lawyers?|solicitors?|attorneys?|barristers?|bailiffs?
        collection agenc(?:y|ies)|debt collect(?:ors?|ion)|collection agents?
        legal (?:actions?|steps?|proceedings?|measures?|consequences?|department|recourse)|proceedings|litigation
        lawsuits?|su(?:e|es|ed|ing)|enforc(?:e\w*|ing)|seiz\w+|garnish\w+|foreclos\w+
        insolvency|bankrupt\w*|winding[- ]up|liquidat\w+|statutory demands?|formal notices?
    """,
    "fr": r"""
        tribuna(?:l|ux)|cour|juges?|jugements?|judiciaire\w*|en justice
        huissiers?|commissaires? de justice|avocate?s?
        (?<!erreur\sde\s)(?<!faute\sde\s)saisies?|contentieu(?:x|se|ses)|injonctions?
        poursuites|poursuite (?:judiciaire|penale)|(?:mises?|met\w+)(?: vous)? en demeure|procedures?
        execution forcee|voies? d'execution|titre executoire
        (?:societes?|agences?|cabinets?|services?) de recouvrement|depot de bilan|insolvab\w+|faillite
    """,
    "de": r"""
        (?:amts|land|oberlandes|bundes|mahn|schieds|arbeits|verwaltungs)?gericht(?:e|en|es|s)?|gerichts\w+
        \w*gerichtlich\w*|klagen?|klage\w+|verklag\w+|einklag\w+|eingeklagt\w*|mahnbescheid\w*|mahnverfahren\w*
        (?:rechts)?anwal\w+|\w*inkasso\w*|\w*pfandung\w*|\w*pfanden|gepfandet|\w*vollstreck\w*
        (?:recht|juristi)\w* (?:schritt\w*|ma(?:ß|ss)nahm\w*|konsequenz\w*|folgen|weg\w*)|rechtsstreit\w*
        rechtsweg\w*|rechtsabteilung\w*|insolvenz\w*|zwangs\w+
    """,
}


def _compile(*lists: str) -> re.Pattern:
    phrases = [line.strip() for words in lists for line in words.strip().splitlines()]
    return re.compile(rf"\b(?:{'|'.join(phrases)})\b".replace(" ", r"\s+"))


# By language and whether the text is formal; "" is for the other languages, where all lists are tried.
PATTERNS = {
    (language, formal): _compile(*never, *([] if formal else only_formal))
    for language, never, only_formal in [
        *((code, [NEVER[code]], [ONLY_FORMAL[code]]) for code in NEVER),
        ("", NEVER.values(), ONLY_FORMAL.values()),
    ]
    for formal in (False, True)
}


def found(text: str, language: str, formal: bool) -> list[str]:
    """Return the words of ``text`` that it must not contain, as written, each once, in their order.

    :param text: plain text, without HTML
    :param language: its first two letters count; of a language without lists all three are tried
    :param formal: whether the text is a formal one, which may announce legal steps

    >>> found("URGENT: final warning. Our lawyer will go to court, and to Court again.", "en_GB", formal=False)
    ['URGENT', 'final warning', 'lawyer', 'court']
    >>> found("We shall take legal action; your employer will hear of it.", "en_US", formal=True)
    ['employer']
    >>> found("Les pénalités en cours, à court terme : ni avocat, ni mise en demeure.", "fr_FR", formal=False)
    ['avocat', 'mise en demeure']
    >>> found("Die Berichte sind an Sie gerichtet; sonst Gericht, Schufa, Pfändung.", "de_DE", formal=False)
    ['Gericht', 'Schufa', 'Pfändung']
    >>> found("Please pay, with the interest and compensation that our terms provide for.", "nl_NL", formal=False)
    []
    """
    written, folded = prepare(text)
    pattern = PATTERNS.get((language[:2], formal)) or PATTERNS["", formal]
    matches = {}
    for match in pattern.finditer(folded):
        matches.setdefault(" ".join(match[0].split()), written[slice(*match.span())])
    return list(matches.values())
