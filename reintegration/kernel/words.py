"""Sayable words for case codes and pseudonyms: plain Romanian nouns from nature, nothing else."""

import secrets

BIRDS = (
    "Lăstun", "Cocor", "Mierla", "Sturz", "Pescăruș", "Rândunica", "Barza", "Cuc", "Pițigoi",
    "Privighetoare", "Ciocârlie", "Bufnița", "Graur", "Vrabia", "Lebăda", "Egreta", "Potârniche",
    "Prepeliță", "Ciocănitoare", "Codobatura", "Cinteza", "Sticlete", "Porumbel", "Turturea",
    "Pupăza", "Dumbrăveanca", "Fazan", "Botgros", "Scatiu", "Presura",
)  # fmt: skip
TREES = (
    "Stejar", "Tei", "Salcie", "Nuc", "Vișin", "Mesteacăn", "Arțar", "Frasin", "Carpen", "Ulm",
    "Plop", "Fag", "Păr", "Măr", "Prun", "Cais", "Gutui", "Alun", "Soc", "Cireș", "Dud", "Molid",
    "Brad", "Pin", "Salcâm", "Castan", "Corn", "Anin", "Jugastru", "Scoruș",
)  # fmt: skip
HUES = (
    "verde", "galben", "argintiu", "auriu", "alb", "albastru", "arămiu", "liliachiu", "roșcat",
    "senin", "lin", "înalt", "tânăr", "blând", "vesel", "liber", "iute", "drept", "limpede",
    "cald", "molcom", "ager", "sprinten", "falnic", "rotund", "vioi", "neted", "subțire", "dârz",
    "mândru",
)  # fmt: skip


def new_case_code() -> str:
    """Return a random code such as `Lăstun-4721`: easy to say, and it tells nothing."""
    return f"{secrets.choice(BIRDS)}-{secrets.randbelow(9000) + 1000}"


def new_pseudonym() -> str:
    """Return two sayable words and two digits, such as `Tei verde 38`, for one provider's eyes."""
    return f"{secrets.choice(TREES)} {secrets.choice(HUES)} {secrets.randbelow(90) + 10}"
