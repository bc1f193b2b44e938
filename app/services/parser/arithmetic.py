"""One amount out of the numbers of a text: totals, sums, products, shares, change, discounts."""

from decimal import Decimal

from app.services.parser.candidates import Candidate
from app.services.parser.context import Context
from app.services.parser.counts import NOT_MONEY
from app.services.parser.splits import shared
from app.services.parser.tables import table

HUNDRED = Decimal(100)


def combine(context: Context, found: list[Candidate]) -> tuple[Decimal, Candidate] | None:
    """(amount, the candidate that shows its currency) or None where there is no amount."""
    money = [one for one in found if one.role not in NOT_MONEY]
    if not money:
        return None
    by_role: dict[str, list[Candidate]] = {}
    for one in money:
        by_role.setdefault(one.role, []).append(one)
    prices = [one for one in money if one.role in {"price", "each", "tip"}]
    prices = [one for one in prices if not is_aside(context, one, prices)]
    stated = paid_part(context, money, by_role)
    if stated is not None:
        return stated.value, stated
    if "total" in by_role:
        best = by_role["total"][-1]
        return shared(context, best.value), best
    if not prices:
        chosen = next(
            by_role[role][0] for role in ("now", "later", "included", "discount", "old", "change") if role in by_role
        )
        return chosen.value, chosen
    return shared(context, added(context, found, prices, by_role)), shown(prices)


def is_aside(context: Context, one: Candidate, prices: list[Candidate]) -> bool:
    """ "119 (9.99/month)": a unit price in brackets that only explains the price before."""
    return one.role == "each" and one is not prices[0] and context.before(one, 1) == ["("]


def paid_part(context: Context, money: list[Candidate], by_role: dict[str, list[Candidate]]) -> Candidate | None:
    """What the text says was paid of more: the own share, what is left after a deduction, an advance."""
    if "share" in by_role:
        return by_role["share"][0]
    left = what_is_left(context, money)
    if left is not None:
        return left
    return by_role["now"][0] if len(by_role.get("now", [])) == 1 and len(money) > 1 else None


def what_is_left(context: Context, money: list[Candidate]) -> Candidate | None:
    """The amount where three numbers say a - b = c: c, or b if c is the change ("2000 note, bill 1340, got 660")."""
    for place in range(len(money) - 2):
        whole, part, rest = money[place : place + 3]
        if whole.value - part.value != rest.value:
            continue
        if rest.role == "change":
            return part
        words = {*context.before(part, 3), *context.before(rest, 3)}
        if rest is money[-1] and rest.role != "later" and words & set(table("amounts")["words"]["deducting"]):
            return rest
    return None


def shown(prices: list[Candidate]) -> Candidate:
    """The price that names a currency, else the first."""
    return next((one for one in prices if one.currency), prices[0])


def added(
    context: Context, found: list[Candidate], prices: list[Candidate], by_role: dict[str, list[Candidate]]
) -> Decimal:
    """The sum of the prices, each times its count, plus percentages, less change and discounts."""
    kept = listed(context, prices)
    stated = stated_sum(context, kept, [one.value * count_of(context, one, found) for one in kept])
    if stated is not None:
        return stated
    total = sum((one.value * count_of(context, one, found) for one in kept), Decimal(0))
    total -= value_sum([one for one in by_role.get("change", []) if one.value < total])
    for one in by_role.get("discount", []):
        if one.value < total and is_subtracted(context, one):
            total -= one.value
    for one in found:
        if one.role == "percent":
            total += total * one.value / HUNDRED * added_share(context, one)
    return total


def stated_sum(context: Context, kept: list[Candidate], values: list[Decimal]) -> Decimal | None:
    """The number that is the sum of all the others, where the text gives the parts and their sum."""
    if len(kept) < 2:
        return None
    pairs = [
        (one, value)
        for one, value in zip(kept, values, strict=True)
        if not is_added(context, one)
        and not (names_item(context, one) and (one is kept[-1] or context.behind(one, 1) in ([","], ["and"], ["aur"])))
    ]
    return next((one.value for one, value in pairs if sum(values) - value == one.value), None)


