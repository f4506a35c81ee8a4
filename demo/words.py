"""What case managers write: plain sentences for each area of life, in Romanian and Russian."""

from dataclasses import dataclass

from reintegration.codelists.life_domains import Domain


@dataclass(frozen=True, slots=True)
class Phrases:
    """The words of one area of life. `steps` are titles of milestones."""

    need: str
    goal: str
    own: str
    steps: tuple[str, str]
    evidence: str


_D = Domain
RO: dict[Domain, tuple[Phrases, ...]] = {
    _D.SAFETY_HOUSING: (
        Phrases(
            "Nu are unde dormi în siguranță.",
            "Are un loc de trai sigur și al ei.",
            "Vreau o ușă pe care o închid eu.",
            ("Doarme într-un loc sigur", "Are o locuință a ei"),
            "A semnat contractul de chirie; am văzut cheile.",
        ),
        Phrases(
            "Stă la rude, dar nu poate rămâne.",
            "Locuiește aparte, cu copiii.",
            "Să nu mai depind de nimeni.",
            ("A plecat de la rude", "S-a mutat cu copiii"),
            "Am vizitat apartamentul împreună.",
        ),
        Phrases(
            "Nu are haine și alimente pentru săptămâna asta.",
            "Are ce-i trebuie pentru fiecare zi.",
            "Să ajungă până la capătul lunii.",
            ("Are cele necesare", "Își planifică singură cheltuielile"),
            "Mi-a arătat lista cheltuielilor.",
        ),
    ),
    _D.HEALTH: (
        Phrases(
            "Doarme rău și se sperie ușor.",
            "Doarme noaptea și iese din casă fără teamă.",
            "Vreau să dorm fără lumină aprinsă.",
            ("A început consilierea", "Doarme mai bine"),
            "Ne-a spus că doarme câte șapte ore.",
        ),
        Phrases(
            "Nu a fost la medic de doi ani.",
            "Știe cum stă cu sănătatea și se tratează.",
            "Să știu ce am și ce să fac.",
            ("A trecut controlul medical", "Urmează tratamentul"),
            "A adus concluzia medicului de familie.",
        ),
    ),
    _D.DOCUMENTS_RIGHTS: (
        Phrases(
            "A pierdut buletinul.",
            "Are acte valabile.",
            "Fără acte nu sunt nimeni.",
            ("A depus cererea pentru acte", "Are buletinul"),
            "Am văzut buletinul nou.",
        ),
        Phrases(
            "Nu știe ce drepturi are la locul de muncă de dinainte.",
            "Își cunoaște drepturile și hotărăște singură ce face.",
            "Vreau să înțeleg ce mi se cuvine.",
            ("A vorbit cu un jurist", "A depus plângerea"),
            "Are copia cererii cu număr de intrare.",
        ),
    ),
    _D.SKILLS_INCOME: (
        Phrases(
            "Nu are o meserie și nici venit.",
            "Câștigă destul ca să trăiască.",
            "Mi-ar plăcea să cos haine.",
            ("A început cursul", "A terminat cursul"),
            "Are certificatul de absolvire.",
        ),
        Phrases(
            "Lucrează cu ziua, fără contract.",
            "Are un loc de muncă stabil.",
            "Un salariu care vine în fiecare lună.",
            ("A fost la primul interviu", "Lucrează cu contract"),
            "Am văzut contractul de muncă.",
        ),
    ),
    _D.FAMILY_SOCIAL: (
        Phrases(
            "Nu vorbește cu mama de la întoarcere.",
            "Are pe cineva apropiat alături.",
            "Mi-e dor de acasă.",
            ("A vorbit cu familia", "Merge în vizită acasă"),
            "Au sărbătorit împreună hramul satului.",
        ),
        Phrases(
            "Nu are cu cine lăsa copilul când lucrează.",
            "Copilul merge la grădiniță, iar ea la lucru.",
            "Să fie copilul cu alți copii.",
            ("Copilul merge la centrul de zi", "Copilul are loc la grădiniță"),
            "Grădinița a confirmat locul.",
        ),
    ),
}
RU: dict[Domain, tuple[Phrases, ...]] = {
    _D.SAFETY_HOUSING: (
        Phrases(
            "Нет безопасного места для ночлега.",
            "Живёт в своём безопасном жилье.",
            "Хочу дверь, которую закрываю сама.",
            ("Ночует в безопасном месте", "Снимает своё жильё"),
            "Договор аренды подписан, ключи видели.",
        ),
    ),
    _D.HEALTH: (
        Phrases(
            "Плохо спит, тревожится.",
            "Спит спокойно и выходит из дома без страха.",
            "Хочу спать без света.",
            ("Начала ходить к психологу", "Спит лучше"),
            "Говорит, что спит всю ночь.",
        ),
        Phrases(
            "Болит спина, к врачу не обращалась.",
            "Знает, что со здоровьем, и лечится.",
            "Чтобы не болело.",
            ("Прошла осмотр", "Лечится по назначению"),
            "Принесла заключение врача.",
        ),
    ),
    _D.DOCUMENTS_RIGHTS: (
        Phrases(
            "Паспорт остался у чужих людей.",
            "Есть действующие документы.",
            "Без бумаг никуда.",
            ("Подала заявление", "Получила документы"),
            "Видели новый документ.",
        ),
    ),
    _D.SKILLS_INCOME: (
        Phrases(
            "Нет работы и профессии.",
            "Зарабатывает на жизнь.",
            "Хочу работать в тепле и с людьми.",
            ("Начала курс", "Закончила курс"),
            "Есть свидетельство об окончании.",
        ),
    ),
    _D.FAMILY_SOCIAL: (
        Phrases(
            "Ребёнка не с кем оставить.",
            "Ребёнок в саду, мама на работе.",
            "Пусть играет с детьми.",
            ("Ребёнок ходит в группу", "Есть место в саду"),
            "Сад подтвердил место.",
        ),
    ),
}
NOTES_RO = (
    "Am vorbit la telefon la ora convenită. Spune că e bine și că mâine merge la centru.",
    "Ne-am văzut la birou. A adus hârtiile și am citit planul împreună.",
    "A întârziat la întâlnire din cauza autobuzului. Am mutat-o pe vineri.",
    "A cerut să nu fie sunată seara. Am schimbat orele de contact.",
    "Am hotărât împreună să începem cu actele, apoi cursul.",
    "Centrul confirmă că a fost prezentă toată săptămâna.",
    "E obosită, dar mulțumită de curs. Vrea să continue.",
)
NOTES_RU = (
    "Созвонились в условленное время. Говорит, что всё спокойно.",
    "Встретились в офисе, прочитали план вместе.",
    "Просит не звонить вечером. Часы связи изменены.",
    "Решили сначала заняться документами, потом курсами.",
)
DANGER_RO = (
    "A primit mesaje de amenințare de pe un număr necunoscut. Am stabilit cu cine iese din casă și"
    " pe cine sună."
)
DANGER_RU = (
    "Приходят угрозы с незнакомого номера. Договорились, с кем выходить из дома и кому звонить."
)
REVIEWS_RO = (
    "Am trecut prin fiecare pas. Merge după plan; vrea să înceapă cursul mai devreme.",
    "Doi pași sunt gata. La căutarea locuinței mai are nevoie de timp.",
)
REVIEWS_RU = ("Прошли по всем шагам. Идёт по плану, новых потребностей нет.",)
DISPUTES = (
    "Două zile din listă nu au semnătura persoanei.",
    "Ședința din 14 apare de două ori în tabelul centrului.",
    "Prețul din factură nu este cel din acord.",
)
ANSWERS = (
    "Anexăm lista semnată; a lipsit o pagină la scanare.",
    "Au fost două ședințe în aceeași zi, dimineața și seara.",
)
RETURNS = (
    "Lipsește un obiectiv pentru sănătate. Vorbiți încă o dată cu persoana.",
    "Cursul costă mai mult decât altele din zonă: explicați alegerea.",
)
CIRCUMSTANCES = (
    "A sunat poliția de la gară. Nu are unde merge în noaptea asta.",
    "A venit singură la birou, fără bagaje. A cerut un loc sigur.",
    "A fost adusă de o vecină; are doi copii cu ea.",
)


def phrases(language: str, domain: Domain, number: int) -> Phrases:
    """Return words of an area of life in the person's language."""
    listed = (RU if language == "ru" else RO)[domain]
    return listed[number % len(listed)]