def names_item(context: Context, one: Candidate) -> bool:
    """Whether a thing is named directly before the number ("... and biscuit 20"): it is a part, not the sum."""
    before, words = context.before(one), table("amounts")["words"]
    no_items = {*words["not_items"], *words["fillers"], *words["joiners"], *words["deducting"]}
    return bool(before) and before[-1].isalpha() and before[-1] not in no_items


def is_added(context: Context, one: Candidate) -> bool:
    """Whether a plus joins the number to another one."""
    before, behind = context.before(one), context.behind(one)
    return "+" in before[-3:] or "+" in behind[:1]


def value_sum(found: list[Candidate]) -> Decimal:
    """The sum of the candidates' values."""
    return sum((one.value for one in found), Decimal(0))


def listed(context: Context, prices: list[Candidate]) -> list[Candidate]:
    """The prices that count: beside marked ones (with currency), bare ones only where they are joined to the list."""
    marked = [one for one in prices if one.currency is not None]
    if not marked or len(marked) == len(prices):
        return tail_of_difference(context, prices)
    joiners = table("amounts")["words"]["joiners"]
    return [
        one
        for one in prices
        if one.currency is not None
        or one.role == "tip"
        or set(context.before(one, 4)[-4:]) & set(joiners)
        or set(context.behind(one, 3)) & {"+", ",", "&", "and", "aur"}
    ]


def tail_of_difference(context: Context, prices: list[Candidate]) -> list[Candidate]:
    """All prices, but of "flat 1203 - 2900" only the amount behind the dash."""
    if len(prices) == 2 and context.before(prices[1], 2) == ["#", "-"] and prices[0].value < prices[1].value:
        return prices[1:]
    return prices


def is_subtracted(context: Context, discount: Candidate) -> bool:
    """Whether a discount is still to be taken off ("450 - 100 coupon", "600 minus 50 off")."""
    before = context.before(discount, 3)
    return bool(set(before) & {"-", "minus", "less", "–", "−"})


def added_share(context: Context, percent: Candidate) -> int:
    """1 where a percentage is added ("+ 18% gst"), -1 where it is taken off ("minus 10%"), else 0."""
    before, behind = context.before(percent, 2), context.behind(percent, 6)
    if behind[1:2] and behind[1] in {"tip", "gst", "vat", "tax"} and "on" in behind[:5]:
        return 1
    if before and before[-1] in {"+", "plus"}:
        return 1
    return -1 if before and before[-1] in {"-", "minus", "less"} else 0


def count_of(context: Context, price: Candidate, found: list[Candidate]) -> Decimal:
    """How many times a unit price is paid."""
    place = found.index(price)
    before, behind = context.before(price), context.behind(price)
    times = table("amounts")["role"]["times"]
    previous = found[place - 1] if place else None
    following = found[place + 1] if place + 1 < len(found) else None
    factor = Decimal(1)
    if following and following.role == "unit" and behind and behind[0] in times and behind[1:2] == ["#"]:
        factor = following.value
    if previous and previous.role == "unit" and "#" in before and not is_monthly(behind):
        between = before[len(before) - before[::-1].index("#") :]
        if any(word in times for word in between) or price.role == "each" or is_at(between):
            return factor * previous.value
    if factor == 1 and price.role == "each" and not is_monthly(behind):
        counts = [one for one in found if one.role == "unit"]
        return counts[0].value if len(counts) == 1 else Decimal(1)
    return factor


def is_monthly(behind: list[str]) -> bool:
    """ "per month": what is paid now is one month."""
    return " ".join(behind[:2]) in {"per month", "a month", "/ month", "/ mo", "per year", "a year"}


def is_at(between: list[str]) -> bool:
    """ "4 kebabs at $5.25": the price directly behind "at", without a place in between."""
    return bool(between) and between[-1] in {"at", "@", "a", "zu", "por", "je"} and len(between) <= 4
